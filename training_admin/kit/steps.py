"""An amount explained: numbered steps with clause, code of the formula, its numbers and the result in fen."""

import msgspec

from training_admin.kit.rulebook import Number


class Step(msgspec.Struct, frozen=True):
    """One step of a computation. `code` names the sentence, `figures` fill it, `keys` are the policy figures used."""

    rule: str
    code: str
    figures: dict[str, Number]
    result_fen: int
    keys: tuple[str, ...] = ()
