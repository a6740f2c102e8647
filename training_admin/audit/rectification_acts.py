"""Acts on what has to be put right: answered with papers, sent back, given more time, ended by one or two persons, money held.

Each act is one transaction with its place in the history, its row in the trail and its message.
"""

from collections.abc import Sequence
from datetime import date

import msgspec

from training_admin.audit import rectification_store as store
from training_admin.audit.rectification_origins import RectificationRefused
from training_admin.audit.rectification_states import (
    ENDING_OF,
    ENDING_WORDS,
    Act,
    Ending,
    RectificationMoved,
    RectificationState,
    next_state,
)
from training_admin.audit.rectification_store import Rectification, RectificationFileNotFound
from training_admin.audit.rectifying import checked_deadline, tell
from training_admin.database import retried, write_transaction
from training_admin.fund import holds, payable_store, recoveries
from training_admin.kit.actor import Actor, assert_approved, assert_may, assert_two_persons, scope_of, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.kept_words import one_line
from training_admin.kit.money import yuan
from training_admin.kit.rights import Right
from training_admin.kit.wording import day
from training_admin.office import trail
from training_admin.office.files import keep_file, load_file
from training_admin.office.idempotency import once
from training_admin.subsidy.attachment_files import FILE_ENDINGS, PaperRead, read_paper

LONGEST_REPLY, LONGEST_REASON, LONGEST_TITLE = 1000, 500, 80
MOST_FILES = 10
MOST_FILES_IN_ALL = 50


class Attached(msgspec.Struct, frozen=True):
    """A paper that comes with an answer."""

    title: str
    content: bytes


async def _loaded(actor: Actor, right: Right, number: str, version: int) -> Rectification:
    """The entry in the scope of a right, as it was when the page was opened; raises NotAllowed, RectificationNotFound, Moved."""
    entry = await store.by_number(number, scope_of(actor, right).codes)
    if version and version != entry.version:
        raise RectificationMoved("这项整改在您打开页面之后有新的办理，请刷新页面后再办理。")
    return entry


async def _done(
    actor: Actor, before: Rectification, after: Rectification, act: Act, words: str, *, deadline: date | None = None, clock: Clock
) -> int:
    """Keep an act: where the entry stands, its place in the history, its row in the trail; returns the act's key."""
    await store.move(before, after)
    doer = shown_name(actor)
    key = await store.note(
        before.id, before.version + 1, act, words=words, deadline=deadline, doer=doer, by=actor.trail_key, at=clock.now()
    )
    detail = {"act": act.value, "state": after.state.value, "ending": "" if after.ending is None else after.ending.value, "words": words}
    more = {} if deadline is None else {"deadline": deadline.isoformat()}
    await trail.record(actor, f"audit:rectification:{act.value}", before.number, detail | more, at=clock.now())
    return key


@once
async def answer_rectification(
    actor: Actor, number: str, words: str, *, files: Sequence[Attached] = (), version: int = 0, clock: Clock
) -> None:
    """Answer with what was done and its papers, by the organisation; a late answer counts and shows as late.

    Raises NotAllowed, NotYetApproved, RectificationNotFound, RectificationMoved, RectificationRefused, PaperRefused.
    """
    assert_may(actor, Right.RECTIFICATION_ANSWER)
    assert_approved(actor)
    said = one_line(words, RectificationRefused, what="整改措施和结果", most=LONGEST_REPLY)
    papers = _read(files)
    before = await _loaded(actor, Right.RECTIFICATION_ANSWER, number, version)
    state = next_state(before.state, Act.ANSWER, heavy=before.heavy, answered=True)
    if len(await store.papers_of(before.id)) + len(papers) > MOST_FILES_IN_ALL:
        raise RectificationRefused(f"每项整改至多 {MOST_FILES_IN_ALL} 个附件，请合并后上传。")
    after = msgspec.structs.replace(before, state=state, reply=said, replier=shown_name(actor), replied_at=clock.now())
    key = await _done(actor, before, after, Act.ANSWER, said, clock=clock)
    for read, each in papers:
        kept = await keep_file(each.content, media_type=read.media_type, at=clock.now())
        await store.add_file(key, kept.id, title=each.title)
        detail = {"media_type": read.media_type, "size": kept.size, "sha256": kept.sha256}
        await trail.record(actor, "audit:rectification:attached", number, detail, at=clock.now())


def _read(files: Sequence[Attached]) -> list[tuple[PaperRead, Attached]]:
    """The papers of an answer, each checked by its content; raises RectificationRefused, PaperRefused."""
    if len(files) > MOST_FILES:
        raise RectificationRefused(f"一次至多附 {MOST_FILES} 个附件，请合并后上传。")
    found = []
    for place, each in enumerate(files, start=1):
        title = one_line(each.title, RectificationRefused, what="附件名称", most=LONGEST_TITLE, needed=False) or f"附件{place}"
        found.append((read_paper(each.content), Attached(title, each.content)))
    return found


@once
async def send_back(actor: Actor, number: str, reason: str, *, deadline: date, version: int = 0, clock: Clock) -> None:
    """Send an answer back with a reason and a new deadline.

    Raises NotAllowed, RectificationNotFound, RectificationMoved, RectificationRefused.
    """
    said = one_line(reason, RectificationRefused, what="退回的理由", most=LONGEST_REASON)
    until = checked_deadline(deadline, clock)
    before = await _loaded(actor, Right.RECTIFICATION_ASK, number, version)
    state = next_state(before.state, Act.SEND_BACK, heavy=before.heavy, answered=True)
    after = msgspec.structs.replace(before, state=state, deadline=until, deadline_basis="退回时指定")
    await _done(actor, before, after, Act.SEND_BACK, said, deadline=until, clock=clock)
    await tell(after, "整改答复被退回", f"理由：{said}。请在{day(until)}前重新整改并答复。", clock=clock)


@once
async def extend(actor: Actor, number: str, reason: str, *, deadline: date, version: int = 0, clock: Clock) -> None:
    """Move the deadline with a reason.

    Raises NotAllowed, RectificationNotFound, RectificationMoved, RectificationRefused.
    """
    said = one_line(reason, RectificationRefused, what="调整期限的理由", most=LONGEST_REASON)
    until = checked_deadline(deadline, clock)
    before = await _loaded(actor, Right.RECTIFICATION_ASK, number, version)
    next_state(before.state, Act.EXTEND, heavy=before.heavy, answered=bool(before.reply))
    after = msgspec.structs.replace(before, deadline=until, deadline_basis="调整期限时指定")
    await _done(actor, before, after, Act.EXTEND, said, deadline=until, clock=clock)
    await tell(after, "整改期限有调整", f"理由：{said}。新的期限为{day(until)}。", clock=clock)


@once
async def end_rectification(actor: Actor, number: str, act: Act, words: str, *, version: int = 0, clock: Clock) -> str:
    """Accept as put right, hand to another authority, or take back; returns the state. With money or 阻断, 高 a second person confirms.

    Raises NotAllowed, RectificationNotFound, RectificationMoved, RectificationRefused.
    """
    assert act in ENDING_OF, "the act ends it"
    said = one_line(words, RectificationRefused, what="移送的机关和日期" if act is Act.REFER else "意见", most=LONGEST_REASON)
    before = await _loaded(actor, Right.RECTIFICATION_ASK, number, version)
    state = next_state(before.state, act, heavy=before.heavy, answered=bool(before.reply))
    if state is RectificationState.ENDED:
        after = _ended(before, ENDING_OF[act], said, actor, clock)
    else:
        after = msgspec.structs.replace(before, state=state, proposed=ENDING_OF[act].value, end_hands=actor.hands, words=said)
    await _done(actor, before, after, act, said, clock=clock)
    if after.ending is not None:
        await _tell_end(after, clock=clock)
    return state.value


def _ended(before: Rectification, ending: Ending, words: str, actor: Actor, clock: Clock) -> Rectification:
    return msgspec.structs.replace(
        before, state=RectificationState.ENDED, ending=ending, proposed="", ender=shown_name(actor), ended_at=clock.now(), words=words
    )


async def _tell_end(entry: Rectification, *, clock: Clock) -> None:
    assert entry.ending is not None
    await tell(
        entry, f"整改{ENDING_WORDS[entry.ending]}", f"整改事项已办结：{ENDING_WORDS[entry.ending]}。意见：{entry.words}", clock=clock
    )


@once
async def confirm_end(actor: Actor, number: str, *, agree: bool, words: str, deadline: date | None, version: int = 0, clock: Clock) -> str:
    """Agree to the proposed ending, or not, by another person; returns the state. With the end its own hold on the money is lifted.

    Not agreed, the organisation has a new deadline. What was referred keeps its hold: another authority decides.

    Raises NotAllowed, RectificationNotFound, RectificationMoved, SamePersonTwice, RectificationRefused.
    """
    said = one_line(words, RectificationRefused, what="复核意见", most=LONGEST_REASON, needed=not agree)
    before = await _loaded(actor, Right.RECTIFICATION_CONFIRM, number, version)
    act = Act.CONFIRM if agree else Act.REFUSE
    state = next_state(before.state, act, heavy=before.heavy, answered=bool(before.reply))
    assert_two_persons(before.end_hands, actor)
    if agree:
        after = _ended(before, Ending(before.proposed), before.words, actor, clock)
        await _done(actor, before, after, act, said, clock=clock)
        await _lift(actor, after, clock=clock)
        await _tell_end(after, clock=clock)
        return state.value
    until = before.deadline if deadline is None else checked_deadline(deadline, clock)
    if until <= clock.today():
        raise RectificationRefused("原期限已过，请填写新的整改期限。")
    after = msgspec.structs.replace(before, state=state, proposed="", end_hands=frozenset(), words="", deadline=until)
    await _done(actor, before, after, act, said, deadline=until, clock=clock)
    await tell(after, "整改须继续办理", f"复核意见：{said}。请在{day(until)}前整改并答复。", clock=clock)
    return state.value


def cause_of(entry: Rectification) -> str:
    """The cause under which an entry holds money."""
    return f"整改 {entry.number}"


async def _lift(actor: Actor, entry: Rectification, *, clock: Clock) -> None:
    """Lift the hold of an entry that was put right or taken back; whoever placed it cannot lift it."""
    if not entry.held or entry.ending is Ending.REFERRED:
        return
    open_now = (await payable_store.open_holds([entry.case_no])).get(entry.case_no, [])
    if any(each.cause == cause_of(entry) for each in open_now):
        assert entry.ending is not None
        reason = f"整改 {entry.number} {ENDING_WORDS[entry.ending]}"
        await holds.lift_case(actor, entry.case_no, cause_of(entry), reason=reason, clock=clock)


def _case_of(entry: Rectification) -> str:
    if not entry.case_no:
        raise RectificationRefused("这项整改没有写明申报编号，不能由此暂缓拨付或提出追回；请在“资金”“追回”页面按申报办理。")
    return entry.case_no


@once
async def hold_money(actor: Actor, number: str, words: str, *, version: int = 0, clock: Clock) -> None:
    """Hold the claim's money for this entry until it has ended.

    Raises NotAllowed, RectificationNotFound, RectificationMoved, RectificationRefused, HoldRefused.
    """
    before = await _loaded(actor, Right.RECTIFICATION_ASK, number, version)
    next_state(before.state, Act.HOLD, heavy=before.heavy, answered=bool(before.reply))
    said = one_line(words, RectificationRefused, what="暂缓的理由", most=LONGEST_REASON)
    if not await holds.hold_case(actor, _case_of(before), cause_of(before), said, clock=clock):
        raise RectificationMoved("这份申报已因这项整改暂缓拨付。")
    await _done(actor, before, msgspec.structs.replace(before, held=True), Act.HOLD, said, clock=clock)
    await tell(before, "有关款项暂缓拨付", f"申报 {before.case_no} 因整改事项暂缓拨付，整改销号后解除。", clock=clock)


@once
async def recover_money(actor: Actor, number: str, words: str, *, people: int, fen: int, version: int = 0, clock: Clock) -> str:
    """Propose that money of the claim be returned, as decided by another person in 追回; returns the recovery's number.

    Raises NotAllowed, RectificationNotFound, RectificationMoved, RectificationRefused, NothingPaid, RecoveryRefused, RecoveryMoved.
    """
    before = await _loaded(actor, Right.RECTIFICATION_ASK, number, version)
    next_state(before.state, Act.RECOVER, heavy=before.heavy, answered=bool(before.reply))
    said = one_line(words, RectificationRefused, what="追回的理由", most=LONGEST_REASON)
    reason = f"整改 {before.number}：{said}"
    recovery = await recoveries.recover_case(actor, _case_of(before), people=people, fen=fen, reason=reason, clock=clock)
    after = msgspec.structs.replace(before, recovery=recovery)
    await _done(actor, before, after, Act.RECOVER, f"{recovery}，{yuan(fen)} 元。{said}", clock=clock)
    return recovery


@retried
async def open_file(actor: Actor, number: str, paper: int, *, clock: Clock) -> tuple[str, str, bytes]:
    """File name without personal data, type and content of a paper, whose reading the trail remembers.

    Raises NotAllowed, RectificationNotFound, RectificationFileNotFound, FileErased.
    """
    codes = scope_of(actor, Right.RECTIFICATION_READ).codes
    async with write_transaction():
        entry = await store.by_number(number, codes)
        found = {each.id: (place, each) for place, each in enumerate(await store.papers_of(entry.id), start=1)}
        if paper not in found:
            raise RectificationFileNotFound("这项整改没有这个附件，请从整改页面重新进入。")
        place, one = found[paper]
        content = await load_file(one.sha256)
        await trail.record(actor, "audit:rectification:read", number, {"sha256": one.sha256}, at=clock.now())
    return f"{number}-附件{place}.{FILE_ENDINGS.get(one.media_type, 'bin')}", one.media_type, content
