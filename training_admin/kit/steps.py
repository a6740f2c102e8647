"""An amount explained: numbered steps with clause, code of the formula, its numbers and the result in fen."""

import msgspec

from training_admin.kit.dated import Policy
from training_admin.kit.rulebook import Effect, Number


class Step(msgspec.Struct, frozen=True):
    """One step of a computation. `code` names the sentence, `figures` fill it, `keys` are the policy figures used."""

    rule: str
    code: str
    figures: dict[str, Number]
    result_fen: int
    keys: tuple[str, ...] = ()


class FailedRule(msgspec.Struct, frozen=True):
    """A rule that does not hold, with its effect and the numbers that show it."""

    rule: str
    effect: Effect
    figures: dict[str, Number]


class Entitlement(msgspec.Struct, frozen=True):
    """What one case is entitled to in fen, step by step, and the rules that refuse it, in reading order."""

    payable_fen: int
    steps: tuple[Step, ...]
    failed: tuple[FailedRule, ...] = ()

    @property
    def outcome(self) -> str:
        """PAY, or the strongest effect of the failed rules (policy.md part 15)."""
        return max(each.effect for each in self.failed).name if self.failed else "PAY"

    @property
    def reason(self) -> str | None:
        """The first rule in reading order with the strongest effect, or None."""
        return next((each.rule for each in self.failed if each.effect.name == self.outcome), None)


def failed_rule(policy: Policy, rule: str, effect: Effect, figures: dict[str, Number]) -> FailedRule:
    """A failed rule with its own effect, or with the one the pack gives it."""
    name = policy.effects.get(rule)
    return FailedRule(rule, effect if name is None else Effect[name], figures)
