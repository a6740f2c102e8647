"""企业新型学徒制 (P-APP): standard by level and months, advance, outcome of each apprentice, settlement (policy.md part 4).

Per person rounded half up to fen, then summed; the advance is rounded down (policy.md part 15).
"""

from datetime import date
from enum import IntEnum

import msgspec

from training_admin.apprenticeship.facts import ApprenticeFacts, PersonOutcome, ProgrammeFacts, Stage
from training_admin.apprenticeship.parameters import (
    APP_ADVANCE_MAX,
    APP_COMPLETION_ONLY_FACTOR,
    APP_STANDARD_L1,
    APP_STANDARD_L2,
    APP_STANDARD_L3,
    APP_STANDARD_L4,
    APP_STANDARD_L5,
    MENTOR_AMOUNT_PER_FULL_12_MONTHS,
    MENTOR_APPRENTICES_MAX,
    MENTOR_MONTHS_MAX,
)
from training_admin.catalog.facts import LEVEL_RANKS, LEVEL_WORDS
from training_admin.kit.dated import FiguresOn, Parameter, Policy
from training_admin.kit.money import WHOLE_BP, share_down
from training_admin.kit.rulebook import Number
from training_admin.kit.steps import Entitlement, Step
from training_admin.kit.workdays import MONTHS_PER_YEAR
from training_admin.policy.rounding import standard_part

STANDARDS: dict[str, Parameter[int]] = {
    "5": APP_STANDARD_L5,
    "4": APP_STANDARD_L4,
    "3": APP_STANDARD_L3,
    "2": APP_STANDARD_L2,
    "1": APP_STANDARD_L1,
}
LEVELS = tuple(STANDARDS)
ADVANCE_RULE, SETTLEMENT_RULE = "APP-21", "APP-24"


class Kind(IntEnum):
    """Why apprentices have the price they have, in the order in which their groups are listed."""

    PLANNED = 0
    CERTIFIED = 1
    LOWER = 2
    COMPLETED = 3
    EXCUSED = 4
    OTHERS = 5


class PriceGroup(msgspec.Struct, frozen=True):
    """Apprentices of one price: the level whose standard is paid and the whole months that count; "" and 0 for those who get nothing."""

    kind: Kind
    level: str = ""
    months: int = 0

    @property
    def place(self) -> tuple[int, int, int]:
        """The order of groups: by kind, the higher level first, the longer time first."""
        return self.kind, -LEVEL_RANKS.get(self.level, 0), -self.months

    @property
    def words(self) -> str:
        """The group as a user reads it."""
        if self.kind is Kind.OTHERS:
            return "未完成培养"
        level = LEVEL_WORDS[self.level]
        return {
            Kind.PLANNED: f"{level} 备案计划",
            Kind.CERTIFIED: f"{level} 取得证书",
            Kind.LOWER: f"{level} 取得证书（低于备案等级）",
            Kind.COMPLETED: f"{level} 仅结业",
            Kind.EXCUSED: f"{level} 因工伤或企业关闭离职（已培养{self.months}个月）",
        }[self.kind]


class HeadPrice(msgspec.Struct, frozen=True):
    """What each apprentice of a group comes to, in fen, step by step."""

    fen: int
    steps: tuple[Step, ...]


NOTHING = PriceGroup(Kind.OTHERS)


def group_of(programme: ProgrammeFacts, apprentice: ApprenticeFacts, stage: Stage) -> PriceGroup:
    """Which price an apprentice has: planned for the advance, by his outcome at the settlement (APP-23, APP-25, APP-26)."""
    level = programme.level
    if level not in STANDARDS:
        return NOTHING
    if stage is Stage.ADVANCE:
        return PriceGroup(Kind.PLANNED, level, programme.months)
    outcome = apprentice.outcome
    if outcome is PersonOutcome.CERTIFIED and apprentice.obtained_level in STANDARDS:
        paid = paid_level(level, apprentice.obtained_level)
        return PriceGroup(Kind.CERTIFIED if paid == level else Kind.LOWER, paid, programme.months)
    if outcome is PersonOutcome.COMPLETED:
        return PriceGroup(Kind.COMPLETED, level, programme.months)
    if outcome is PersonOutcome.LEFT and apprentice.excused and apprentice.months_done is not None:
        return PriceGroup(Kind.EXCUSED, level, min(apprentice.months_done, programme.months))
    return NOTHING


def head_price(figures: FiguresOn, group: PriceGroup) -> HeadPrice:
    """Standard of a level x months / 12 x outcome for one person, rounded half up once (APP-20, APP-22, APP-23).

    Raises NotInForce when a figure has no value on the day.
    """
    if group.kind is Kind.OTHERS:
        return HeadPrice(0, (Step("APP-23", "app_not_completed", {}, 0),))
    standard = STANDARDS[group.level]
    yearly_fen = figures.at(standard)
    lower = group.kind is Kind.LOWER
    first = Step("APP-25" if lower else "APP-20", "app_standard", {"level": group.level, "lower": lower}, yearly_fen, (standard.key,))
    told: dict[str, Number] = {"yearly_fen": yearly_fen, "term": group.months}
    factor_bp = WHOLE_BP
    if group.kind is Kind.COMPLETED:
        factor_bp = figures.at(APP_COMPLETION_ONLY_FACTOR)
        told["factor_bp"] = factor_bp
    fen = standard_part(figures.policy, figures.day, yearly_fen, group.months * factor_bp, MONTHS_PER_YEAR * WHOLE_BP)
    return HeadPrice(fen, (first, _by_months(group.kind, told, fen)))


def _by_months(kind: Kind, told: dict[str, Number], fen: int) -> Step:
    if kind is Kind.COMPLETED:
        return Step("APP-23", "app_completed_only", told, fen, (APP_COMPLETION_ONLY_FACTOR.key,))
    if kind is Kind.EXCUSED:
        return Step("APP-26", "app_excused", told, fen)
    return Step("APP-22", "app_months", told, fen)


def paid_level(filed_level: str, obtained_level: str) -> str:
    """The level whose standard is paid: a lower level obtained replaces the filed one, a higher does not (APP-25)."""
    return obtained_level if LEVEL_RANKS[obtained_level] < LEVEL_RANKS[filed_level] else filed_level


def advance_step(planned_fen: int, share_bp: int) -> Step:
    """The most that may be advanced after filing approval (APP-21); always rounded down, for the share is a maximum."""
    told: dict[str, Number] = {"planned_fen": planned_fen, "share_bp": share_bp}
    return Step(ADVANCE_RULE, "app_advance", told, share_down(planned_fen, share_bp), (APP_ADVANCE_MAX.key,))


def settlement_step(entitled_fen: int, advance_fen: int) -> Step:
    """What is left after the advance of the whole programme; a negative result is returned or deducted (APP-24)."""
    final_fen = entitled_fen - advance_fen
    told: dict[str, Number] = {"entitled_fen": entitled_fen, "advance_fen": advance_fen, "final_fen": final_fen}
    return Step(SETTLEMENT_RULE, "app_settlement", told, final_fen)


def mentor_grant(policy: Policy, day: date, *, apprentices: int, months: int) -> Entitlement:
    """Master-apprentice grant of Tianjin for one mentor: for every full 12 months, apprentices and months within their limits (TJ-22)."""
    each_fen = policy.at(MENTOR_AMOUNT_PER_FULL_12_MONTHS, day)
    people = min(apprentices, policy.at(MENTOR_APPRENTICES_MAX, day))
    periods = min(months, policy.at(MENTOR_MONTHS_MAX, day)) // MONTHS_PER_YEAR
    payable_fen = each_fen * people * periods
    figures = {"each_fen": each_fen, "people": people, "periods": periods}
    keys = (MENTOR_AMOUNT_PER_FULL_12_MONTHS.key, MENTOR_APPRENTICES_MAX.key, MENTOR_MONTHS_MAX.key)
    return Entitlement(payable_fen=payable_fen, steps=(Step("TJ-22", "mentor_grant", {**figures}, payable_fen, keys),))


def certified_grant(policy: Policy, day: date, *, level: str, months: int, certified: int) -> Entitlement:
    """Apprenticeship without advance: the price of each certified apprentice, summed (TJ-21)."""
    price = head_price(FiguresOn(policy, day), PriceGroup(Kind.CERTIFIED, level, months))
    payable_fen = price.fen * certified
    figures: dict[str, Number] = {"people": certified, "each_fen": price.fen}
    return Entitlement(payable_fen=payable_fen, steps=(*price.steps, Step("TJ-21", "app_certified", figures, payable_fen)))
