"""What reviewers do with a claim beside deciding on it: take it into their hands, speak on its rows, write notes, log calls."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_may, scope_of, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.kit.vault import vault
from training_admin.office import trail
from training_admin.office.idempotency import once
from training_admin.office.papers import keep_paper
from training_admin.subsidy import handling_store, review_store
from training_admin.subsidy.assessing import decoded_record
from training_admin.subsidy.determination import UNKNOWN, LineSaid, LineWord
from training_admin.subsidy.handling_store import ExceptionSaid, Hand
from training_admin.subsidy.queue import WORKS_FOR, worked_by
from training_admin.subsidy.record import AssessmentRecord, Finding, LineOutcome
from training_admin.subsidy.review_facts import WORD_RIGHT
from training_admin.subsidy.review_states import STATE_WORDS
from training_admin.subsidy.review_store import NOTE_PLACE, ReviewedClaim
from training_admin.subsidy.reviewing import ReviewRefused

NOTE_KINDS = {"note": "备注", "call": "电话记录"}
LONGEST_REASON, LONGEST_NOTE, MOST_ROWS, MOST_EXCEPTIONS = 500, 2000, 200_000, 1000
LONGEST_EXCEPTION = timedelta(days=366)
_SPAN = re.compile(r"(\d{1,7})(?:[-–~至](\d{1,7}))?")


class HandTaken(Refusal):
    """Somebody else is working on the claim at the moment."""

    code = "claim-hand-taken"
    title = "有人正在办理"


class WordNotNow(Refusal):
    """In this state nobody, or somebody else, speaks on the rows of a claim."""

    status = 409
    code = "claim-word-not-now"
    title = "当前状态不能标注人员"


class RowsSpoken(msgspec.Struct, frozen=True, kw_only=True):
    """A word on rows: which rows, what is said, of which rule, why, until when (exceptions), with which paper (evidence)."""

    rows: Sequence[int]
    word: LineWord
    rule: str = ""
    reason: str = ""
    expires_on: date | None = None
    paper: bytes = b""


def rows_of(text: str) -> list[int]:
    """Sheet rows from text such as 10-14、18; raises ReviewRefused."""
    rows: set[int] = set()
    for part in re.split(r"[,，、;；\s]+", text.strip()):
        found = _SPAN.fullmatch(part)
        if not found:
            raise ReviewRefused("行号无法识别，请按“10-14、18”的写法填写花名册行号。")
        first, last = int(found[1]), int(found[2] or found[1])
        if not first <= last < first + MOST_ROWS:
            raise ReviewRefused("行号的起止颠倒或范围过大，请更正。")
        rows.update(range(first, last + 1))
    return sorted(rows)


@once
async def take_claim(actor: Actor, number: str, *, over: bool = False, clock: Clock) -> None:
    """Work on a claim for the next quarter of an hour, which others are told; `over` takes it from somebody.

    Raises NotAllowed, ClaimNotFound, HandTaken.
    """
    codes = scope_of(actor, Right.CLAIM_HANDLE).codes
    claim = await review_store.claim_by_number(number, codes)
    hand = await handling_store.hand_of(claim.id)
    name = worked_by(hand, actor, clock.now())
    if name and not over:
        raise HandTaken(f"{name}正在办理这份申报。请稍后再看，或与其确认后点“接手办理”。")
    await handling_store.take_hand(claim.id, Hand(actor.trail_key, shown_name(actor), clock.now() + WORKS_FOR))
    record = await handling_store.newest_place(claim.id)
    detail = {"state": claim.state.value, "version": claim.version, "record": record, "over": bool(name)}
    await trail.record(actor, "subsidy:claim:opened", number, detail, at=clock.now())


@once
async def write_note(actor: Actor, number: str, *, kind: str, words: str, clock: Clock) -> None:
    """Keep an internal note or a logged call, sealed; raises NotAllowed, ClaimNotFound, ReviewRefused."""
    codes = scope_of(actor, Right.CLAIM_HANDLE).codes
    plain = words.strip()
    if kind not in NOTE_KINDS or not plain or len(plain) > LONGEST_NOTE:
        raise ReviewRefused(f"请填写内部备注或电话记录（不超过 {LONGEST_NOTE} 字）。")
    claim = await review_store.claim_by_number(number, codes)
    sealed = vault().encrypt_text(plain, place=NOTE_PLACE)
    await handling_store.add_note(claim.id, kind, sealed, writer=shown_name(actor), at=clock.now())
    await trail.record(actor, "subsidy:claim:noted", number, {"kind": kind, "length": len(plain)}, at=clock.now())


@retried
async def speak_on_rows(actor: Actor, number: str, spoken: RowsSpoken, *, version: int, clock: Clock) -> int:
    """Say one word on several rows; returns on how many. Evidence and exceptions clear what only holds a row, never a refusal.

    Raises NotAllowed, ClaimNotFound, WordNotNow, ClaimMoved, ReviewRefused, PaperRefused.
    """
    codes = scope_of(actor, Right.CLAIM_HANDLE).codes
    reason = one_line(spoken.reason, ReviewRefused, needed=spoken.word is not LineWord.CLEARED, most=LONGEST_REASON, what="理由")
    _assert_days(spoken, today=clock.today())
    async with write_transaction():
        claim = await review_store.claim_by_number(number, codes)
        _assert_turn(actor, claim, version)
        record = await decoded_record(claim.id, None)
        rows = _known_rows(record, spoken)
        evidence = (await keep_paper(spoken.paper, what="佐证材料", at=clock.now())).id if spoken.paper else None
        said = LineSaid(rows[0], spoken.word, spoken.rule, reason, spoken.expires_on, shown_name(actor))
        await handling_store.add_words(claim.id, rows, said, by=actor.trail_key, at=clock.now(), evidence=evidence)
        expires_on = None if spoken.expires_on is None else spoken.expires_on.isoformat()
        detail = {"rows": rows, "word": spoken.word.value, "rule": spoken.rule, "reason": reason, "expires_on": expires_on}
        await trail.record(actor, "subsidy:claim:spoken", number, detail, at=clock.now())
    return len(rows)


def _assert_days(spoken: RowsSpoken, *, today: date) -> None:
    if spoken.word is not LineWord.OVERRIDE:
        if spoken.expires_on is not None:
            raise ReviewRefused("只有“例外通过”需要填写有效期。")
        return
    if spoken.expires_on is None or not today <= spoken.expires_on <= today + LONGEST_EXCEPTION:
        raise ReviewRefused("“例外通过”须填写有效期：不早于今天，最长一年。审定时已过有效期的不计入。")


def _assert_turn(actor: Actor, claim: ReviewedClaim, version: int) -> None:
    right = WORD_RIGHT.get(claim.state)
    if right is None:
        raise WordNotNow(f"这份申报目前为“{STATE_WORDS[claim.state]}”，不能标注人员。受理后、审定前由当前环节的审核人员办理。")
    assert_may(actor, right)
    if version != claim.version:
        raise WordNotNow("这份申报刚刚有新的办理，请刷新页面后再标注。", stale=True)


def _known_rows(record: AssessmentRecord | None, spoken: RowsSpoken) -> list[int]:
    """The rows of a word that are on the roster and that it can speak of; raises ReviewRefused."""
    if record is None:
        raise ReviewRefused("自动核验尚未完成，请稍后再标注。")
    lines = {line.row: line for line in record.lines}
    rows = sorted(set(spoken.rows))
    unknown = [row for row in rows if row not in lines]
    if not rows or unknown:
        raise ReviewRefused("花名册中没有这些行：" + "、".join(map(str, unknown[:10])) + "。请核对行号。" if unknown else "请填写行号。")
    if spoken.word not in {LineWord.EVIDENCE, LineWord.OVERRIDE}:
        return rows
    # Of a whole class only those rows are spoken of that wait.
    waiting = [row for row in rows if lines[row].outcome is LineOutcome.HOLD]
    if not waiting:
        raise ReviewRefused("所选的行都不是“暂缓”。人工佐证和例外通过只能解除暂缓，不能改变不予补贴的结论。")
    missing = spoken.word is LineWord.EVIDENCE
    classes = {klass.class_no: klass.findings for klass in record.classes}
    for row in waiting:
        findings = (*lines[row].findings, *classes.get(lines[row].class_no, ()), *record.findings)
        if not any(_speaks_of(each, spoken.rule, missing=missing) for each in findings):
            kind = "待比对" if missing else "未通过"
            raise ReviewRefused(f"第 {row} 行没有“{kind}”的规则 {spoken.rule or '（未填写）'}，请核对规则编号。")
    return waiting


def _speaks_of(finding: Finding, rule: str, *, missing: bool) -> bool:
    return finding.rule == rule and finding.effect == LineOutcome.HOLD.value and (finding.answer == UNKNOWN) is missing


async def list_exceptions(actor: Actor) -> list[ExceptionSaid]:
    """Every exception that was granted in the actor's scope, newest first; raises NotAllowed."""
    codes = scope_of(actor, Right.CLAIM_HANDLE).codes
    async with read_transaction():
        return await handling_store.exceptions_said(codes, most=MOST_EXCEPTIONS)
