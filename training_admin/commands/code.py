"""`training-admin code LOGIN`: the present second-factor code of a demo account, for who has no phone at hand."""

import click

from training_admin.accounts.second_factor import FACTOR
from training_admin.demo.offices import read_accounts
from training_admin.kit.clock import SystemClock
from training_admin.kit.refusals import NotFound
from training_admin.settings import read_settings


class NoSuchDemoAccount(NotFound):
    """There is no demo account of this name, or it has no second factor."""

    code = "demo-account-not-found"


@click.command(help="显示演示账户当前的六位动态码（仅演示区）。")
@click.argument("login")
def command(login: str) -> None:
    """Only what the demo keeps in its own folder can be shown; real secrets are sealed."""
    for account in read_accounts(read_settings().data):
        if account.login == login and account.secret:
            click.echo(FACTOR.current_code(account.secret, at=SystemClock().wall()))
            return
    raise NoSuchDemoAccount("没有这个演示账户，或它不需要动态码。用户名见 make demo 的输出。")
