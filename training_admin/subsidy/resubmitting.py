"""Handing in a mended workbook for a returned claim: a claim of its own, second round, that takes the first one's place."""

from training_admin.database import read_transaction
from training_admin.fund.facts import ROUND_MARK
from training_admin.kit.actor import Actor, assert_approved, assert_may, scope_of
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.kit.vault import vault
from training_admin.office import messages, trail
from training_admin.office.files import keep_file
from training_admin.office.idempotency import once
from training_admin.subsidy import review_store, store
from training_admin.subsidy.assessing import FIRST_TIME, enqueue_assessment
from training_admin.subsidy.claims import WORKBOOK_TYPE, assert_for_own_enterprise, assert_readable, person_of, read_prompted
from training_admin.subsidy.form import ClaimForm
from training_admin.subsidy.gather import key_claim
from training_admin.subsidy.letters import submitted_letter
from training_admin.subsidy.review_states import Act, ClaimState, next_state
from training_admin.subsidy.review_store import ReviewedClaim
from training_admin.subsidy.reviewing import ClaimMoved, follow
from training_admin.subsidy.rounds import Change, round_changes
from training_admin.subsidy.views import ClaimReceipt


class WorkbookUnchanged(Refusal):
    """The workbook is the very file of a claim that is there already."""

    code = "workbook-unchanged"
    title = "申报表没有更正"


class AnotherClaim(Refusal):
    """The workbook speaks for another enterprise or year than the claim that is to be mended."""

    code = "workbook-of-another-claim"
    title = "不是这份申报的申报表"


async def resubmit_claim(actor: Actor, number: str, content: bytes, *, readable_only: bool, version: int, clock: Clock) -> ClaimReceipt:
    """Hand in the mended workbook of a returned claim; the new claim is numbered after the first one.

    Raises NotAllowed, NotYetApproved, ClaimNotFound, IllegalMove, ClaimMoved, ForeignEnterprise, AnotherClaim, WorkbookUnchanged,
    UnreadableRows, NothingReadable.
    """
    assert_may(actor, Right.CLAIM_SUBMIT)
    assert_approved(actor)
    codes = scope_of(actor, Right.CLAIM_SUBMIT).codes
    async with read_transaction():
        await review_store.claim_by_number(number, codes)
    form = await read_prompted(content, clock=clock)
    assert_for_own_enterprise(actor, Right.CLAIM_SUBMIT, form)
    assert_readable(form, readable_only=readable_only)
    return await _store(actor, number, content, form, readable_only=readable_only, version=version, clock=clock)


@once
async def _store(
    actor: Actor, number: str, content: bytes, form: ClaimForm, *, readable_only: bool, version: int, clock: Clock
) -> ClaimReceipt:
    assert form.head is not None
    old = await review_store.claim_by_number(number, scope_of(actor, Right.CLAIM_SUBMIT).codes)
    next_state(old.state, Act.RESUBMIT)
    if version != old.version:
        raise ClaimMoved("这份申报刚刚有新的办理，请刷新页面后再办理。")
    if (form.head.uscc, form.head.claim_year) != (old.uscc, old.claim_year):
        raise AnotherClaim("申报表的统一社会信用代码或申报年度与原申报不同，请用原申报更正后的申报表。")
    file = await keep_file(content, media_type=WORKBOOK_TYPE, at=clock.now())
    if await store.claim_of_file(file.id) is not None:
        raise WorkbookUnchanged("这份申报表与此前提交的完全相同，请按补正事项更正后重新上传。")
    new_number = f"{first_number(old)}{ROUND_MARK}{old.round + 1}"
    keyed = key_claim(form, claim_number=new_number, as_of=old.as_of, person_of=person_of)
    new = store.NewClaim(
        number=new_number,
        keyed=keyed,
        form=form,
        file_id=file.id,
        readable_only=readable_only,
        submitted_at=clock.now(),
        submitted_by=actor.trail_key,
        state=ClaimState.SUBMITTED.value,
    )
    key = await store.add_claim(new, vault())
    await review_store.set_round(key, round_no=old.round + 1, returned=old.returned, street=old.street)
    await follow(actor, old, Act.RESUBMIT, detail={"by": new_number}, clock=clock)
    await enqueue_assessment(new_number, round_key=FIRST_TIME)
    to = messages.to_organisation(old.uscc, Right.CLAIM_READ)
    await messages.send(to, submitted_letter(new_number, len(keyed.lines)), clock=clock)
    detail = {"lines": len(keyed.lines), "readable_only": readable_only, "sha256": file.sha256, "mends": number}
    await trail.record(actor, "subsidy:claim:submitted", new_number, detail, at=clock.now())
    return ClaimReceipt(new_number, ClaimState.SUBMITTED.value, len(keyed.lines), clock.now())


def first_number(claim: ReviewedClaim) -> str:
    """The number of the first round of a claim."""
    return claim.number if claim.round == 1 else claim.number.rpartition(ROUND_MARK)[0]


def earlier_number(claim: ReviewedClaim) -> str | None:
    """The number of the round before; None for a first round."""
    if claim.round == 1:
        return None
    first = first_number(claim)
    return first if claim.round == 2 else f"{first}{ROUND_MARK}{claim.round - 1}"  # noqa: PLR2004 - the first round bears no mark


async def changes_of(actor: Actor, number: str) -> tuple[Change, ...]:
    """What a mended claim changed against the round before; nothing for a first round. Raises NotAllowed, ClaimNotFound."""
    codes = scope_of(actor, Right.CLAIM_READ).codes
    async with read_transaction():
        claim = await review_store.claim_by_number(number, codes)
        earlier = earlier_number(claim)
        if earlier is None:
            return ()
        before = await review_store.claim_by_number(earlier, codes)
        return round_changes(await store.load_keyed_claim(before.id), await store.load_keyed_claim(claim.id))
