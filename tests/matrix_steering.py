"""Own and foreign objects of steering, for the matrix: alarms, which are the district's own."""

from tests.people import sign_in_as
from training_admin.audit.targets import raise_alarms, show_alarms
from training_admin.kit.clock import FixedClock


async def alarm_pair(clock: FixedClock) -> tuple[str, str]:
    """An alarm of the year, and none."""
    await raise_alarms(clock=clock)
    leader = (await sign_in_as("fenguan", clock)).actor
    return str((await show_alarms(leader, clock.today().year))[0].id), "999999"
