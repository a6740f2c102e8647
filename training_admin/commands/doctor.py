"""`training-admin doctor`: what is missing on this machine and how to mend it."""

import asyncio
import sys

import click
import msgspec
from rich.console import Console
from rich.text import Text

from training_admin.doctor import Finding, Standing, examine
from training_admin.settings import read_settings

SIGNS = {Standing.WORKS: ("正常", "green"), Standing.LIMITED: ("受限", "yellow"), Standing.BROKEN: ("有误", "red")}


@click.command(help="检查运行环境，指出缺什么、怎样补上；有误时退出码为 1。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def command(*, as_json: bool) -> None:
    """Exit status 1 when something keeps the service from running."""
    findings = asyncio.run(examine(read_settings()))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(findings)).decode())
    else:
        show(findings)
    sys.exit(any(finding.standing is Standing.BROKEN for finding in findings))


def show(findings: list[Finding]) -> None:
    """The findings as lines for a person."""
    console = Console(highlight=False, soft_wrap=True)
    for finding in findings:
        sign, colour = SIGNS[finding.standing]
        console.print(Text(f"[{sign}] ", style=colour).append(finding.what, style="default"))
        if finding.mend:
            console.print(f"       {finding.mend}")
