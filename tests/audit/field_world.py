"""A drawn class that is held today, and what a phone sends of it."""

from datetime import UTC, date, datetime, timedelta

import msgspec

from tests.accounts.registrations import JPEG
from tests.audit.test_inspecting import approved
from tests.catalog.classes import furnished
from training_admin.audit import inspecting
from training_admin.audit.fielding import SentPhoto, SentVisit
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.clock import FixedClock
from training_admin.kit.digest import sha256_hex

OPENED = datetime(2026, 6, 22, 2, 0, tzinfo=UTC)
SECOND = b"\xff\xd8\xff\xe1" + b"\1" * 60 + b"\xff\xd9"


async def drawn_today(clock: FixedClock) -> tuple[str, str]:
    """The numbers of a plan and of its only class; the clock stands on the day of its first session."""
    teacher, room = await furnished(clock)
    start = clock.today() + timedelta(days=21)
    class_no = await approved(clock, 10, start, teacher, room)
    plan = await inspecting.publish_plan(
        COMMAND_LINE, title="抽查", start=start, end=start + timedelta(days=7), classes=1, inspectors="检查甲\n检查乙", clock=clock
    )
    await inspecting.draw_plan(COMMAND_LINE, plan, clock=clock)
    clock.move(timedelta(days=21))
    return plan, class_no


def photo(content: bytes = JPEG) -> SentPhoto:
    return SentPhoto(sha256_hex(content), len(content), OPENED)


def sent(plan: str, class_no: str, **changes: object) -> SentVisit:
    """A good visit as the phone sends it."""
    whole = SentVisit(
        key="0123456789-0123456789-key",
        plan=plan,
        class_no=class_no,
        opened_at=OPENED,
        day=date(2026, 6, 22),
        starts=600,
        inspectors=("检查甲", "检查乙"),
        expected=5,
        present=5,
        teacher_fits=True,
        plan_fits=True,
        textbooks=True,
        order_kept=True,
        safe=True,
        passed=True,
        photos=(photo(), photo(SECOND)),
    )
    return msgspec.structs.replace(whole, **changes)
