"""Claims for the money of an apprentice programme: the advance after its filing, the settlement after its end.

They are claims like all others: numbered, assessed, reviewed, noticed and paid on the same way; the programme is their workbook.
"""

import asyncio

import msgspec

from training_admin.apprenticeship import loading as programmes
from training_admin.apprenticeship.facts import PersonOutcome, ProgrammeFacts, Stage
from training_admin.apprenticeship.loading import NamedApprentice, ProgrammeHead
from training_admin.catalog.facts import LEVEL_WORDS, STREAM_APPRENTICE
from training_admin.database import read_transaction
from training_admin.fund.payee_account import AccountRefused, PayeeAccount
from training_admin.kit.actor import Actor, assert_approved, assert_may, scope_of
from training_admin.kit.clock import Clock
from training_admin.kit.identifiers import likely_id_type
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.kit.vault import vault
from training_admin.office import messages, trail
from training_admin.office.files import keep_file
from training_admin.office.idempotency import once
from training_admin.office.knowledge import knowledge_transaction, still_known_at
from training_admin.office.numbers import next_number
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.subsidy import programme_store, review_store, store
from training_admin.subsidy.assessing import FIRST_TIME, assessed, enqueue_assessment
from training_admin.subsidy.claims import CLAIM_KIND, SUBMITTED, WORKBOOK_TYPE, person_of
from training_admin.subsidy.decided import decided
from training_admin.subsidy.filled_template import filled_template
from training_admin.subsidy.form import ClaimForm, ClassRow, FormHead, RosterRow
from training_admin.subsidy.form_sheets import FIRST_ROW
from training_admin.subsidy.gather import key_claim
from training_admin.subsidy.handling_store import SETTLED
from training_admin.subsidy.letters import submitted_letter
from training_admin.subsidy.products import advance_of
from training_admin.subsidy.programme_store import FrozenProgramme, ProgrammeClaim
from training_admin.subsidy.programme_world import load_programme_claim, stage_facts, without_registers
from training_admin.subsidy.record import AssessmentRecord
from training_admin.subsidy.views import ClaimReceipt

OWN_EMPLOYEE_GROUP = "E_EMPLOYEE"
APPROVED, ENDED = "approved", "ended"
FINISHED = frozenset({PersonOutcome.CERTIFIED, PersonOutcome.COMPLETED})


class ProgrammeNotReady(Refusal):
    """The programme is not where this money can be asked for."""

    code = "programme-not-ready"
    title = "还不能申请"


class AlreadyClaimed(Refusal):
    """The same money of the programme is asked for already."""

    code = "programme-already-claimed"
    title = "已经申请"


class ProgrammeMoney(msgspec.Struct, frozen=True):
    """A programme's money as its page shows it: claims, and for each stage why it cannot be asked for now ("" when it can).

    `entitled_fen` is what the settlement says, or what was determined of it, is due in all, less what was decided to come back since;
    None before it is assessed.
    """

    head: ProgrammeHead
    claims: tuple[ProgrammeClaim, ...]
    why_not: dict[Stage, str]
    entitled_fen: int | None

    @property
    def advanced_fen(self) -> int:
        """What the enterprise has in advance, less what came back."""
        return sum(each.net_fen for each in self.claims if each.stage is Stage.ADVANCE)

    @property
    def balance_fen(self) -> int | None:
        """Entitled less paid (net of what came back): what is still to be paid, or, negative, to come back."""
        return None if self.entitled_fen is None else self.entitled_fen - sum(each.net_fen for each in self.claims)


def why_not(head: ProgrammeHead, stage: Stage, claims: list[ProgrammeClaim]) -> str:
    """Why the money of a stage cannot be asked for now, in words; "" when it can."""
    alive = {each.stage: each for each in claims if not each.over}
    if stage in alive:
        return f"已在申报 {alive[stage].number} 中申请。"
    if stage is Stage.ADVANCE:
        if head.state != APPROVED:
            return "学徒班备案审核通过后、结束前可以申请预拨。"
        return "已经申请结算，不再预拨。" if Stage.SETTLEMENT in alive else ""
    if head.state != ENDED:
        return "全部学徒都有结果、学徒班结束后可以申请结算。"
    return _unsettled(alive[Stage.ADVANCE]) if Stage.ADVANCE in alive else ""


def _unsettled(advance: ProgrammeClaim) -> str:
    """What of an advance is still on its way to the enterprise or back: a settlement deducts what is known for good."""
    if advance.paid_fen == 0 or advance.open_fen:
        return f"预拨申报 {advance.number} 尚在办理，办结或撤回后再申请结算。"
    return f"预拨申报 {advance.number} 尚有追回款未收回，收回后再申请结算。" if advance.owed_fen else ""


async def programme_money(actor: Actor, number: str) -> ProgrammeMoney:
    """The money of a programme of the actor's scope; raises NotAllowed, ProgrammeNotFound."""
    scope = scope_of(actor, Right.CLAIM_READ)
    async with read_transaction():
        head = await programmes.programme_head(number, scope.codes)
        claims = (await programme_store.claims_of_programmes([number])).get(number, [])
        entitled_fen = await _entitled(claims)
    return ProgrammeMoney(head, tuple(claims), {stage: why_not(head, stage, claims) for stage in Stage}, entitled_fen)


async def _entitled(claims: list[ProgrammeClaim]) -> int | None:
    """What is due in all: as assessed, once determined as determined, less what was decided to come back beside its own clawback."""
    settlement = next((each for each in reversed(claims) if each.stage is Stage.SETTLEMENT and not each.over), None)
    if settlement is None or settlement.state.value not in SETTLED:
        return None if settlement is None else settlement.computed_fen
    standing = await decided(settlement.id)
    assert standing is not None, "it is determined"
    kept_fen = sum(each.net_fen - each.owed_fen for each in claims if each.stage is Stage.ADVANCE)
    back_fen = advance_of(standing.record) - kept_fen - standing.found.clawback_fen
    return sum(standing.prices.values()) - settlement.recovered_fen - settlement.owed_fen - max(0, back_fen)


async def preview(actor: Actor, number: str, stage: Stage, *, clock: Clock) -> AssessmentRecord:
    """What a claim for the stage would say now; nothing is stored. Raises NotAllowed, ProgrammeNotFound, ProgrammeNotReady."""
    scope = scope_of(actor, Right.CLAIM_READ)
    async with knowledge_transaction():
        known_at = await still_known_at(clock)
        head = await programmes.programme_head(number, scope.codes)
        if head.approved_on is None:
            raise ProgrammeNotReady("学徒班备案审核通过后才能测算。")
        claims = (await programme_store.claims_of_programmes([number])).get(number, [])
        frozen = await _frozen(number, stage, claims, clock=clock)
        facts = await load_programme_claim(frozen, claim_number="", claim_year=clock.today().year, known_at=known_at, pack=DEFAULT_PACK)
    return await asyncio.to_thread(assessed, facts)


async def _frozen(number: str, stage: Stage, claims: list[ProgrammeClaim], *, clock: Clock) -> FrozenProgramme:
    facts: ProgrammeFacts = await programmes.load_programme(number, as_of=clock.today())
    advance_fen = sum(each.net_fen for each in claims if each.stage is Stage.ADVANCE)
    return FrozenProgramme(number, stage, without_registers(stage_facts(facts, stage, advance_fen=advance_fen)))


@once
async def submit_programme_claim(actor: Actor, number: str, stage: Stage, account: PayeeAccount, *, clock: Clock) -> ClaimReceipt:
    """Ask for a stage's money of a programme of the actor's own enterprise, to be paid to an account; in the open transaction.

    Raises NotAllowed, NotYetApproved, ProgrammeNotFound, ProgrammeNotReady, AlreadyClaimed.
    """
    assert_may(actor, Right.CLAIM_SUBMIT)
    assert_approved(actor)
    head = await programmes.programme_head(number, scope_of(actor, Right.CLAIM_SUBMIT).codes, lock=True)
    claims = (await programme_store.claims_of_programmes([number])).get(number, [])
    if any(each.stage is stage and not each.over for each in claims):
        raise AlreadyClaimed(why_not(head, stage, claims))
    if words := why_not(head, stage, claims):
        raise ProgrammeNotReady(words)
    frozen = await _frozen(number, stage, claims, clock=clock)
    people = await programmes.named_apprentices(number)
    year = clock.today().year
    claim_number = f"SJ{year}{await next_number(CLAIM_KIND, year):06d}"
    form = programme_form(head, frozen, people, account, clock=clock)
    content = await asyncio.to_thread(filled_template, form, number=claim_number)
    file = await keep_file(content, media_type=WORKBOOK_TYPE, at=clock.now())
    new = store.NewClaim(
        number=claim_number,
        keyed=key_claim(form, claim_number=claim_number, as_of=clock.today(), person_of=person_of),
        form=form,
        file_id=file.id,
        readable_only=False,
        submitted_at=clock.now(),
        submitted_by=actor.trail_key,
        state=SUBMITTED,
    )
    key = await store.add_claim(new, vault())
    digest = await programme_store.freeze(key, frozen)
    await enqueue_assessment(claim_number, round_key=FIRST_TIME)
    to = messages.to_organisation(head.uscc, Right.CLAIM_READ)
    await messages.send(to, submitted_letter(claim_number, len(people)), clock=clock)
    detail = {"programme": number, "stage": stage.value, "lines": len(people), "facts": digest, "sha256": file.sha256}
    await trail.record(actor, "subsidy:claim:submitted", claim_number, detail, at=clock.now())
    return ClaimReceipt(claim_number, SUBMITTED, len(people), clock.now())


def programme_form(
    head: ProgrammeHead, frozen: FrozenProgramme, people: list[NamedApprentice], account: PayeeAccount, *, clock: Clock
) -> ClaimForm:
    """A programme as the form of a claim: one class, the apprentices as its roster, no voucher."""
    facts = frozen.facts
    # The two stages never stand under one class number: nobody is paid twice for one class.
    class_no = f"{frozen.number}-0" if frozen.stage is Stage.ADVANCE else frozen.number
    return ClaimForm(
        head=FormHead(
            enterprise_name=head.enterprise_name,
            uscc=head.uscc,
            claim_year=clock.today().year,
            bank=account.bank,
            account=account.account,
            account_holder=account.holder,
            claim_date=clock.today(),
        ),
        classes=(
            ClassRow(
                row=FIRST_ROW,
                class_no=class_no,
                stream=STREAM_APPRENTICE,
                title=f"{head.occupation_name}学徒班",
                occupation=head.occupation,
                level=LEVEL_WORDS.get(facts.level),
                institution_name=head.institution_name,
                institution=head.institution,
                start=facts.start,
                end=facts.end,
                planned_centihours=facts.planned.total,
                delivered_centihours=None if facts.taught is None else facts.taught.total,
                enrolled=len(facts.apprentices),
            ),
        ),
        lines=tuple(_line(each, class_no, facts) for each in people),
        costs=(),
        problems=(),
        columns={},
    )


def _line(each: NamedApprentice, class_no: str, facts: ProgrammeFacts) -> RosterRow:
    one = next(apprentice for apprentice in facts.apprentices if apprentice.row == each.row)
    return RosterRow(
        row=each.row,
        readable=True,
        class_no=class_no,
        name=each.name,
        id_type=likely_id_type(each.identity),
        id_no=each.identity,
        group=OWN_EMPLOYEE_GROUP,
        mobile=each.phone,
        contract_start=one.contract_start,
        contract_end=one.contract_end,
        attended_centihours=sum(month.hours.total for month in one.months),
        exam_result="合格" if one.outcome in FINISHED else "",
    )


async def last_account(actor: Actor, uscc: str) -> PayeeAccount | None:
    """The account of the newest claim of an enterprise in the actor's scope; None before the first. Raises NotAllowed."""
    if not scope_of(actor, Right.CLAIM_SUBMIT).covers(uscc):
        return None
    async with read_transaction():
        sealed = await review_store.last_head_of(uscc)
    if sealed is None:
        return None
    head = review_store.opened_head(vault().decrypt(sealed, place=store.SEALED_HEAD))
    return PayeeAccount(head.bank, head.account, head.account_holder) if head.account else None


async def account_asked(actor: Actor, number: str, typed: PayeeAccount | None) -> PayeeAccount:
    """The account that a programme's money is asked to: the typed one, or (None) that of the enterprise's last claim.

    Raises NotAllowed, ProgrammeNotFound, AccountRefused where none is known.
    """
    money = await programme_money(actor, number)
    account = typed or await last_account(actor, money.head.uscc)
    if account is None:
        raise AccountRefused("还没有本单位的收款账户，请填写开户行、账号和户名。")
    return account


async def names(actor: Actor, number: str) -> dict[int, str]:
    """The names of the apprentices of a programme of the actor's scope, by row; raises NotAllowed, ProgrammeNotFound."""
    async with read_transaction():
        await programmes.programme_head(number, scope_of(actor, Right.CLAIM_READ).codes)
        return await programmes.names_of(number)
