"""Pooled classes 集中培训班: the firms of a class, each one's part of the budget and its own number in the register, as pure functions.

How a pooled class enters the register is settled in docs/decisions/pooled-classes.md.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from training_admin.catalog.class_facts import SPLIT_WORDS, ClassPlan, Pool, Split
from training_admin.kit.identifiers import halfwidth, uscc_problem
from training_admin.kit.money import WHOLE_BP, fen_from_text, spread
from training_admin.kit.wording import percent

MOST_SEATS = 1000
_SHARE = re.compile(r"([0-9A-Z]{18})[:=]?(\d{1,3}(?:\.\d{1,2})?)%")
_NEXT = re.compile(r"[;,、，；]+")
_NUMBER_OF_FIRM = re.compile(r"(BJ\d{9,})-\d{1,3}")


class FirmPart(msgspec.Struct, frozen=True):
    """One firm of a pooled class: how many of its people are in it, and its part of the budget in fen."""

    enterprise: str
    people: int
    share_fen: int


def firms_of(plan: ClassPlan) -> tuple[str, ...]:
    """The firms whose people a class trains, in the order in which the roster names them; without pool the one that commissions it."""
    if plan.pool is None:
        return (plan.enterprise,)
    return tuple(dict.fromkeys(each.enterprise for each in plan.trainees if each.enterprise))


def parts_of(plan: ClassPlan) -> tuple[FirmPart, ...]:
    """Each firm's part of the budget: by heads or by contract, missing fen to the largest remainders. Nothing without pool."""
    if plan.pool is None:
        return ()
    heads = {firm: sum(1 for each in plan.trainees if each.enterprise == firm) for firm in firms_of(plan)}
    return shared_by(plan.pool, plan.budget_fen, heads)


def shared_by(pool: Pool, budget_fen: int, heads: Mapping[str, int]) -> tuple[FirmPart, ...]:
    """The parts of firms with so many people each, in the order given."""
    weights = list(heads.values()) if pool.split is Split.PER_HEAD else [pool.shares_bp.get(firm, 0) for firm in heads]
    shares = spread(budget_fen, weights) if sum(weights) else [0] * len(heads)
    return tuple(FirmPart(*each, share) for each, share in zip(heads.items(), shares, strict=True))


def numbers_of_firms(class_no: str, firms: Iterable[str]) -> dict[str, str]:
    """Each firm's own number in the register: `-1`, `-2` … in the order in which approved versions first named them."""
    return {firm: f"{class_no}-{place}" for place, firm in enumerate(dict.fromkeys(firms), start=1)}


def plain_number(class_no: str) -> str:
    """The number of the class behind a firm's number of the register; any other number, also one of another register, is itself."""
    found = _NUMBER_OF_FIRM.fullmatch(class_no)
    return class_no if found is None else found[1]


def share_problems(pool: Pool, firms: Sequence[str]) -> list[str]:
    """What is wrong with the shares of a contract, in words; nothing where the cost is split by heads."""
    if pool.split is Split.PER_HEAD:
        return []
    told = []
    whole = sum(pool.shares_bp.values())
    if whole != WHOLE_BP:
        told.append(f"各企业的费用分摊合计 {percent(whole)}，应恰为 100%。")
    told += [f"企业 {firm} 有学员在花名册中，但没有约定分摊比例。" for firm in firms if firm not in pool.shares_bp]
    told += [f"企业 {firm} 约定了分摊比例，但花名册中没有它的学员。" for firm in pool.shares_bp if firm not in firms]
    return told


def split_text(pool: Pool) -> str:
    """How the cost is split, as the workbook writes and reads it."""
    words = SPLIT_WORDS[pool.split]
    return "；".join([words, *(f"{firm} {percent(share)}" for firm, share in pool.shares_bp.items())])


def split_from_text(text: str) -> tuple[Split, Mapping[str, int]] | None:
    """The split that a text writes, with shares in basis points; None when it cannot be read or does not sum to the whole."""
    plain = "".join(halfwidth(text).split()).upper()
    if plain in {"", SPLIT_WORDS[Split.PER_HEAD], "按人数"}:
        return Split.PER_HEAD, {}
    shares: dict[str, int] = {}
    for piece in _NEXT.split(plain.removeprefix(SPLIT_WORDS[Split.CONTRACT]).strip(":;,、")):
        found = _SHARE.fullmatch(piece)
        share = None if found is None else fen_from_text(found[2])
        if found is None or not share or uscc_problem(found[1]) is not None or found[1] in shares:
            return None
        shares[found[1]] = share
    return (Split.CONTRACT, shares) if sum(shares.values()) == WHOLE_BP else None
