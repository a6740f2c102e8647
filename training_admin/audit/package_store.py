"""Queries of the audit data package that are not tables of it: what the chosen claims are about, and who stands behind the keys."""

from collections.abc import Sequence

from training_admin.database import fetch_tuples

CLAIMED = """SELECT encode(l.person, 'hex'), l.sealed FROM claim_line l
    WHERE l.claim = ANY($1) AND length(l.person) > 0 ORDER BY l.claim, l.row"""
ENROLLED = """SELECT encode(t.person, 'hex'), t.sealed, t.name FROM class_trainee t JOIN class_version v ON v.id = t.class_version
    JOIN training_class k ON k.id = v.training_class WHERE k.class_no = ANY($1) ORDER BY k.id, v.version, t.place"""
APPRENTICED = """SELECT encode(a.person, 'hex'), a.sealed, a.name FROM apprentice a JOIN programme p ON p.id = a.programme
    WHERE p.number IN (SELECT x.programme FROM claim_programme x WHERE x.claim = ANY($1)) ORDER BY p.id, a.place"""


async def class_numbers(claims: Sequence[int]) -> list[str]:
    """The class numbers on which the claims stand."""
    found = await fetch_tuples("SELECT DISTINCT class_no FROM claim_class WHERE claim = ANY($1) AND class_no <> ''", list(claims))
    return [row[0] for row in found]


async def people(claims: Sequence[int]) -> list[bytes]:
    """The keys of the people on the claims."""
    found = await fetch_tuples("SELECT DISTINCT person FROM claim_line WHERE claim = ANY($1) AND length(person) > 0", list(claims))
    return [row[0] for row in found]
