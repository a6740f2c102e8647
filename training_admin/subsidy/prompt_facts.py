"""Texts of prompts (填写提示) as pure data: which one counts, how they speak in errors, and whether a better one has helped."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from training_admin.subsidy.form import CellProblem
from training_admin.subsidy.quality_facts import FilledIn, Rate, field_of, rate_of

Prompts = Mapping[tuple[str, str], str]


class Prompt(msgspec.Struct, frozen=True):
    """One version of what a field of the claim form asks; in force from `since` until the next version."""

    sheet: str
    field: str
    version: int
    text: str
    why: str
    author: str
    since: datetime


class PromptEffect(msgspec.Struct, frozen=True):
    """How often a field was wrong, over all cells read, under one version of its prompt (0: the one the form came with)."""

    sheet: str
    field: str
    version: int
    text: str
    since: datetime | None
    rate: Rate


def current(prompts: Iterable[Prompt]) -> dict[tuple[str, str], str]:
    """The newest text of each field that was written better."""
    return {(each.sheet, each.field): each.text for each in sorted(prompts, key=lambda each: each.version)}


def spoken(problems: Iterable[CellProblem], prompts: Prompts) -> tuple[CellProblem, ...]:
    """Problems whose sentences end with what the officer asks of the field."""
    return tuple(_spoken(each, prompts.get((each.sheet, field_of(each)))) for each in problems)


def _spoken(problem: CellProblem, text: str | None) -> CellProblem:
    return problem if text is None else msgspec.structs.replace(problem, message=f"{problem.message}填写要求：{text}")


def effects(claims: Sequence[FilledIn], prompts: Iterable[Prompt], first_texts: Prompts) -> tuple[PromptEffect, ...]:
    """The rate of every field with a better prompt, version by version, over claims handed in first while it was in force."""
    by_field: dict[tuple[str, str], list[Prompt]] = {}
    for each in sorted(prompts, key=lambda each: each.version):
        by_field.setdefault((each.sheet, each.field), []).append(each)
    found = []
    for (sheet, field), versions in sorted(by_field.items()):
        starts = [None, *(each.since for each in versions)]
        texts = [first_texts.get((sheet, field), ""), *(each.text for each in versions)]
        for place, (since, text) in enumerate(zip(starts, texts, strict=True)):
            until = starts[place + 1] if place + 1 < len(starts) else None
            under = [each for each in claims if (since is None or each.at >= since) and (until is None or each.at < until)]
            wrong = sum(len({p.cell for p in each.problems if p.sheet == sheet and field_of(p) == field}) for each in under)
            cells = sum(each.cells for each in under)
            found.append(PromptEffect(sheet, field, place, text, since, rate_of(min(wrong, cells), cells)))
    return tuple(found)
