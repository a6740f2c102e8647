"""Which clock the program runs by: the machine's, or in the demo district one that began on the demo's own day."""

from datetime import UTC, date, datetime, timedelta

import msgspec

from training_admin.kit.clock import Clock, SystemClock, shanghai_day
from training_admin.settings import Settings

DEMO_FILE = "demo-clock.json"


class DemoBeginning(msgspec.Struct, frozen=True):
    """When the demo district was founded: by the machine's clock and by its own."""

    real: datetime
    shown: datetime


class ShiftedClock:
    """A clock that runs as fast as the machine's, but began on another day."""

    def __init__(self, beginning: DemoBeginning) -> None:
        self._shift: timedelta = beginning.shown - beginning.real

    def now(self) -> datetime:
        """The present instant of the demo district."""
        return datetime.now(UTC) + self._shift

    def today(self) -> date:
        """The present day of the demo district."""
        return shanghai_day(self.now())

    def wall(self) -> datetime:
        """The machine's own instant: a phone that shows a code does not live in the demo."""
        return datetime.now(UTC)


def clock_of(settings: Settings) -> Clock:
    """The clock for these settings; a demo district keeps the one it was founded with."""
    file = settings.data / DEMO_FILE
    if settings.demo and file.exists():
        return ShiftedClock(msgspec.json.decode(file.read_bytes(), type=DemoBeginning))
    return SystemClock()


def found_demo_clock(settings: Settings, shown: datetime) -> Clock:
    """Begin the demo's own time, once; a second start goes on with the first one's."""
    file = settings.data / DEMO_FILE
    if not file.exists():
        settings.data.mkdir(parents=True, exist_ok=True)
        file.write_bytes(msgspec.json.encode(DemoBeginning(real=datetime.now(UTC), shown=shown)))
    return clock_of(settings)
