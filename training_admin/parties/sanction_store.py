"""Queries of measures against organisations: proposed, told, decided once, mended or lifted later."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.database import fetch_tuples
from training_admin.kit.refusals import NotFound
from training_admin.parties.ladder import Sanction, Step
from training_admin.parties.sanction_states import DECIDED, MeasureState

_DECIDED = "state IN (" + ", ".join(f"'{each.value}'" for each in sorted(DECIDED)) + ")"
_COLUMNS = """id, number, organisation, organisation_name, asked, step, facts, ground, conduct_ended_on, proposer, hands, proposed_at,
    state, teller, told_at, state_by, decider, decided_at, decided_on, reason, fix_by, fixed_on, lifted_on, closing"""


class SanctionNotFound(NotFound):
    """There is no measure of this number, or not for this actor."""

    code = "sanction-not-found"


class SanctionShown(msgspec.Struct, frozen=True):
    """A measure as stored; `asked` is the step proposed, `step` the one that the ladder makes of it."""

    id: int
    number: str
    organisation: str
    organisation_name: str
    asked: Step
    step: Step
    facts: str
    ground: str
    conduct_ended_on: date
    proposer: str
    hands: frozenset[str]
    proposed_at: datetime
    state: MeasureState
    teller: str | None
    told_at: datetime | None
    state_by: date | None
    decider: str | None
    decided_at: datetime | None
    decided_on: date | None
    reason: str
    fix_by: date | None
    fixed_on: date | None
    lifted_on: date | None
    closing: str


def _shown(row: tuple[Any, ...]) -> SanctionShown:
    plain = dict(zip(SanctionShown.__struct_fields__, row, strict=True))
    plain |= {"asked": Step(row[4]), "step": Step(row[5]), "hands": frozenset(row[10]), "state": MeasureState(row[12])}
    return SanctionShown(**plain)


def sanction_of(shown: SanctionShown) -> Sanction:
    """A confirmed measure as the ladder sees it."""
    assert shown.decided_on is not None, "only a decided measure counts"
    return Sanction(
        number=shown.number,
        step=shown.step,
        decided_on=shown.decided_on,
        conduct_ended_on=shown.conduct_ended_on,
        fix_by=shown.fix_by,
        fixed_on=shown.fixed_on,
        lifted_on=shown.lifted_on,
    )


async def add(shown: SanctionShown, *, proposed_by: str) -> None:
    """A measure that waits for its decision."""
    await fetch_tuples(
        """INSERT INTO sanction
               (number, organisation, organisation_name, asked, step, facts, ground, conduct_ended_on, proposed_by, proposer, hands,
                proposed_at, state, reason, closing)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'proposed', '', '')""",
        *(shown.number, shown.organisation, shown.organisation_name, shown.asked.value, shown.step.value, shown.facts, shown.ground),
        *(shown.conduct_ended_on, proposed_by, shown.proposer, sorted(shown.hands), shown.proposed_at),
    )


async def load(number: str) -> SanctionShown:
    """A measure by its number; raises SanctionNotFound."""
    found = await fetch_tuples(f"SELECT {_COLUMNS} FROM sanction WHERE number = $1", number)  # noqa: S608 - our own words
    if not found:
        raise SanctionNotFound("没有找到这项处理，请核对编号。")
    return _shown(found[0])


async def tell(number: str, *, teller: str, hands: frozenset[str], state_by: date, at: datetime) -> None:
    """Keep that whom it concerns was told, by whose hands, and until when he may state his case."""
    await fetch_tuples(
        "UPDATE sanction SET state = 'told', teller = $2, hands = $3, state_by = $4, told_at = $5 WHERE number = $1",
        *(number, teller, sorted(hands), state_by, at),
    )


async def decide(decided: SanctionShown, *, by: str) -> bool:
    """Keep the decision that the measure carries; False when somebody has decided meanwhile."""
    return bool(
        await fetch_tuples(
            """UPDATE sanction SET state = $2, step = $3, fix_by = $4, decided_on = $5, decided_by = $6, decider = $7, decided_at = $8,
                   reason = $9 WHERE number = $1 AND state IN ('proposed', 'told') RETURNING id""",
            *(decided.number, decided.state.value, decided.step.value, decided.fix_by, decided.decided_on, by, decided.decider),
            *(decided.decided_at, decided.reason),
        )
    )


async def close(number: str, state: MeasureState, *, fixed_on: date | None, lifted_on: date | None, words: str) -> None:
    """Keep what followed; a day that is given replaces none that is there."""
    await fetch_tuples(
        """UPDATE sanction SET state = $2, fixed_on = coalesce(fixed_on, $3), lifted_on = coalesce(lifted_on, $4), closing = $5
           WHERE number = $1""",
        *(number, state.value, fixed_on, lifted_on, words),
    )


async def listing(codes: list[str] | None, *, told_only: bool, before: int | None, limit: int) -> list[SanctionShown]:
    """Measures of a scope, newest first; those that nobody was told of only for officers."""
    found = await fetch_tuples(
        f"""SELECT {_COLUMNS} FROM sanction WHERE ($1::text[] IS NULL OR organisation = ANY($1))
              AND (NOT $2 OR told_at IS NOT NULL OR {_DECIDED}) AND ($3::bigint IS NULL OR id < $3)
            ORDER BY id DESC LIMIT $4""",  # noqa: S608 - our own words
        *(codes, told_only, before, limit),
    )
    return [_shown(row) for row in found]


async def name_of(organisation: str) -> str | None:
    """The newest name of an enterprise or institution that another office has delivered; None when nobody knows it."""
    found = await fetch_tuples(
        """SELECT name FROM (SELECT delivery, name FROM enterprise_version WHERE uscc = $1
               UNION ALL SELECT delivery, name FROM institution_version WHERE uscc = $1) known ORDER BY delivery DESC LIMIT 1""",
        organisation,
    )
    return found[0][0] if found else None


async def confirmed_of(organisations: Sequence[str], *, known_at: datetime) -> dict[str, list[Sanction]]:
    """Measures taken against several organisations, decided by an instant."""
    found = await fetch_tuples(
        f"SELECT {_COLUMNS} FROM sanction WHERE organisation = ANY($1) AND {_DECIDED} AND decided_at <= $2 ORDER BY id",  # noqa: S608 - our own words
        *(list(organisations), known_at),
    )
    measures: dict[str, list[Sanction]] = {}
    for shown in map(_shown, found):
        measures.setdefault(shown.organisation, []).append(sanction_of(shown))
    return measures


async def confirmed(organisation: str, *, known_at: datetime) -> list[Sanction]:
    """Confirmed measures against one organisation, decided by an instant."""
    return (await confirmed_of([organisation], known_at=known_at)).get(organisation, [])
