"""`training-admin doubts`: look for audit doubts about all assessed claims submitted in a period."""

import asyncio
from datetime import datetime

import click

from training_admin.audit.searching import SearchedPeriod, search_period
from training_admin.clocks import clock_of
from training_admin.database import close_database, open_database
from training_admin.kit.actor import COMMAND_LINE
from training_admin.logs import configure_logs
from training_admin.office.keys import assert_keys_fit
from training_admin.settings import Settings, read_settings

DAY = click.DateTime(["%Y-%m-%d"])


@click.command(help="对一段申报日期内已核验的申报重新查找审计疑点；不再发现的标为已消除，不删除。")
@click.option("--from", "start", type=DAY, required=True, metavar="日期", help="申报日期自，如 2026-01-01。")
@click.option("--to", "end", type=DAY, required=True, metavar="日期", help="申报日期至（含当天）。")
def command(start: datetime, end: datetime) -> None:
    """Search a period and say how many doubts are new."""
    settings = read_settings()
    configure_logs(settings)
    found = asyncio.run(searched(settings, start, end))
    click.echo(f"查找了 {found.claims} 份申报，新发现 {len(found.new)} 条疑点。")
    for number in found.new:
        click.echo(number)


async def searched(settings: Settings, start: datetime, end: datetime) -> SearchedPeriod:
    """Search with the database open."""
    await open_database(settings)
    try:
        await assert_keys_fit()
        return await search_period(COMMAND_LINE, start.date(), end.date(), clock=clock_of(settings))
    finally:
        await close_database()
