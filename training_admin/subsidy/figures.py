"""Which policy figures a decision used: value, period, paper and both standings, as shown beside every amount."""

from collections.abc import Iterable
from datetime import date

from training_admin.kit.dated import Policy
from training_admin.subsidy.record import FigureUsed


def figures_used(policy: Policy, keys: Iterable[str], day: date) -> tuple[FigureUsed, ...]:
    """The figures in force on the day, in order of their keys; a key without value on the day is left out (VER-01 says so)."""
    found = []
    for key in sorted(set(keys)):
        for value in reversed(policy.values.get(key, ())):
            if value.period.covers(day):
                found.append(
                    FigureUsed(
                        key=key,
                        value=value.value,
                        start=value.period.start,
                        end=value.period.end,
                        paper=value.paper,
                        standing=value.standing.value,
                        local_standing=value.local_standing.value,
                    )
                )
                break
    return tuple(found)
