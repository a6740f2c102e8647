"""Examples of the apprenticeship: P-APP, and Tianjin's TJ-APP and TJ-MENTOR."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from training_admin.apprenticeship.amounts import LEVELS, certified_grant, mentor_grant, settle
from training_admin.apprenticeship.facts import Completion, Programme
from training_admin.apprenticeship.parameters import APP_WAGE_MIN_MONTH
from training_admin.policy.examples import (
    Evaluator,
    ExampleContext,
    Got,
    InputProblem,
    answer,
    centihours_of,
    entitled,
    fen_of,
    read_inputs,
)

Count = Annotated[int, msgspec.Meta(ge=0, le=20_000)]
Months = Annotated[int, msgspec.Meta(ge=0, le=600)]


class ApprenticeInputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A programme: level filed and obtained, months, people by outcome, hours, contract and wages (yuan a month)."""

    months: Months
    level: int | str | None = None
    filed_level: int | str | None = None
    obtained_level: int | str | None = None
    filed: Count | None = None
    certified: Count | None = None
    completed_only: Count = 0
    dropped: Count = 0
    taught_hours: Decimal | None = None
    contract_months: Months | None = None
    wage_ok: Count | None = None
    min_wage: Decimal | None = None
    lowest_net_wage: Decimal | None = None
    advance_paid: Decimal | None = None
    reason_recorded: bool = True


class TianjinApprenticeInputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A Tianjin programme: level, months, people certified."""

    level: int | str
    months: Months
    certified: Count = 1


class MentorInputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One mentor of Tianjin: apprentices and months."""

    months: Months
    apprentices: Count = 1


def apprenticeship(inputs: Mapping[str, Any], context: ExampleContext) -> Got:
    """APP-02 … APP-25: what is due, advanced, settled and returned."""
    given = read_inputs(inputs, ApprenticeInputs)
    filed_level = _level(given.filed_level if given.level is None else given.level, "level")
    obtained = filed_level if given.obtained_level is None else _level(given.obtained_level, "obtained_level")
    filed, certified = _people(given)
    programme = Programme(
        day=context.day,
        level=filed_level,
        months=given.months,
        filed=filed,
        contract_months=given.months if given.contract_months is None else given.contract_months,
        reason_recorded=given.reason_recorded,
    )
    completion = Completion(
        certified=certified,
        completed_only=given.completed_only,
        obtained_level=obtained,
        wage_ok=_wage_ok(given, filed, context),
        taught_centihours=None if given.taught_hours is None else centihours_of(given.taught_hours, "taught_hours"),
        advance_paid_fen=None if given.advance_paid is None else fen_of(given.advance_paid, "advance_paid"),
    )
    decision = settle(programme, completion, context.policy)
    settlement = decision.settlement
    return answer(
        decision.outcome,
        settlement.entitled_fen,
        reason="APP-24" if decision.outcome == "CLAWBACK" else decision.entitlement.reason,
        advance=settlement.advance_fen,
        final=settlement.final_fen,
        clawback=settlement.clawback_fen,
    )


def _level(level: int | str | None, where: str) -> str:
    if level is None:
        raise InputProblem(where, "缺少这个键")
    if str(level) not in LEVELS:
        raise InputProblem(where, "应为 5 至 1 级")
    return str(level)


def _people(given: ApprenticeInputs) -> tuple[int, int]:
    """People filed and certified: those not named are certified, and one apprentice is filed where no number is given."""
    others = given.completed_only + given.dropped
    filed = given.filed if given.filed is not None else max(1, (given.certified or 0) + others)
    certified = given.certified if given.certified is not None else filed - others
    if certified < 0 or certified + others > filed:
        raise InputProblem("filed", "少于取证、结业和中止人数之和")
    return filed, certified


def _wage_ok(given: ApprenticeInputs, filed: int, context: ExampleContext) -> int:
    """Apprentices whose wage is in order: as told, else all, or all but the one with the lowest wage when it is too low."""
    if given.wage_ok is not None:
        if given.wage_ok > filed:
            raise InputProblem("wage_ok", "多于备案人数")
        return given.wage_ok
    if given.lowest_net_wage is None:
        return filed
    lowest_fen = fen_of(given.lowest_net_wage, "lowest_net_wage")
    told = given.min_wage
    least_fen = context.policy.at(APP_WAGE_MIN_MONTH, context.day) if told is None else fen_of(told, "min_wage")
    return filed if lowest_fen >= least_fen else max(0, filed - 1)


def tianjin_apprenticeship(inputs: Mapping[str, Any], context: ExampleContext) -> Got:
    """TJ-21."""
    given = read_inputs(inputs, TianjinApprenticeInputs)
    level = _level(given.level, "level")
    programme = Programme(context.day, level, given.months, given.certified, given.months)
    return entitled(certified_grant(programme, given.certified, context.policy))


def tianjin_mentor(inputs: Mapping[str, Any], context: ExampleContext) -> Got:
    """TJ-22."""
    given = read_inputs(inputs, MentorInputs)
    programme = Programme(context.day, LEVELS[0], given.months, given.apprentices, given.months)
    return entitled(mentor_grant(programme, context.policy))


PRODUCTS: dict[str, Evaluator] = {
    "P-APP": apprenticeship,
    "TJ-APP": tianjin_apprenticeship,
    "TJ-MENTOR": tianjin_mentor,
}
