"""What a rule may look at besides its subject: the class, the claim, the figures of the day, and earlier paid trainings."""

from collections.abc import Mapping, Sequence

from training_admin.fund.facts import LES, PaidTraining
from training_admin.kit.dated import FiguresOn
from training_admin.kit.workdays import months_touched
from training_admin.subsidy.facts import ClaimFacts, ClassFacts, LineFacts

NO_PAYMENTS: tuple[PaidTraining, ...] = ()


class ClassContext:
    """Surroundings of a class rule or line rule. `figures` are those of class start (VER-01).

    `earlier` holds, per person, the trainings of earlier classes of this claim that pay (FREQ-01…03, policy.md part 15).
    """

    __slots__ = ("claim", "earlier", "figures", "klass", "months")

    def __init__(self, claim: ClaimFacts, klass: ClassFacts, earlier: Mapping[str, Sequence[PaidTraining]]) -> None:
        self.claim = claim
        self.klass = klass
        self.figures = FiguresOn(claim.policy, klass.start)
        self.earlier = earlier
        self.months = months_touched(klass.start, klass.end)

    @property
    def fund(self) -> str:
        """The fund that would pay the class."""
        return LES if self.klass.item is None else self.klass.item.fund

    @property
    def occupation(self) -> str | None:
        """The occupation taught, or None where the class has no catalog item."""
        return None if self.klass.item is None else self.klass.item.occupation

    @property
    def level(self) -> str | None:
        """The level taught, or None."""
        return None if self.klass.item is None else self.klass.item.level

    def same_fund(self, line: LineFacts) -> list[PaidTraining]:
        """All trainings of the person paid by the class's fund, those of earlier classes of this claim last."""
        fund = self.fund
        return [p for p in (*line.payments, *self.earlier.get(line.person, NO_PAYMENTS)) if p.fund == fund]
