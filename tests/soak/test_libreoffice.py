"""LibreOffice opens what we give out: totals come out as stored, unmarked cells stay as they were, pages print whole.

Run by `make soak`, which installs LibreOffice and poppler. The pages are kept as pictures in var/soak for a person to look at.
"""

import io
import re
import shutil
import subprocess
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import pytest_asyncio

from tests.audit.conftest import stored_sample
from tests.audit.paid_world import paid_claim
from tests.subsidy.conftest import sample
from tests.subsidy.test_apprentice_register import settled_with_clawback
from tests.subsidy.workbook_judge import LIST_SHEET, cells_of
from training_admin.audit.packing import make_package
from training_admin.audit.workbooks import Wanted, claim_workbook, period_workbook
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog
from training_admin.kit.actor import COMMAND_LINE, DEMO
from training_admin.kit.clock import FixedClock
from training_admin.kit.workbook.marked import mark
from training_admin.kit.workbook.marking import mark_workbook
from training_admin.settings import Settings
from training_admin.subsidy.intake import read_workbook

pytestmark = pytest.mark.soak
PICTURES = Path(__file__).parents[2] / "var" / "soak"
TODAY = date(2026, 6, 1)
HALF_A_FEN = 0.005
# One header of each sheet, at least one of which stands on every page.
HEADERS = (
    *("序号", "信用代码", "费用类别", "疑点编号", "依据与效力", "批次号", "班期名称", "班级编号", "检查日期时间", "决定书号"),
    "依据文号",
)
FORMULA = re.compile(r"(<f>[^<]*</f>)<v>[^<]*</v>")


def converted(content: bytes, to: str, folder: Path) -> bytes:
    """A workbook as LibreOffice saves it again, or its pages as PDF."""
    source = folder / "book.xlsx"
    source.write_bytes(content)
    out = folder / "out"
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", to, "--outdir", str(out), str(source)],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return (out / f"book.{to}").read_bytes()


def text_of(pages: Path) -> str:
    """The text of a PDF, page by page."""
    return subprocess.run(["pdftotext", "-layout", pages, "-"], check=True, capture_output=True, text=True).stdout


def draw(pages: Path, name: Path) -> None:
    """Each page of a PDF as a picture."""
    subprocess.run(["pdftoppm", "-r", "90", "-png", pages, name], check=True)


def without_stored_values(content: bytes) -> bytes:
    """The workbook with the values of its formulas taken out, so that whoever opens it must compute them."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as stripped:
        for name in package.namelist():
            part = package.read(name)
            if name.startswith("xl/worksheets/"):
                part = FORMULA.sub(r"\1", part.decode()).encode()
            stripped.writestr(name, part)
    return target.getvalue()


def book(content: bytes, *, stored: bool) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content), data_only=stored)


@pytest_asyncio.fixture
async def exports(database: Settings, clock: FixedClock) -> dict[str, bytes]:
    """The audit workbooks of both samples, of their period, and its public variant."""
    await publish_items(DEMO, sample_catalog(), paper="样例目录", clock=clock)
    made = {}
    for letter in "AB":
        number = await stored_sample(letter, clock)
        made[f"claim_{letter}"] = await claim_workbook(COMMAND_LINE, number, clock=clock)
    made["period"] = await period_workbook(COMMAND_LINE, start=TODAY, end=TODAY, clock=clock)
    made["public"] = await period_workbook(COMMAND_LINE, start=TODAY, end=TODAY, clock=clock, public=True)
    return made


def assert_recalculated(name: str, content: bytes, folder: Path) -> int:
    """What LibreOffice computes is what is stored; returns how many formulas there are."""
    folder.mkdir()
    formulas, stored = book(content, stored=False), book(content, stored=True)
    computed = book(converted(without_stored_values(content), "xlsx", folder), stored=True)
    sums = 0
    for page in formulas:
        for row in page.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    sums += 1
                    told, found = stored[page.title][cell.coordinate].value, computed[page.title][cell.coordinate].value
                    same = told == found if isinstance(told, str) else abs(told - found) < HALF_A_FEN
                    assert same, f"{name} {page.title} {cell.coordinate}: {told} {found}"
    return sums


async def test_recalculated_totals_equal_the_stored_ones(exports: dict[str, bytes], tmp_path: Path) -> None:
    for name, content in exports.items():
        assert assert_recalculated(name, content, tmp_path / name) >= 17, name


async def test_recalculated_totals_of_what_was_paid_and_asked_back(database: Settings, clock: FixedClock, tmp_path: Path) -> None:
    number = await paid_claim(clock)
    inner = await claim_workbook(COMMAND_LINE, number, clock=clock)
    target = io.BytesIO()
    await make_package(COMMAND_LINE, Wanted(number=number), target, clock=clock)
    data = zipfile.ZipFile(target).read("数据.xlsx")
    assert {"资金拨付台账", "追回台账"} <= set(book(inner, stored=True).sheetnames)
    assert assert_recalculated("paid", inner, tmp_path / "paid") >= 40
    assert assert_recalculated("package", data, tmp_path / "package") >= 10
    opened = book(converted(data, "xlsx", tmp_path / "package"), stored=True)
    texts = [cell for row in opened["检查记录"].iter_rows() for cell in row if str(cell.value).startswith("=")]
    assert {cell.value for cell in texts} == {"=1+1 请整改"}
    assert {cell.data_type for cell in texts} == {"s"}


async def test_recalculated_totals_of_an_apprentice_programme(database: Settings, clock: FixedClock, tmp_path: Path) -> None:
    advance, settlement = await settled_with_clawback(clock)
    for name, number in (("advance", advance), ("settlement", settlement)):
        inner = await claim_workbook(COMMAND_LINE, number, clock=clock)
        assert assert_recalculated(name, inner, tmp_path / name) >= 20


async def test_pages_print_with_header_footer_and_no_cut_number(exports: dict[str, bytes], tmp_path: Path) -> None:
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    for name, content in exports.items():
        folder = tmp_path / name
        folder.mkdir()
        (folder / "pages.pdf").write_bytes(converted(content, "pdf", folder))
        told = text_of(folder / "pages.pdf")
        pages = told.rstrip("\f").split("\f")
        assert "###" not in told
        for number, page in enumerate(pages, 1):
            compact = page.replace(" ", "")
            assert f"第{number}页共{len(pages)}页" in compact
            assert "校验码" in compact
            assert any(header in compact for header in HEADERS)
        draw(folder / "pages.pdf", PICTURES / name)


@pytest.mark.parametrize("letter", ["A", "B"])
async def test_cells_that_were_not_marked_equal_the_upload_in_value_and_style(letter: str, tmp_path: Path) -> None:
    upload = sample(f"claim_{letter}.xlsx")
    problems = (await read_workbook(upload, today=TODAY)).problems
    marked = mark(upload, problems)
    assert marked == await mark_workbook(upload, problems)
    touched = {(problem.sheet, problem.cell) for problem in problems}
    again = {}
    for name, content in (("upload", upload), ("marked", marked)):
        folder = tmp_path / name
        folder.mkdir()
        again[name] = converted(content, "xlsx", folder)
    for before, after in ((upload, marked), (again["upload"], again["marked"])):
        old, new = book(before, stored=False), book(after, stored=False)
        assert [sheet for sheet in new.sheetnames if sheet != LIST_SHEET] == old.sheetnames
        for page in old:
            cells, kept = cells_of(page), cells_of(new[page.title])
            untouched = {address: seen for address, seen in cells.items() if (page.title, address) not in touched}
            assert {address: kept.get(address) for address in untouched} == untouched
            for sheet, address in touched:
                if sheet == page.title and address in cells:
                    assert kept[address][:2] == cells[address][:2]
                    assert kept[address] != cells[address]
