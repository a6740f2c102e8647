"""`training-admin accounts first`: the three administrators of a new district, their passwords and secrets told once."""

import asyncio

import click
import msgspec

from training_admin.accounts.bootstrap import FirstAdministrator, found_administrators
from training_admin.accounts.second_factor import FACTOR
from training_admin.clocks import clock_of
from training_admin.database import close_database, open_database
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.role_words import ROLE_WORDS
from training_admin.office.keys import assert_keys_fit
from training_admin.settings import Settings, read_settings
from training_admin.upgrade import assert_upgraded


@click.group(help="账户：建立首批管理员。")
def command() -> None:
    """Accounts, as far as the operator of the machine has to do with them."""


@command.command(help="建立系统管理员、安全管理员、审计管理员各一名（仅一次）；密码和动态码密钥只显示这一次。")
@click.option("--organisation", default="系统运行单位", show_default=True, help="管理员所属单位的名称。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def first(*, organisation: str, as_json: bool) -> None:
    """Make them and tell their secrets."""
    made = asyncio.run(founded(read_settings(), organisation))
    if as_json:
        click.echo(msgspec.json.encode(made).decode())
        return
    for each in made:
        click.echo(f"{ROLE_WORDS[each.role]}  用户名 {each.login}  密码 {each.password}  动态码密钥 {each.secret}")
        click.echo(f"  {FACTOR.enrolment(each.secret, login=each.login)}")
    click.echo("以上内容只显示这一次，系统不保存明文。请分别交给三人，由其录入手机身份验证器并立即修改密码。", err=True)


async def founded(settings: Settings, organisation: str) -> list[FirstAdministrator]:
    """Open, make, close."""
    await open_database(settings)
    try:
        await assert_upgraded()
        await assert_keys_fit()
        return await found_administrators(COMMAND_LINE, organisation=organisation, clock=clock_of(settings))
    finally:
        await close_database()
