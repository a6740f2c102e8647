"""The rotating code on a teacher's screen and what may be done with it, as pure functions (no face is recognised, no place is told).

A code belongs to a class, a session and a step of half a minute; whoever opened the page with a good code has a few minutes to say who
he is, on the same device. Minutes of a day count from midnight in Shanghai. No paper gives these figures: they are assumed.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from training_admin.catalog.class_facts import PlannedSession
from training_admin.catalog.run_facts import Mark, SessionKey
from training_admin.kit.clock import SHANGHAI

STEP_SECONDS = 30
CODE_DIGITS = 6
TICKET_KEPT = timedelta(minutes=5)
# From so long before the beginning until the end one may sign in; whoever comes later than the tolerance is late.
OPENS_BEFORE_MINUTES = 30
LATE_AFTER_MINUTES = 10
ID_TAIL = 6


def step_at(at: datetime) -> int:
    """The half minute in which an instant falls."""
    return int(at.timestamp()) // STEP_SECONDS


def seconds_left(at: datetime) -> int:
    """How long the present code is still shown."""
    return STEP_SECONDS - int(at.timestamp()) % STEP_SECONDS


def code_of(secret: str, class_no: str, key: SessionKey, step: int) -> str:
    """The code of a session in a half minute."""
    digest = _digest(secret, f"code|{class_no}|{key[0].isoformat()}|{key[1]}|{step}")
    return str(int.from_bytes(digest[:8], "big") % 10**CODE_DIGITS).zfill(CODE_DIGITS)


def is_code(secret: str, class_no: str, key: SessionKey, code: str, *, at: datetime) -> bool:
    """Whether a code is the present one or the one before, so that nobody is too slow."""
    step = step_at(at)
    good = [code_of(secret, class_no, key, each).encode() for each in (step, step - 1)]
    return any(hmac.compare_digest(each, code.encode()) for each in good)


def ticket(secret: str, class_no: str, key: SessionKey, device: str, *, at: datetime) -> str:
    """What the page holds after a good code: when it was opened, signed for this session and this device."""
    opened = str(int(at.timestamp()))
    return f"{opened}.{_ticket_digest(secret, class_no, key, device, opened)}"


def is_ticket(secret: str, class_no: str, key: SessionKey, device: str, told: str, *, at: datetime) -> bool:
    """Whether a page was opened with a good code, on this device, and not too long ago."""
    opened, _, digest = told.partition(".")
    if not hmac.compare_digest(_ticket_digest(secret, class_no, key, device, opened).encode(), digest.encode()):
        return False
    return 0 <= int(at.timestamp()) - int(opened) < TICKET_KEPT.total_seconds()


def _ticket_digest(secret: str, class_no: str, key: SessionKey, device: str, opened: str) -> str:
    return _digest(secret, f"ticket|{class_no}|{key[0].isoformat()}|{key[1]}|{device}|{opened}").hex()


def _digest(secret: str, text: str) -> bytes:
    return hmac.new(bytes.fromhex(secret), text.encode(), hashlib.sha256).digest()


def minute_of_day(at: datetime) -> int:
    """The minute of the day in Shanghai."""
    local = at.astimezone(SHANGHAI)
    return local.hour * 60 + local.minute


def may_sign_in(session: PlannedSession, at: datetime) -> bool:
    """Whether one can sign in to a session at an instant."""
    local = at.astimezone(SHANGHAI)
    return local.date() == session.day and session.starts - OPENS_BEFORE_MINUTES <= minute_of_day(at) < session.ends


def told_by_code(session: PlannedSession, at: datetime) -> tuple[Mark, int]:
    """How somebody attends who signs in at an instant: in time he attends wholly, later the minutes he is late are taken off."""
    late = minute_of_day(at) - session.starts
    if late <= LATE_AFTER_MINUTES:
        return Mark.PRESENT, session.minutes
    return Mark.LATE, max(0, session.minutes - late)
