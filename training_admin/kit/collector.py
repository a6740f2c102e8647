"""Python's garbage collector in a process that lives long: a claim of 10 000 people is no rubbish, however often it is looked through."""

import gc

YOUNG, MIDDLE, OLD = 50_000, 20, 50


def settle_collector() -> None:
    """What was loaded at start is never looked at again, and the rest less often; call once when a process begins to serve."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
