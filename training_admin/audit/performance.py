"""Performance evaluation of the fund, institutions and enterprises, computed when somebody looks; and the budget of a year to come."""

from collections.abc import Mapping

import msgspec

from training_admin.audit import performance_store
from training_admin.audit.parameters import (
    PERF_GRADES,
    PERF_WEIGHT_BENEFIT,
    PERF_WEIGHT_EXEC,
    PERF_WEIGHT_OUTPUT,
    PERF_WEIGHT_SATISFACTION,
)
from training_admin.audit.performance_facts import (
    Asked,
    Block,
    Evaluation,
    OrganisationCounted,
    Targets,
    evaluation,
    of_fund,
    of_organisation,
)
from training_admin.audit.performance_store import Wanted
from training_admin.audit.steering import YearShown, load_year
from training_admin.audit.steering_facts import Indicator
from training_admin.database import read_transaction
from training_admin.kit.actor import Actor, assert_may
from training_admin.kit.clock import Clock
from training_admin.kit.dated import Policy, Unit
from training_admin.kit.rights import Right

UNIT_WORDS = {Unit.SHARE_BP: "%", Unit.FEN: "元", Unit.TIMES: "家", Unit.PEOPLE: "人"}


class Evaluated(msgspec.Struct, frozen=True):
    """One organisation with its evaluation."""

    counted: OrganisationCounted
    evaluation: Evaluation


class YearEvaluated(msgspec.Struct, frozen=True):
    """A year: the fund itself, institutions, enterprises, what the next budget is computed from."""

    found: YearShown
    fund: Evaluation
    institutions: tuple[Evaluated, ...]
    enterprises: tuple[Evaluated, ...]
    wanted: tuple[Wanted, ...]


def _weights(policy: Policy, found: YearShown) -> Mapping[Block, int]:
    return {
        Block.EXECUTION: policy.at(PERF_WEIGHT_EXEC, found.today),
        Block.OUTPUT: policy.at(PERF_WEIGHT_OUTPUT, found.today),
        Block.BENEFIT: policy.at(PERF_WEIGHT_BENEFIT, found.today),
        Block.SATISFACTION: policy.at(PERF_WEIGHT_SATISFACTION, found.today),
    }


def fund_lines(found: YearShown) -> tuple[Asked, ...]:
    """The lines of the fund's own table from the indicators of a year."""
    targets = {row.figure.indicator: row.target.value for row in found.whole if row.target is not None}
    names = {row.figure.indicator: (row.meaning.name, UNIT_WORDS[row.meaning.unit]) for row in found.whole}
    return of_fund((row.figure for row in found.whole), targets, names, budget_fen=found.money.granted_fen)


async def show_evaluation(actor: Actor, year: int, *, clock: Clock) -> YearEvaluated:
    """The evaluation of a year; organisations are named, persons never. Raises NotAllowed."""
    assert_may(actor, Right.TOTALS_READ)
    async with read_transaction():
        found = await load_year(year, clock=clock)
        institutions = await performance_store.organisations(year, institutions=True)
        enterprises = await performance_store.organisations(year, institutions=False)
        wanted = await performance_store.wanted_by_stream(year)
    weights, grades = _weights(found.policy, found), found.policy.at(PERF_GRADES, found.today)
    targets = {row.figure.indicator: row.target.value for row in found.whole if row.target is not None}
    of_all = Targets(
        targets.get(Indicator.PASS_RATE),
        targets.get(Indicator.CERTIFICATE_RATE),
        targets.get(Indicator.STILL_EMPLOYED),
        targets.get(Indicator.TRAINEES_SATISFIED),
    )

    def evaluated(counted: list[OrganisationCounted]) -> tuple[Evaluated, ...]:
        return tuple(Evaluated(each, evaluation(of_organisation(each, of_all), weights, grades)) for each in counted)

    fund = evaluation(fund_lines(found), weights, grades)
    return YearEvaluated(found, fund, evaluated(institutions), evaluated(enterprises), tuple(wanted))
