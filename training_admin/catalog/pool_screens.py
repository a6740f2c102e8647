"""What the page of a pooled class shows beside its facts: each firm's part and number, and the seats firms ask for."""

import msgspec

from training_admin.catalog import class_store, seat_store
from training_admin.catalog.class_facts import SPLIT_WORDS
from training_admin.catalog.filing import ClassShown
from training_admin.catalog.pooling import FirmPart, numbers_of_firms, parts_of
from training_admin.catalog.seat_store import SeatRequest
from training_admin.catalog.seats import REQUEST_WORDS
from training_admin.database import read_transaction
from training_admin.kit.actor import Actor, assert_own
from training_admin.kit.money import yuan
from training_admin.kit.rights import Right

POOL_HEADER = ("企业", "备案号", "人数", "分摊预算（元）", "申请席位", "答复")


class PoolShown(msgspec.Struct, frozen=True):
    """The firms of a pooled class with numbers once it is approved, and their requests."""

    split_words: str
    parts: tuple[FirmPart, ...]
    numbers: dict[str, str]
    requests: tuple[SeatRequest, ...]
    request_words: dict[str, str]


async def pool_shown(actor: Actor, shown: ClassShown) -> PoolShown | None:
    """The same for a class that was shown to the actor; None without pool. Raises NotAllowed, ClassNotFound."""
    pool = shown.plan.pool
    if pool is None:
        return None
    assert_own(actor, Right.CLASS_READ, shown.head.organisation, class_store.ClassNotFound("没有找到这个班级，请从列表重新进入。"))
    async with read_transaction():
        firms = await class_store.firms_of_class(shown.head.id)
        requests = await seat_store.requests_of(shown.head.id)
    numbers = numbers_of_firms(shown.head.class_no, firms)
    return PoolShown(SPLIT_WORDS[pool.split], parts_of(shown.plan), numbers, tuple(requests), REQUEST_WORDS)


def pool_rows(pool: PoolShown) -> list[tuple[object, ...]]:
    """One row for each firm that has people in the class or asked for seats, under `POOL_HEADER`."""
    parts, asked = {each.enterprise: each for each in pool.parts}, {each.enterprise: each for each in pool.requests}
    rows: list[tuple[object, ...]] = []
    for firm in dict.fromkeys([*parts, *asked]):
        part, request = parts.get(firm), asked.get(firm)
        rows.append(
            (
                *(firm, pool.numbers.get(firm)),
                *((None, None) if part is None else (part.people, yuan(part.share_fen))),
                *((None, None) if request is None else (request.people, pool.request_words[request.state])),
            )
        )
    return rows
