"""Measured quality: 填报失误率, 审核差错率 by a blind second review of a seeded sample, 好差评 with the office's reply."""

from datetime import date
from typing import Any

import msgspec

from training_admin.database import read_transaction
from training_admin.kit.actor import Actor, assert_approved, assert_may, assert_two_persons, scope_of, shown_name
from training_admin.kit.clock import Clock, day_bounds_utc
from training_admin.kit.identifiers import mask_identity
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.kit.vault import vault
from training_admin.office import messages, trail
from training_admin.office.idempotency import once
from training_admin.office.messages import Letter
from training_admin.office.numbers import next_number
from training_admin.subsidy import quality_store as store
from training_admin.subsidy import review_store
from training_admin.subsidy.assessing import decoded_record
from training_admin.subsidy.decided import decided_of
from training_admin.subsidy.quality_facts import (
    DecidedLine,
    FillingQuality,
    Rate,
    Reviewed,
    decided_lines,
    draw,
    error_rates,
    filling_quality,
)
from training_admin.subsidy.quality_store import Draw, DrawnRow, Rating
from training_admin.subsidy.record import ClassResult, LineBasis
from training_admin.subsidy.review_states import DECIDING, Act, ClaimState
from training_admin.subsidy.reviewing import workdays_on
from training_admin.subsidy.rules import RULES_BY_ID
from training_admin.subsidy.store import people_shown
from training_admin.subsidy.views import PersonShown

MOST_DRAWN, LONGEST_WORDS = 500, 500
PAID, REFUSED = "paid", "refused"
# Our own choice, no paper of the district names a day (暂定).
REPLY_WORKDAYS = 5
MOMENT_WORDS = {"decision": "作出决定后", "payment": "拨付后"}
_PAID_STATES = frozenset({ClaimState.PAID, ClaimState.ARCHIVED})
_DECIDED_STATES = _PAID_STATES | {
    ClaimState.PAYABLE,
    ClaimState.BATCHED,
    ClaimState.REFUSED,
    ClaimState.NOT_ACCEPTED,
    ClaimState.PAYMENT_FAILED,
}
MOMENTS = {"decision": _DECIDED_STATES, "payment": _PAID_STATES}


class QualityRefused(Unreadable):
    """A field is missing or out of bounds."""

    code = "quality-refused"
    title = "无法办理"


class ReviewedBefore(Refusal):
    """A row is reviewed again once; a rating is given and answered once."""

    code = "quality-done-before"
    title = "已经办过"


class SampleShown(msgspec.Struct, frozen=True):
    """A draw with its conditions, its rows and the rates so far."""

    rows: list[DrawnRow]
    conditions: dict[str, Any]
    rates: list[tuple[str, str, Rate]]


class BlindRow(msgspec.Struct, frozen=True):
    """What the second reviewer sees of a row: its facts, nothing of what was said first."""

    drawn: DrawnRow
    person: PersonShown
    klass: ClassResult | None
    basis: LineBasis | None


async def show_filling(actor: Actor, *, year: int | None) -> tuple[FillingQuality, list[int]]:
    """填报失误率 of a year's first submissions, and the years there are; raises NotAllowed."""
    assert_may(actor, Right.TOTALS_READ)
    async with read_transaction():
        return filling_quality(await store.filled_in(year)), await store.claim_years()


async def show_errors(actor: Actor) -> list[tuple[str, str, Rate]]:
    """审核差错率 over all second reviews; raises NotAllowed."""
    assert_may(actor, Right.TOTALS_READ)
    async with read_transaction():
        return _rates(await store.reviewed_rows())


def _rates(rows: list[DrawnRow]) -> list[tuple[str, str, Rate]]:
    return error_rates(Reviewed(each.first_outcome, each.second_outcome == PAID, each.rule) for each in rows if each.second_outcome)


@once
async def draw_sample(actor: Actor, first: date, last: date, *, approvals: int, refusals: int, clock: Clock) -> str:
    """Draw decided rows of a stretch of days for a second review; the seed is the hash of the row that tells what is drawn from.

    Nobody can know it before that row is written, in the same transaction, so that nobody waits for a draw he likes.

    Raises NotAllowed, QualityRefused.
    """
    assert_may(actor, Right.APPEAL_DECIDE)
    if not (first <= last <= clock.today() and min(approvals, refusals) >= 0 and 0 < approvals + refusals <= MOST_DRAWN):
        raise QualityRefused(f"请核对起止日期；抽取数量不为负，合计 1 至 {MOST_DRAWN} 条。")
    year = clock.today().year
    lines = await _population(first, last)
    if not lines:
        raise QualityRefused("这段时间没有已作出决定的申报，不能抽样。请调整起止日期。")
    number = f"FS{year}{await next_number('second_review', year):04d}"
    population = {"first": first.isoformat(), "last": last.isoformat(), "population": len(lines)}
    await trail.record(actor, "subsidy:quality:listed", number, population, at=clock.now())
    head = await trail.head()
    assert head is not None, "what is drawn from was recorded"
    seed = head[1]
    claims = {(line.number, line.row): claim for claim, line in lines}
    chosen = draw(seed, [line for _claim, line in lines], approvals=approvals, refusals=refusals)
    if not chosen:
        raise QualityRefused("这段时间没有已作出决定的申报，不能抽样。请调整起止日期。")
    await store.add_draw(number, seed, [(claims[each.number, each.row], each) for each in chosen], at=clock.now())
    detail = {"seed": seed, "trail": head[0], **population, "approvals": approvals, "refusals": refusals, "drawn": len(chosen)}
    await trail.record(actor, "subsidy:quality:drawn", number, detail, at=clock.now())
    return number


async def _population(first: date, last: date) -> list[tuple[int, DecidedLine]]:
    """Every decided row of claims decided in a stretch of days, with the key of its claim."""
    found = []
    acts = await store.decided_claims(day_bounds_utc(first)[0], day_bounds_utc(last)[1])
    decisions = await decided_of([claim for claim, _act in acts])
    for claim, act in acts:
        what = decisions.get(claim)
        if what is not None:
            found += [(claim, line) for line in decided_lines(what.record, what.said, refused_whole=act == Act.REFUSE)]
    return found


async def list_draws(actor: Actor) -> list[Draw]:
    """All draws; raises NotAllowed."""
    assert_may(actor, Right.APPEAL_DECIDE)
    async with read_transaction():
        return await store.draws()


async def show_sample(actor: Actor, number: str) -> SampleShown:
    """A draw; raises NotAllowed, SecondReviewNotFound."""
    assert_may(actor, Right.APPEAL_DECIDE)
    async with read_transaction():
        rows = await store.drawn_rows(number)
        return SampleShown(rows, await store.conditions_of(number), _rates(rows))


async def show_blind(actor: Actor, key: int) -> BlindRow:
    """A drawn row without its first outcome; raises NotAllowed, SecondReviewNotFound."""
    assert_may(actor, Right.APPEAL_DECIDE)
    async with read_transaction():
        drawn = await store.drawn_row(key)
        record = await decoded_record(drawn.claim, await review_store.determined_place(drawn.claim))
        person = (await people_shown(drawn.claim, vault(), mask_identity))[drawn.row]
    assert record is not None, "a row is drawn from a record"
    line = next(each for each in record.lines if each.row == drawn.row)
    return BlindRow(drawn, person, next((each for each in record.classes if each.class_no == line.class_no), None), line.basis)


@once
async def review_again(actor: Actor, key: int, *, outcome: str, rule: str, clock: Clock) -> str:
    """The second review of a row, by nobody whose hand was in the first; returns the draw's number.

    Raises NotAllowed, SecondReviewNotFound, SamePersonTwice, ReviewedBefore, QualityRefused.
    """
    assert_may(actor, Right.APPEAL_DECIDE)
    if outcome not in {PAID, REFUSED} or (rule and rule not in RULES_BY_ID) or (outcome == REFUSED and not rule):
        raise QualityRefused("请选择审核结果；认为不应补贴的，还须选择所依据的规则。")
    drawn = await store.drawn_row(key)
    steps = await review_store.steps_of(drawn.claim)
    assert_two_persons(frozenset().union(*(each.hands for each in steps if each.act in DECIDING)), actor)
    if not await store.set_second(key, outcome, rule, shown_name(actor), at=clock.now()):
        raise ReviewedBefore("这一条已经二次审核，请办理下一条。")
    await trail.record(actor, "subsidy:quality:reviewed", drawn.draw, {"review": key, "outcome": outcome}, at=clock.now())
    return drawn.draw


def moments_open(state: ClaimState, given: list[Rating]) -> list[str]:
    """The moments that can be rated now."""
    done = {each.moment for each in given}
    return [moment for moment, states in MOMENTS.items() if state in states and moment not in done]


async def ratings_of(actor: Actor, number: str) -> tuple[ClaimState, list[Rating]]:
    """The ratings of a claim with its state; raises NotAllowed, ClaimNotFound."""
    async with read_transaction():
        claim = await review_store.claim_by_number(number, scope_of(actor, Right.CLAIM_READ).codes)
        return claim.state, await store.ratings(claim.id)


@once
async def give_rating(actor: Actor, number: str, *, moment: str, score: int, words: str, clock: Clock) -> None:
    """An enterprise's rating after the decision or the payment; raises NotAllowed, ClaimNotFound, QualityRefused, ReviewedBefore."""
    assert_may(actor, Right.CLAIM_SUBMIT)
    assert_approved(actor)
    said = one_line(words, QualityRefused, what="说明", most=LONGEST_WORDS, needed=False)
    if moment not in MOMENTS or score not in range(1, 6):
        raise QualityRefused("请选择 1 至 5 分。")
    claim = await review_store.claim_by_number(number, scope_of(actor, Right.CLAIM_SUBMIT).codes)
    if claim.state not in MOMENTS[moment]:
        raise QualityRefused("这份申报还没有到可以评价的环节。")
    reply_by = await workdays_on(clock.today(), REPLY_WORKDAYS)
    if not await store.add_rating(claim.id, moment, score, said, at=clock.now(), reply_by=reply_by):
        raise ReviewedBefore("这一环节已经评价过，感谢您的意见。")
    await trail.record(actor, "subsidy:rating:given", number, {"moment": moment, "score": score}, at=clock.now())


async def list_ratings(actor: Actor) -> list[Rating]:
    """All ratings, newest first; raises NotAllowed."""
    assert_may(actor, Right.TOTALS_READ)
    async with read_transaction():
        return await store.ratings()


async def rating_shown(actor: Actor, key: int) -> Rating:
    """One rating as whoever answers it reads it; raises NotAllowed, RatingNotFound."""
    assert_may(actor, Right.CLAIM_REVIEW)
    async with read_transaction():
        return await store.rating_by_key(key)


@once
async def reply_to_rating(actor: Actor, key: int, *, reply: str, clock: Clock) -> None:
    """The office's reply, which the enterprise reads; raises NotAllowed, RatingNotFound, QualityRefused, ReviewedBefore."""
    assert_may(actor, Right.CLAIM_REVIEW)
    rating = await store.rating_by_key(key)
    said = one_line(reply, QualityRefused, what="答复", most=LONGEST_WORDS)
    if not await store.set_reply(key, said, shown_name(actor), at=clock.now()):
        raise ReviewedBefore("这条评价已经答复，请刷新页面查看。")
    claim = await review_store.claim_by_number(rating.number, None)
    letter = Letter(rating.number, "对服务评价的答复", said, f"/claims/{rating.number}/rating")
    await messages.send(messages.to_organisation(claim.uscc, Right.CLAIM_READ), letter, clock=clock)
    await trail.record(actor, "subsidy:rating:replied", rating.number, {"rating": key}, at=clock.now())
