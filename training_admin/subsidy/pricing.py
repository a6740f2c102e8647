"""What a price formula is given and what it answers, for the streams of policy.md 3.3 and 3.4."""

from collections.abc import Callable
from datetime import date

import msgspec

from training_admin.kit.dated import Policy
from training_admin.kit.money import WHOLE_BP
from training_admin.kit.steps import Step


class PricingCase(msgspec.Struct, frozen=True):
    """One class as a formula sees it; amounts in fen, hours in hundredths of 45 minutes.

    `day` picks the figures (VER-01: class start). `heads` divides the cost (ENT-14): people enrolled, or passed when
    the pack says so. `std_centihours` and `std_fen` are None where the class has no catalog item in force.
    """

    day: date
    heads: int
    eligible_cost_fen: int
    planned_centihours: int
    delivered_centihours: int
    online_centihours: int
    mode: str
    theory_test: bool
    practical_test: bool
    std_centihours: int | None = None
    std_fen: int | None = None
    base_fen: int | None = None
    urgent: bool = False
    pilot: bool = False


class ClassPrice(msgspec.Struct, frozen=True):
    """The price per head of a class with its steps; `per_head_fen` None where the formula leaves no price (ENT-12).

    `person_year_cap_fen` is a yearly cap a person's earlier payments of the stream count against (PRO-01).
    """

    per_head_fen: int | None
    steps: tuple[Step, ...]
    person_year_cap_fen: int | None = None


Formula = Callable[[PricingCase, Policy], ClassPrice]


def counted_centihours(*, planned: int, delivered: int, online: int, online_max_bp: int) -> int:
    """Hours that count: those held offline plus, of those online, at most the allowed share of planned hours (CLS-04).

    The register says how many hours were held at all; a form that names more of them online makes no more.
    """
    online = min(online, delivered)
    return delivered - online + min(online, planned * online_max_bp // WHOLE_BP)
