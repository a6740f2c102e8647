"""Texts of prompts 填写提示: an officer writes what a field asks better; template, page and errors say it from then on."""

import asyncio

from training_admin.database import read_transaction
from training_admin.kit.actor import Actor, assert_may, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import NotFound, Unreadable
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.office.idempotency import once
from training_admin.subsidy import prompt_store as store
from training_admin.subsidy import quality_store
from training_admin.subsidy.form import CellProblem
from training_admin.subsidy.prompt_facts import Prompt, PromptEffect, current, effects, spoken
from training_admin.subsidy.template import claim_template, first_prompts

# A prompt of a workbook's cell holds 255 characters; short ones are read.
LONGEST_TEXT, LONGEST_WHY = 120, 300


class PromptRefused(Unreadable):
    """The text or its reason is missing or too long, or the text is the one in force."""

    code = "prompt-refused"
    title = "填写提示无法保存"


class FieldNotFound(NotFound):
    """The claim form has no such field."""

    code = "form-field-not-found"


def assert_known(sheet: str, field: str) -> None:
    """Raises FieldNotFound."""
    if (sheet, field) not in first_prompts():
        raise FieldNotFound("申报模板没有这个字段，请从质量统计页面重新进入。")


@once
async def write_prompt(actor: Actor, sheet: str, field: str, *, text: str, why: str, clock: Clock) -> int:
    """Write what a field asks better; returns the version, which is in force from now on.

    Raises NotAllowed, FieldNotFound, PromptRefused.
    """
    assert_may(actor, Right.PROMPT_EDIT)
    assert_known(sheet, field)
    words = one_line(text, PromptRefused, most=LONGEST_TEXT, what="填写提示")
    reason = one_line(why, PromptRefused, most=LONGEST_WHY, what="修改的原因")
    earlier = [each for each in await store.prompts() if (each.sheet, each.field) == (sheet, field)]
    if words == (earlier[-1].text if earlier else first_prompts()[sheet, field]):
        raise PromptRefused("与现行的填写提示相同，没有保存。")
    version = len(earlier) + 1
    await store.add(Prompt(sheet, field, version, words, reason, shown_name(actor), clock.now()))
    detail = {"sheet": sheet, "field": field, "version": version, "text": words, "reason": reason}
    await trail.record(actor, "subsidy:prompt:written", f"{sheet}/{field}", detail, at=clock.now())
    return version


async def changed_prompts() -> dict[tuple[str, str], str]:
    """What officers have written better, as it counts now; everybody may read it."""
    return (await prompts_now())[0]


async def in_errors(problems: tuple[CellProblem, ...]) -> tuple[CellProblem, ...]:
    """Problems that end with what the field asks now."""
    return spoken(problems, await changed_prompts()) if problems else problems


async def prompts_now() -> tuple[dict[tuple[str, str], str], int]:
    """What officers have written better as it counts now, and how often they have: the second part of the template's version."""
    async with read_transaction():
        found = await store.prompts()
    return current(found), len(found)


async def prompted_template() -> bytes:
    """The empty claim workbook with the prompts that count now, made off the event loop."""
    better, changes = await prompts_now()
    texts = tuple((sheet, field, text) for (sheet, field), text in sorted(better.items()))
    return await asyncio.to_thread(claim_template, texts, changes)


async def show_prompt(actor: Actor, sheet: str, field: str) -> tuple[str, list[Prompt]]:
    """The text a field came with, and its versions, newest first; raises NotAllowed, FieldNotFound."""
    assert_may(actor, Right.TOTALS_READ)
    assert_known(sheet, field)
    async with read_transaction():
        found = await store.prompts()
    return first_prompts()[sheet, field], [each for each in reversed(found) if (each.sheet, each.field) == (sheet, field)]


async def show_effects(actor: Actor) -> tuple[PromptEffect, ...]:
    """填报失误率 of every field with a better prompt, version by version; raises NotAllowed."""
    assert_may(actor, Right.TOTALS_READ)
    async with read_transaction():
        return effects(await quality_store.filled_in(None), await store.prompts(), first_prompts())
