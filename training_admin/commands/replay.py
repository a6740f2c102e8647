"""`training-admin replay`: recompute stored decisions under the rules and facts as known then, and compare the bytes."""

import asyncio
import sys

import click
import msgspec

from training_admin.database import close_database, open_database, read_transaction
from training_admin.logs import configure_logs
from training_admin.settings import Settings, read_settings
from training_admin.subsidy import store
from training_admin.subsidy.recomputing import Replayed, replay_stored

BATCH = 500
DIFFERENT = 1


class ReplayReport(msgspec.Struct, frozen=True):
    """How many records were recomputed, and which of them came out differently."""

    records: int
    lines: int
    equal: int
    different: tuple[Replayed, ...]


@click.command(help="按当时已知的规则和事实重算已存的核验记录，逐字节比对；不一致时以 1 退出。")
@click.argument("number", required=False)
@click.option("--all", "every", is_flag=True, help="重算全部记录。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def command(number: str | None, *, every: bool, as_json: bool) -> None:
    """Replay one claim's records or all of them."""
    if (number is None) is not every:
        raise click.UsageError("请给出申报编号，或用 --all 重算全部。")
    settings = read_settings()
    configure_logs(settings)
    report = asyncio.run(replayed(settings, number))
    if as_json:
        click.echo(msgspec.json.encode(report).decode())
    else:
        click.echo(
            f"重算 {report.records} 份核验记录（{report.lines} 行）：{report.equal} 份逐字节一致，{len(report.different)} 份不一致。"
        )
        for each in report.different:
            click.echo(f"不一致：{each.claim_number}（{each.known_at.isoformat()}）")
    sys.exit(DIFFERENT if report.different else 0)


async def replayed(settings: Settings, number: str | None) -> ReplayReport:
    """Replay in order of the records' keys, a batch of keys at a time."""
    await open_database(settings)
    try:
        return await replay_records(number)
    finally:
        await close_database()


async def replay_records(number: str | None) -> ReplayReport:
    """Replay all records, or those of one claim; needs an open database."""
    after = records = lines = 0
    different: list[Replayed] = []
    while True:
        async with read_transaction():
            if number is not None:
                await store.claim_summary(number)
            batch = await store.every_record(after, BATCH, number=number)
        if not batch:
            return ReplayReport(records, lines, records - len(different), tuple(different))
        after = batch[-1].key
        results = await replay_stored(batch)
        records, lines = records + len(results), lines + sum(each.lines for each in results)
        different += [each for each in results if not each.equal]
