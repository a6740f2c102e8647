"""Requests for correction and deletion (个人信息保护法 art. 46, 47): made by the person, decided with a reason, answered by message.

What a granted deletion does is handed in: accounts do not know what other rooms keep of a person.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import msgspec

from training_admin.accounts import request_store
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_may
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import NotFound, Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.kit.vault import vault
from training_admin.logs import PERSONAL
from training_admin.office import messages, trail
from training_admin.office.messages import Letter
from training_admin.office.numbers import next_number

NUMBER_KIND = "personal_request"
TEXT_PLACE = "personal_request.sealed_text"
LONGEST_TEXT, LONGEST_ANSWER = 500, 300
MOST_OPEN, MOST_SHOWN = 5, 100
OWN_PAGE = "/my-records"


class RequestKind(StrEnum):
    """What a person may ask for."""

    CORRECTION = "correction"
    DELETION = "deletion"


class RequestState(StrEnum):
    """What became of a request."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"


KIND_WORDS = {RequestKind.CORRECTION: "更正", RequestKind.DELETION: "删除"}
STATE_WORDS = {RequestState.OPEN: "待办理", RequestState.GRANTED: "已同意", RequestState.REFUSED: "未同意"}


class RequestNotFound(NotFound):
    """There is no such request, or not for this person."""

    code = "personal-request-not-found"


class RequestRefused(Unreadable):
    """The request or its answer lacks something."""

    code = "personal-request-incomplete"
    title = "内容不完整"


class TooManyRequests(Refusal):
    """Several requests of this person wait already."""

    code = "personal-requests-waiting"
    title = "已有申请待办理"


class RequestDecided(Refusal):
    """The request was decided before."""

    code = "personal-request-decided"
    title = "申请已办结"


class PersonalRequestShown(msgspec.Struct, frozen=True):
    """One request; `person` is the key under which he acts, never a number or a name."""

    id: int
    number: str
    person: str
    kind: RequestKind
    text: str
    state: RequestState
    made_at: datetime
    decided_at: datetime | None
    answer: str


class Eraser(Protocol):
    """What a granted deletion does, inside the open transaction; raises Refusal where the data must still be kept."""

    async def __call__(self, actor: Actor, person_key: str, *, clock: Clock) -> str:
        """A sentence of what was erased and what stays."""
        ...


def _shown(row: tuple[Any, ...]) -> PersonalRequestShown:
    key, number, person, kind, sealed, state, made_at, decided_at, answer = row
    text = vault().decrypt_text(sealed, place=TEXT_PLACE)
    return PersonalRequestShown(key, number, person, RequestKind(kind), text, RequestState(state), made_at, decided_at, answer)


def chosen_kind(text: str) -> RequestKind:
    """The kind as a form says it; raises RequestRefused."""
    if text not in set(RequestKind):
        raise RequestRefused("请选择更正或删除。")
    return RequestKind(text)


def is_grant(text: str) -> bool:
    """The decision as a form says it; raises RequestRefused."""
    if text not in {"grant", "refuse"}:
        raise RequestRefused("请选择同意或不同意。")
    return text == "grant"


@retried
async def make_request(actor: Actor, kind: RequestKind, text: str, *, clock: Clock) -> str:
    """Ask for correction or deletion of one's own data; returns the number. Raises NotAllowed, RequestRefused, TooManyRequests."""
    assert_may(actor, Right.OWN_RECORDS)
    assert actor.person is not None
    plain = text.strip()
    if not plain or len(plain) > LONGEST_TEXT:
        raise RequestRefused(f"请写明哪一项记录需要怎样处理及理由，至多 {LONGEST_TEXT} 个字。")
    person, now = bytes.fromhex(actor.person), clock.now()
    async with write_transaction():
        if await request_store.count_open(person) >= MOST_OPEN:
            raise TooManyRequests(f"您已有 {MOST_OPEN} 项申请待办理，办结后可以再提。")
        year = clock.today().year
        number = f"GR{year}{await next_number(NUMBER_KIND, year):06d}"
        sealed = vault().encrypt_text(plain, place=TEXT_PLACE)
        await request_store.add_request(number=number, person=person, kind=kind.value, sealed_text=sealed, at=now)
        await trail.record(actor, "accounts:personal_request:made", number, {"kind": kind}, at=now)
    return number


async def my_requests(actor: Actor) -> list[PersonalRequestShown]:
    """What I have asked for, newest first; raises NotAllowed."""
    assert_may(actor, Right.OWN_RECORDS)
    assert actor.person is not None
    async with read_transaction():
        return [_shown(row) for row in await request_store.requests_of(bytes.fromhex(actor.person), most=MOST_SHOWN)]


async def list_requests(
    actor: Actor, state: RequestState, *, before: int | None, limit: int
) -> tuple[list[PersonalRequestShown], str | None]:
    """A page of everybody's requests in one state and the cursor of the next page; raises NotAllowed."""
    assert_may(actor, Right.PERSONAL_REQUEST_DECIDE)
    async with read_transaction():
        found = [_shown(row) for row in await request_store.requests_page(state.value, before=before, limit=limit + 1)]
    page = found[:limit]
    return page, str(page[-1].id) if len(found) > limit else None


async def request_head(actor: Actor, number: str) -> PersonalRequestShown:
    """One request without its text; raises NotAllowed, RequestNotFound."""
    assert_may(actor, Right.PERSONAL_REQUEST_DECIDE)
    async with read_transaction():
        return msgspec.structs.replace(await _load(number), text="")


@retried
async def read_request(actor: Actor, number: str, *, clock: Clock) -> PersonalRequestShown:
    """One request with its text, whose reading the trail remembers; raises NotAllowed, RequestNotFound."""
    assert_may(actor, Right.PERSONAL_REQUEST_DECIDE)
    async with write_transaction():
        found = await _load(number)
        await trail.record(actor, "accounts:personal_request:read", number, {}, at=clock.now())
    return found


async def _load(number: str) -> PersonalRequestShown:
    row = await request_store.load_request(number)
    if row is None:
        raise RequestNotFound("没有找到这项申请，请核对申请编号。")
    return _shown(row)


@retried
async def decide_request(actor: Actor, number: str, *, grant: bool, answer: str, erase: Eraser, clock: Clock) -> PersonalRequestShown:
    """Grant or refuse with a reason and tell the person; a granted deletion erases in the same transaction, or is not granted.

    Raises NotAllowed, RequestRefused, RequestNotFound, RequestDecided, and what `erase` raises where data must still be kept.
    """
    assert_may(actor, Right.PERSONAL_REQUEST_DECIDE)
    reason, now = answer.strip(), clock.now()
    if not reason or len(reason) > LONGEST_ANSWER:
        raise RequestRefused(f"请写明答复和理由，至多 {LONGEST_ANSWER} 个字，申请人可见。")
    if PERSONAL.search(reason):
        raise RequestRefused("答复中请不要写证件号码、手机号码或银行账号。")
    async with write_transaction():
        request = await _load(number)
        if request.state is not RequestState.OPEN:
            raise RequestDecided("这项申请已经办结，不能重复办理。")
        if grant and request.kind is RequestKind.DELETION:
            reason = f"{reason}（{await erase(actor, request.person, clock=clock)}）"
        state = RequestState.GRANTED if grant else RequestState.REFUSED
        await request_store.decide(number, state=state.value, answer=reason, by=actor.trail_key, at=now)
        words = f"您的{KIND_WORDS[request.kind]}申请 {number} 已办结：{STATE_WORDS[state]}。答复见“与本人有关的记录”。"
        await messages.send(messages.to_person(request.person), Letter(number, "个人信息申请已办结", words, OWN_PAGE), clock=clock)
        event = "accounts:personal_request:granted" if grant else "accounts:personal_request:refused"
        await trail.record(actor, event, number, {"kind": request.kind}, at=now)
        return await _load(number)
