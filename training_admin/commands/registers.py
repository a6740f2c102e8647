"""`training-admin registers`: take in the registers that another office delivers, JSON or an Excel workbook."""

import asyncio

import click
import msgspec

from training_admin.clocks import clock_of
from training_admin.commands.assess import read_file
from training_admin.database import close_database, open_database
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.refusals import Refusal
from training_admin.logs import configure_logs
from training_admin.settings import Settings, read_settings
from training_admin.subsidy.deliveries import DeliveryReceipt, receive_registers


@click.command(help="导入其他部门交付的登记数据（JSON 或 .xlsx），在标准输出给出 JSON 回执；有误时列出每个单元格。")
@click.argument("file")
@click.option("--source", default="", help="交付单位；不填的以文件内写明的来源为准。")
@click.option("--json", "as_json", is_flag=True, help="拒绝时只输出 JSON（结果总是 JSON）。")
def command(file: str, *, source: str, as_json: bool) -> None:
    """Receive one delivery; exit status 2 and a problem document on stdout when it is refused."""
    try:
        content = read_file(file)
        settings = read_settings()
        configure_logs(settings)
        receipt = asyncio.run(received(settings, content, source=source))
    except Refusal as refusal:
        if not as_json:  # main() prints the document itself when --json is among the arguments, otherwise the sentence on stderr
            click.echo(msgspec.json.encode(refusal.problem()).decode())
        raise
    click.echo(msgspec.json.encode(receipt).decode())


async def received(settings: Settings, content: bytes, *, source: str) -> DeliveryReceipt:
    """The receipt of a delivery taken into the database of these settings."""
    await open_database(settings)
    try:
        return await receive_registers(COMMAND_LINE, content, source=source, clock=clock_of(settings))
    finally:
        await close_database()
