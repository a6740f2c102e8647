"""`training-admin verify`: whether the trail is whole and the ledger balances; exit status 2 and what is concerned when not."""

import asyncio
import re
import sys

import click
import msgspec

from training_admin.clocks import clock_of
from training_admin.database import DatabaseFault, close_database, open_database
from training_admin.fund.ledger import ledger_faults
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.refusals import Refusal
from training_admin.logs import configure_logs
from training_admin.office.anchors import anchor_file, anchor_head
from training_admin.office.heads import SignedHead
from training_admin.office.keys import assert_keys_fit
from training_admin.office.trail_acceptance import accept_rollback, is_explicable
from training_admin.office.trail_check import TrailReport, check_trail
from training_admin.settings import Settings, read_settings
from training_admin.upgrade import assert_upgraded

BROKEN = 2
PRINTED = re.compile(r"(\d{1,18}):([0-9a-fA-F]{64})")


class TrailUnreadable(Refusal):
    """The tables of the trail are not as the program made them."""

    status = 500
    code = "trail-unreadable"
    title = "操作留痕无法读取"


class Verified(msgspec.Struct, frozen=True):
    """The answer with --json: the report, and the newly signed head when all is well."""

    report: TrailReport
    head: SignedHead | None
    code: str | None
    ledger: tuple[str, ...] = ()


@click.command(help="验证操作留痕（缺行、改动、插入、调换、截尾、回退，指出是哪一行）和资金明细账是否平衡；有误时退出码为 2。")
@click.option("--head", "printed", multiple=True, metavar="行号:摘要", help="与导出文件上打印的末行核对，可重复给出。")
@click.option("--accept-rollback", "reason", default=None, metavar="原因", help="确认恢复过较早的备份：在留痕中记下原因，从现状重新锚定。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def command(*, printed: tuple[str, ...], reason: str | None, as_json: bool) -> None:
    """Verify, tell, and anchor the end when all is well."""
    heads = [_printed(text) for text in printed]
    settings = read_settings()
    configure_logs(settings)
    verified = asyncio.run(verify(settings, heads, reason))
    if as_json:
        click.echo(msgspec.json.encode(verified).decode())
    else:
        show(verified)
    sys.exit(0 if verified.report.whole and not verified.ledger else BROKEN)


async def verify(settings: Settings, printed: list[tuple[int, str]], reason: str | None) -> Verified:
    """Open, verify, close."""
    clock = clock_of(settings)
    await open_database(settings)
    try:
        await assert_upgraded()
        await assert_keys_fit()
        if reason is not None:
            await accept_rollback(COMMAND_LINE, reason, clock=clock)
        report = await check_trail(printed)
        head = await anchor_head(clock) if report.whole else None
        return Verified(report, head, head.code if head else None, tuple(await ledger_faults()))
    except DatabaseFault as fault:
        raise TrailUnreadable(f"操作留痕的表已不是程序建立的样子（{fault.sqlstate}）。请停止使用并保留现场，从备份恢复。") from None
    finally:
        await close_database()


def show(verified: Verified) -> None:
    """The result as sentences for a person."""
    report = verified.report
    for told in verified.ledger:
        click.echo(f"资金明细账有误：{told}。请停止拨付，保留现场，从备份核对。", err=True)
    if not verified.ledger:
        click.echo("资金明细账平衡：每个预算指标各科目合计为零，余额与分录和各笔应付款一致。", err=True)
    if verified.head is not None:
        click.echo(f"操作留痕完好：共 {report.rows} 行，与 {report.anchors} 个锚定相符。", err=True)
        click.echo(f"末行：{verified.head.words}；锚定文件 {anchor_file()}。", err=True)
        return
    click.echo(f"操作留痕有误（验证到第 {report.rows} 行）：", err=True)
    for fault in report.faults:
        click.echo(f"  {fault.sentence}", err=True)
    if is_explicable(report.faults):
        click.echo('如确系恢复了较早的备份，请执行 training-admin verify --accept-rollback "原因"，留痕中将记下原因。', err=True)


def _printed(text: str) -> tuple[int, str]:
    found = PRINTED.fullmatch(text.strip())
    if found is None:
        raise click.BadParameter("--head 应为 行号:摘要，摘要为 64 位十六进制字符。")
    return int(found[1]), found[2].lower()
