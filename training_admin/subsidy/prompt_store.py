"""Queries of the texts of prompts of the claim form; a better one is a new version."""

from training_admin.database import fetch_tuples
from training_admin.subsidy.prompt_facts import Prompt

CLAIM_FORM = "claim"


async def prompts() -> list[Prompt]:
    """Every version of every prompt of the claim form, in the order they were written."""
    found = await fetch_tuples(
        "SELECT sheet, field, version, text, why, author, since FROM prompt_text WHERE form = $1 ORDER BY id", CLAIM_FORM
    )
    return [Prompt(*row) for row in found]


async def add(prompt: Prompt) -> None:
    """Keep a new version; who writes the same one at the same time is told by the unique constraint and tries again."""
    await fetch_tuples(
        "INSERT INTO prompt_text (form, sheet, field, version, text, why, author, since) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        *(CLAIM_FORM, prompt.sheet, prompt.field, prompt.version, prompt.text, prompt.why, prompt.author, prompt.since),
    )
