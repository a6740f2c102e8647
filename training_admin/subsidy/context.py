"""What a rule may look at besides its subject: the class, the claim, the figures of the day, and earlier paid trainings."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from training_admin.fund.facts import LES, PaidTraining
from training_admin.kit.dated import FiguresOn
from training_admin.kit.rulebook import Outcome
from training_admin.kit.workdays import months_touched
from training_admin.subsidy.facts import ClaimFacts, ClassFacts, LineFacts


class History(msgspec.Struct, frozen=True):
    """What a person was paid for: `before` this claim, and the trainings of `earlier` classes of this claim that pay.

    `same_fund` are those of both that the fund of the class in question paid.
    """

    before: tuple[PaidTraining, ...]
    earlier: Sequence[PaidTraining]
    same_fund: Sequence[PaidTraining]


NEVER_PAID = History((), (), ())


class ClassContext:
    """Surroundings of a class rule or line rule. `figures` are those of class start (VER-01).

    `earlier` holds, per person, the trainings of earlier classes of this claim that pay (FREQ-01…03, policy.md part 15).
    """

    __slots__ = ("claim", "earlier", "figures", "fund", "klass", "level", "months", "occupation")

    def __init__(self, claim: ClaimFacts, klass: ClassFacts, earlier: Mapping[str, Sequence[PaidTraining]]) -> None:
        item = klass.item
        self.claim = claim
        self.klass = klass
        self.figures = FiguresOn(claim.policy, klass.start)
        self.earlier = earlier
        self.months = months_touched(klass.start, klass.end)
        # The fund that would pay the class, and what is taught; a class without catalog item teaches no occupation.
        self.fund = LES if item is None else item.fund
        self.occupation = None if item is None else item.occupation
        self.level = None if item is None else item.level

    def history(self, line: LineFacts) -> History:
        """What the person of a line was paid for."""
        earlier = self.earlier.get(line.person, ())
        if not line.payments and not earlier:
            return NEVER_PAID
        same_fund = [payment for payment in (*line.payments, *earlier) if payment.fund == self.fund]
        return History(line.payments, earlier, same_fund)


class LineCheck:
    """The check of a line rule in two halves: what the class alone decides, once, then all its lines in one go."""

    __slots__ = ("bind",)

    def __init__(self, bind: Callable[[ClassContext], Callable[[Sequence[LineFacts]], list[Outcome]]]) -> None:
        self.bind = bind

    def __call__(self, line: LineFacts, context: ClassContext) -> Outcome:
        return self.bind(context)([line])[0]


class HistoryCheck:
    """The check of a line rule that looks only at what the person was paid for: first the class, then one history."""

    __slots__ = ("bind",)

    def __init__(self, bind: Callable[[ClassContext], Callable[[History], Outcome]]) -> None:
        self.bind = bind

    def __call__(self, line: LineFacts, context: ClassContext) -> Outcome:
        return self.bind(context)(context.history(line))
