"""One application for all tests of a worker that serve the same settings: making it anew costs a second, and its templates as much."""

from litestar import Litestar
from litestar.stores.memory import MemoryStore

from training_admin.app import create_app, handed_in
from training_admin.kit.clock import Clock
from training_admin.settings import Settings

# Where the application counts requests; each test begins at nothing.
COUNTERS = ("rate_limit", "rate_limit_of_strangers")
_made: dict[tuple[object, ...], Litestar] = {}


def application(settings: Settings, clock: Clock) -> Litestar:
    """The application as it is when it has just been made: its state and its counters are new, its routes and templates are kept."""
    key = tuple(getattr(settings, name) for name in settings.__struct_fields__)
    app = _made.get(key)
    if app is None:
        app = _made[key] = create_app(settings, clock=clock)
        return app
    for name, value in handed_in(settings, clock).items():
        app.state[name] = value
    for name in COUNTERS:
        app.stores.register(name, MemoryStore(), allow_override=True)
    return app
