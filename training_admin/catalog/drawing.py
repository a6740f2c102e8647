"""Drawing experts by lot so that anybody can repeat it, and adding up their points.

The order is that of SHA-256 over seed and expert number; the seed is the last hash of the trail at the moment of the draw, which nobody
can choose. Experts of the proposing organisations are left out before drawing.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from training_admin.kit.digest import sha256_hex
from training_admin.kit.money import ratio_half_up
from training_admin.kit.refusals import Refusal

# Seats, criteria with their points and the least mean are ours: no paper of the district tells them (assumed).
SEATS = 3
CRITERIA: tuple[tuple[str, str, int], ...] = (
    ("need", "产业和岗位需求", 30),
    ("content", "课程内容与课时", 30),
    ("price", "价格合理性", 20),
    ("conditions", "师资与设备条件", 20),
)
LEAST_MEAN = 7000
"""The least mean of all sheets, in hundredths of a point."""


class TooFewExperts(Refusal):
    """The pool holds too few experts who belong to none of the proposing organisations."""

    code = "catalog-too-few-experts"
    title = "专家人数不足"


class Expert(msgspec.Struct, frozen=True):
    """Somebody of the pool: a number that never changes, the organisation he belongs to by its full name, his field."""

    number: str
    name: str
    organisation: str
    field: str


def draw(seed: str, pool: Iterable[Expert], avoid: Iterable[str], *, seats: int = SEATS) -> tuple[Expert, ...]:
    """The experts drawn, in their order; raises TooFewExperts. The same seed, pool and avoidance always give the same."""
    avoided = {plain_name(name) for name in avoid if name}
    free = [expert for expert in pool if plain_name(expert.organisation) not in avoided]
    if len(free) < seats:
        raise TooFewExperts(f"回避提出单位后专家库中只有 {len(free)} 人，需要 {seats} 人。请先补充专家库。", free=len(free), seats=seats)
    return tuple(sorted(free, key=lambda expert: (sha256_hex(f"{seed}:{expert.number}".encode()), expert.number))[:seats])


def plain_name(organisation: str) -> str:
    """The name of an organisation made comparable: no spaces, half-width brackets."""
    return "".join(organisation.split()).replace("（", "(").replace("）", ")")


def wrong_points(points: Mapping[str, int | None]) -> list[str]:
    """The names of the criteria whose points are missing or out of bounds."""
    given = {key: points.get(key) for key, _words, _most in CRITERIA}
    return [f"{words}（0 至 {most} 分）" for key, words, most in CRITERIA if (value := given[key]) is None or not 0 <= value <= most]


def mean_points(sheets: Sequence[Mapping[str, int]]) -> int:
    """The mean of the sheets' sums in hundredths of a point, rounded half up; there must be a sheet."""
    assert sheets
    return ratio_half_up(100, sum(sum(sheet.values()) for sheet in sheets), len(sheets))
