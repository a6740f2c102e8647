"""The demo's budgets, so that a claim goes the whole way to paid, and one claim that waits for its second review."""

import msgspec

from training_admin.catalog.facts import STREAM_POST
from training_admin.database import read_transaction
from training_admin.fund import ledger
from training_admin.fund.ledger_facts import SubFund
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import Clock
from training_admin.subsidy import review_store
from training_admin.subsidy.review_states import Act, ClaimState
from training_admin.subsidy.reviewing import act_on_claim

# Sub-fund, stream, subject code, made-up paper, fen.
GRANTS = (
    (SubFund.ENTERPRISE, "", "2050803", "演示指标〔2026〕1号", 500_000_000),
    (SubFund.DISTRICT, "", "2050803", "演示指标〔2026〕2号", 200_000_000),
    (SubFund.SURPLUS, "", "2050803", "演示指标〔2026〕3号", 100_000_000),
    (SubFund.ENTERPRISE, STREAM_POST, "2050803", "演示指标〔2026〕4号", 60_000_000),
)
YEAR = 2026


async def found_budgets(clock: Clock) -> None:
    """Grant the year's budgets; a second time nothing is granted."""
    for place, (sub_fund, stream, code, paper, fen) in enumerate(GRANTS, start=1):
        await ledger.grant(DEMO, YEAR, sub_fund, stream, subject_code=code, paper=paper, fen=fen, business_id=f"演示{place}", clock=clock)


async def found_review(number: str, clock: Clock) -> None:
    """Accept a submitted claim and review it first, by made-up hands, so that the queue of the second review is not empty."""
    for state, act, name in ((ClaimState.SUBMITTED, Act.ACCEPT, "演示受理员"), (ClaimState.ACCEPTED, Act.FIRST, "演示初审员")):
        async with read_transaction():
            claim = await review_store.claim_by_number(number, None)
        if claim.state is state:
            doer = msgspec.structs.replace(DEMO, key=f"demo-{act.value}", name=name)
            await act_on_claim(doer, number, act, version=claim.version, opinion="材料齐全", clock=clock)
