"""The money of the demo's programme that is over: advance and settlement on the way of all claims, by made-up hands, up to paid."""

from datetime import date, timedelta

from training_admin.apprenticeship.facts import Stage
from training_admin.catalog.visit_facts import Visit, VisitWay
from training_admin.catalog.visits import record_visit
from training_admin.database import read_transaction
from training_admin.demo import apprentices
from training_admin.demo.apprentices import CLERK, PEOPLE, to
from training_admin.demo.hands import hand
from training_admin.fund import bank_results, batches, ledger
from training_admin.fund.batch_store import batch_by_number, due_rows, items_of
from training_admin.fund.ledger_facts import SubFund
from training_admin.fund.payee_account import PayeeAccount
from training_admin.fund.result_facts import BankResult
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.kit.workdays import add_months, months_touched
from training_admin.subsidy import notices, programme_claims, review_store
from training_admin.subsidy.assessing import FIRST_TIME, assess_claim
from training_admin.subsidy.deliveries import receive_registers
from training_admin.subsidy.review_states import Act
from training_admin.subsidy.reviewing import act_on_claim
from training_admin.wiring import follow_claim, lines_of_claims, missing_of_claim

ACCOUNT = PayeeAccount("样例银行松江支行", "310100000000000018", "上海松江样例精密机械有限公司（A）")
YEAR, GRANT_FEN = 2025, 5_000_000
ADVANCED, SETTLED = date(2025, 1, 6), date(2025, 12, 11)
NOTICE_DAYS = 14
ROUTE = (
    (Act.ACCEPT, "演示受理员"),
    (Act.FIRST, "演示初审员"),
    (Act.SECOND, "演示复审员"),
    (Act.DETERMINE, "演示审定人"),
)


async def found_apprentices(past: FixedClock) -> None:
    """Found the programme that is over, once; it moves the clock on to the day on which its settlement was paid."""
    number = await apprentices.found_over(past)
    if number is None:
        return
    words = {"subject_code": "2050803", "paper": "演示指标〔2025〕1号", "business_id": "演示学徒"}
    to(past, ADVANCED)
    await ledger.grant(DEMO, YEAR, SubFund.ENTERPRISE, "", fen=GRANT_FEN, clock=past, **words)
    months = months_touched(add_months(apprentices.OVER_STARTS, -1), add_months(apprentices.OVER_STARTS, apprentices.MONTHS - 1))
    await receive_registers(DEMO, apprentices.insured(months), source="演示数据（学徒）", clock=past)
    await _paid(number, Stage.ADVANCE, past)
    await apprentices.told_through(number, past)
    to(past, SETTLED)
    await record_visit(hand("演示检查员"), _visit(number, past.today()), clock=past)
    await apprentices.ended(number, past)
    await _paid(number, Stage.SETTLEMENT, past)


async def _paid(number: str, stage: Stage, past: FixedClock) -> None:
    """Ask for a stage's money, review it, post it, and pay it when the notice is over."""
    receipt = await programme_claims.submit_programme_claim(CLERK, number, stage, ACCOUNT, clock=past)
    await assess_claim(DEMO, receipt.number, cause=FIRST_TIME, clock=past)
    for act, name in ROUTE:
        async with read_transaction():
            claim = await review_store.claim_by_number(receipt.number, None)
        minutes = "演示纪要" if act is Act.DETERMINE else ""
        await act_on_claim(hand(name), receipt.number, act, version=claim.version, opinion="材料齐全", minutes=minutes, clock=past)
    await notices.post_notice(hand("演示初审员"), [receipt.number], clock=past)
    past.move(timedelta(days=NOTICE_DAYS))
    await notices.close_over(DEMO, clock=past)
    async with read_transaction():
        subjects = [row.due.subject for row in await due_rows() if row.due.case_no == receipt.number]
    clerk = hand("演示财务经办")
    batch = await batches.make_batch(clerk, subjects, follow=follow_claim, missing=missing_of_claim, lines=lines_of_claims, clock=past)
    await batches.check_batch(hand("演示财务复核"), batch, missing=missing_of_claim, lines=lines_of_claims, clock=past)
    await batches.approve_batch(hand("演示分管领导"), batch, missing=missing_of_claim, lines=lines_of_claims, clock=past)
    await batches.send_batch(clerk, batch, follow=follow_claim, missing=missing_of_claim, lines=lines_of_claims, clock=past)
    async with read_transaction():
        items = await items_of(await batch_by_number(batch))
    results = [BankResult(item.code, item.fen, True, f"演示回单{item.code}", past.today()) for item in items]
    await bank_results.record_results(clerk, batch, results, places={}, sheet="", follow=follow_claim, clock=past)


def _visit(number: str, day: date) -> Visit:
    """A visit of the programme with everything in order."""
    return Visit(
        class_no=number,
        visited_on=day,
        starts=570,
        way=VisitWay.ONSITE,
        inspectors=("演示检查员甲", "演示检查员乙"),
        expected=PEOPLE,
        present=PEOPLE,
        teacher_fits=True,
        plan_fits=True,
        textbooks=True,
        order_kept=True,
        safe=True,
        passed=True,
    )
