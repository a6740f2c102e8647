"""What an enterprise may have without filling in a form (免申即享): closed classes of which everything a claim says is known already.

The enterprise confirms the account; the prefilled claim is then submitted whole. Where something is missing, vouchers under a formula
that asks for the cost among it, the class is claimed by the draft as before.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, time

import msgspec

from training_admin.catalog.class_store import ClassNotFound
from training_admin.catalog.facts import Filing
from training_admin.catalog.firm_classes import claimable_for
from training_admin.catalog.forecast_facts import Verdict
from training_admin.catalog.store import load_filings
from training_admin.database import fetch_tuples, read_transaction
from training_admin.fund.payable_store import ITEM_ACCOUNT_PLACE, last_sealed_account
from training_admin.fund.payee_account import PayeeAccount, opened_account
from training_admin.kit.actor import Actor, assert_approved, assert_may, assert_stepped_up, may
from training_admin.kit.clock import SHANGHAI, Clock
from training_admin.kit.dated import Policy
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.kit.vault import vault
from training_admin.office.knowledge import knowledge_transaction, still_known_at
from training_admin.parties.store import load_enterprises
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy
from training_admin.subsidy.assess import assess
from training_admin.subsidy.claim_drafts import MOST_CHOSEN, MOST_LISTED, ClaimableClass, closed_classes, head_of, listed_classes
from training_admin.subsidy.claims import assert_readable, person_of, store_claim
from training_admin.subsidy.class_claims import claim_form, year_of
from training_admin.subsidy.class_examples import needs_cost
from training_admin.subsidy.filled_template import filled_template
from training_admin.subsidy.form import ClaimForm, FormHead, RosterRow
from training_admin.subsidy.gather import gather, key_claim
from training_admin.subsidy.intake import read_workbook
from training_admin.subsidy.record import AssessmentRecord
from training_admin.subsidy.store import SEALED_HEAD, standing_claims
from training_admin.subsidy.views import ClaimReceipt
from training_admin.subsidy.world import load_world


class OfferTaken(Refusal):
    """The classes were confirmed before, to be paid to another account."""

    code = "offer-taken"
    title = "已经确认"


class OfferChanged(Refusal):
    """The classes or the amount are not those that were shown: a register was delivered, a class was claimed or closed meanwhile."""

    code = "offer-changed"
    title = "可领金额已有变化"


class AccountMissing(Refusal):
    """No account of the enterprise is known and none was typed."""

    code = "offer-account-missing"
    title = "没有收款账户"


class Offer(msgspec.Struct, frozen=True):
    """Closed classes of one year that can be claimed by confirming the account; the amount in fen as the newest forecasts say."""

    year: int
    class_nos: tuple[str, ...]
    people: int
    payable_fen: int


class OfferShown(msgspec.Struct, frozen=True):
    """An offer with the assessment of the very claim it leads to; `account` is the last one, None where none is known."""

    offer: Offer
    classes: tuple[ClaimableClass, ...]
    record: AssessmentRecord
    form: ClaimForm
    account: PayeeAccount | None


def lacking_of(each: ClaimableClass, filing: Filing | None, policy: Policy, claimed: frozenset[str]) -> str:
    """Why a closed class cannot be claimed by a confirmation, in words; "" when it can, or when there is nothing to claim."""
    if not each.closed or each.approved.class_no in claimed:
        return ""
    told = None if each.forecast is None else each.forecast.forecast
    if told is None or filing is None or not told.closed or told.version != each.approved.version:
        return "结班后尚未测算"
    waiting = sum(1 for person in told.people if person.verdict is Verdict.PENDING)
    if waiting:
        return f"{waiting} 人待比对或待补填"
    return "须补填费用发票" if needs_cost(policy, policy.formulas.get(filing.stream, ""), filing.start) else ""


def _ready(each: ClaimableClass, lacking: str) -> bool:
    return each.closed and not lacking and each.forecast is not None and each.forecast.forecast.payable_fen > 0


def offers_among(found: Sequence[ClaimableClass], lacking: Mapping[str, str], claimed: frozenset[str]) -> tuple[Offer, ...]:
    """The offers among an enterprise's classes, one for each year, the oldest first; at most as many classes as one claim takes."""
    by_year: dict[int, list[ClaimableClass]] = {}
    for each in found:
        number = each.approved.class_no
        if number not in claimed and _ready(each, lacking[number]):
            by_year.setdefault(max(session.day for session in each.approved.content.sessions).year, []).append(each)
    return tuple(_offer(year, by_year[year][:MOST_CHOSEN]) for year in sorted(by_year))


def _offer(year: int, classes: Sequence[ClaimableClass]) -> Offer:
    told = [each.forecast.forecast for each in classes if each.forecast is not None]
    return Offer(
        year=year,
        class_nos=tuple(sorted(each.approved.class_no for each in classes)),
        people=sum(each.approved.people for each in classes),
        payable_fen=sum(each.payable_fen for each in told),
    )


def _own_firm(actor: Actor) -> str | None:
    """The enterprise whose claims the actor submits himself; None for whoever submits none or stands in for others."""
    return actor.organisation if may(actor, Right.CLAIM_SUBMIT) and actor.approved and actor.acts_for is None else None


async def my_offers(actor: Actor, *, clock: Clock) -> tuple[tuple[Offer, ...], dict[str, str]]:
    """The offers to the actor's own enterprise, and by number what other closed classes lack for one; nothing to anybody else."""
    firm = _own_firm(actor)
    if firm is None:
        return (), {}
    async with knowledge_transaction():
        offers, lacking, _found = await _offers(firm, await still_known_at(clock))
    return offers, lacking


async def _offers(firm: str, known_at: datetime) -> tuple[tuple[Offer, ...], dict[str, str], list[ClaimableClass]]:
    approved = [each for each in await claimable_for([firm], most=MOST_LISTED) if each.state == "closed"]
    if not approved:
        return (), {}, []
    found = await listed_classes(approved)
    claimed = frozenset(await standing_claims([each.class_no for each in approved]))
    policy = await load_policy(DEFAULT_PACK, known_at=known_at)
    filings = await load_filings([each.class_no for each in approved], known_at)
    lacking = {number: lacking_of(each, filings.get(number), policy, claimed) for each in found for number in (each.approved.class_no,)}
    return offers_among(found, lacking, claimed), lacking, found


async def show_offer(actor: Actor, year: int, *, clock: Clock) -> OfferShown:
    """The claim that a confirmation would submit, assessed now; raises NotAllowed, NotYetApproved, ClassNotFound."""
    assert_may(actor, Right.CLAIM_SUBMIT)
    assert_approved(actor)
    firm = _own_firm(actor)
    if firm is None:
        raise ClassNotFound("只有申报单位本单位的经办人可以确认领取。")
    async with knowledge_transaction():
        known_at = await still_known_at(clock)
        offers, _lacking, found = await _offers(firm, known_at)
        offer = next((each for each in offers if each.year == year), None)
        if offer is None:
            raise ClassNotFound("目前没有只须确认账户即可领取的班级，请从列表查看各班级还缺什么。")
        classes = await closed_classes(offer.class_nos, firm, known_at)
        enterprise = (await load_enterprises([firm], known_at)).get(firm)
        head = await head_of(actor, enterprise, year_of(classes), clock)
        account = await _last_account(firm, head)
        form = claim_form(with_account(head, account), classes, today=clock.today(), budget=False)
        keyed = key_claim(form, claim_number="", as_of=clock.today(), person_of=person_of)
        facts = gather(keyed, await load_world(keyed, known_at=known_at, pack=DEFAULT_PACK))
    record = await asyncio.to_thread(assess, facts)
    exact = msgspec.structs.replace(offer, payable_fen=sum(line.payable_fen for line in record.lines))
    shown = tuple(each for each in found if each.approved.class_no in offer.class_nos)
    return OfferShown(exact, shown, record, form, account)


def with_account(head: FormHead, account: PayeeAccount | None) -> FormHead:
    """A head with an account in it, without one where none is known."""
    given = PayeeAccount("", "", "") if account is None else account
    return msgspec.structs.replace(head, bank=given.bank, account=given.account, account_holder=given.holder)


async def _last_account(firm: str, head: FormHead) -> PayeeAccount | None:
    """The account of the last payment or of the last claim, whichever is newer; in the open transaction."""
    paid = await last_sealed_account(firm)
    claims = await fetch_tuples("SELECT sealed_head, submitted_at FROM claim WHERE uscc = $1 ORDER BY id DESC LIMIT 1", firm)
    if paid is not None:
        sealed, paid_on = paid
        if not claims or claims[0][1] <= datetime.combine(paid_on, time.max, tzinfo=SHANGHAI):
            return opened_account(sealed, place=ITEM_ACCOUNT_PLACE)
    named = msgspec.json.decode(vault().decrypt(claims[0][0], place=SEALED_HEAD), type=FormHead) if claims else head
    if not (named.bank and named.account and named.account_holder):
        return None if paid is None else opened_account(paid[0], place=ITEM_ACCOUNT_PLACE)
    return PayeeAccount(named.bank, named.account, named.account_holder)


async def confirm_offer(
    actor: Actor, year: int, *, class_nos: Sequence[str], payable_fen: int, account: PayeeAccount | None, clock: Clock
) -> ClaimReceipt:
    """Submit the claim of an offer as it was shown, to the last account or to another one; a second confirmation gives the same receipt.

    Another account demands a fresh proof of identity. Raises NotAllowed, NotYetApproved, StepUpNeeded, ClassNotFound, OfferTaken,
    OfferChanged, AccountMissing.
    """
    if account is not None:
        assert_stepped_up(actor)
    firm = _own_firm(actor)
    known = None if firm is None else await _receipt_of(class_nos, firm)
    if known is not None and account is not None and await _account_of(known.number) != account:
        raise OfferTaken(f"这些班级已经以申报 {known.number} 提交，收款账户没有更改。需要更改的，请撤回该申报后重新确认。")
    if known is not None:
        return known
    shown = await show_offer(actor, year, clock=clock)
    if set(class_nos) != set(shown.offer.class_nos) or payable_fen != shown.offer.payable_fen:
        raise OfferChanged("班级或金额与刚才显示的不同，没有提交。请核对新的金额后再确认。")
    if account is None and shown.account is None:
        raise AccountMissing("还没有本单位的收款账户，请填写开户行、账号和户名。")
    head = shown.form.head
    assert head is not None
    if account is not None:
        head = with_account(head, account)
    filled = msgspec.structs.replace(shown.form, head=head, lines=_told_apart(shown))
    content = await asyncio.to_thread(filled_template, filled)
    form = await read_workbook(content, today=clock.today())
    assert_readable(form, readable_only=False)
    return await store_claim(actor, content, form, readable_only=False, confirmed=True, clock=clock)


def _told_apart(shown: OfferShown) -> tuple[RosterRow, ...]:
    """The lines, the first with a note where the classes were claimed and withdrawn before: a workbook submitted twice is one claim."""
    first, *others = shown.form.lines
    before = len({number for each in shown.classes for number in each.claims})
    return (msgspec.structs.replace(first, note=f"第 {before + 1} 次申报") if before else first, *others)


async def _account_of(number: str) -> PayeeAccount:
    """The account that a claim asks to be paid to."""
    async with read_transaction():
        found = await fetch_tuples("SELECT sealed_head FROM claim WHERE number = $1", number)
    head = msgspec.json.decode(vault().decrypt(found[0][0], place=SEALED_HEAD), type=FormHead)
    return PayeeAccount(head.bank, head.account, head.account_holder)


async def _receipt_of(class_nos: Sequence[str], firm: str) -> ClaimReceipt | None:
    """The receipt of the standing claim of exactly these classes, if there is one."""
    async with read_transaction():
        found = await fetch_tuples(
            """SELECT c.number, c.state, c.line_count, c.submitted_at
               FROM claim c JOIN claim_class k ON k.claim = c.id WHERE c.uscc = $2 AND c.state NOT IN ('withdrawn', 'not_accepted')
               GROUP BY c.id HAVING array_agg(k.class_no ORDER BY k.class_no) = $1::varchar[] ORDER BY c.id DESC LIMIT 1""",
            *(sorted(class_nos), firm),
        )
    return ClaimReceipt(*found[0]) if found else None
