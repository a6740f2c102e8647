"""`training-admin export`: the audit workbook of a claim or a period, or the trail, into a file."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import IO, cast

import click
import msgspec

from training_admin.audit.packing import make_package
from training_admin.audit.workbooks import Wanted, WorkbookReceipt, make_workbook
from training_admin.certificates.papers import base_address
from training_admin.clocks import clock_of
from training_admin.database import close_database, open_database
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.money import yuan
from training_admin.kit.refusals import Unreadable
from training_admin.logs import configure_logs
from training_admin.office.trail_export import TrailExported, export_trail
from training_admin.settings import Settings, read_settings

Make = Callable[..., Awaitable[WorkbookReceipt]]


class PlaceUnwritable(Unreadable):
    """The file cannot be written where it is wanted."""

    code = "file-unwritable"
    title = "文件无法保存"


class Exported(msgspec.Struct, frozen=True):
    """The receipt on stdout: file, its SHA-256, rows of each sheet, and sums of amounts in yuan with two decimals."""

    file: str
    file_number: str
    sha256: str
    check_code: str
    rows: dict[str, int]
    totals: dict[str, dict[str, str]]


@click.group(help="导出。")
def command() -> None:
    """The group."""


@command.command(help="导出一份申报或一段申报日期的审计工作簿（含完整证件号码；--public 为公示版）。")
@click.option("--claim", "number", default=None, help="申报编号。")
@click.option("--from", "start", default=None, help="申报日期起，如 2026-01-01。")
@click.option("--to", "end", default=None, help="申报日期止（含当日）。")
@click.option("--organisation", default=None, help="只导出这家单位（统一社会信用代码）。")
@click.option("--public", is_flag=True, help="公示版：脱敏，不含花名册、考勤、费用明细和疑点。")
@click.option("--out", "out", required=True, help="保存到的 .xlsx 文件。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出回执。")
def audit(
    *, number: str | None, start: str | None, end: str | None, organisation: str | None, public: bool, out: str, as_json: bool
) -> None:
    """Export to a file; an existing one is replaced only when the new one is whole."""
    if (number is None) is (start is None and end is None) or (start is None) is not (end is None):
        raise click.UsageError("请给出 --claim 申报编号，或同时给出 --from 和 --to 申报日期。")
    settings = read_settings()
    first, last = _day(start, "--from"), _day(end, "--to")
    wanted = Wanted(number=number, start=first, end=last, public=public, organisation=organisation, address=base_address(settings))
    configure_logs(settings)
    _say(asyncio.run(exported(settings, wanted, Path(out))), out, as_json=as_json)


@command.command(help="导出审计数据包（CSV、Excel、SQLite，附目录和数据字典）；--people 另附人员对照表。")
@click.option("--from", "start", required=True, help="申报日期起，如 2026-01-01。")
@click.option("--to", "end", required=True, help="申报日期止（含当日）。")
@click.option("--organisation", default=None, help="只导出这家单位（统一社会信用代码）。")
@click.option("--people", is_flag=True, help="另附人员对照表：姓名和完整证件号码。")
@click.option("--out", "out", required=True, help="保存到的 .zip 文件。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出回执。")
def package(*, start: str, end: str, organisation: str | None, people: bool, out: str, as_json: bool) -> None:
    """Export to a file; an existing one is replaced only when the new one is whole."""
    settings = read_settings()
    wanted = Wanted(start=_day(start, "--from"), end=_day(end, "--to"), organisation=organisation, people=people)
    configure_logs(settings)
    _say(asyncio.run(exported(settings, wanted, Path(out), make=make_package)), out, as_json=as_json)


def _say(receipt: WorkbookReceipt, out: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(printed(receipt, out)).decode())
    else:
        rows = "，".join(f"{sheet} {count} 行" for sheet, count in receipt.rows.items())
        click.echo(f"已导出 {out}（文件号 {receipt.file_number}，校验码 {receipt.check_code}）：{rows}。", err=True)


@command.command(help="导出操作留痕：.jsonl 为逐行数据，.zip 另附独立验证程序。")
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出回执。")
def trail(*, file: str, as_json: bool) -> None:
    """Export the whole trail with its signed head."""
    out = Path(file)
    if out.suffix not in {".jsonl", ".zip"}:
        raise click.UsageError("文件名应以 .jsonl 或 .zip 结尾。")
    settings = read_settings()
    configure_logs(settings)
    receipt = asyncio.run(exported_trail(settings, out))
    if as_json:
        click.echo(msgspec.json.encode(receipt).decode())
    else:
        click.echo(f"已导出 {out}：{receipt.rows} 行。末行：{receipt.head.words}；验签公钥 {receipt.head.public_key}。", err=True)


async def exported(settings: Settings, wanted: Wanted, out: Path, *, make: Make = make_workbook) -> WorkbookReceipt:
    """Make the workbook or the package; an existing file is replaced only when the new one is whole."""
    async with beside(settings, out) as target:
        return await make(COMMAND_LINE, wanted, target, clock=clock_of(settings))


async def exported_trail(settings: Settings, out: Path) -> TrailExported:
    """Write the trail; an existing file is replaced only when the new one is whole."""
    async with beside(settings, out) as target:
        return await export_trail(COMMAND_LINE, target, packed=out.suffix == ".zip", clock=clock_of(settings))


@asynccontextmanager
async def beside(settings: Settings, out: Path) -> AsyncIterator[IO[bytes]]:
    """With the database open, a file beside its place, readable by its owner only, which is put there when it is whole."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)
    except OSError:
        raise PlaceUnwritable(f"不能在“{out.parent}”里保存文件，请检查文件夹和权限后重试。") from None
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "w+b") as target:
            await open_database(settings)
            try:
                yield cast("IO[bytes]", target)
            finally:
                await close_database()
            target.flush()
            os.fsync(target.fileno())
        await asyncio.to_thread(fresh.replace, out)
    finally:
        await asyncio.to_thread(fresh.unlink, missing_ok=True)


def printed(receipt: WorkbookReceipt, out: str) -> Exported:
    """The receipt with amounts as strings."""
    totals = {sheet: {name: yuan(fen) for name, fen in sums.items()} for sheet, sums in receipt.totals.items()}
    return Exported(out, receipt.file_number, receipt.sha256, receipt.check_code, receipt.rows, totals)


def _day(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{option} 应为年-月-日，如 2026-06-01。") from None
