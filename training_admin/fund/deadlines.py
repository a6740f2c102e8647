"""By when money is to be paid 拨付时限: so many working days after the public notice, as the policy pack says."""

from datetime import date

from training_admin.fund.parameters import PAY_WORKDAYS_AFTER_PUB
from training_admin.kit.clock import Clock
from training_admin.kit.workdays import NoCalendar
from training_admin.office.workdays import load_calendar
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy


async def pay_by_after(notice_ends: date, *, clock: Clock) -> date | None:
    """The last day for paying what was on notice until a day; None for a year without calendar. Inside an open transaction."""
    policy = await load_policy(DEFAULT_PACK, known_at=clock.now())
    try:
        return (await load_calendar()).add_workdays(notice_ends, policy.at(PAY_WORKDAYS_AFTER_PUB, notice_ends))
    except NoCalendar:
        return None
