"""补贴限额: the enterprise ceiling of a claim year and how a cut is spread over the lines (policy.md 3.5; all assumed)."""

from collections.abc import Sequence
from datetime import date

import msgspec

from training_admin.kit.dated import Policy
from training_admin.kit.money import share_down, spread
from training_admin.kit.steps import Step
from training_admin.subsidy.facts import ClaimFacts
from training_admin.subsidy.figures import figures_used
from training_admin.subsidy.parameters import CEIL_MIN_AMOUNT, CEIL_RATIO_L, CEIL_RATIO_M, CEIL_RATIO_MICRO, CEIL_RATIO_S
from training_admin.subsidy.record import CeilingResult, LineOutcome, LineResult
from training_admin.subsidy.rules.ceil_01_surcharge import CEILING_BY_SURCHARGE

RATIO_OF_SIZE = {"L": CEIL_RATIO_L, "M": CEIL_RATIO_M, "S": CEIL_RATIO_S, "MICRO": CEIL_RATIO_MICRO}


class Ceiling(msgspec.Struct, frozen=True):
    """The ceiling of a claim year and what is left of it, in fen, with steps."""

    ceiling_fen: int
    left_fen: int
    steps: tuple[Step, ...]


def ceiling_of(policy: Policy, *, claim_year: int, size: str, surcharge_fen: int, paid_fen: int) -> Ceiling:
    """Ceiling and remainder by the figures of 1 January of the claim year (CEIL-01, CEIL-02, CEIL-04).

    Raises NotInForce when a ratio is missing on that day.
    """
    day = date(claim_year, 1, 1)
    parameter = RATIO_OF_SIZE[size]
    ratio_bp = policy.at(parameter, day)
    floor_fen = policy.at(CEIL_MIN_AMOUNT, day)
    by_ratio_fen = share_down(surcharge_fen, ratio_bp)
    ceiling_fen = max(by_ratio_fen, floor_fen)
    left_fen = max(0, ceiling_fen - paid_fen)
    return Ceiling(
        ceiling_fen=ceiling_fen,
        left_fen=left_fen,
        steps=(
            Step(
                "CEIL-01",
                "ceiling_by_surcharge",
                {"surcharge_fen": surcharge_fen, "size": size, "ratio_bp": ratio_bp},
                by_ratio_fen,
                (parameter.key,),
            ),
            Step("CEIL-04", "ceiling_floor", {"floor_fen": floor_fen}, ceiling_fen, (CEIL_MIN_AMOUNT.key,)),
            Step("CEIL-02", "ceiling_left", {"ceiling_fen": ceiling_fen, "paid_fen": paid_fen}, left_fen),
        ),
    )


def apply_ceiling(facts: ClaimFacts, decided: Sequence[LineResult]) -> tuple[tuple[LineResult, ...], CeilingResult]:
    """Cut the paying lines to what is left, pro rata with largest remainders (CEIL-03); other lines take no part.

    Without a ceiling nothing is cut; with one that cannot be computed yet every figure but the sum is None.
    """
    paying = [place for place, line in enumerate(decided) if line.outcome is LineOutcome.PAY]
    computed_fen = sum(decided[place].computed_fen for place in paying)
    if facts.policy.ceiling_mode != CEILING_BY_SURCHARGE:
        return tuple(decided), CeilingResult(None, None, computed_fen, computed_fen, 0)
    enterprise, surcharge_fen = facts.enterprise, facts.surcharge_paid_fen
    if enterprise is None or enterprise.size is None or surcharge_fen is None:
        return tuple(decided), CeilingResult(None, None, computed_fen, None, None)
    ceiling = ceiling_of(
        facts.policy,
        claim_year=facts.claim_year,
        size=enterprise.size,
        surcharge_fen=surcharge_fen,
        paid_fen=facts.subsidy_paid_fen,
    )
    payable_fen = min(computed_fen, ceiling.left_fen)
    cut_fen = computed_fen - payable_fen
    steps = ceiling.steps
    lines = list(decided)
    if cut_fen:
        steps = (*steps, Step("CEIL-03", "ceiling_cut", {"computed_fen": computed_fen, "cut_fen": cut_fen}, payable_fen))
        parts = spread(payable_fen, [decided[place].computed_fen for place in paying])
        for place, part_fen in zip(paying, parts, strict=True):
            lines[place] = _cut(decided[place], part_fen)
    assert sum(line.payable_fen for line in lines) == payable_fen
    keys = [key for step in steps for key in step.keys]
    return tuple(lines), CeilingResult(
        ceiling_fen=ceiling.ceiling_fen,
        left_fen=ceiling.left_fen,
        computed_fen=computed_fen,
        payable_fen=payable_fen,
        cut_fen=cut_fen,
        steps=steps,
        figures=figures_used(facts.policy, keys, date(facts.claim_year, 1, 1)),
    )


def _cut(line: LineResult, payable_fen: int) -> LineResult:
    if payable_fen == line.computed_fen:
        return line
    return msgspec.structs.replace(line, outcome=LineOutcome.REDUCE, payable_fen=payable_fen)
