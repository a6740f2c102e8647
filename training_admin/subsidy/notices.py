"""Public notice of determined claims (公示, PUB-01): posted by an officer, objected to by anybody, closed when its days are over.

While an objection is open the notice goes on. One that is upheld takes its claim out: the claim goes back to review and its amount is
released; an appeal of the enterprise that is upheld does the same. Afterwards a notice is taken down: the public finds it no more,
officers do.
"""

import secrets
from collections.abc import Sequence
from datetime import date

import msgspec

from training_admin.database import read_transaction, retried, write_transaction
from training_admin.fund import ledger, payable_store
from training_admin.fund.holds import APPEAL_CAUSE
from training_admin.fund.parameters import PAY_WORKDAYS_AFTER_PUB
from training_admin.fund.payable_store import Payable, PayableState
from training_admin.kit.actor import WORKER, Actor, assert_may, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.identifiers import mask_identity
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.kit.vault import vault
from training_admin.office import notice_store, trail
from training_admin.office.idempotency import once
from training_admin.office.jobs import JobRun
from training_admin.office.notice_store import OBJECTION_PLACE, Notice, Objection, ObjectionNotFound
from training_admin.office.numbers import next_number
from training_admin.office.parameters import PUB_WORKDAYS
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy
from training_admin.policy.wording import is_assumed
from training_admin.subsidy import appeal_store, papers, review_store
from training_admin.subsidy.decided import decided
from training_admin.subsidy.notice_facts import SUBSIDY, ClaimListed, NoticeContent, listed, without
from training_admin.subsidy.review_states import Act, ClaimState
from training_admin.subsidy.review_store import ReviewedClaim
from training_admin.subsidy.reviewing import follow, workdays_on
from training_admin.subsidy.store import people_shown

CLOSE_NOTICES = "close_notices"
MOST_CLAIMS, MOST_SHOWN = 200, 500
LONGEST_WORDS, LONGEST_CONTACT, LONGEST_REPLY = 2000, 200, 1000
HOLD_CAUSE = "公示异议"


class NoticeRefused(Unreadable):
    """A field of the notice, the objection or the answer is missing or too long."""

    code = "notice-refused"
    title = "无法办理"


class NotToBePosted(Refusal):
    """The claim is not determined, its amount is not committed, or its assessment has changed since."""

    code = "notice-not-to-be-posted"
    title = "不能公示"


class ObjectionAnswered(Refusal):
    """An objection is answered once."""

    code = "objection-answered"
    title = "已经答复"


class ObjectionTold(msgspec.Struct, frozen=True):
    """What somebody objects with; sealed whole."""

    words: str
    contact: str = ""


async def live_payable(case_no: str) -> Payable | None:
    """What is to be paid for a case now: the newest that was not released, without lines set apart; in the open transaction."""
    found = [each for each in await payable_store.payables_of(case_no) if each.state is not PayableState.RELEASED and not each.rest]
    return found[-1] if found else None


async def postable_claims(actor: Actor) -> list[tuple[ReviewedClaim, Payable | None]]:
    """Determined claims with what is to be paid for them; raises NotAllowed."""
    assert_may(actor, Right.NOTICE_POST)
    async with read_transaction():
        waiting = await review_store.waiting_claims([ClaimState.DETERMINED], None, most=MOST_CLAIMS)
        return [(claim, await live_payable(claim.number)) for claim in waiting]


@once
async def post_notice(actor: Actor, numbers: Sequence[str], *, clock: Clock) -> str:
    """Post determined claims as one notice, the day of posting not counted; returns its number.

    Raises NotAllowed, ClaimNotFound, IllegalMove, NotToBePosted, NoticeRefused.
    """
    assert_may(actor, Right.NOTICE_POST)
    chosen = list(dict.fromkeys(numbers))
    if not chosen or len(chosen) > MOST_CLAIMS:
        raise NoticeRefused(f"请勾选要公示的申报，一次不超过 {MOST_CLAIMS} 份。")
    today = clock.today()
    figure = (await load_policy(DEFAULT_PACK, known_at=clock.now())).dated(PUB_WORKDAYS, today)
    assert isinstance(figure.value, int)
    ends = await workdays_on(today, figure.value)
    if ends is None:
        raise NoticeRefused("公示期所在年度的工作日历尚未公布，不能计算公示截止日。请先登记工作日历。")
    claims = [await review_store.claim_by_number(each, None) for each in chosen]
    content = NoticeContent(
        claims=tuple([await _listed(each) for each in claims]),
        workdays=figure.value,
        paper=figure.paper,
        standing=figure.standing.words,
        local_standing=figure.local_standing.words,
        assumed=is_assumed(figure.standing, figure.local_standing),
    )
    number = f"GS{today.year}{await next_number('notice', today.year):04d}"
    title = f"{today.year}年企业职工培训补贴公示（第{int(number[6:])}号）"
    await notice_store.add_notice(
        *(number, SUBSIDY, title, content),
        cases=chosen,
        posted_on=today,
        ends_on=ends,
        poster=shown_name(actor),
        at=clock.now(),
    )
    detail = {"notice": number, "ends_on": ends.isoformat()}
    for claim in claims:
        await follow(actor, claim, Act.POST, detail=detail, clock=clock)
    await papers.make_notice_paper(actor, number, title, content, maker=shown_name(actor), ends_on=ends, clock=clock)
    told = {"claims": len(claims), "people": content.people, "fen": content.fen, "ends_on": ends.isoformat()}
    await trail.record(actor, "subsidy:notice:posted", number, told, at=clock.now())
    return number


async def _listed(claim: ReviewedClaim) -> ClaimListed:
    """What the notice shows of a claim; raises NotToBePosted where what was determined is not what is to be paid."""
    payable = await live_payable(claim.number)
    if claim.state is not ClaimState.DETERMINED or payable is None or payable.state is not PayableState.COMMITTED:
        raise NotToBePosted(f"申报 {claim.number} 还没有审定，或所需预算尚未落实，不能公示。请取消勾选后再办理。")
    what = await decided(claim.id)
    assert what is not None, "a claim is determined over a record"
    found = what.found
    if found.fen != payable.fen:
        raise NotToBePosted(f"申报 {claim.number} 的核验结果与审定金额不一致，不能公示。请重新审定。")
    return listed(claim.number, claim.enterprise_name, what.record, found, await people_shown(claim.id, vault(), mask_identity))


async def show_notice(number: str, *, public: bool) -> tuple[Notice, NoticeContent]:
    """A notice; to the public only while it is posted. Raises NoticeNotFound."""
    async with read_transaction():
        notice = await notice_store.notice_by_number(number, public=public)
    return notice, msgspec.convert(notice.content, NoticeContent)


async def list_notices(*, public: bool) -> list[tuple[Notice, NoticeContent]]:
    """Notices, newest first; to the public only those posted now."""
    async with read_transaction():
        found = await notice_store.list_notices(public=public, most=MOST_SHOWN)
    return [(each, msgspec.convert(each.content, NoticeContent)) for each in found if each.kind == SUBSIDY]


@once
async def object_to(actor: Actor, number: str, *, case_no: str, words: str, contact: str, clock: Clock) -> str:
    """Anybody's objection within the days of the notice, to one of its claims or to all; returns the number to ask by.

    Words and contact are sealed. Raises NoticeNotFound, NoticeRefused.
    """
    told = ObjectionTold(_words(words, "异议内容", LONGEST_WORDS), _words(contact, "联系方式", LONGEST_CONTACT, needed=False))
    year = clock.today().year
    notice = await notice_store.notice_by_number(number, public=True)
    content = msgspec.convert(notice.content, NoticeContent)
    cases = [each.case_no for each in content.claims]
    if case_no and case_no not in cases:
        raise NoticeRefused("请从列表中选择要提出异议的申报。")
    if clock.today() > notice.ends_on:
        raise NoticeRefused("公示期已经结束，没有记录您的异议。如有问题，请直接向公示单位反映。")
    own = f"YY{year}{await next_number('objection', year):04d}-{secrets.token_hex(4)}"
    sealed = vault().encrypt(msgspec.json.encode(told), place=OBJECTION_PLACE)
    await notice_store.add_objection(own, notice.id, case_no, sealed, at=clock.now())
    for each in [case_no] if case_no else cases:
        await payable_store.add_hold(
            each, cause=_cause(own), words=f"公示 {number} 有异议，尚未答复", placer=actor.trail_key, at=clock.now()
        )
    await trail.record(actor, "subsidy:notice:objected", number, {"case": case_no}, at=clock.now())
    return own


def _cause(objection: str) -> str:
    """The cause of the holds of one objection: its number without the secret part."""
    return f"{HOLD_CAUSE} {objection.partition('-')[0]}"


def _words(text: str, what: str, longest: int, *, needed: bool = True) -> str:
    words = text.replace("\r\n", "\n").strip()
    if (needed and not words) or len(words) > longest or not words.replace("\n", "").replace("\t", "").isprintable():
        raise NoticeRefused(f"请填写{what}（不超过 {longest} 字）。")
    return words


async def objection_by_number(number: str) -> Objection:
    """One objection, for whoever holds its number; raises ObjectionNotFound."""
    async with read_transaction():
        return await notice_store.objection_by_number(number)


async def read_objections(actor: Actor, notice: Notice) -> list[tuple[Objection, ObjectionTold]]:
    """The objections to a notice with their words opened; raises NotAllowed."""
    assert_may(actor, Right.NOTICE_POST)
    async with read_transaction():
        found = await notice_store.objections(open_only=False, notice=notice.id)
    keys = vault()
    return [(each, msgspec.json.decode(keys.decrypt(each.sealed_words, place=OBJECTION_PLACE), type=ObjectionTold)) for each in found]


@once
async def answer_objection(actor: Actor, number: str, *, notice: str, upheld: bool, case_no: str = "", reply: str, clock: Clock) -> None:
    """Answer an objection; upheld, the claim leaves the notice, goes back to review, and its amount is available again.

    Raises NotAllowed, ObjectionNotFound, ObjectionAnswered, NoticeRefused.
    """
    assert_may(actor, Right.NOTICE_POST)
    words = " ".join(_words(reply, "答复内容", LONGEST_REPLY).split())
    objection = await notice_store.objection_by_number(number)
    if objection.notice != notice:
        raise ObjectionNotFound("这条异议不属于这则公示，请从公示页面重新进入。")
    if not await notice_store.answer_objection(number, upheld=upheld, reply=words, replier=shown_name(actor), at=clock.now()):
        raise ObjectionAnswered("这条异议已经答复，请刷新页面查看。")
    posted = await notice_store.notice_by_number(notice, public=False)
    for each in await notice_store.cases_of(posted.id):
        await payable_store.lift_holds(
            each, cause=_cause(number), lifter=actor.trail_key, at=clock.now(), reason="异议成立" if upheld else "异议不成立"
        )
    if upheld:
        await _take_out(actor, posted, objection.case_no or case_no, _cause(number).split()[-1], words, clock=clock)
    detail = {"notice": notice, "upheld": upheld, "case": objection.case_no or case_no}
    await trail.record(actor, "subsidy:notice:answered", number.partition("-")[0], detail, at=clock.now())


async def _take_out(actor: Actor, notice: Notice, case_no: str, objection: str, words: str, *, clock: Clock) -> None:
    content = msgspec.convert(notice.content, NoticeContent)
    if case_no in [each.case_no for each in content.taken_out]:
        return  # An earlier objection or an appeal stopped it: this one is right too, and nothing is left to be done.
    if notice.state != "posted" or case_no not in [each.case_no for each in content.claims]:
        raise NoticeRefused("请选择异议成立所涉及的申报；已经撤下的申报不能再次停止公示。")
    claim = await review_store.claim_by_number(case_no, None)
    payable = await live_payable(case_no)
    assert payable is not None, "a claim on notice has an amount"
    await follow(actor, claim, Act.STOP_NOTICE, opinion=words, detail={"notice": notice.number, "objection": objection}, clock=clock)
    await ledger.release(actor, payable.subject, clock=clock)
    await _answer_appeals(actor, claim, words, clock=clock)
    await _leave_out(notice, case_no, objection, by_appeal=False, clock=clock)


async def _answer_appeals(actor: Actor, claim: ReviewedClaim, words: str, *, clock: Clock) -> None:
    """An appeal against the decision that an objection has just undone has got what it asked for: it is answered, and holds nothing."""
    answer = f"公示异议成立，原决定已撤销，重新审核。{words}"
    for each in await appeal_store.appeals_of(claim.id):
        if await appeal_store.close_appeal(each.id, "upheld", decider=shown_name(actor), at=clock.now(), answer=answer):
            reason = f"{each.number} 已答复"
            await payable_store.lift_holds(claim.number, cause=APPEAL_CAUSE, lifter=actor.trail_key, at=clock.now(), reason=reason)
            detail = {"appeal": each.number, "answer": answer}
            await trail.record(actor, "subsidy:appeal:upheld", claim.number, detail, at=clock.now())


async def _leave_out(notice: Notice, case_no: str, cause: str, *, by_appeal: bool, clock: Clock) -> None:
    """Show a claim no more on a notice; one without claims is stopped."""
    left = without(msgspec.convert(notice.content, NoticeContent), case_no, cause, by_appeal=by_appeal)
    await notice_store.set_content(notice.id, left)
    if not left.claims:
        await notice_store.close_notice(notice.id, "stopped", at=clock.now())


async def leave_notice(case_no: str, appeal: str, *, clock: Clock) -> str | None:
    """Take a claim out of the notice it is on because its appeal was upheld; in the open transaction. Returns the notice's number."""
    notice = await notice_store.posted_with(case_no)
    if notice is None:
        return None
    await _leave_out(notice, case_no, appeal, by_appeal=True, clock=clock)
    return notice.number


async def close_over(actor: Actor, *, clock: Clock) -> list[str]:
    """Close every notice whose last day is over and to which no objection is open; returns their numbers. Raises NotAllowed."""
    assert_may(actor, Right.NOTICE_POST)
    async with read_transaction():
        over = [each for each in await notice_store.notices_over(clock.today()) if each.kind == SUBSIDY]
    return [each.number for each in over if await _close(actor, each.number, clock=clock)]


@retried
async def _close(actor: Actor, number: str, *, clock: Clock) -> bool:
    """Close one notice: its claims are payable from now on. False when somebody else did it or an objection came in between."""
    async with write_transaction():
        notice = next((each for each in await notice_store.notices_over(clock.today()) if each.number == number), None)
        if notice is None:
            return False
        policy = await load_policy(DEFAULT_PACK, known_at=clock.now())
        pay_by = await workdays_on(notice.ends_on, policy.at(PAY_WORKDAYS_AFTER_PUB, notice.ends_on))
        if pay_by is None:
            raise NoticeRefused("拨付时限所在年度的工作日历尚未公布，公示暂不能结束。请先登记工作日历。")
        for listed_claim in msgspec.convert(notice.content, NoticeContent).claims:
            await _make_payable(actor, notice, listed_claim.case_no, pay_by, clock=clock)
        await notice_store.close_notice(notice.id, "closed", at=clock.now())
        await trail.record(actor, "subsidy:notice:closed", number, {"pay_by": pay_by.isoformat()}, at=clock.now())
    return True


async def _make_payable(actor: Actor, notice: Notice, case_no: str, pay_by: date, *, clock: Clock) -> None:
    claim = await review_store.claim_by_number(case_no, None)
    if claim.state is not ClaimState.ON_NOTICE:
        return
    payable = await live_payable(case_no)
    assert payable is not None, "a claim on notice has an amount"
    await ledger.make_due(actor, payable.subject, notice_ends=notice.ends_on, pay_by=pay_by, clock=clock)
    await follow(actor, claim, Act.NOTICE_OVER, detail={"notice": notice.number, "pay_by": pay_by.isoformat()}, clock=clock)


async def close_tonight(run: JobRun) -> None:
    """The night's job: close what is over; done again it finds nothing left."""
    await close_over(WORKER, clock=run.clock)
    await run.mark_done()
