"""Claim drafts: closed classes of an enterprise as a prefilled claim, to be downloaded or taken straight into the pre-check.

A draft holds full identity numbers from the class rosters. Therefore only the enterprise's own people get it, after a fresh proof of
identity and with a trace (policy.md part 15, Masks).
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import msgspec

from training_admin.catalog.class_store import ClassNotFound
from training_admin.catalog.firm_classes import ClassOfFirm, claimable_classes, claimable_for
from training_admin.catalog.forecast_screens import Named
from training_admin.catalog.forecast_store import ForecastShown, newest_forecasts, rosters_of
from training_admin.catalog.sealing import ROSTER_PLACE
from training_admin.catalog.states import STATE_WORDS, ClassState
from training_admin.catalog.witness_facts import Confirmed, confirmed_of
from training_admin.catalog.witness_store import questions_of_class
from training_admin.database import fetch_tuples, read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_approved, assert_may, assert_stepped_up, scope_of
from training_admin.kit.clock import Clock
from training_admin.kit.identifiers import mask_identity
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.kit.vault import vault
from training_admin.office import trail
from training_admin.office.knowledge import knowledge_transaction, still_known_at
from training_admin.parties.facts import SIZE_WORDS, Enterprise
from training_admin.parties.store import load_enterprises
from training_admin.subsidy.class_claims import ClassForClaim, claim_form, claimed_of, load_class_claims, year_of
from training_admin.subsidy.filled_template import filled_template
from training_admin.subsidy.form import FormHead
from training_admin.subsidy.prompts import prompts_now
from training_admin.subsidy.store import SEALED_HEAD

MOST_LISTED = 200
MOST_CHOSEN = 40


class DraftRefused(Unreadable):
    """No class was chosen, too many, or one that is not closed yet."""

    code = "claim-draft-refused"
    title = "不能生成申报表"


class DraftForClaimant(Refusal):
    """A draft holds full numbers and is made for the enterprise's own people only."""

    status = 403
    code = "claim-draft-for-claimant"
    title = "只为申报单位生成"


class ClaimableClass(msgspec.Struct, frozen=True):
    """A class filed for the enterprise as its list shows it: the newest forecast of its part, and in which claims it stands."""

    approved: ClassOfFirm
    state_words: str
    closed: bool
    forecast: ForecastShown | None
    claims: tuple[str, ...]


async def my_classes(actor: Actor) -> list[ClaimableClass]:
    """The approved classes filed for the enterprises of the actor's scope, newest first; raises NotAllowed."""
    scope = scope_of(actor, Right.CLAIM_READ)
    async with read_transaction():
        found = await claimable_for(scope.codes, most=MOST_LISTED)
        return await listed_classes(found)


async def listed_classes(found: Sequence[ClassOfFirm]) -> list[ClaimableClass]:
    """Classes with their newest forecasts and claims, in two queries; in the open transaction."""
    if not found:
        return []
    forecasts = await newest_forecasts([each.id for each in found])
    claims: dict[str, list[str]] = {}
    for class_no, number in await fetch_tuples(
        """SELECT DISTINCT k.class_no, c.number FROM claim_class k JOIN claim c ON c.id = k.claim
           WHERE k.class_no = ANY($1) ORDER BY k.class_no, c.number""",
        [each.class_no for each in found],
    ):
        claims.setdefault(class_no, []).append(number)
    return [
        ClaimableClass(
            approved=each,
            state_words=STATE_WORDS[ClassState(each.state)],
            closed=ClassState(each.state) is ClassState.CLOSED,
            forecast=_own_part(forecasts.get(each.id), each),
            claims=tuple(claims.get(each.class_no, ())),
        )
        for each in found
    ]


def _own_part(shown: ForecastShown | None, klass: ClassOfFirm) -> ForecastShown | None:
    if shown is None:
        return None
    return msgspec.structs.replace(shown, forecast=shown.forecast.of_firm(klass.content.enterprise))


async def my_class(actor: Actor, class_no: str) -> tuple[ClaimableClass, Named, tuple[Confirmed, ...]]:
    """One class filed for an enterprise of the scope, its people masked, and how many confirmed; raises NotAllowed, ClassNotFound."""
    scope = scope_of(actor, Right.CLAIM_READ)
    async with read_transaction():
        found = await listed_classes(await claimable_classes([class_no], enterprises=scope.codes))
        if not found:
            raise ClassNotFound("没有找到这个班级，请从列表重新进入。")
        klass = found[0].approved
        roster = claimed_of(klass.content, (await rosters_of([klass.version_key]))[klass.version_key])
        own = {each.trainee.person for each in roster}
        counts = confirmed_of([each for each in await questions_of_class(klass.id) if klass.content.pool is None or each.person in own])
    keys = vault()
    named = {each.trainee.person: (each.trainee.name, mask_identity(keys.decrypt_text(each.sealed, place=ROSTER_PLACE))) for each in roster}
    return found[0], named, counts


async def draft_claim(actor: Actor, class_nos: Sequence[str], *, way: str, clock: Clock) -> bytes:
    """A prefilled claim workbook for closed classes of the actor's own enterprise; `way` says what becomes of it.

    Raises NotAllowed, NotYetApproved, DraftForClaimant, StepUpNeeded, DraftRefused, ClassNotFound.
    """
    assert_may(actor, Right.CLAIM_SUBMIT)
    assert_approved(actor)
    if actor.organisation is None or actor.acts_for is not None:
        raise DraftForClaimant("预填的申报表含完整证件号码，只为申报单位本单位的经办人生成。代办的请由企业下载后办理。")
    assert_stepped_up(actor)
    chosen = list(dict.fromkeys(class_nos))
    if not 0 < len(chosen) <= MOST_CHOSEN:
        raise DraftRefused(f"请选择已结班的班级，一次 1 至 {MOST_CHOSEN} 个。")
    async with knowledge_transaction():
        known_at = await still_known_at(clock)
        classes = await closed_classes(chosen, actor.organisation, known_at)
        enterprise = (await load_enterprises([actor.organisation], known_at)).get(actor.organisation)
        head = await head_of(actor, enterprise, year_of(classes), clock)
    form = claim_form(head, classes, today=clock.today(), budget=False)
    content = await asyncio.to_thread(filled_template, form, *await prompts_now())
    await _note_draft(actor, chosen, len(form.lines), way, clock)
    return content


async def closed_classes(chosen: Sequence[str], enterprise: str, known_at: datetime) -> list[ClassForClaim]:
    """Closed classes of an enterprise as they can be claimed; raises ClassNotFound, DraftRefused, in the open transaction."""
    found = await claimable_classes(chosen, enterprises=[enterprise])
    if len(found) < len(chosen):
        raise ClassNotFound("所选班级中有的不是为贵单位备案的，请从列表重新选择。")
    classes = await load_class_claims(found, known_at=known_at)
    running = sorted(set(chosen) - {each.approved.class_no for each in classes if each.course.closed})
    if running:
        raise DraftRefused(f"班级 {'、'.join(running)} 尚未结班，结班后才能申报。")
    return classes


async def head_of(actor: Actor, enterprise: Enterprise | None, year: int, clock: Clock) -> FormHead:
    """The head of the enterprise's last claim with today's year and day; name and size as registered where they are known."""
    assert actor.organisation is not None
    found = await fetch_tuples("SELECT sealed_head FROM claim WHERE uscc = $1 ORDER BY id DESC LIMIT 1", actor.organisation)
    last = msgspec.json.decode(vault().decrypt(found[0][0], place=SEALED_HEAD), type=FormHead) if found else None
    head = last or FormHead(enterprise_name=actor.organisation_name, uscc=actor.organisation, claim_year=year)
    size = head.size if enterprise is None or enterprise.size is None else SIZE_WORDS[enterprise.size]
    return msgspec.structs.replace(head, claim_year=year, claim_date=clock.today(), size=size)


@retried
async def _note_draft(actor: Actor, classes: Sequence[str], lines: int, way: str, clock: Clock) -> None:
    async with write_transaction():
        assert actor.organisation is not None
        detail = {"classes": list(classes), "lines": lines, "way": way}
        await trail.record(actor, "subsidy:draft:made", actor.organisation, detail, at=clock.now())
