"""`training-admin demo`: a made-up district, the main job on two sample claims, then the service."""

import asyncio
import os
from collections import Counter
from datetime import UTC, datetime

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from training_admin.clocks import found_demo_clock
from training_admin.database import close_database, open_database
from training_admin.demo.apprentice_money import found_apprentices
from training_admin.demo.apprentices import apprentice, found_running
from training_admin.demo.filling import LabelledFault, fill_district, found_catalog, found_district, main_job, sample_person
from training_admin.demo.institution import found_institution
from training_admin.demo.life import found_life
from training_admin.demo.life_classes import found_life_classes
from training_admin.demo.money import found_budgets, found_review
from training_admin.demo.offices import DemoAccount, found_offices
from training_admin.demo.training import found_training
from training_admin.kit.clock import SHANGHAI, FixedClock
from training_admin.kit.money import yuan_grouped
from training_admin.kit.role_words import ROLE_WORDS
from training_admin.logs import configure_logs
from training_admin.office.keys import assert_keys_fit
from training_admin.settings import Settings, read_settings
from training_admin.subsidy.explain import OUTCOME_WORDS
from training_admin.subsidy.record import AssessmentRecord
from training_admin.upgrade import upgrade

# 1 June 2026, nine o'clock in Shanghai: the day of the sample claims.
FOUNDED = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
# When the institution and its first classes of the demo were filed, so that one of them is running on that day.
PREPARED = datetime(2026, 3, 23, 1, 0, tzinfo=UTC)
# When the programme of apprentices that is over was drawn up: advanced, told, settled and paid long before that day.
LONG_AGO = datetime(2024, 11, 1, 1, 0, tzinfo=UTC)
MOST_TRAINEES = 1_000_000
FAULTS_FILE = "demo-faults.json"
console = Console(stderr=True)


@click.command(help="建立演示区，核验两份样例申报表，然后启动服务；--trainees 按种子生成一个区一年的数据。")
@click.option("--trainees", type=click.IntRange(1, MOST_TRAINEES), default=None, help="生成多少人次的演示申报。")
@click.option("--seed", type=int, default=1, show_default=True, help="随机种子；同一种子得到同样的数据。")
@click.option("--serve/--no-serve", "and_serve", default=None, help="完成后是否启动服务（生成数据时默认不启动）。")
def command(*, trainees: int | None, seed: int, and_serve: bool | None) -> None:
    """Found the demo district, show the main job, and serve."""
    os.environ["TRAINING_ADMIN_DEMO"] = "1"  # the worker process inherits it
    settings = read_settings()
    configure_logs(settings)
    asyncio.run(prepare(settings, trainees=trainees, seed=seed))
    if and_serve or (and_serve is None and trainees is None):
        from training_admin.commands.serve import serve  # only who serves waits for the web server

        serve(settings)


async def prepare(settings: Settings, *, trainees: int | None, seed: int) -> None:
    """Bring the database up to date, found the district, and do the job asked for."""
    await open_database(settings)
    try:
        await upgrade()
        await assert_keys_fit()
        clock = found_demo_clock(settings, FOUNDED)
        past = FixedClock(PREPARED)
        await found_catalog(clock, past=past)
        show_accounts(await found_offices(past, settings.data))
        await found_apprentices(FixedClock(LONG_AGO))
        await found_institution(past)
        taught = [] if trainees is not None else await found_life_classes(seed, before := FixedClock(PREPARED))
        await found_budgets(FixedClock(PREPARED))
        await found_training(past)
        if taught:
            await found_life(taught, before)
        await found_running(FixedClock(PREPARED), FOUNDED.astimezone(SHANGHAI).date())
        await found_district(clock)
        if trainees is None:
            done = await main_job(clock)
            show_claims(done)
            await found_review(done[0][0], clock)
            show_person(sample_person(), apprentice())
            return
        faults = await with_progress(trainees, seed, settings)
        show_faults(faults)
    finally:
        await close_database()


async def with_progress(trainees: int, seed: int, settings: Settings) -> list[LabelledFault]:
    """Fill the district under a progress bar and keep the labelled faults beside the data."""
    columns = (TextColumn("生成并核验演示申报"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=trainees)
        clock = found_demo_clock(settings, FOUNDED)
        faults = await fill_district(trainees=trainees, seed=seed, clock=clock, progress=lambda people: bar.advance(task, people))
    (settings.data / FAULTS_FILE).write_bytes(msgspec.json.format(msgspec.json.encode(faults)))
    return faults


def show_accounts(accounts: list[DemoAccount]) -> None:
    """One account for each role, with what is needed to sign in."""
    table = Table(
        title="演示账户（密码随机生成，另存于数据目录的 demo-accounts.json）", title_justify="left", box=None, padding=(0, 1, 0, 0)
    )
    for header in ("用户名", "密码", "动态码密钥", "岗位"):
        table.add_column(header, no_wrap=header != "岗位")
    for each in accounts:
        table.add_row(each.login, each.password, each.secret or "—", "、".join(ROLE_WORDS[role] for role in each.roles))
    console.print(table)
    console.print("动态码：把密钥录入手机身份验证器，或执行 [bold]training-admin code 用户名[/bold] 显示当前六位数字（仅演示区）。\n")


def show_person(id_no: str, apprentice_no: str) -> None:
    """With what number one may sign in as a trainee; the code is shown in this terminal."""
    console.print(f"学员登录（/sign-in/person）可用的虚构证件号码：[bold]{id_no}[/bold]，验证码显示在本终端。")
    console.print(f"学徒登录可用的虚构证件号码：[bold]{apprentice_no}[/bold]，可查看“我的学徒培养”。\n")


def show_claims(done: list[tuple[str, AssessmentRecord]]) -> None:
    """The main job's result, readable in a terminal."""
    for number, record in done:
        table = Table(title=f"申报 {number}：自动核验结果（演示数据）", title_justify="left")
        for header, justify in (("班级编号", "left"), ("人均补贴（元）", "right"), ("可补人数", "right"), ("核算金额（元）", "right")):
            table.add_column(header, justify=justify)  # type: ignore[arg-type] # left or right
        for klass in record.classes:
            table.add_row(klass.class_no, yuan_grouped(klass.per_head_fen), str(klass.payable_people), yuan_grouped(klass.computed_fen))
        console.print(table)
        counts = Counter(OUTCOME_WORDS[line.outcome] for line in record.lines)
        console.print("　".join(f"{words} {count} 人" for words, count in counts.most_common()))
        ceiling = record.ceiling
        if ceiling.payable_fen is not None and ceiling.left_fen is not None:
            console.print(f"补贴限额剩余 {yuan_grouped(ceiling.left_fen)} 元，应发 [bold]{yuan_grouped(ceiling.payable_fen)}[/bold] 元\n")


def show_faults(faults: list[LabelledFault]) -> None:
    """How many of the labelled faults were found, by label."""
    table = Table(title="预置差错与核验发现", title_justify="left")
    for header in ("差错", "应发现的规则", "预置", "发现"):
        table.add_column(header)
    labels = Counter((fault.label, fault.finds) for fault in faults)
    found = Counter((fault.label, fault.finds) for fault in faults if fault.found)
    for (label, finds), count in sorted(labels.items()):
        table.add_row(label, finds, str(count), str(found[label, finds]))
    console.print(table)
