"""What both sides of a programme sign: head, plan and people as canonical JSON, and its SHA-256.

People stand in it by the keyed hash of their numbers, so that the digest lets nobody try numbers.
"""

from typing import Any

import msgspec

from training_admin.apprenticeship.loading import ProgrammeHead
from training_admin.apprenticeship.plan_facts import ProgrammePlan
from training_admin.database import fetch_tuples
from training_admin.kit.digest import canonical_json, sha256_hex

_TUTORS = """SELECT kind, place, name, encode(person, 'hex'), level, qualification, allowance_fen FROM programme_tutor
    WHERE programme = $1 ORDER BY kind, place"""
_PEOPLE = """SELECT a.place, a.name, encode(a.person, 'hex'), a.joined_as, a.joined_on, a.contract_start, a.contract_end, a.agreement_on,
    a.post, a.skilled_post, a.prior_level, m.place, t.place
    FROM apprentice a LEFT JOIN programme_tutor m ON m.id = a.mentor LEFT JOIN programme_tutor t ON t.id = a.teacher
    WHERE a.programme = $1 ORDER BY a.place"""


async def signed_digest(head: ProgrammeHead, plan: ProgrammePlan) -> str:
    """The SHA-256 of a programme's plan and people as they stand; inside an open transaction."""
    content: dict[str, Any] = {
        "number": head.number,
        "enterprise": (head.uscc, head.enterprise_name),
        "institution": (head.institution, head.institution_name),
        "occupation": (head.occupation, head.occupation_name),
        "level": head.level,
        "starts": head.starts,
        "months": head.months,
        "plan": msgspec.to_builtins(plan),
        "tutors": [tuple(row) for row in await fetch_tuples(_TUTORS, head.id)],
        "people": [tuple(row) for row in await fetch_tuples(_PEOPLE, head.id)],
    }
    return sha256_hex(canonical_json(content))
