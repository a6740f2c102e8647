"""Approved classes as firms claim them: a pooled class once for each of its firms, under the firm's own number of the register.

How a pooled class enters the register is settled in docs/decisions/pooled-classes.md.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from training_admin.catalog.class_store import firms_of_classes
from training_admin.catalog.forecast_store import ApprovedClass, approved_classes, classes_for
from training_admin.catalog.pooling import numbers_of_firms, plain_number, shared_by
from training_admin.database import fetch_tuples


class ClassOfFirm(ApprovedClass, frozen=True):
    """A class as one firm claims it: `class_no` is the number of the firm's filing, `content` names the firm and its part of the budget.

    `plain_no` is the number of the class itself, `people` how many of its people the firm claims.
    """

    plain_no: str
    people: int


async def classes_of_firms(classes: Sequence[ApprovedClass]) -> list[ClassOfFirm]:
    """Every class once for each firm that has people in it, firms in the order of the roster; two queries at most."""
    heads = await _heads([each.version_key for each in classes])
    pooled = [each.id for each in classes if each.content.pool is not None]
    firms = await firms_of_classes(pooled) if pooled else {}
    return [one for each in classes for one in _of_class(each, heads.get(each.version_key, {}), firms.get(each.id, ()))]


def _of_class(approved: ApprovedClass, heads: Mapping[str, int], firms: Sequence[str]) -> list[ClassOfFirm]:
    given = msgspec.structs.asdict(approved)
    pool, content = approved.content.pool, approved.content
    if pool is None:
        return [ClassOfFirm(**given, plain_no=approved.class_no, people=sum(heads.values()))]
    numbers = numbers_of_firms(approved.class_no, firms)
    return [
        ClassOfFirm(
            **given
            | {
                "class_no": numbers[each.enterprise],
                "content": msgspec.structs.replace(content, enterprise=each.enterprise, budget_fen=each.share_fen),
            },
            plain_no=approved.class_no,
            people=each.people,
        )
        for each in shared_by(pool, content.budget_fen, {firm: count for firm, count in heads.items() if firm})
    ]


async def _heads(version_keys: Sequence[int]) -> dict[int, dict[str, int]]:
    """How many people each employer has in a roster, in the order in which it names the employers."""
    found = await fetch_tuples(
        """SELECT class_version, enterprise, count(*) FROM class_trainee WHERE class_version = ANY($1)
           GROUP BY class_version, enterprise ORDER BY class_version, min(place)""",
        list(version_keys),
    )
    heads: dict[int, dict[str, int]] = {}
    for version_key, enterprise, count in found:
        heads.setdefault(version_key, {})[enterprise] = count
    return heads


async def claimable_classes(class_nos: Iterable[str], *, enterprises: Sequence[str] | None) -> list[ClassOfFirm]:
    """Classes by their numbers in the register, those of some enterprises only (None: of any); three queries at most."""
    numbers = set(class_nos)
    found = await approved_classes(sorted({plain_number(each) for each in numbers}), enterprises=enterprises)
    return [each for each in _own(await classes_of_firms(found), enterprises) if each.class_no in numbers]


async def claimable_for(enterprises: Sequence[str] | None, *, most: int) -> list[ClassOfFirm]:
    """The classes that enterprises may claim (None: any), newest first; three queries at most."""
    return _own(await classes_of_firms(await classes_for(enterprises, most=most)), enterprises)[:most]


def _own(classes: Iterable[ClassOfFirm], enterprises: Sequence[str] | None) -> list[ClassOfFirm]:
    return [each for each in classes if enterprises is None or each.content.enterprise in enterprises]


async def pooled_numbers(class_nos: Sequence[str]) -> dict[str, frozenset[str]]:
    """The pooled ones among classes, each with the numbers under which its firms claim; three queries at most."""
    named = await fetch_tuples(
        """SELECT c.class_no FROM training_class c JOIN class_version v ON v.training_class = c.id AND v.version = c.approved_version
           WHERE c.class_no = ANY($1) AND v.content->>'pool' IS NOT NULL""",
        list(class_nos),
    )
    if not named:
        return {}
    numbers: dict[str, set[str]] = {}
    for each in await classes_of_firms(await approved_classes([row[0] for row in named])):
        numbers.setdefault(each.plain_no, set()).add(each.class_no)
    return {class_no: frozenset(found) for class_no, found in numbers.items()}
