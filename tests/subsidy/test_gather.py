"""The register decides over the workbook; where they differ both values are told (policy.md part 15, Facts)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from tests.subsidy.ordinary import ENTERPRISE, ITEM, claim_of
from training_admin.catalog.facts import Filing
from training_admin.fund.facts import KnownPayments, OwnPayment, PaidTraining
from training_admin.parties.facts import Coverage
from training_admin.subsidy.contradictions import contradictions_of
from training_admin.subsidy.facts import PaidLine
from training_admin.subsidy.form import ClassRow, CostRow, FormHead
from training_admin.subsidy.gather import KeyedClaim, KeyedLine, World, eligible_categories, gather
from training_admin.subsidy.registers import Registers
from training_admin.subsidy.views import Contradiction

HEAD = FormHead(enterprise_name=ENTERPRISE.name, uscc=ENTERPRISE.uscc, claim_year=2026, size="大型")
ROW = ClassRow(
    row=4,
    class_no="C1",
    stream="职业技能类",
    item=ITEM.item_code,
    start=date(2026, 3, 9),
    end=date(2026, 4, 24),
    delivered_centihours=12_000,
    online_centihours=2_000,
    enrolled=25,
)
FILING = Filing(
    class_no="C1",
    enterprise=ENTERPRISE.uscc,
    institution=None,
    stream="职业技能类",
    item=ITEM.item_code,
    start=date(2026, 3, 9),
    end=date(2026, 4, 24),
    planned_centihours=12_000,
    delivered_centihours=12_000,
    enrolled=25,
    mode="MIXED",
    filed_at=date(2026, 2, 10),
    approved_at=date(2026, 2, 14),
)
LINE = KeyedLine(
    row=4,
    readable=True,
    class_no="C1",
    person="p",
    group="E_EMPLOYEE",
    birth=date(1990, 3, 7),
    sex="M",
    contract_start=date(2020, 1, 1),
    contract_end=None,
    attended_centihours=12_000,
    exam_result="合格",
)


def facts_of(line: KeyedLine = LINE, *, costs: tuple[CostRow, ...] = (), own: Sequence[OwnPayment] = (), **filing: Any) -> Any:
    """Facts of a claim of one class and one line, with some fields of the filing replaced."""
    ordinary = claim_of()
    registers = Registers(
        coverage=Coverage(ordinary.insurance_months, ordinary.surcharge_years),
        enterprises={ENTERPRISE.uscc: ENTERPRISE},
        institutions={},
        filings={"C1": msgspec.structs.replace(FILING, **filing)},
        insurance={},
        payments={"p": (DELIVERED,)} if own else {},
        own_payments={"p": tuple(own)} if own else {},
    )
    claim = KeyedClaim("SJ1", ENTERPRISE.uscc, 2026, date(2026, 6, 1), (ROW,), (line,), costs, attended_column="L")
    return gather(claim, World(registers, (ITEM,), ordinary.policy, ordinary.calendar))


def test_online_hours_come_from_the_filing_once_it_has_them() -> None:
    assert facts_of().classes[0].online_centihours == 2_000
    assert facts_of(online_centihours=3_000).classes[0].online_centihours == 3_000
    assert facts_of(online_centihours=0).classes[0].online_centihours == 0


def test_more_hours_attended_than_delivered_are_a_wrong_cell_that_names_its_address() -> None:
    facts = facts_of(delivered_centihours=11_999)
    assert [line.readable for line in facts.lines] == [False]
    assert [(problem.cell, problem.code) for problem in facts.cells] == [("L4", "ATTENDANCE")]
    assert "119.99 课时" in facts.cells[0].message


def test_nobody_attended_a_class_of_which_the_register_says_that_no_hour_was_held() -> None:
    facts = facts_of(delivered_centihours=0)
    assert not facts.lines[0].readable
    assert [cell.code for cell in facts.cells] == ["ATTENDANCE"]


def test_each_value_that_differs_from_the_register_is_told_with_both() -> None:
    filing = msgspec.structs.replace(FILING, delivered_centihours=11_950, item=None, start=date(2026, 3, 10))
    enterprise = msgspec.structs.replace(ENTERPRISE, size="M")
    assert contradictions_of(HEAD, (ROW,), enterprise, {"C1": filing}) == (
        Contradiction("", "企业规模", "大型", "中型"),
        Contradiction("C1", "项目编码", ITEM.item_code, "无"),
        Contradiction("C1", "开班日期", "2026-03-09", "2026-03-10"),
        Contradiction("C1", "实际课时", "120", "119.5"),
    )


def test_what_agrees_or_cannot_be_compared_is_no_contradiction() -> None:
    assert contradictions_of(HEAD, (ROW,), ENTERPRISE, {"C1": FILING}) == ()
    assert contradictions_of(HEAD, (ROW,), None, {}) == ()
    assert contradictions_of(msgspec.structs.replace(HEAD, size=""), (), ENTERPRISE, {}) == ()


def test_vouchers_are_added_up_by_class_and_those_without_an_amount_left_out() -> None:
    category = next(name for name, counts in eligible_categories().items() if counts)
    voucher = CostRow(4, readable=True, class_no="C1", category=category, invoice_no="1", amount_fen=500)
    others = ({"amount_fen": None}, {"invoice_no": "", "amount_fen": 7}, {"class_no": "C2", "amount_fen": 90}, {"amount_fen": 20})
    klass = facts_of(costs=(voucher, *(msgspec.structs.replace(voucher, **each) for each in others))).classes[0]
    assert (klass.eligible_cost_fen, klass.refused_cost_fen) == (520, 7)


DELIVERED = PaidTraining("p", "6-18-02-04", "4", date(2025, 6, 1), "LES", 5)
KNOWN = datetime(2026, 5, 1, tzinfo=UTC)


def own(case_no: str, class_no: str, *, day: int = 1, fen: int = 7) -> OwnPayment:
    training = PaidTraining("p", "6-18-02-04", "4", date(2026, 4, day), "LES", fen)
    return OwnPayment(case_no, class_no, 9, KNOWN + timedelta(days=day), training)


def test_what_was_paid_here_counts_beside_what_was_delivered() -> None:
    line = facts_of(own=[own("SJ2", "C2"), OwnPayment("SJ3", "C3", 4, KNOWN, DELIVERED)]).lines[0]
    assert [each.amount_fen for each in line.payments] == [5, 7], "what is delivered too counts once"
    assert line.first_row is None


def test_neither_its_own_money_nor_what_was_paid_after_it_is_before_a_claim() -> None:
    payments = [own("SJ2", "C2", day=1, fen=1), own("SJ1", "C1", day=2, fen=2), own("SJ1-2", "C1", day=3, fen=3), own("SJ4", "C1", day=4)]
    line = facts_of(own=payments).lines[0]
    assert [each.amount_fen for each in line.payments] == [5, 1]
    assert line.first_row is None


def test_who_was_paid_in_the_class_by_another_claim_repeats_its_row() -> None:
    line = facts_of(own=[own("SJ2", "C1", day=3)]).lines[0]
    assert isinstance(line, PaidLine)
    assert (line.first_row, line.paid_in, line.paid_on) == (9, "SJ2", date(2026, 4, 3))


def test_what_is_delivered_in_fewer_words_counts_once_and_equal_trainings_count_each() -> None:
    streamed = msgspec.structs.replace(DELIVERED, stream="职业技能类")
    twice = facts_of(own=[OwnPayment("SJ3", f"C{place}", 4, KNOWN, streamed) for place in (3, 4)]).lines[0]
    assert twice.payments == (streamed, streamed), "one of them is what was delivered without its stream"


def test_its_own_money_is_not_before_a_claim_when_somebody_else_delivers_it() -> None:
    assert facts_of(own=[OwnPayment("SJ1", "C1", 4, KNOWN, DELIVERED)]).lines[0].payments == ()
    assert facts_of(own=[OwnPayment("SJ9", "C9", 4, KNOWN, DELIVERED)]).lines[0].payments == (DELIVERED,)


def test_a_class_of_another_firm_tells_nothing_of_its_payments() -> None:
    facts = facts_of(own=[own("SJ2", "C1")], enterprise="91310117X120000174")
    assert facts.classes[0].filed_by_other
    assert facts.lines[0].first_row is None


def test_what_was_known_before_a_case_was_paid() -> None:
    assert KnownPayments({"p": (DELIVERED,)}).before("SJ1") == KnownPayments({"p": (DELIVERED,)})
    known = KnownPayments({}, {"p": (own("SJ1", "C1", day=2), own("SJ2", "C2", day=1))})
    assert known.before("SJ1-2") == KnownPayments({}, {"p": (own("SJ2", "C2", day=1),)})
