"""Queries of stored doubts: keeping what was found, what holds money, lists, decisions."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.audit.check import Found, Severity
from training_admin.audit.doubt_facts import DoubtState, HoldingDoubt, Subject, fingerprint, state_of
from training_admin.audit.rulebook import audit_rules
from training_admin.database import fetch_tuples
from training_admin.kit.refusals import NotFound

_HOLDING = "((d.severity IN ('BLOCK', 'HIGH') AND d.decision = '' AND d.gone_at IS NULL) OR d.decision = 'confirmed')"
# Earlier findings of the same rule about the same organisation that turned out false: they lower the rank, nothing else.
_FALSE = """(SELECT count(*) FROM audit_doubt e WHERE e.rule = d.rule AND e.organisation = d.organisation AND e.decision = 'false'
    AND e.id <> d.id)"""
_STATE = "CASE WHEN d.decision <> '' THEN d.decision WHEN d.gone_at IS NOT NULL THEN 'gone' ELSE 'open' END"
_COLUMNS = f"""d.id, d.number, d.rule, d.kind, d.subject, d.organisation,
    coalesce(c.enterprise_name, (SELECT o.enterprise_name FROM claim o WHERE o.uscc = d.organisation ORDER BY o.id DESC LIMIT 1), ''),
    d.class_no, d.rows, d.amount_fen, d.severity, d.evidence, d.against, d.first_seen, d.gone_at, d.decision, {_FALSE}"""  # noqa: S608 - our own words
_ORDER = f"""CASE {_STATE} WHEN 'open' THEN 0 WHEN 'confirmed' THEN 1 WHEN 'false' THEN 2 ELSE 3 END, {_FALSE} > 0,
    CASE d.severity WHEN 'BLOCK' THEN 0 WHEN 'HIGH' THEN 1 ELSE 2 END, d.amount_fen DESC, d.id"""
_SCOPE = "($1::text[] IS NULL OR d.organisation = ANY($1))"


class DoubtNotFound(NotFound):
    """There is no such doubt, or not for this actor."""

    code = "doubt-not-found"


class FoundAbout(msgspec.Struct, frozen=True):
    """Something found about a subject: `claim` is the key of a claim, None for other subjects."""

    rule: str
    kind: Subject
    subject: str
    claim: int | None
    organisation: str
    against: str
    found: Found


class StoredDoubt(msgspec.Struct, frozen=True):
    """A doubt as stored; `false_before` counts earlier false alarms of the same rule about the same organisation."""

    id: int
    number: str
    rule: str
    kind: Subject
    subject: str
    organisation: str
    organisation_name: str
    class_no: str
    rows: tuple[int, ...]
    amount_fen: int
    severity: Severity
    evidence: tuple[tuple[str, str], ...]
    against: str
    first_seen: datetime
    gone_at: datetime | None
    decision: str
    false_before: int

    @property
    def state(self) -> DoubtState:
        """Where it stands."""
        return state_of(self.decision, gone=self.gone_at is not None)

    @property
    def title(self) -> str:
        """The name of its rule."""
        return audit_rules()[self.rule].name_zh


class DecisionSaid(msgspec.Struct, frozen=True):
    """One decision about a doubt."""

    decision: DoubtState
    reason: str
    decider: str
    decided_at: datetime


class DoubtFilter(msgspec.Struct, frozen=True):
    """Which doubts a list shows; empty means all. `wanted` is found in the number, the subject or the organisation."""

    state: str = ""
    severity: str = ""
    rule: str = ""
    wanted: str = ""
    start: date | None = None
    end: date | None = None


def _stored(row: tuple[Any, ...]) -> StoredDoubt:
    key, number, rule, kind, subject, code, name, class_no, rows, fen, severity, evidence, *rest = row
    told = msgspec.json.decode(evidence, type=tuple[tuple[str, str], ...])
    return StoredDoubt(
        *(key, number, rule, Subject(kind), subject, code, name, class_no, tuple(rows), fen, Severity[severity], told), *rest
    )


async def keep(found: Sequence[FoundAbout], looked_at: Mapping[tuple[Subject, str], Sequence[str]], *, at: datetime) -> list[str]:
    """Keep what was found and note what was not found any more; returns the numbers of new doubts.

    `looked_at` are the subjects with the rules that were asked about each: a rule that could not be asked makes nothing go.
    """
    subjects = [(kind.value, subject) for kind, subject in looked_at]
    known = await fetch_tuples(
        """SELECT d.kind, d.subject, d.rule, d.fingerprint, d.id, d.gone_at IS NOT NULL, d.amount_fen FROM audit_doubt d
           JOIN unnest($1::text[], $2::text[]) AS s (kind, subject) USING (kind, subject) ORDER BY d.id""",
        *([kind for kind, _ in subjects], [subject for _, subject in subjects]),
    )
    stored = {(Subject(kind), subject, digest): (key, gone, fen) for kind, subject, _rule, digest, key, gone, fen in known}
    count: dict[tuple[Subject, str, str], int] = {}
    for kind, subject, rule, *_rest in known:
        place = (Subject(kind), subject, rule)
        count[place] = count.get(place, 0) + 1
    new, seen, amounts = [], set[int](), list[tuple[int, int]]()
    for each in found:
        digest = fingerprint(each.rule, each.found)
        there = stored.get((each.kind, each.subject, digest))
        if there is None:
            place = (each.kind, each.subject, each.rule)
            count[place] = count.get(place, 0) + 1
            stored[each.kind, each.subject, digest] = (0, False, each.found.amount_fen)
            new.append(_new(each, digest, count[place]))
        elif there[0]:
            seen.add(there[0])
            if there[2] != each.found.amount_fen:
                amounts.append((there[0], each.found.amount_fen))
    gone = [
        key
        for kind, subject, rule, _digest, key, was_gone, _fen in known
        if key not in seen and not was_gone and rule in looked_at[Subject(kind), subject]
    ]
    back = [key for _kind, _subject, _rule, _digest, key, was_gone, _fen in known if key in seen and was_gone]
    await _note_seen(gone, back, amounts, at)
    return await _insert(new, at)


async def _note_seen(gone: Sequence[int], back: Sequence[int], amounts: Sequence[tuple[int, int]], at: datetime) -> None:
    if gone:
        await fetch_tuples("UPDATE audit_doubt SET gone_at = $2 WHERE id = ANY($1) RETURNING id", list(gone), at)
    if back:
        await fetch_tuples("UPDATE audit_doubt SET gone_at = NULL WHERE id = ANY($1) RETURNING id", list(back))
    if amounts:
        await fetch_tuples(
            """UPDATE audit_doubt d SET amount_fen = n.fen FROM unnest($1::bigint[], $2::bigint[]) AS n (id, fen) WHERE d.id = n.id
               RETURNING d.id""",
            *([key for key, _fen in amounts], [fen for _key, fen in amounts]),
        )


def _new(each: FoundAbout, digest: str, place: int) -> dict[str, Any]:
    return {
        "number": f"{each.subject}-{each.rule.removeprefix('AU-')}-{place:02d}",
        "rule": each.rule,
        "kind": each.kind.value,
        "subject": each.subject,
        "claim": each.claim,
        "organisation": each.organisation,
        "class_no": each.found.class_no,
        "lines": list(each.found.rows),
        "amount_fen": each.found.amount_fen,
        "severity": audit_rules()[each.rule].severity,
        "evidence": [list(pair) for pair in each.found.evidence],
        "against": each.against,
        "fingerprint": digest,
    }


async def _insert(new: Sequence[dict[str, Any]], at: datetime) -> list[str]:
    if not new:
        return []
    made = await fetch_tuples(
        """INSERT INTO audit_doubt (number, rule, kind, subject, claim, organisation, class_no, rows, amount_fen, severity, evidence,
               against, fingerprint, first_seen, decision)
           SELECT number, rule, kind, subject, claim, organisation, class_no,
               ARRAY(SELECT jsonb_array_elements_text(lines)::int), amount_fen, severity, evidence, against, fingerprint, $2, ''
           FROM jsonb_to_recordset($1::jsonb) AS n (number text, rule text, kind text, subject text, claim bigint, organisation text,
               class_no text, lines jsonb, amount_fen bigint, severity text, evidence jsonb, against text, fingerprint text)
           RETURNING number""",
        *(msgspec.json.encode(list(new)).decode(), at),
    )
    return sorted(row[0] for row in made)


async def holding(cases: Sequence[str]) -> dict[str, list[HoldingDoubt]]:
    """Doubts that stop the money of claims now, by claim: those about the claim, and those about the institution of one of its classes."""
    found = await fetch_tuples(
        f"""SELECT c.number, d.number, d.rule, d.severity, d.class_no, d.rows, d.decision FROM claim c JOIN audit_doubt d ON d.claim = c.id
            WHERE c.number = ANY($1) AND {_HOLDING}
            UNION ALL
            SELECT c.number, d.number, d.rule, d.severity, k.class_no, '{{}}'::int[], d.decision
            FROM claim c JOIN claim_class k ON k.claim = c.id
            JOIN LATERAL (SELECT f.institution FROM filing_version f JOIN delivery v ON v.id = f.delivery WHERE f.class_no = k.class_no
                          ORDER BY v.received_at DESC, v.id DESC, f.id DESC LIMIT 1) i ON true
            JOIN audit_doubt d ON d.kind = 'institution' AND d.subject = i.institution
            WHERE c.number = ANY($1) AND k.class_no <> '' AND {_HOLDING}
            ORDER BY 1, 2""",  # noqa: S608 - our own words
        list(cases),
    )
    doubts: dict[str, list[HoldingDoubt]] = {}
    for case, number, rule, severity, class_no, rows, decision in found:
        held = HoldingDoubt(
            *(number, rule, audit_rules()[rule].name_zh, Severity[severity], class_no, tuple(rows)), confirmed=decision == "confirmed"
        )
        doubts.setdefault(case, []).append(held)
    return doubts


async def open_counts(cases: Sequence[str]) -> dict[str, int]:
    """How many doubts that stop money each claim has."""
    found = await fetch_tuples(
        f"""SELECT c.number, count(*) FROM claim c JOIN audit_doubt d ON d.claim = c.id WHERE c.number = ANY($1) AND {_HOLDING}
            GROUP BY c.number""",  # noqa: S608 - our own words
        list(cases),
    )
    return dict(found)


async def listed(organisations: Sequence[str] | None, wanted: DoubtFilter, *, after: int, most: int) -> list[StoredDoubt]:
    """Doubts of a scope in the order in which they are best looked at: open ones first, false alarms of the same kind lower."""
    found = await fetch_tuples(
        f"""SELECT {_COLUMNS} FROM audit_doubt d LEFT JOIN claim c ON c.id = d.claim
            WHERE {_SCOPE} AND ($2 = '' OR {_STATE} = $2) AND ($3 = '' OR d.severity = $3) AND ($4 = '' OR d.rule = $4)
              AND (strpos(d.number, $5) > 0 OR strpos(d.organisation, $5) > 0 OR strpos(d.class_no, $5) > 0
                   OR strpos(coalesce(c.enterprise_name, ''), $5) > 0)
              AND ($6::date IS NULL OR (d.first_seen AT TIME ZONE 'Asia/Shanghai')::date >= $6)
              AND ($7::date IS NULL OR (d.first_seen AT TIME ZONE 'Asia/Shanghai')::date <= $7)
            ORDER BY {_ORDER} OFFSET $8 LIMIT $9""",  # noqa: S608 - our own words
        *(organisations, wanted.state, wanted.severity, wanted.rule, wanted.wanted, wanted.start, wanted.end, after, most),
    )
    return [_stored(row) for row in found]


async def counted(organisations: Sequence[str] | None) -> dict[tuple[str, str], int]:
    """How many doubts of a scope stand in which state, by severity."""
    found = await fetch_tuples(
        f"SELECT {_STATE}, d.severity, count(*) FROM audit_doubt d WHERE {_SCOPE} GROUP BY 1, 2",  # noqa: S608 - our own words
        organisations,
    )
    return {(state, severity): count for state, severity, count in found}


async def of_claim(claim: str) -> list[StoredDoubt]:
    """Every doubt about a claim, in order of their numbers."""
    found = await fetch_tuples(
        f"SELECT {_COLUMNS} FROM audit_doubt d JOIN claim c ON c.id = d.claim WHERE c.number = $1 ORDER BY d.number",  # noqa: S608 - our own words
        claim,
    )
    return [_stored(row) for row in found]


class KeptDoubt(msgspec.Struct, frozen=True):
    """What is kept of a doubt beside what a search finds anew: its number, since when it is known, the newest decision, what it led to.

    `rectification` is the newest entry asked about it with its deadline and end, `recovered_fen` what that entry asks back.
    """

    number: str
    first_seen: datetime
    decision: str
    reason: str
    decider: str
    decided_at: datetime | None
    rectification: str = ""
    deadline: date | None = None
    ended_at: datetime | None = None
    recovered_fen: int | None = None


async def kept_of(claims: Sequence[int]) -> dict[tuple[str, str], KeptDoubt]:
    """The stored doubts of some claims, by claim number and fingerprint."""
    found = await fetch_tuples(
        """SELECT d.subject, d.fingerprint, d.number, d.first_seen, d.decision, coalesce(s.reason, ''), coalesce(s.decider, ''),
               s.decided_at, coalesce(r.number, ''), r.deadline, r.ended_at, z.fen
           FROM audit_doubt d
           LEFT JOIN LATERAL (SELECT * FROM rectification WHERE source = 'doubt' AND origin = d.number ORDER BY id DESC LIMIT 1) r ON true
           LEFT JOIN recovery z ON z.number = r.recovery
           LEFT JOIN LATERAL (SELECT * FROM audit_doubt_decision WHERE doubt = d.id ORDER BY id DESC LIMIT 1) s ON true
           WHERE d.claim = ANY($1)""",
        list(claims),
    )
    return {(subject, digest): KeptDoubt(*rest) for subject, digest, *rest in found}


async def by_number(number: str, organisations: Sequence[str] | None) -> StoredDoubt:
    """One doubt of a scope; raises DoubtNotFound."""
    found = await fetch_tuples(
        f"SELECT {_COLUMNS} FROM audit_doubt d LEFT JOIN claim c ON c.id = d.claim WHERE {_SCOPE} AND d.number = $2",  # noqa: S608 - our own words
        *(organisations, number),
    )
    if not found:
        raise DoubtNotFound("没有找到这条审计疑点，请从列表重新进入。")
    return _stored(found[0])


async def decisions_of(doubt: int) -> list[DecisionSaid]:
    """What was decided about a doubt, oldest first."""
    found = await fetch_tuples("SELECT decision, reason, decider, decided_at FROM audit_doubt_decision WHERE doubt = $1 ORDER BY id", doubt)
    return [DecisionSaid(DoubtState(word), *rest) for word, *rest in found]


async def decide(doubt: StoredDoubt, decision: DoubtState, *, reason: str, decider: str, by: str, at: datetime) -> bool:
    """Keep a decision over the one that was shown; False when somebody has decided since."""
    moved = await fetch_tuples(
        "UPDATE audit_doubt SET decision = $3 WHERE id = $1 AND decision = $2 RETURNING id", doubt.id, doubt.decision, decision.value
    )
    if not moved:
        return False
    await fetch_tuples(
        """INSERT INTO audit_doubt_decision (doubt, decision, reason, decider, decided_by, decided_at)
           VALUES ($1, $2, $3, $4, $5, $6) RETURNING id""",
        *(doubt.id, decision.value, reason, decider, by, at),
    )
    return True
