"""Open seats of pooled classes 集中培训班: shown to everybody, asked for by firms, agreed to or refused by whoever runs the class.

A class is open from the day it is handed in until the day before it starts; a draft is not, because nobody stands for it yet.
"""

from datetime import date, timedelta

import msgspec

from training_admin.catalog import class_store, seat_store
from training_admin.catalog.class_facts import ClassContent
from training_admin.catalog.class_store import ClassNotFound
from training_admin.catalog.filing import FilingRefused, words_of
from training_admin.catalog.seat_store import OpenClass, SeatRequest
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_approved, assert_may, may, scope_of, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.office.messages import Letter, send, to_organisation

MOST_OPEN = 300
OPEN_FOR = timedelta(days=366)
MOST_PEOPLE = 1000
REQUEST_WORDS = {"asked": "待答复", "agreed": "已同意", "refused": "未同意"}


class OpenShown(msgspec.Struct, frozen=True):
    """A pooled class as everybody sees it, days and seats; `free` and `request` are those of the firm that looks."""

    class_no: str
    organisation: str
    organisation_name: str
    content: ClassContent
    start: date
    end: date
    seats: int
    left: int
    free: int = 0
    request: SeatRequest | None = None


def left_of(found: OpenClass) -> int:
    """Seats neither taken by people of the roster nor promised to a firm beyond its people there; never below nothing."""
    assert found.content.pool is not None, "only pooled classes are open"
    promised = sum(max(0, seats - found.people.get(firm, 0)) for firm, seats in found.promised.items())
    return max(0, found.content.pool.seats - sum(found.people.values()) - promised)


def free_for(found: OpenClass, enterprise: str) -> int:
    """How many seats in all a firm may have: its people of the roster and what is left, its own promise aside."""
    without = {firm: seats for firm, seats in found.promised.items() if firm != enterprise}
    return left_of(msgspec.structs.replace(found, promised=without)) + found.people.get(enterprise, 0)


def _shown(found: OpenClass, request: SeatRequest | None = None, *, firm: str = "") -> OpenShown:
    assert found.content.pool is not None, "only pooled classes are open"
    days = [each.day for each in found.content.sessions]
    return OpenShown(
        found.class_no,
        found.organisation,
        found.organisation_name,
        found.content,
        min(days),
        max(days),
        found.content.pool.seats,
        left_of(found),
        free_for(found, firm),
        request,
    )


async def list_open(*, clock: Clock) -> list[OpenShown]:
    """Every pooled class that starts after today, the next one first; for everybody."""
    today = clock.today()
    async with read_transaction():
        found = await seat_store.open_classes(since=today - OPEN_FOR, most=MOST_OPEN)
    return sorted((each for each in map(_shown, found) if each.start > today), key=lambda each: (each.start, each.class_no))


async def show_open(actor: Actor, class_no: str, *, clock: Clock) -> OpenShown:
    """One open class, with the request of the actor's own firm; raises ClassNotFound."""
    async with read_transaction():
        found = await _open(class_no, clock)
        mine = [actor.organisation] if actor.organisation is not None and may(actor, Right.PLAN_EDIT) else []
        requests = await seat_store.requests_of(found.id, mine)
    return _shown(found, requests[0] if requests else None, firm="".join(mine))


async def _open(class_no: str, clock: Clock) -> OpenClass:
    today = clock.today()
    found = await seat_store.open_classes(since=today - OPEN_FOR, class_no=class_no, most=1)
    if not found or min(each.day for each in found[0].content.sessions) <= today:
        raise ClassNotFound("没有找到这个集中培训班，或已经开班。请从列表重新进入。")
    return found[0]


@retried
async def ask_for_seats(actor: Actor, class_no: str, *, people: int, words: str, clock: Clock) -> None:
    """A firm asks for seats; whoever runs the class gets a message. Raises NotAllowed, NotYetApproved, ClassNotFound, FilingRefused."""
    assert_may(actor, Right.PLAN_EDIT)
    assert_approved(actor)
    plain = words_of(words, needed=False)
    async with write_transaction():
        found = await _open(class_no, clock)
        if actor.organisation is None or actor.organisation == found.organisation:
            raise FilingRefused("集中培训席位由参训企业申请。")
        free = free_for(found, actor.organisation)
        if not 0 < people <= free:
            raise FilingRefused(f"贵单位在这个班最多可有 {free} 个席位（含已列入花名册的人员），请更正人数。")
        kept = await seat_store.ask_seats(
            found.id,
            enterprise=actor.organisation,
            enterprise_name=actor.organisation_name,
            people=people,
            words=plain,
            by=actor.trail_key,
            at=clock.now(),
        )
        if not kept:
            raise FilingRefused("培训机构已同意贵单位的席位，需要增减请直接与培训机构联系。")
        letter = Letter(class_no, "集中培训席位申请", f"{actor.organisation_name}申请 {people} 个席位，请答复。", f"/classes/{class_no}")
        await send(to_organisation(found.organisation, Right.CLASS_FILE), letter, clock=clock)
        detail = {"enterprise": actor.organisation, "people": people}
        await trail.record(actor, "catalog:class:seats_asked", class_no, detail, at=clock.now())


@retried
async def answer_seats(actor: Actor, class_no: str, enterprise: str, *, agree: bool, words: str, clock: Clock) -> None:
    """Agree to a firm's seats or refuse them with a reason; the firm gets a message.

    Raises NotAllowed, NotYetApproved, ClassNotFound, FilingRefused when no request waits or too few seats are left.
    """
    assert_may(actor, Right.CLASS_FILE)
    assert_approved(actor)
    plain = words_of(words, needed=not agree)
    async with write_transaction():
        head = await class_store.class_by_number(class_no, scope_of(actor, Right.CLASS_FILE).codes)
        state = "agreed" if agree else "refused"
        people = await seat_store.decide_seats(head.id, enterprise, state=state, decider=shown_name(actor), at=clock.now())
        if people is None:
            raise FilingRefused("没有这家企业待答复的席位申请，请刷新页面。")
        if agree:
            await _assert_seats(class_no, enterprise, people, clock)
        said = f"同意 {people} 个席位，请把人员名单交给培训机构。" if agree else f"未同意 {people} 个席位：{plain}"
        letter = Letter(class_no, "集中培训席位答复", f"{head.organisation_name}{said}", f"/open-classes/{class_no}")
        await send(to_organisation(enterprise, Right.PLAN_EDIT), letter, clock=clock)
        detail = {"enterprise": enterprise, "people": people, "reason": plain}
        event = "catalog:class:seats_agreed" if agree else "catalog:class:seats_refused"
        await trail.record(actor, event, class_no, detail, at=clock.now())


async def _assert_seats(class_no: str, enterprise: str, people: int, clock: Clock) -> None:
    """Raises FilingRefused when the class has begun or too few seats are left for what was just agreed to."""
    try:
        found = await _open(class_no, clock)
    except ClassNotFound:
        raise FilingRefused("班级已经开班或不再招收，不能再同意席位，请答复不同意并写明原因。") from None
    if people > free_for(found, enterprise):
        raise FilingRefused("剩余席位不足，请先在备案中增加席位，或答复不同意并写明还有几个席位。")
