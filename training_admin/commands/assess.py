"""`training-admin assess`: a claim workbook and registers in, the decision out – without a database."""

import asyncio
from datetime import date
from pathlib import Path

import click
import msgspec

from training_admin.catalog.sample import read_catalog, sample_catalog
from training_admin.kit.refusals import Unreadable
from training_admin.kit.workbook.marking import mark_workbook
from training_admin.office.calendar_data import published_calendar
from training_admin.policy.packs import DEFAULT_PACK, load_pack
from training_admin.subsidy.assess import assess
from training_admin.subsidy.form import ClaimForm
from training_admin.subsidy.gather import World, gather, key_claim
from training_admin.subsidy.intake import read_registers, read_workbook
from training_admin.subsidy.printed import PrintedAssessment, printed
from training_admin.subsidy.registers import registers_from_document

CLAIM_NUMBER = "现场核验"


class FileUnreadable(Unreadable):
    """A file named on the command line cannot be opened."""

    code = "file-unreadable"
    title = "文件无法打开"


class FileUnwritable(Unreadable):
    """A file cannot be written where the command line wants it."""

    code = "file-unwritable"
    title = "文件无法保存"


@click.command(help="核验一份申报表（不需要数据库），在标准输出给出 JSON 结果。")
@click.argument("claim")
@click.option("--registers", required=True, help="登记数据（JSON 或 .xlsx）。")
@click.option("--as-of", "as_of", required=True, help="申报日，如 2026-06-01；以此为准。")
@click.option("--pack", default=DEFAULT_PACK, show_default=True, help="政策包名称或文件。")
@click.option("--catalog", default=None, help="补贴目录（JSON），默认用样例目录。")
@click.option("--marked", default=None, help="另存标注了错误单元格的申报表。")
@click.option("--json", "as_json", is_flag=True, help="拒绝时也输出 JSON（结果总是 JSON）。")
def command(claim: str, *, registers: str, as_of: str, pack: str, catalog: str | None, marked: str | None, as_json: bool) -> None:
    """Assess one claim from files; exit status 2 and a problem document when it cannot be assessed."""
    del as_json  # main() reads it from the arguments: a refusal may come before click has parsed them
    content = read_file(claim)
    day = read_day(as_of)
    result = asyncio.run(
        assess_files(content, registers=read_file(registers), as_of=day, pack=pack, catalog=read_file(catalog) if catalog else None)
    )
    if marked is not None:
        write_file(marked, asyncio.run(mark_workbook(content, result.cells)))
    click.echo(msgspec.json.format(msgspec.json.encode(result)).decode())


async def assess_files(content: bytes, *, registers: bytes, as_of: date, pack: str, catalog: bytes | None) -> PrintedAssessment:
    """The printed assessment of a workbook; persons are numbered in the order they are met and leave no trace."""
    form: ClaimForm = await read_workbook(content, today=as_of)
    numbers: dict[str, str] = {}

    def person_of(id_no: str) -> str:
        return numbers.setdefault(id_no, f"P{len(numbers) + 1}")

    world = World(
        registers=registers_from_document(await read_registers(registers, today=as_of), person_of),
        catalog=sample_catalog() if catalog is None else read_catalog(catalog),
        policy=load_pack(pack),
        calendar=published_calendar(),
    )
    facts = gather(key_claim(form, claim_number=CLAIM_NUMBER, as_of=as_of, person_of=person_of), world)
    return printed(assess(facts), form.problems)


def read_file(path: str) -> bytes:
    """The bytes of a file named by the user; raises FileUnreadable."""
    try:
        return Path(path).read_bytes()
    except OSError:
        raise FileUnreadable(f"打不开文件“{Path(path).name}”，请检查路径和权限后重试。") from None


def write_file(path: str, content: bytes) -> None:
    """Write a file where the user wants it; raises FileUnwritable."""
    try:
        Path(path).write_bytes(content)
    except OSError:
        raise FileUnwritable(f"不能保存文件“{Path(path).name}”，请检查文件夹和权限后重试。") from None


def read_day(text: str) -> date:
    """A day as YYYY-MM-DD; raises FileUnreadable naming the option."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise FileUnreadable("--as-of 应为年-月-日，如 2026-06-01。") from None
