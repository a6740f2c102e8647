"""The made-up hands that do what has happened in the demo: one for each post, so that nobody decides twice."""

import msgspec

from training_admin.kit.actor import DEMO, Actor


def hand(name: str) -> Actor:
    """Somebody of the demo's offices by the name that timelines show."""
    return msgspec.structs.replace(DEMO, key=f"demo-hand-{name}", name=name)
