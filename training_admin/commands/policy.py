"""`training-admin policy`: run worked examples, check and propose policy packs, list figures."""

import asyncio
from pathlib import Path

import click
import msgspec

from training_admin.kit.refusals import Unreadable
from training_admin.policy.checks import PackCheck
from training_admin.policy.examples import run_file
from training_admin.policy.packs import open_pack, shipped_packs
from training_admin.wiring import DECLARED, EXAMINER, checked, workbench


class FileUnreadable(Unreadable):
    """A file named on the command line cannot be opened."""

    code = "file-unreadable"
    title = "文件无法打开"


@click.group(help="政策包：案例、检查、提出采用。")
def command() -> None:
    """Commands about policy packs."""


@command.command("examples", help="按案例文件逐个计算并与预期比对，在标准输出给出 JSON。")
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="拒绝时也输出 JSON（结果总是 JSON）。")
def examples(file: str, *, as_json: bool) -> None:
    """Run worked examples; every one that can be computed is answered, whether it holds or not."""
    del as_json  # main() reads it from the arguments: a refusal may come before click has parsed them
    try:
        content = Path(file).read_bytes()
    except OSError:
        raise FileUnreadable(f"打不开文件“{Path(file).name}”，请检查路径和权限后重试。") from None
    results = run_file(content, workbench())
    click.echo(msgspec.json.format(msgspec.json.encode(results)).decode())
    differing = [result.id for result in results if not result.holds]
    click.echo(f"共 {len(results)} 个案例，{len(results) - len(differing)} 个与预期一致。", err=True)
    if differing:
        click.echo(f"不一致：{'、'.join(differing)}", err=True)


@command.command("check", help="检查政策包（自带的名称或文件），包括其全部案例。")
@click.argument("pack")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def check(pack: str, *, as_json: bool) -> None:
    """Check a pack; exit status 1 when it may not be adopted."""
    result = checked(open_pack(pack, declared=DECLARED))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode({**msgspec.to_builtins(result), "adoptable": result.adoptable})).decode())
    else:
        _tell(result)
    if not result.adoptable:
        raise SystemExit(1)


def _tell(result: PackCheck) -> None:
    click.echo(f"{result.pack}（版本 {result.version}）：{result.figures} 项数值，{len(result.cases)} 个案例。")
    for problem in result.problems:
        click.echo(f"  {problem.key}：{problem.message}")
    for case in result.cases:
        if not case.holds:
            click.echo(f"  案例 {case.id} 与预期不符：{msgspec.json.encode(case.got).decode()}")
    click.echo("可以采用。" if result.adoptable else "不能采用，请先更正以上问题。")


@command.command("packs", help="列出自带的政策包。")
def packs() -> None:
    """List the packs that come with the program."""
    for name in shipped_packs():
        click.echo(f"{name}\t{open_pack(name).file.title}")


@command.command("propose", help="提出采用政策包；须由政策审批人登录后在“政策变更”页面批准，批准后适用于新的核验。")
@click.argument("pack")
@click.option("--why", required=True, help="提出理由。")
def propose(pack: str, *, why: str) -> None:
    """Propose a pack in the configured database: the machine's operator is one person, the approver signs in and is another."""
    number = asyncio.run(_propose(pack, why))
    click.echo(f"已提出 {pack}，编号 {number}。请由政策审批人在“政策变更”页面审批。", err=True)
    click.echo(number)


async def _propose(pack: str, why: str) -> str:
    # The database is only needed here; examples and checks must not wait for it.
    from training_admin.clocks import clock_of
    from training_admin.database import close_database, open_database
    from training_admin.kit.actor import COMMAND_LINE
    from training_admin.policy.proposals import propose_pack
    from training_admin.settings import read_settings

    content = msgspec.json.encode(open_pack(pack, declared=DECLARED).file)
    settings = read_settings()
    await open_database(settings)
    try:
        return await propose_pack(COMMAND_LINE, content, why=why, examiner=EXAMINER, clock=clock_of(settings))
    finally:
        await close_database()
