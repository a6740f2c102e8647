"""Official papers on claims: made with the act they tell of or by a button, numbered in its transaction, drawn as PDF by a job.

The content is kept as it was decided; PDF and .docx are drawn from it. What reached whom when is recorded once.
"""

import asyncio
from collections.abc import Sequence
from datetime import date

import msgspec

from training_admin.database import fetch_tuples, read_transaction, retried, write_transaction
from training_admin.fund import payable_store
from training_admin.fund.payable_store import PayableState
from training_admin.kit.actor import Actor, assert_may, scope_of, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Reach, Right
from training_admin.kit.wording import moment
from training_admin.office import notice_store, paper_store, trail
from training_admin.office.files import keep_file, load_file
from training_admin.office.idempotency import once
from training_admin.office.jobs import JobRun, enqueue
from training_admin.office.numbers import next_number
from training_admin.office.paper_facts import INTERNAL, KIND_WORDS, OF_ENTERPRISE, DeliveryWay, PaperContent, PaperKind, paper_number
from training_admin.office.paper_rendering import PDF_TYPE, docx_of, pdf_of
from training_admin.office.paper_store import OfficialPaper, PaperNotFound
from training_admin.subsidy import paper_texts, review_store, signature_store
from training_admin.subsidy import store as claim_store
from training_admin.subsidy.assessing import decoded_record
from training_admin.subsidy.decided import decided
from training_admin.subsidy.determination import newest
from training_admin.subsidy.notice_facts import NoticeContent
from training_admin.subsidy.paper_texts import ClaimPaper
from training_admin.subsidy.review_states import Act, ClaimState
from training_admin.subsidy.review_store import ReviewedClaim
from training_admin.subsidy.signing import UNDERTAKING

RENDER_PAPER = "render_paper"
MOST_SHOWN = 1000
# Which papers an act makes; the decision follows the notice, because a notice may still stop it.
OF_ACT: dict[Act, tuple[PaperKind, ...]] = {
    Act.ACCEPT: (PaperKind.APPLICATION, PaperKind.UNDERTAKING, PaperKind.ACCEPTED),
    Act.NOT_ACCEPT: (PaperKind.NOT_ACCEPTED,),
    Act.RETURN: (PaperKind.MENDING,),
    Act.DETERMINE: (PaperKind.OPINIONS,),
    Act.REFUSE: (PaperKind.OPINIONS, PaperKind.REFUSED),
    Act.NOTICE_OVER: (PaperKind.GRANTED,),
    Act.BALANCE: (PaperKind.GRANTED,),
    Act.PAY: (PaperKind.PAID,),
    Act.RECOVER: (PaperKind.RECOVERY,),
}
_BEFORE_DECISION = frozenset({Act.ACCEPT, Act.NOT_ACCEPT, Act.RETURN})
# By a button a paper is made again for a claim that has come that far.
_DECIDED = frozenset({ClaimState.PAYABLE, ClaimState.BATCHED, ClaimState.PAID, ClaimState.ARCHIVED, ClaimState.PAYMENT_FAILED})
_BY_STATE: dict[PaperKind, frozenset[ClaimState]] = {
    PaperKind.ACCEPTED: frozenset({ClaimState.ACCEPTED, ClaimState.FIRST_REVIEW, ClaimState.SECOND_REVIEW, ClaimState.JOINT_REVIEW}),
    PaperKind.NOT_ACCEPTED: frozenset({ClaimState.NOT_ACCEPTED}),
    PaperKind.MENDING: frozenset({ClaimState.RETURNED}),
    PaperKind.OPINIONS: frozenset({ClaimState.DETERMINED, ClaimState.REFUSED, ClaimState.ON_NOTICE}) | _DECIDED,
    PaperKind.GRANTED: _DECIDED,
    PaperKind.REFUSED: frozenset({ClaimState.REFUSED}),
    PaperKind.PAID: frozenset({ClaimState.PAID, ClaimState.ARCHIVED}),
    PaperKind.RECOVERY: frozenset({ClaimState.RECOVERING, ClaimState.RECOVERED}),
}
_LAST_ACT = {kind: act for act, kinds in OF_ACT.items() for kind in kinds if act is not Act.DETERMINE or kind is PaperKind.OPINIONS}


class PaperRefused(Unreadable):
    """The paper cannot be made of the claim as it stands, or the delivery as written."""

    code = "official-paper-refused"
    title = "文书无法办理"


class DeliveredBefore(Refusal):
    """A delivery is recorded once."""

    code = "paper-delivered-before"
    title = "已经登记送达"


async def at_act(actor: Actor, claim: ReviewedClaim, act: Act, *, maker: str, opinion: str, due_on: date | None, clock: Clock) -> None:
    """Make the papers of an act, inside its open transaction, after its step was written."""
    kinds = OF_ACT.get(act, ())
    if not kinds:
        return
    facts = await _facts(claim, after=act not in _BEFORE_DECISION, opinion=opinion, due_on=due_on, clock=clock)
    for kind in kinds:
        if (content := await _content(kind, facts)) is not None:
            await _make(actor, kind, claim.number, content, maker=maker, clock=clock)


async def _facts(claim: ReviewedClaim, *, after: bool, opinion: str, due_on: date | None, clock: Clock) -> ClaimPaper:
    """What papers are made from: of a decided claim what was decided on, else the newest record and words."""
    what = await decided(claim.id) if after else None
    record = await decoded_record(claim.id, None) if what is None else what.record
    said = newest(await review_store.words_of(claim.id)) if what is None else what.said
    return ClaimPaper(
        claim=claim,
        record=record,
        found=None if what is None else what.found,
        said=said,
        steps=await review_store.steps_of(claim.id),
        problems=(await claim_store.claim_summary(claim.number))[2],
        opinion=opinion,
        due_on=due_on,
        today=clock.today(),
    )


async def _content(kind: PaperKind, facts: ClaimPaper) -> PaperContent | None:
    """What a paper says; None for what there is no ground for yet (no amount, no recovery)."""
    plain = {
        PaperKind.APPLICATION: paper_texts.application,
        PaperKind.ACCEPTED: paper_texts.accepted,
        PaperKind.NOT_ACCEPTED: paper_texts.not_accepted,
        PaperKind.MENDING: paper_texts.mending,
        PaperKind.REFUSED: paper_texts.refused,
    }
    if kind in plain:
        return plain[kind](facts)
    if kind is PaperKind.UNDERTAKING:
        return await _undertaking(facts)
    if kind is PaperKind.PAID:
        payables = await payable_store.payables_of(facts.claim.number)
        fen = [each.fen for each in payables if each.state is not PayableState.RELEASED and not each.rest]
        return paper_texts.paid(facts, fen[-1]) if fen else None
    if kind is PaperKind.RECOVERY:
        return await _recovery(facts)
    if facts.found is None:
        return None
    return paper_texts.opinions(facts) if kind is PaperKind.OPINIONS else paper_texts.granted(facts)


async def _undertaking(facts: ClaimPaper) -> PaperContent:
    signature = (await signature_store.signing_claim(facts.claim.number, organisations=None)).signature
    if signature is None:
        return paper_texts.undertaking(facts, UNDERTAKING, None)
    return paper_texts.undertaking(facts, signature.undertaking, (signature.name, moment(signature.signed_at)))


async def _recovery(facts: ClaimPaper) -> PaperContent | None:
    found = await fetch_tuples(
        "SELECT fen, reason, return_by FROM recovery WHERE case_no = $1 ORDER BY id DESC LIMIT 1", facts.claim.number
    )
    return paper_texts.recovery(facts, *found[0]) if found else None


async def make_withheld_paper(actor: Actor, claim: ReviewedClaim, fen: int, rows: Sequence[int], reason: str, *, clock: Clock) -> None:
    """The paper of a decision not to pay lines that were held, in its open transaction."""
    facts = await _facts(claim, after=True, opinion="", due_on=None, clock=clock)
    content = paper_texts.withheld(facts, fen, rows, reason)
    await _make(actor, PaperKind.WITHHELD, claim.number, content, maker=shown_name(actor), clock=clock)


async def _make(actor: Actor, kind: PaperKind, case_no: str, content: PaperContent, *, maker: str, clock: Clock) -> int:
    year = clock.today().year
    number = paper_number(kind, year, await next_number(f"paper_{kind}", year))
    key = await paper_store.add_paper(number, kind, case_no, content, maker=maker, at=clock.now())
    await enqueue(RENDER_PAPER, str(key))
    await trail.record(actor, "subsidy:paper:made", case_no, {"kind": kind.value, "number": number}, at=clock.now())
    return key


async def make_notice_paper(
    actor: Actor, number: str, title: str, content: NoticeContent, *, maker: str, ends_on: date, clock: Clock
) -> int:
    """The paper of a notice, in the open transaction of its posting."""
    said = paper_texts.notice(title, content, ends_on, number, clock.today())
    return await _make(actor, PaperKind.NOTICE, number, said, maker=maker, clock=clock)


@once
async def make_paper(actor: Actor, number: str, kind: str, *, maker: str, clock: Clock) -> int:
    """Make a paper of a claim by hand; the same content again answers with the paper that is there. Returns its key.

    Enterprises make their own papers only. Raises NotAllowed, ClaimNotFound, PaperRefused.
    """
    wanted = next((each for each in PaperKind if each.value == kind), None)
    own = actor.reach(Right.CLAIM_REVIEW) is None and (wanted is None or wanted in OF_ENTERPRISE)
    right = Right.CLAIM_SUBMIT if own else Right.CLAIM_REVIEW
    assert_may(actor, right)
    if wanted in {None, PaperKind.NOTICE, PaperKind.WITHHELD}:
        raise PaperRefused("请选择要制作的文书。")
    claim = await review_store.claim_by_number(number, scope_of(actor, right).codes)
    if wanted in _BY_STATE and claim.state not in _BY_STATE[wanted]:
        raise PaperRefused(f"这份申报目前的状态不能制作{KIND_WORDS[wanted]}。")
    steps = [each for each in await review_store.steps_of(claim.id) if each.act is _LAST_ACT.get(wanted)]
    after = _LAST_ACT.get(wanted, Act.ACCEPT) not in _BEFORE_DECISION
    facts = await _facts(claim, after=after, opinion=steps[-1].opinion if steps else "", due_on=claim.due_on, clock=clock)
    content = await _content(wanted, facts)
    if content is None:
        raise PaperRefused(f"这份申报还没有制作{KIND_WORDS[wanted]}所需的内容。")
    for each in await paper_store.papers_of(number):
        if each.kind is wanted and msgspec.structs.replace(each.content, day=content.day) == content:
            return each.id
    return await _make(actor, wanted, number, content, maker=maker, clock=clock)


async def papers_of_claim(actor: Actor, number: str) -> list[OfficialPaper]:
    """The papers of a claim that the actor may see; raises NotAllowed, ClaimNotFound."""
    async with read_transaction():
        await review_store.claim_by_number(number, scope_of(actor, Right.CLAIM_READ).codes)
        found = await paper_store.papers_of(number)
    return [each for each in found if _may_see(actor, each)]


def _may_see(actor: Actor, paper: OfficialPaper) -> bool:
    return paper.kind not in INTERNAL or actor.reach(Right.CLAIM_READ) is not Reach.OWN


async def show_paper(actor: Actor, key: int) -> OfficialPaper:
    """One paper of the actor's scope; raises NotAllowed, PaperNotFound."""
    async with read_transaction():
        return await _readable(actor, key)


async def _readable(actor: Actor, key: int) -> OfficialPaper:
    scope = scope_of(actor, Right.CLAIM_READ)
    paper = await paper_store.paper_by_key(key)
    if paper.kind is not PaperKind.NOTICE:
        try:
            await review_store.claim_by_number(paper.case_no, scope.codes)
        except claim_store.ClaimNotFound:
            raise PaperNotFound("没有找到这份文书，请从列表重新进入。") from None
    if not _may_see(actor, paper) or (paper.kind is PaperKind.NOTICE and scope.organisations is not None):
        raise PaperNotFound("没有找到这份文书，请从列表重新进入。")
    return paper


async def list_papers(actor: Actor, *, kind: str = "", undelivered_only: bool = False) -> list[OfficialPaper]:
    """Every paper of the district, newest first, for officers; raises NotAllowed."""
    assert_may(actor, Right.CLAIM_REVIEW)
    async with read_transaction():
        return await paper_store.list_papers(kind=kind, undelivered_only=undelivered_only, most=MOST_SHOWN)


async def _whole(paper: OfficialPaper) -> PaperContent:
    """The content as it is drawn; in an open transaction."""
    if not paper.content.notice:
        return paper.content
    notice = await notice_store.notice_by_number(paper.content.notice, public=False)
    return paper_texts.with_persons(paper.content, msgspec.convert(notice.content, NoticeContent))


async def pdf_content(actor: Actor, key: int) -> tuple[OfficialPaper, bytes]:
    """The PDF of a paper: as kept, or drawn now while its job has not come to it. Raises NotAllowed, PaperNotFound."""
    async with read_transaction():
        paper = await _readable(actor, key)
        if paper.sha256 is not None:
            return paper, await load_file(paper.sha256)
        content = await _whole(paper)
    return paper, await asyncio.to_thread(pdf_of, paper.number, content)


async def docx_content(actor: Actor, key: int) -> tuple[OfficialPaper, bytes]:
    """The editable form of a paper, for officers; raises NotAllowed, PaperNotFound."""
    assert_may(actor, Right.CLAIM_REVIEW)
    async with read_transaction():
        paper = await _readable(actor, key)
        content = await _whole(paper)
    return paper, await asyncio.to_thread(docx_of, paper.number, content)


async def render_staged(run: JobRun) -> None:
    """The job of a paper: draw it once and keep it sealed."""
    key = int(run.key)
    async with read_transaction():
        paper = await paper_store.paper_by_key(key)
        content = await _whole(paper)
    drawn = await asyncio.to_thread(pdf_of, paper.number, content)
    await _keep(run, key, drawn)


@retried
async def _keep(run: JobRun, key: int, drawn: bytes) -> None:
    async with write_transaction():
        if await run.first_time():
            file = await keep_file(drawn, media_type=PDF_TYPE, at=run.clock.now())
            await paper_store.set_file(key, file.id)


@once
async def record_delivery(actor: Actor, key: int, *, way: str, day: date, deliverer: str, clock: Clock) -> None:
    """Record how and when a paper was delivered; raises NotAllowed, PaperNotFound, PaperRefused, DeliveredBefore."""
    assert_may(actor, Right.CLAIM_REVIEW)
    if way not in list(DeliveryWay):
        raise PaperRefused("请选择送达方式。")
    paper = await _readable(actor, key)
    if not paper.content.day <= day <= clock.today():
        raise PaperRefused("送达日期不能早于文书日期，也不能晚于今天。")
    if not await paper_store.set_delivery(key, way, day, deliverer):
        raise DeliveredBefore("这份文书已经登记送达，请刷新页面查看。")
    detail = {"number": paper.number, "way": way, "day": day.isoformat()}
    await trail.record(actor, "subsidy:paper:delivered", paper.case_no, detail, at=clock.now())


def makeable(state: ClaimState, *, office: bool) -> Sequence[PaperKind]:
    """The kinds that can be made by hand of a claim in a state."""
    return [kind for kind in PaperKind if (kind in OF_ENTERPRISE) or (office and kind in _BY_STATE and state in _BY_STATE[kind])]
