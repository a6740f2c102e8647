"""An ordinary programme of one apprentice in which every rule passes; cases change single facts of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, get_type_hints

import msgspec

from training_admin.apprenticeship.facts import (
    ApprenticeFacts,
    Hours,
    MonthDone,
    PersonOutcome,
    ProgrammeContext,
    ProgrammeFacts,
    Stage,
)
from training_admin.kit.dated import FiguresOn, Policy, with_overrides
from training_admin.kit.rulebook import Outcome, Rule, Scope
from training_admin.kit.workdays import months_touched
from training_admin.policy.packs import DEFAULT_PACK, load_pack

BEGINNING = date(2000, 1, 1)
DAY = date(2026, 3, 2)
POLICY = load_pack(DEFAULT_PACK)
TERM = months_touched(DAY, date(2027, 2, 28))
WAGE_FEN = 274_000
PLANNED = Hours(general=7500, basics=10000, practice=32500)
MONTH_HOURS = Hours(general=625, basics=833, practice=2708)
APPRENTICE = ApprenticeFacts(
    row=1,
    person="p",
    birth=date(2000, 5, 6),
    joined_as="hired",
    joined_on=date(2026, 1, 10),
    contract_start=date(2026, 1, 1),
    contract_end=date(2026, 12, 31),
    agreement_on=date(2026, 2, 20),
    skilled_post=True,
    mentor="m",
    teacher="t",
    outcome=PersonOutcome.CERTIFIED,
    obtained_level="4",
    months=tuple(MonthDone(month, MONTH_HOURS, 2000, WAGE_FEN) for month in TERM),
    insured_here=TERM,
)
PROGRAMME = ProgrammeFacts(
    number="XT2026-001",
    uscc="91310117X11000017X",
    institution="91310117X110000370",
    day=DAY,
    filed_on=date(2026, 2, 10),
    level="4",
    start=DAY,
    months=12,
    cooperation_on=date(2026, 2, 1),
    reason_recorded=False,
    credit_system=True,
    student_status=True,
    planned=PLANNED,
    taught=PLANNED,
    video_centihours=4375,
    apprentices=(APPRENTICE,),
    mentor_heads={"m": 1},
    high_skilled=("m",),
    insurance_months=TERM,
    as_of=date(2027, 3, 10),
)


class Case(msgspec.Struct, frozen=True):
    """A programme of one apprentice with the stage and the policy that a case of a rule asks for."""

    programme: ProgrammeFacts
    stage: Stage
    policy: Policy


def changed(struct: Any, name: str, value: Any) -> Any:
    """A struct with one field replaced by a plain value, converted to the field's type."""
    return msgspec.structs.replace(struct, **{name: msgspec.convert(value, get_type_hints(type(struct))[name])})


def case_of(given: Mapping[str, Any]) -> Case:
    """The ordinary programme with the facts of a case in place; `wages` replaces the wages of single months."""
    apprentice, programme, stage, policy = APPRENTICE, PROGRAMME, Stage.SETTLEMENT, POLICY
    for key, value in given.items():
        where, _, name = key.partition(".")
        if where == "figures":
            policy = with_overrides(policy, {name: value}, BEGINNING)
        elif where == "stage":
            stage = Stage(value)
        elif where == "wages":
            months = tuple(msgspec.structs.replace(each, net_wage_fen=value.get(each.month, WAGE_FEN)) for each in apprentice.months)
            apprentice = msgspec.structs.replace(apprentice, months=months)
        elif where == "apprentice":
            apprentice = changed(apprentice, name, value)
        else:
            programme = changed(programme, name, value)
    return Case(msgspec.structs.replace(programme, apprentices=(apprentice,)), stage, policy)


def answer_of(rule: Rule[Any, Any], case: Case) -> Outcome:
    """What a rule says of the only apprentice of a case, or of the programme."""
    context = ProgrammeContext(case.programme, case.stage, FiguresOn(case.policy, case.programme.day))
    return rule.check(case.programme.apprentices[0] if rule.scope is Scope.LINE else case.programme, context)
