"""A small year for tests of steering: one closed class, one claim, one other channel, one paid batch; all counted by hand."""

from datetime import UTC, date, datetime

from tests.catalog.classes import roster
from tests.certificates.closed import close, filed_class
from tests.fund.payment_world import SEPTEMBER, Followed, due, granted, paid
from tests.people import ENTERPRISE_A, sign_in_as
from training_admin.audit.channel_workbooks import FileKind
from training_admin.audit.channels import import_file
from training_admin.kit.actor import Actor
from training_admin.kit.clock import FixedClock

AUTUMN = datetime(2026, 10, 1, 2, tzinfo=UTC)
STREET = "岳阳街道"
HEAD = "证件号码,结业日期,统一社会信用代码,街镇,等级,考核结果\r\n"


async def actor_of(login: str, clock: FixedClock) -> Actor:
    return (await sign_in_as(login, clock)).actor


def csv_of(people: list[tuple[str, date, str]], head: str = HEAD) -> bytes:
    """A file of another channel: number, day and result of each person."""
    return (head + "".join(f"{number},{day},,{STREET},三级,{result}\r\n" for number, day, result in people)).encode("utf-8-sig")


async def imported(clock: FixedClock, content: bytes, *, kind: FileKind = FileKind.PEOPLE) -> tuple[int, int]:
    actor = await actor_of("chushen", clock)
    return await import_file(actor, content, kind=kind, channel="区总工会职工学校", department="union", year=2026, clock=clock)


async def small_year(clock: FixedClock, *, money: bool = False) -> None:
    """Six people filed, five passed in July; three of another channel, one of them our own; payments of September if wished."""
    number = await filed_class(clock)
    if money:
        clock.move(SEPTEMBER - clock.now())
        await paid_year(clock)
    clock.move(AUTUMN - clock.now())
    await close(number, clock)
    ours, others = roster(1)[0].identity, [each.identity for each in roster(3, first=500)]
    people = [(ours, date(2026, 8, 5), "合格"), (others[0], date(2026, 8, 5), "合格"), (others[1], date(2026, 8, 6), "合格")]
    await imported(clock, csv_of([*people, (others[2], date(2026, 8, 6), "缺考")]))
    await imported(clock, f"统一社会信用代码,街镇\r\n{ENTERPRISE_A},方松街道\r\n".encode(), kind=FileKind.STREETS)


async def paid_year(clock: FixedClock) -> None:
    """A budget of 200 yuan: 60 paid in time to one firm, 40 due to another by 29 September."""
    await granted(20_000, clock)
    subject = await due(1, 6_000, clock)
    await due(2, 4_000, clock, payee="91310117X120000174")
    await paid([subject], clock, Followed())
