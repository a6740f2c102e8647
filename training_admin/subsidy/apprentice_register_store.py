"""Queries of the money in sheet 12: claims of programmes with their newest records, what was paid of them and what comes back."""

import zlib
from collections.abc import Sequence

import msgspec

from training_admin.apprenticeship.facts import Stage
from training_admin.database import fetch_tuples
from training_admin.subsidy.apprentice_money import PaidPart, StageMoney, rows_of_payables
from training_admin.subsidy.decided import spoken_of
from training_admin.subsidy.programme_store import OVER
from training_admin.subsidy.record import LineOutcome


class LineMoney(msgspec.Struct, frozen=True):
    """What the register needs of a line of a record."""

    row: int
    outcome: LineOutcome
    computed_fen: int
    payable_fen: int


class RecordLines(msgspec.Struct, frozen=True):
    """What the register needs of a record; the rest of it is not read."""

    lines: tuple[LineMoney, ...]


class LedgerMoney(msgspec.Struct, frozen=True):
    """What the ledger itself says of some claims of a programme: paid, and decided to come back less what was given up; fen."""

    paid_fen: int = 0
    asked_back_fen: int = 0


async def money_of(numbers: Sequence[str], *, only: Sequence[str] | None = None) -> dict[str, list[StageMoney]]:
    """The money of programmes by their number, oldest claim first; `only` narrows it to some claims.

    What reviewers decided of rows counts as it was determined. Seven queries.
    """
    claims = await fetch_tuples(
        """SELECT x.programme, x.stage, c.number, c.id, c.state, a.content FROM claim_programme x JOIN claim c ON c.id = x.claim
           JOIN LATERAL (SELECT content FROM assessment WHERE claim = c.id ORDER BY place DESC LIMIT 1) a ON true
           WHERE x.programme = ANY($1) AND c.state <> ALL($2) AND ($3::text[] IS NULL OR c.number = ANY($3)) ORDER BY c.id""",
        *(list(numbers), list(OVER), None if only is None else list(only)),
    )
    cases = [case for _programme, _stage, case, *_rest in claims]
    spoken = await spoken_of([(key, state) for _programme, _stage, _case, key, state, _content in claims])
    paid = await fetch_tuples("SELECT id, case_no, fen, state FROM payable WHERE case_no = ANY($1) ORDER BY id", cases)
    keys = [key for key, *_rest in paid]
    splits = await fetch_tuples("SELECT origin, rest, rows FROM payable_split WHERE origin = ANY($1) ORDER BY id", keys)
    back = {
        payable: (int(asked), int(returned))
        for payable, asked, returned in await fetch_tuples(
            """SELECT payable, sum(CASE state WHEN 'voided' THEN settled_fen ELSE fen END), sum(settled_fen)
               FROM recovery WHERE payable = ANY($1) AND state IN ('decided', 'settled', 'voided') GROUP BY payable""",
            keys,
        )
    }
    payables: dict[str, list[tuple[int, int, str]]] = {}
    for key, case_no, fen, state in paid:
        payables.setdefault(case_no, []).append((key, fen, state))
    case_of = {key: case_no for key, case_no, *_rest in paid}
    cut: dict[str, list[tuple[int, int, list[int]]]] = {}
    for origin, rest, rows in splits:
        cut.setdefault(case_of[origin], []).append((origin, rest, rows))
    found: dict[str, list[StageMoney]] = {}
    for programme, stage, case, claim, _state, content in claims:
        lines = msgspec.json.decode(zlib.decompress(content), type=RecordLines).lines
        own = payables.get(case, [])
        rows_by = rows_of_payables([key for key, *_rest in own], cut.get(case, []), [line.row for line in lines])
        parts = tuple(PaidPart(frozenset(rows_by[key]), fen, *back.get(key, (0, 0))) for key, fen, state in own if state == "paid")
        prices = {line.row: line.computed_fen for line in lines if line.outcome is LineOutcome.PAY}
        shares = {line.row: line.payable_fen for line in lines}
        if claim in spoken:
            prices, shares = spoken[claim].prices, {line.row: 0 for line in lines} | spoken[claim].shares
        found.setdefault(programme, []).append(StageMoney(Stage(stage), prices, shares, parts))
    return found


async def ledger_money(numbers: Sequence[str], *, only: Sequence[str] | None = None) -> dict[str, LedgerMoney]:
    """What the ledger itself says of the claims of programmes, by programme; it is read on another way than `money_of`."""
    found = await fetch_tuples(
        """SELECT x.programme, coalesce(sum(g.amount_fen) FILTER (WHERE a.kind = 'paid' AND e.act IN ('pay', 'fail')), 0)::bigint,
                  coalesce(sum(g.amount_fen) FILTER (WHERE a.kind = 'receivable' AND e.act IN ('recover', 'forgive')), 0)::bigint
           FROM claim_programme x JOIN claim c ON c.id = x.claim JOIN fund_entry e ON e.subject = c.number
           JOIN fund_posting g ON g.entry = e.id JOIN fund_account a ON a.id = g.account
           WHERE x.programme = ANY($1) AND ($2::text[] IS NULL OR c.number = ANY($2)) GROUP BY x.programme""",
        *(list(numbers), None if only is None else list(only)),
    )
    return {programme: LedgerMoney(paid, asked) for programme, paid, asked in found}
