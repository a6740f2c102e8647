"""退款转为可用: what came back of a budget is available again, proposed by one person and signed by another with a fresh proof.

No paper of the district says whether returned money may be spent again in the same year; the ground is written by who proposes it.
"""

import msgspec

from training_admin.database import read_transaction
from training_admin.fund import ledger, ledger_store
from training_admin.fund import reuse_store as store
from training_admin.fund.ledger_facts import Account, Budget, LedgerAct, Part
from training_admin.fund.reuse_store import Reuse
from training_admin.kit.actor import Actor, assert_may, assert_stepped_up, assert_two_persons, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.kept_words import one_line
from training_admin.kit.money import yuan
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.office.idempotency import once
from training_admin.office.numbers import next_number

NUMBER_KIND = "reuse"
LONGEST_GROUND = 500
STATE_WORDS = {"proposed": "待签署", "done": "已转为可用", "refused": "不予转回"}


class ReuseRefused(Unreadable):
    """A field is missing, or more is asked for than has come back."""

    code = "reuse-refused"
    title = "无法办理"


class ReuseMoved(Refusal):
    """It was signed or refused already, or less has come back than is to be made available."""

    code = "reuse-moved"
    title = "已有新的办理"


class ReuseShown(msgspec.Struct, frozen=True):
    """A proposal, and whether the actor had his hand in it."""

    reuse: Reuse
    same_person: bool


def _free_fen(budget: Budget, found: list[Reuse]) -> int:
    """What came back and is not asked for by another proposal."""
    return budget.balances[Account.RECOVERED] - sum(each.fen for each in found if each.state == "proposed")


@once
async def propose_reuse(actor: Actor, budget: int, *, fen: int, ground: str, clock: Clock) -> str:
    """Propose that returned money of a budget be available again; returns the number.

    Raises NotAllowed, BudgetNotFound, ReuseRefused.
    """
    assert_may(actor, Right.FUND_EDIT)
    words = one_line(ground, ReuseRefused, most=LONGEST_GROUND, what="依据（文件或财政意见）")
    one = await ledger_store.load_budget(budget)
    if one.closed:
        raise ReuseRefused("这一年度已经结转，退款不能再转为可用，请按财政意见上缴。")
    free = _free_fen(one, await store.reuses_of(budget))
    if not 0 < fen <= free:
        raise ReuseRefused(f"金额须大于零，且不超过已收回且未提出转回的 {yuan(free)} 元。")
    year = clock.today().year
    number = f"TK{year}{await next_number(NUMBER_KIND, year):04d}"
    await store.add(number, budget, fen, words, proposer=shown_name(actor), hands=actor.hands, at=clock.now())
    detail = {"budget": budget, "fen": fen, "ground": words}
    await trail.record(actor, "fund:reuse:proposed", number, detail, at=clock.now())
    return number


@once
async def decide_reuse(actor: Actor, number: str, *, sign: bool, reason: str = "", clock: Clock) -> int:
    """Sign a proposal by another person, and the money serves what waits; or refuse it with a reason. Returns the budget's key.

    Raises NotAllowed, StepUpNeeded, ReuseNotFound, ReuseMoved, SamePersonTwice, ReuseRefused, BudgetShort.
    """
    assert_may(actor, Right.FUND_CHECK)
    assert_stepped_up(actor)
    words = one_line(reason, ReuseRefused, most=LONGEST_GROUND, what="不予转回的原因", needed=not sign)
    reuse = await store.reuse_by_number(number)
    if reuse.state != "proposed":
        raise ReuseMoved(f"{number} 目前为“{STATE_WORDS[reuse.state]}”，不能再次办理。请刷新页面查看。")
    assert_two_persons(reuse.hands, actor)
    budget = await ledger_store.load_budget(reuse.budget)
    if sign and (budget.closed or reuse.fen > budget.balances[Account.RECOVERED]):
        raise ReuseMoved("提出后这项指标已经结转，或退款又有变动，金额不足。请不予转回后重新提出。")
    noted = await store.note_decision(reuse, "done" if sign else "refused", decider=shown_name(actor), reason=words, at=clock.now())
    assert noted, "it was read as proposed in this transaction"
    if sign:
        parts = [Part(reuse.budget, reuse.fen)]
        await ledger.move_parts(actor, LedgerAct.REUSE, parts, subject=number, business_id=f"reuse:{number}", clock=clock)
        await ledger.serve_waiting(actor, budget.year, clock=clock)
    detail = {"budget": reuse.budget, "fen": reuse.fen, "reason": words}
    await trail.record(actor, "fund:reuse:signed" if sign else "fund:reuse:refused", number, detail, at=clock.now())
    return reuse.budget


async def reuses_shown(actor: Actor, budget: int) -> tuple[list[ReuseShown], int]:
    """The proposals of a budget, newest first, and how much may still be proposed; raises NotAllowed, BudgetNotFound."""
    assert_may(actor, Right.FUND_READ)
    async with read_transaction():
        one = await ledger_store.load_budget(budget)
        found = await store.reuses_of(budget)
    return [ReuseShown(each, bool(each.hands & actor.hands)) for each in found], 0 if one.closed else _free_fen(one, found)


async def show_reuse(actor: Actor, number: str) -> Reuse:
    """One proposal; raises NotAllowed, ReuseNotFound."""
    assert_may(actor, Right.FUND_READ)
    async with read_transaction():
        return await store.reuse_by_number(number)
