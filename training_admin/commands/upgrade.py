"""`training-admin upgrade`: bring the tables to the state of this program; a step of each deployment, never of a web start."""

import asyncio

import click

from training_admin.database import close_database, open_database
from training_admin.office.keys import assert_keys_fit
from training_admin.settings import Settings, read_settings
from training_admin.upgrade import upgrade


@click.command(help="升级数据库结构（可重复执行）。")
def command() -> None:
    """Say how many migrations were run."""
    done = asyncio.run(upgraded(read_settings()))
    click.echo(f"数据库结构已升级，执行了 {done} 项。" if done else "数据库结构已是最新，无需升级。", err=True)


async def upgraded(settings: Settings) -> int:
    """Upgrade the database of these settings and check that the keys are its own."""
    await open_database(settings)
    try:
        done = await upgrade()
        await assert_keys_fit()
    finally:
        await close_database()
    return done
