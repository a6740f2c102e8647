"""Audit workbooks of stored claims: columns, texts, sums that tie out, the trail, and what the public may not see."""

import io
import os
from datetime import date
from typing import Any

import openpyxl
import pytest

from training_admin.audit import store, workbooks
from training_admin.audit.layouts import (
    COST_COLUMNS,
    COSTS,
    DOUBT_COLUMNS,
    DOUBTS,
    FIRM_COLUMNS,
    FIRMS,
    NOTES,
    PEOPLE,
    PEOPLE_COLUMNS,
    PUBLIC_COLUMNS,
    ROSTER,
    ROSTER_COLUMNS,
)
from training_admin.audit.papers import RecordDamaged
from training_admin.audit.register_layouts import TIES, registers
from training_admin.audit.store import NothingToExport
from training_admin.audit.workbooks import PeriodBackwards, Wanted, claim_workbook, make_workbook, period_workbook
from training_admin.database import counted_queries, fetch_tuples, read_transaction, write_transaction
from training_admin.kit.actor import COMMAND_LINE, Actor
from training_admin.kit.child import RefusedInChild
from training_admin.kit.clock import FixedClock
from training_admin.kit.money import capital_amount
from training_admin.office.anchors import anchor_file, read_anchors
from training_admin.office.trail_check import check_trail, first_broken_row
from training_admin.settings import Settings
from training_admin.subsidy.claims import claim_detail, claim_record
from training_admin.subsidy.record import PAYING

HEADER_ROW = 4
Rows = list[dict[str, Any]]


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content), data_only=True)


def rows_of(book: Any, sheet: str) -> Rows:
    """The rows of a table by header, without what stands below it."""
    page = book[sheet]
    header = [cell.value for cell in page[HEADER_ROW]]
    rows = []
    for row in page.iter_rows(min_row=HEADER_ROW + 1, values_only=True):
        if row[0] in {"合计", "制表人："}:
            break
        rows.append(dict(zip(header, row, strict=True)))
    return rows


def below(book: Any, sheet: str) -> dict[str, Any]:
    """The 合计 row of a table by header."""
    page = book[sheet]
    header = [cell.value for cell in page[HEADER_ROW]]
    return next(dict(zip(header, row, strict=True)) for row in page.iter_rows(values_only=True) if row[0] == "合计")


async def test_the_sheets_carry_the_columns_of_the_policy_in_its_words(claims: dict[str, str], clock: FixedClock) -> None:
    book = opened(await claim_workbook(COMMAND_LINE, claims["A"], clock=clock))
    behind = registers(0, public=False)
    assert book.sheetnames == [PEOPLE, FIRMS, ROSTER, COSTS, DOUBTS, *(each.name for each in behind), TIES, NOTES]
    assert sorted({each.number for each in behind}) == [2, 4, 6, 7, 8, 9, 10, 12, 14, 16]
    for each in behind:
        assert [cell.value for cell in book[each.name][HEADER_ROW]] == [column.header for column in each.columns]
    wanted = (PEOPLE_COLUMNS, FIRM_COLUMNS, ROSTER_COLUMNS, COST_COLUMNS, DOUBT_COLUMNS)
    for name, columns in zip(book.sheetnames[:5], wanted, strict=True):
        assert [cell.value for cell in book[name][HEADER_ROW]] == [column.header for column in columns]
        assert [cell.value for cell in book[name][book[name].max_row] if cell.value] == ["制表人：", "复核人：", "负责人：", "（公章）"]
    words = "".join(column.header for columns in wanted for column in columns)
    assert "封顶" not in words
    assert "上年附加" not in words


@pytest.mark.parametrize("letter", ["A", "B"])
async def test_the_sums_tie_out_with_the_stored_record(claims: dict[str, str], letter: str, clock: FixedClock) -> None:
    book = opened(await claim_workbook(COMMAND_LINE, claims[letter], clock=clock))
    record = await claim_record(COMMAND_LINE, claims[letter], None)
    paid_fen = record.ceiling.payable_fen
    assert paid_fen is not None
    people = rows_of(book, PEOPLE)
    assert len(people) == sum(1 for line in record.lines if line.outcome in PAYING)
    assert round(sum(row["实发"] for row in people) * 100) == paid_fen
    assert round(below(book, PEOPLE)["实发"] * 100) == paid_fen
    assert round(below(book, PEOPLE)["应发"] * 100) == record.ceiling.computed_fen
    assert all(round(row["应发"] * 100) - round(row["扣减"] * 100) == round(row["实发"] * 100) for row in people)
    assert round(rows_of(book, FIRMS)[0]["合计"] * 100) == paid_fen
    assert f"实发合计大写金额：{capital_amount(paid_fen)}" in [row[0] for row in book[PEOPLE].iter_rows(values_only=True)]
    recognised = sum(klass.eligible_cost_fen for klass in record.classes)
    assert round(below(book, COSTS)["认定金额"] * 100) == recognised


async def test_identity_numbers_are_whole_and_text(claims: dict[str, str], clock: FixedClock) -> None:
    book = opened(await claim_workbook(COMMAND_LINE, claims["A"], clock=clock))
    first = rows_of(book, PEOPLE)[0]
    assert (first["姓名"], first["证件号码"], first["账号"]) == ("薛国阳", "310100200011020037", "31464964309872003")
    assert (first["补贴标准"], first["比例"], first["课时"], first["出勤率"]) == (2000, 0.8, 120, 0.8)
    assert (first["职业编码"], first["等级"], first["项目"]) == ("6-18-02-04", "四级/中级工", "焊工（四级）")
    assert (first["证书编号"], first["签收"]) == (None, None)
    roster = rows_of(book, ROSTER)
    assert len(roster) == 75
    assert (roster[0]["手机"], roster[0]["参保月份"], roster[0]["性别"]) == ("13893404884", "2026-03、2026-04", "男")
    assert all(isinstance(row["证件号码"], str) and len(row["证件号码"]) == 18 for row in roster)


async def test_the_firm_is_summed_by_stream(claims: dict[str, str], clock: FixedClock) -> None:
    (firm,) = rows_of(opened(await claim_workbook(COMMAND_LINE, claims["A"], clock=clock)), FIRMS)
    assert (firm["规模"], firm["上年度实缴地方教育附加"], firm["补贴限额"]) == ("大型", 300000, 180000)
    assert (firm["职业技能类班级"], firm["职业技能类人次"], firm["岗位能力类人次"]) == (2, 42, 29)
    assert firm["职业技能类金额"] + firm["岗位能力类金额"] == firm["合计"] == 103360
    assert firm["占补贴限额%"] == 0.5742


async def test_vouchers_say_why_they_are_not_recognised(claims: dict[str, str], clock: FixedClock) -> None:
    rows = rows_of(opened(await claim_workbook(COMMAND_LINE, claims["B"], clock=clock)), COSTS)
    refused = [row for row in rows if row["核减原因"]]
    assert [(row["费用类别"], row["认定金额"]) for row in refused] == [("餐费", 0)]
    assert all(row["认定金额"] == row["金额"] for row in rows if not row["核减原因"])
    assert all(len(row["发票号码"]) == 20 for row in rows)


async def test_doubts_are_found_and_people_in_them_masked(claims: dict[str, str], clock: FixedClock) -> None:
    content = await claim_workbook(COMMAND_LINE, claims["B"], clock=clock)
    rows = rows_of(opened(content), DOUBTS)
    assert [row["规则号"] for row in rows] == ["AU-001", "AU-010", "AU-020", "AU-021", "AU-038", "AU-060", "AU-063"]
    numbers = [row["证件号码"] for row in rows_of(opened(content), ROSTER)]
    for row in rows:
        text = "".join(str(value) for value in row.values())
        assert not any(number in text for number in numbers)
        assert row["严重度"] in {"阻断", "高", "中"}
        assert "=" in row["证据字段=值"]
        assert row["结论"] is None
    assert rows_of(opened(await claim_workbook(COMMAND_LINE, claims["A"], clock=clock)), DOUBTS)[0]["疑点编号"] == "（无记录）"


async def test_the_roster_tells_what_became_of_each_row(claims: dict[str, str], clock: FixedClock) -> None:
    roster = rows_of(opened(await claim_workbook(COMMAND_LINE, claims["B"], clock=clock)), ROSTER)
    record = await claim_record(COMMAND_LINE, claims["B"], None)
    assert len(roster) == len(record.lines)
    for row, line in zip(roster, record.lines, strict=True):
        told = row["备注"] or ""
        assert ("核验结果" in told) is (line.outcome.value != "PAY")


async def test_the_last_sheet_says_by_what_everything_was_decided(claims: dict[str, str], clock: FixedClock) -> None:
    book = opened(await claim_workbook(COMMAND_LINE, claims["A"], clock=clock))
    rows = rows_of(book, NOTES)
    told = {row["项目"]: row["内容"] for row in rows}
    detail = await claim_detail(COMMAND_LINE, claims["A"])
    assert detail.records[-1].sha256 in told[f"{claims['A']} {detail.summary.enterprise_name}"]
    assert told["查询条件"] == f"申报编号 {claims['A']}"
    assert told["校验码"] in book[PEOPLE].oddFooter.left.text
    assert {row["类别"] for row in rows} >= {
        "基本信息",
        "数据来源",
        "统计口径",
        "核验记录",
        "政策数值",
        "核验规则",
        "疑点规则（已查）",
        "疑点规则（待数据）",
    }
    assert any("暂定" in (row["依据与效力"] or "") for row in rows if row["类别"] == "政策数值")


async def test_the_public_variant_shows_of_a_person_only_name_and_masked_number(claims: dict[str, str], clock: FixedClock) -> None:
    inner = opened(await claim_workbook(COMMAND_LINE, claims["A"], clock=clock))
    content = await claim_workbook(COMMAND_LINE, claims["A"], clock=clock, public=True)
    book = opened(content)
    behind = registers(0, public=True)
    assert book.sheetnames == [PEOPLE, FIRMS, *(each.name for each in behind), TIES, NOTES]
    assert not {each.number for each in behind} & {7, 8, 10}, "sheets of persons are internal"
    assert [cell.value for cell in book[PEOPLE][HEADER_ROW]] == [column.header for column in PUBLIC_COLUMNS]
    rows = rows_of(book, PEOPLE)
    assert (rows[0]["姓名"], rows[0]["证件号码"]) == ("薛国阳", "3101************37")
    shown = "|".join(str(cell) for name in book.sheetnames for row in book[name].iter_rows(values_only=True) for cell in row)
    for row in rows_of(inner, ROSTER):
        assert row["证件号码"] not in shown
        assert row["手机"] not in shown
    assert "31464964309872003" not in shown


async def test_a_period_holds_both_firms_and_numbers_go_on(claims: dict[str, str], clock: FixedClock) -> None:
    content = await period_workbook(COMMAND_LINE, start=date(2026, 6, 1), end=date(2026, 6, 1), clock=clock)
    book = opened(content)
    assert len(rows_of(book, FIRMS)) == 2
    assert [row["序号"] for row in rows_of(book, ROSTER)] == list(range(1, 129))
    assert below(book, PEOPLE)["实发"] == 103360 + 34560
    assert "2 家" in book[PEOPLE].cell(2, 1).value


async def test_a_period_without_claims_and_one_that_runs_backwards_are_refused(claims: dict[str, str], clock: FixedClock) -> None:
    with pytest.raises(NothingToExport):
        await period_workbook(COMMAND_LINE, start=date(2020, 1, 1), end=date(2020, 12, 31), clock=clock)
    with pytest.raises(PeriodBackwards):
        await period_workbook(COMMAND_LINE, start=date(2026, 6, 2), end=date(2026, 6, 1), clock=clock)
    with pytest.raises(NothingToExport):
        await claim_workbook(COMMAND_LINE, "SJ2026999999", clock=clock)


async def test_each_export_is_told_in_the_trail_without_a_name(claims: dict[str, str], clock: FixedClock) -> None:
    target = io.BytesIO()
    receipt = await make_workbook(COMMAND_LINE, Wanted(number=claims["A"]), target, clock=clock)
    async with read_transaction():
        told = await fetch_tuples("SELECT event, subject, detail FROM trail WHERE event LIKE 'audit:%' ORDER BY number")
        assert await first_broken_row() is None
    assert [row[:2] for row in map(tuple, told)] == [
        ("audit:workbook:opened", receipt.file_number),
        ("audit:workbook:exported", receipt.file_number),
    ]
    assert receipt.sha256 in told[1][2]
    assert "薛国阳" not in "".join(row[2] for row in told)
    assert receipt.file_number == "SJAW2026000001"
    assert receipt.rows[ROSTER] == 75
    assert receipt.totals[PEOPLE] == {"应发": 10336000, "扣减": 0, "实发": 10336000}


async def test_the_signed_head_of_the_trail_is_printed_and_anchored(claims: dict[str, str], clock: FixedClock) -> None:
    for public in (False, True):
        book = opened(await claim_workbook(COMMAND_LINE, claims["A"], clock=clock, public=public))
        told = [row for row in book[NOTES].iter_rows(values_only=True) if row[1] and row[1].startswith("操作留痕")]
        last = read_anchors(anchor_file()).last
        assert last is not None
        assert last.holds()
        assert [row[2] for row in told] == [last.words, last.public_key]
        assert last.code in last.words
    assert (await check_trail()).whole


async def test_the_number_of_queries_does_not_grow_with_the_claims(claims: dict[str, str], clock: FixedClock) -> None:
    await claim_workbook(COMMAND_LINE, claims["A"], clock=clock)  # the first export of a database also begins its anchors
    counts = []
    for wanted in (Wanted(number=claims["A"]), Wanted(start=date(2026, 1, 1), end=date(2026, 12, 31))):
        with counted_queries() as queries:
            await make_workbook(COMMAND_LINE, wanted, io.BytesIO(), clock=clock)
        counts.append(len(queries))
    assert counts[0] == counts[1]


async def test_a_record_that_was_tampered_with_is_not_exported(claims: dict[str, str], clock: FixedClock) -> None:
    async with write_transaction():
        await fetch_tuples("UPDATE assessment SET sha256 = repeat('0', 64)")
    with pytest.raises(RecordDamaged):
        await claim_workbook(COMMAND_LINE, claims["A"], clock=clock)


async def test_a_large_workbook_is_made_apart_and_is_the_same(
    claims: dict[str, str], database: Settings, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in [key for key in os.environ if key.startswith("TRAINING_ADMIN_")]:
        monkeypatch.delenv(key)
    assert database.database_url is not None
    monkeypatch.setenv("DATABASE_URL", database.database_url)
    monkeypatch.setenv("TRAINING_ADMIN_DATA", str(database.data))
    monkeypatch.setattr(store, "LARGE", 10)
    apart = opened(await claim_workbook(COMMAND_LINE, claims["A"], clock=clock))
    monkeypatch.setattr(store, "LARGE", 10_000)
    here = opened(await claim_workbook(COMMAND_LINE, claims["A"], clock=clock))
    for name in (PEOPLE, FIRMS, ROSTER, COSTS, DOUBTS):
        assert rows_of(apart, name) == rows_of(here, name)
    monkeypatch.setattr(workbooks, "is_large", _always)
    with pytest.raises(RefusedInChild) as refused:
        await claim_workbook(COMMAND_LINE, "SJ2026999999", clock=clock)
    assert refused.value.code == "nothing-to-export"


async def _always(_actor: Actor, _wanted: Wanted) -> bool:
    return True


async def test_claims_not_yet_assessed_are_left_out(claims: dict[str, str], clock: FixedClock) -> None:
    async with write_transaction():
        await fetch_tuples("DELETE FROM finding")
        await fetch_tuples("DELETE FROM assessment WHERE claim = (SELECT id FROM claim WHERE number = $1)", claims["B"])
    content = await period_workbook(COMMAND_LINE, start=date(2026, 6, 1), end=date(2026, 6, 1), clock=clock)
    assert len(rows_of(opened(content), FIRMS)) == 1
