"""The registers behind an audit workbook: money, visits, answers, classes; sums that tie out; links that lead to the person's decision."""

import io
from typing import Any

import openpyxl
import pytest_asyncio

from tests.audit.paid_world import paid_claim
from tests.audit.test_workbooks import below, opened, rows_of
from tests.fund.payment_world import ACCOUNT
from tests.subsidy.test_apprentice_register import settled_with_clawback
from training_admin.audit import register_layouts as layouts
from training_admin.audit.layouts import COSTS, FIRMS, PEOPLE
from training_admin.audit.ties import Sums, Tie, stored, tie_rows
from training_admin.audit.workbooks import Wanted, workbook_bytes
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings
from training_admin.subsidy.claims import claim_record
from training_admin.subsidy.record import PAYING

BASE = "https://peixun.example.cn"
Book = tuple[str, dict[bool, bytes]]


@pytest_asyncio.fixture
async def book(database: Settings, clock: FixedClock) -> Book:
    """Claim A whose first class was filed and held here, was visited, paid and partly asked back; both variants of its workbook."""
    number = await paid_claim(clock)
    made = {}
    for public in (False, True):
        made[public] = await workbook_bytes(COMMAND_LINE, Wanted(number=number, public=public, address=BASE), clock)
    return number, made


async def test_registers_tell_what_was_recorded_and_every_sum_ties_out(book: Book) -> None:
    number, made = book
    inner = opened(made[False])
    whole = below(inner, PEOPLE)["实发"]
    money = rows_of(inner, layouts.BATCHES)
    assert {row["申报编号"] for row in money} == {number}
    assert {(row["资金渠道"], row["预算科目"], row["退票标志"], row["状态"]) for row in money} == {("企业补贴", "2050803", "否", "已拨付")}
    assert (below(inner, layouts.BATCHES)["审定金额"], below(inner, layouts.BATCHES)["已拨付"]) == (whole, whole)
    assert below(inner, layouts.BATCHES)["人次"] == len(rows_of(inner, PEOPLE))
    assert money[-1]["累计拨付"] + money[-1]["补贴限额余额"] == rows_of(inner, FIRMS)[0]["补贴限额"]
    assert ACCOUNT.account in money[0]["收款户名/账号/开户行"]
    (back,) = rows_of(inner, layouts.RECOVERIES)
    assert (back["应追回"], back["已追回"], back["余额"], back["凭证"], back["状态"]) == (7, 3, 4, "回单1", "追回中")
    visits = rows_of(inner, layouts.VISITS)
    assert [(row["出勤率"], row["平均出勤率"], row["最低出勤率"], row["结论"]) for row in visits] == [
        (0.95, 0.725, 0.5, "合格"),
        (0.5, 0.725, 0.5, "不合格"),
    ]
    assert visits[1]["意见"] == "=1+1 请整改"
    filings = rows_of(inner, layouts.FILINGS)
    assert len(filings) == 3, "one class filed here, two of the delivered register"
    assert len(rows_of(inner, layouts.PLANS)) == 10
    assert rows_of(inner, layouts.TEACHERS)[0]["年龄"] is not None
    attendance = rows_of(inner, layouts.ATTENDANCE)
    assert [(row["第1次"][:1], row["出勤率"]) for row in attendance] == [("×", 0)] + [("√", 1)] * 5
    assert [row["登记人次"] for row in rows_of(inner, layouts.WAYS)] == [6] * 10
    calls = rows_of(inner, layouts.CALLS)
    assert [row["是否参训"] for row in calls] == ["不是我、我没参加", None, None, None, None, None]
    assert len(rows_of(inner, layouts.CHANGES)) >= 2
    ties = rows_of(inner, layouts.TIES)
    assert [row["结论"] for row in ties] == ["相符"] * 13
    assert {row["甲数"] for row in ties} >= {whole, 3, 4}


async def test_a_total_leads_to_the_rows_and_a_row_to_the_decision(book: Book) -> None:
    number, made = book
    page: Any = openpyxl.load_workbook(io.BytesIO(made[False]))
    record = await claim_record(COMMAND_LINE, number, None)
    wanted = [line.row for line in record.lines if line.outcome in PAYING]
    lines = [page[PEOPLE].cell(5 + place, 1).value for place in range(len(wanted))]
    assert lines == [f'=HYPERLINK("{BASE}/claims/{number}/lines/{row}",{place})' for place, row in enumerate(wanted, 1)]
    source = page[FIRMS].cell(5, page[FIRMS].max_column).value
    assert source == f'=HYPERLINK("#\'{PEOPLE}\'!A5","人员明细第5行")'
    assert page[COSTS].cell(5, page[COSTS].max_column).value == f'=HYPERLINK("{BASE}/claims/{number}","{number}")'
    first = page[layouts.TIES][5]
    assert first[2].value.startswith(f"=HYPERLINK(\"#'{PEOPLE}'!")
    assert first[3].value.startswith(f"='{PEOPLE}'!$")
    assert first[6].value == "=D5-F5"
    assert page[PEOPLE].oddHeader.center.text.startswith("内部资料　命令行 于 2026")
    assert "操作留痕第 " in page[PEOPLE].oddHeader.center.text


async def test_the_public_variant_names_no_person_account_or_voucher(book: Book) -> None:
    _number, made = book
    inner, outer = opened(made[False]), opened(made[True])
    shown = "|".join(str(cell) for name in outer.sheetnames for row in outer[name].iter_rows(values_only=True) for cell in row)
    assert ACCOUNT.account not in shown
    assert "冒名参训" not in shown
    assert "检查甲" not in shown
    assert "回单1" not in shown
    assert all(row["姓名"] not in shown for row in rows_of(inner, layouts.ATTENDANCE) + rows_of(inner, layouts.TEACHERS))
    assert {row["结论"] for row in rows_of(outer, layouts.TIES)} == {"相符"}
    assert below(outer, layouts.BATCHES)["已拨付"] == below(inner, layouts.BATCHES)["已拨付"]
    formulas = openpyxl.load_workbook(io.BytesIO(made[True]))
    assert formulas[PEOPLE].cell(5, 1).value == 1
    assert BASE not in str([[cell.value for cell in row] for row in formulas[PEOPLE].iter_rows()])


def test_what_does_not_tie_out_is_told() -> None:
    totals = {PEOPLE: {"应发": 100, "扣减": 0, "实发": 100}}
    cells = {(PEOPLE, header): "$R$9" for header in ("应发", "扣减", "实发")}
    sums = Sums(cells, totals)
    wrong = sums.of(PEOPLE, "实发")
    assert wrong.formula == f"'{PEOPLE}'!$R$9"
    (row,) = tie_rows([Tie("甲＝乙", wrong, stored("乙", 99))], 5)
    assert row[6] == ("D5-F5", 1)
    assert row[7][1] == "不符"


async def test_sheet_12_stands_in_the_workbook_of_a_programmes_claims_and_ties_to_the_ledger(database: Settings, clock: FixedClock) -> None:
    advance, settlement = await settled_with_clawback(clock)
    book = opened(await workbook_bytes(COMMAND_LINE, Wanted(number=advance, address=BASE), clock))
    people = rows_of(book, layouts.APPRENTICES)
    assert len(people) == 10
    assert (below(book, layouts.APPRENTICES)["预拨"], below(book, layouts.APPRENTICES)["追回"]) == (40_000, 24_000)
    ties = {row["应当相等的两个数"]: row for row in rows_of(book, layouts.TIES)}
    assert {row["结论"] for row in ties.values()} == {"相符"}
    assert ties["学徒台账的预拨＋结算＝资金明细账的支付减退票"]["乙数"] == 40_000
    assert ties["学徒台账的追回＝资金明细账的追回决定减撤销"]["乙数"] == 24_000
    public = opened(await workbook_bytes(COMMAND_LINE, Wanted(number=advance, public=True), clock))
    assert layouts.APPRENTICES not in public.sheetnames
    # A settlement has groups of equal price, numbered behind the programme.
    settled = opened(await workbook_bytes(COMMAND_LINE, Wanted(number=settlement, address=BASE), clock))
    record = await claim_record(COMMAND_LINE, settlement, None)
    assert len(rows_of(settled, PEOPLE)) == sum(line.outcome in PAYING for line in record.lines) > 0
    assert {row["结论"] for row in rows_of(settled, layouts.TIES)} == {"相符"}
