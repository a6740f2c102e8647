"""What a dossier tells of one claim, gathered in one reading from every room that had to do with it."""

from datetime import UTC

import msgspec

from training_admin.audit import dossier_store
from training_admin.audit.dossier_facts import (
    AppealTold,
    AttachmentTold,
    ClaimTold,
    CostTold,
    DeterminationTold,
    DoubtsTold,
    DoubtTold,
    HeadTold,
    HoldTold,
    ItemTold,
    NoticeTold,
    PaperTold,
    PartTold,
    PayableTold,
    PaymentsTold,
    ReceiptTold,
    RecordTold,
    RecoveryTold,
    StepTold,
    TrailTold,
    WordTold,
    basis_of,
)
from training_admin.audit.facts import ClaimAudit
from training_admin.audit.finding import search
from training_admin.audit.papers import Paper
from training_admin.audit.rulebook import audit_rules
from training_admin.audit.table_rows import why_refused
from training_admin.fund import payable_store, recovery_store
from training_admin.fund.payable_store import PAYABLE_WORDS
from training_admin.fund.payee_account import opened_account
from training_admin.kit.clock import shanghai_day
from training_admin.kit.money import yuan_grouped
from training_admin.office import paper_store
from training_admin.office.heads import SignedHead
from training_admin.office.paper_facts import KIND_WORDS, WAY_WORDS
from training_admin.office.trail_words import event_words
from training_admin.subsidy import appeal_store, attachment_store, review_store
from training_admin.subsidy.appeals import STATE_OF_APPEAL
from training_admin.subsidy.attachments import KINDS
from training_admin.subsidy.decided import decided
from training_admin.subsidy.review_states import ACT_WORDS, STATE_WORDS, Act
from training_admin.subsidy.review_store import DoneStep, ReviewedClaim
from training_admin.subsidy.store import record_heads
from training_admin.web import shanghai_iso

ANSWERS = {"yes": "异议成立", "no": "异议不成立", None: "待答复"}
DECISIONS = frozenset({Act.DETERMINE, Act.REFUSE})


class MadeOf(msgspec.Struct, frozen=True):
    """Number, maker and instant of the dossier, and the signed end of the trail."""

    file_number: str
    made_at: str
    made_by: str
    head: SignedHead


async def claim_told(claim: ReviewedClaim, made: MadeOf) -> ClaimTold:
    """`claim.json`; inside an open transaction."""
    return ClaimTold(
        file_number=made.file_number,
        claim_number=claim.number,
        made_at=made.made_at,
        made_by=made.made_by,
        uscc=claim.uscc,
        enterprise_name=claim.enterprise_name,
        claim_year=claim.claim_year,
        as_of=claim.as_of,
        submitted_at=shanghai_iso(claim.submitted_at),
        state=claim.state.value,
        state_words=STATE_WORDS[claim.state],
        timeline=tuple(_step(each) for each in await review_store.steps_of(claim.id)),
        records=tuple(
            RecordTold(each.place, shanghai_iso(each.known_at), each.cause, each.sha256, each.payable_fen)
            for each in await record_heads(claim.id)
        ),
        papers=await _papers(claim.number),
        attachments=tuple(
            AttachmentTold(
                *(KINDS[each.kind], each.title, each.media_type, each.size, each.invoice_no, each.adder, shanghai_iso(each.added_at)),
                each.sha256,
            )
            for each in await attachment_store.attachments_of(claim.id)
        ),
        appeals=await _appeals(claim),
        holds=tuple(
            HoldTold(
                *(each.cause, each.words, each.placer, shanghai_iso(each.placed_at), each.lifter),
                None if each.lifted_at is None else shanghai_iso(each.lifted_at),
                each.lift_reason,
            )
            for each in await dossier_store.holds_of(claim.number)
        ),
        trail=await _trail(claim.number),
        trail_head=HeadTold(made.head.number, made.head.hash, made.head.words, made.head.public_key),
    )


def _step(step: DoneStep) -> StepTold:
    return StepTold(
        place=step.place,
        act=step.act.value,
        words=ACT_WORDS[step.act],
        from_state=STATE_WORDS[step.from_state],
        to_state=STATE_WORDS[step.to_state],
        doer=step.doer,
        done_at=shanghai_iso(step.done_at),
        due_on=step.due_on,
        opinion=step.opinion,
        minutes=step.minutes,
    )


async def _papers(number: str) -> tuple[PaperTold, ...]:
    return tuple(
        PaperTold(
            *(each.number, KIND_WORDS[each.kind], each.maker, shanghai_iso(each.made_at), each.sha256),
            *({**WAY_WORDS}.get(each.delivery_way, ""), each.delivered_on),  # type: ignore[call-overload] # an empty way is none
        )
        for each in await paper_store.papers_of(number)
    )


async def _appeals(claim: ReviewedClaim) -> tuple[AppealTold, ...]:
    own = [
        AppealTold(
            *(each.number, "复核申请", each.words, each.asker, shanghai_iso(each.asked_at), STATE_OF_APPEAL[each.state], each.answer),
            *(each.decider, None if each.decided_at is None else shanghai_iso(each.decided_at)),
        )
        for each in await appeal_store.appeals_of(claim.id)
    ]
    others = [
        AppealTold(
            *(number, "公示异议", "（内容和联系方式密存）", "社会公众", shanghai_iso(at), ANSWERS[upheld], reply, replier),
            None if replied_at is None else shanghai_iso(replied_at),
        )
        for number, at, upheld, reply, replier, replied_at in await dossier_store.objections_of(claim.number)
    ]
    return (*own, *others)


async def _trail(claim_number: str) -> tuple[TrailTold, ...]:
    told = []
    for number, at, actor, event, subject, detail, previous_hash, digest in await dossier_store.trail_of(claim_number):
        plain = msgspec.json.decode(detail)
        words, when = event_words(event), shanghai_iso(at)
        told.append(TrailTold(number, at.astimezone(UTC), actor, event, subject, plain, previous_hash, digest, words, when))
    return tuple(told)


async def determination_told(claim: ReviewedClaim) -> DeterminationTold:
    """`determination.json`; inside an open transaction."""
    what = await decided(claim.id)
    place = await review_store.determined_place(claim.id)
    if what is None or place is None:
        return DeterminationTold(decided=False)
    steps = await review_store.steps_of(claim.id)
    last = next(each for each in reversed(steps) if each.act in DECISIONS)
    words = (await review_store.words_decided_on([claim.id])).get(claim.id, [])
    found = what.found
    sha256 = next(each.sha256 for each in await record_heads(claim.id) if each.place == place)
    return DeterminationTold(
        decided=True,
        act=last.act.value,
        day=shanghai_day(last.done_at).isoformat(),
        place=place,
        record_sha256=sha256,
        words=tuple(WordTold(each.row, each.word.value, each.rule, each.reason, each.expires_on, each.decider) for each in words),
        rows=found.rows,
        refused=found.refused,
        held=found.held,
        added=found.added,
        fen_of_added=found.fen_of_added,
        clawback_fen=found.clawback_fen,
        open=found.open,
        fen_by_stream=found.fen_by_stream,
        fen=found.fen,
    )


async def payments_told(claim: ReviewedClaim) -> PaymentsTold:
    """`payments.json`, in a constant number of queries; inside an open transaction."""
    case = claim.number
    payables = await payable_store.payables_of(case)
    parts, accounts = await dossier_store.parts_of_case(case), await dossier_store.accounts_of_case(case)
    keys = [each.item for each in payables if each.item is not None]
    items, (went, kept) = await dossier_store.items_paid(keys), await dossier_store.pieces_of(keys)
    receipts = await dossier_store.receipts_of_case(case)
    subjects = {each.id: each.subject for each in payables}
    told = [
        PayableTold(
            *(each.subject, each.fen, each.state.value, PAYABLE_WORDS[each.state], opened_account(accounts[each.id]).masked),
            tuple(PartTold(*part) for part in parts.get(each.id, ())),
            None
            if each.item is None
            else ItemTold(
                *(items[each.item].batch, items[each.item].state, items[each.item].fen, items[each.item].netted_fen),
                *(items[each.item].bank_reference, items[each.item].paid_on, items[each.item].failure),
                tuple(went.get(each.item, ())),
                tuple(kept.get(each.item, ())),
            ),
        )
        for each in payables
    ]
    recoveries = tuple(
        RecoveryTold(
            *(each.number, subjects[each.payable], each.reason, each.fen, each.settled_fen, each.state, each.proposer, each.decider),
            tuple(ReceiptTold(*one) for one in receipts.get(each.id, ())),
        )
        for each in reversed(await recovery_store.list_recoveries(None, case_no=case, before=None, most=1000))
    )
    return PaymentsTold(await _notices(claim), tuple(told), recoveries)


async def _notices(claim: ReviewedClaim) -> tuple[NoticeTold, ...]:
    """A notice counts when it was posted after the newest determination and still lists the claim."""
    steps = await review_store.steps_of(claim.id)
    last = max((each.done_at for each in steps if each.act in DECISIONS), default=None)
    return tuple(
        NoticeTold(
            *(each.number, each.posted_on, each.ends_on, each.state, each.poster),
            people=0 if each.listed is None else each.listed.people,
            fen=0 if each.listed is None else each.listed.fen,
            counts=each.listed is not None and last is not None and each.posted_at >= last,
        )
        for each in await dossier_store.notices_of(claim.number)
    )


def costs_told(facts: ClaimAudit) -> tuple[CostTold, ...]:
    """`costs.json`."""
    told = []
    for each in facts.costs:
        reason = why_refused(each)
        recognised = None if each.amount_fen is None else (0 if reason else each.amount_fen)
        issuer = "　".join(text for text in (each.issuer_name, each.issuer) if text)
        told.append(
            CostTold(
                *(each.row, each.class_no, each.category, each.invoice_no, issuer, each.invoiced_on, each.amount_fen), recognised, reason
            )
        )
    return tuple(told)


def doubts_told(paper: Paper, facts: ClaimAudit) -> DoubtsTold:
    """`doubts.json`: every check asked about the newest record."""
    found = search(facts)
    told = []
    for doubt in found.doubts:
        one, rule = doubt.found, audit_rules()[doubt.check]
        of_class = sum(line.payable_fen for line in paper.record.lines if line.class_no == one.class_no) if one.class_no else None
        basis, amount = basis_of(one.amount_fen, one.rows, of_class=of_class, of_claim=facts.payable_fen or 0)
        evidence = one.evidence if amount is not None else (*one.evidence, ("涉及金额", f"{yuan_grouped(one.amount_fen)} 元"))
        told.append(
            DoubtTold(rule.id, rule.name_zh, rule.level.value, one.class_no, one.rows, basis, amount, tuple(evidence), doubt.against)
        )
    return DoubtsTold(paper.head.place, tuple(told), found.unasked)
