"""Stored claims as the audit reads them: people in clear for the sheets, facts with opaque keys for the checks."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.apprenticeship.facts import ProgrammeFacts
from training_admin.apprenticeship.loading import load_programme
from training_admin.audit import store
from training_admin.audit.body_store import load_bodies
from training_admin.audit.callback_store import contradicted
from training_admin.audit.facts import AuditClass, AuditCost, AuditLine, ClaimAudit, OtherTraining
from training_admin.audit.match_facts import MatchEntry, MatchKind
from training_admin.audit.run_facts import Handled, IssuingBody, RunAudit
from training_admin.audit.run_store import load_handled, load_runs
from training_admin.catalog.facts import CatalogItem, Filing, item_on
from training_admin.catalog.store import load_filings, load_items
from training_admin.catalog.witness_store import denials_of
from training_admin.fund.facts import LES, PaidTraining
from training_admin.kit.clock import shanghai_day
from training_admin.kit.dated import Policy
from training_admin.kit.digest import sha256_hex
from training_admin.kit.identifiers import IdReading, read_identity
from training_admin.kit.refusals import Refusal
from training_admin.kit.vault import Vault, vault
from training_admin.kit.workdays import Calendar, add_months
from training_admin.office.workdays import load_calendar
from training_admin.parties.facts import Coverage, Enterprise, Institution, InsuredMonth
from training_admin.parties.store import load_coverage, load_enterprises, load_institutions, month_text
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy
from training_admin.subsidy.form import ClassRow, FormHead
from training_admin.subsidy.gather import KeyedLine
from training_admin.subsidy.programme_store import programmes_of
from training_admin.subsidy.record import AssessmentRecord, ClassResult, LineResult, programme_step
from training_admin.subsidy.roster_store import ERASED
from training_admin.subsidy.store import SEALED_HEAD, SEALED_LINE, SealedLine

KEY_PLACE = "audit.key"
KEY_LENGTH = 16
MONTHS_AROUND = 3


class RecordDamaged(Refusal):
    """A stored record does not carry its own digest or its lines do not add up: nothing is exported."""

    status = 500
    code = "record-damaged"
    title = "核验记录不一致"


class Surroundings(msgspec.Struct, frozen=True):
    """What all chosen claims share: registers, catalog, policy and calendar as known at one instant."""

    known_at: datetime
    enterprises: Mapping[str, Enterprise]
    filings: Mapping[str, Filing]
    items: tuple[CatalogItem, ...]
    institutions: Mapping[str, Institution]
    classes: Mapping[int, tuple[ClassRow, ...]]
    coverage: Coverage
    policy: Policy
    calendar: Calendar
    denied: frozenset[tuple[str, str]] = frozenset()
    runs: Mapping[str, RunAudit] = {}
    bodies: Mapping[str, IssuingBody] = {}
    apprenticed: Mapping[int, ProgrammeFacts] = {}
    handled: Mapping[int, Handled] = {}

    def item_of(self, klass: ClassRow) -> CatalogItem | None:
        """The catalog item of a class, as in force on its first day; the filing decides."""
        filing = self.filings.get(klass.class_no)
        code = klass.item if filing is None else filing.item
        start = klass.start if filing is None else filing.start
        return None if code is None or start is None else item_on(self.items, code, start)


class Paper(msgspec.Struct, frozen=True):
    """One claim opened: its form's head, its newest record, people in sheet order, and decisions by row."""

    head: store.ClaimHead
    form: FormHead
    record: AssessmentRecord
    people: tuple[SealedLine, ...]
    lines: tuple[KeyedLine, ...]
    results: Mapping[int, LineResult]


async def load_surroundings(heads: Sequence[store.ClaimHead], known_at: datetime) -> Surroundings:
    """Everything shared, in a constant number of queries; inside an open transaction."""
    keys = [head.id for head in heads]
    classes: dict[int, list[ClassRow]] = {}
    for claim, content in await store.classes(keys):
        classes.setdefault(claim, []).append(msgspec.json.decode(content, type=ClassRow))
    own = [row for rows in classes.values() for row in rows]
    class_nos = sorted({row.class_no for row in own})
    foreign = [msgspec.json.decode(content, type=ClassRow) for _class_no, content in await store.other_classes(keys)]
    runs = await load_runs(sorted({row.class_no for row in own if row.class_no}))
    filings = await load_filings(sorted({row.class_no for row in (*own, *foreign)}), known_at)
    codes = {row.item for row in (*own, *foreign) if row.item} | {filing.item for filing in filings.values() if filing.item}
    return Surroundings(
        known_at=known_at,
        enterprises=await load_enterprises(sorted({head.uscc for head in heads}), known_at),
        filings=filings,
        items=await load_items(sorted(codes), known_at),
        institutions=await load_institutions(sorted({each.institution for each in filings.values() if each.institution}), known_at),
        classes={claim: tuple(rows) for claim, rows in classes.items()},
        coverage=await load_coverage(known_at),
        policy=await load_policy(DEFAULT_PACK, known_at=known_at),
        calendar=await load_calendar(known_at=shanghai_day(known_at)),
        denied=await denials_of(class_nos, known_at) | await contradicted(class_nos, known_at),
        runs=runs,
        bodies=await load_bodies(runs.values()),
        handled=await load_handled(keys),
        apprenticed=await _apprenticed(keys, shanghai_day(known_at)),
    )


async def _apprenticed(claims: list[int], as_of: date) -> dict[int, ProgrammeFacts]:
    """The programmes of apprentices that claims are about, each loaded once."""
    numbers = {claim: number for claim, (number, _stage) in (await programmes_of(claims)).items()}
    loaded = {number: await load_programme(number, as_of=as_of) for number in sorted(set(numbers.values()))}
    return {claim: loaded[number] for claim, number in numbers.items()}


async def opened(heads: Sequence[store.ClaimHead]) -> AsyncIterator[Paper]:
    """The claims one after the other, people in clear; raises RecordDamaged."""
    keys, secret = [head.id for head in heads], vault()
    lines, records = await store.lines(keys), await store.records(keys)
    for head in heads:
        content, rows = (await records.of(head.id))[0][0], await lines.of(head.id)
        yield await asyncio.to_thread(_open, head, content, rows, secret)


def _open(head: store.ClaimHead, compressed: bytes, rows: Sequence[tuple[Any, ...]], secret: Vault) -> Paper:
    content = zlib.decompress(compressed)
    record = msgspec.json.decode(content, type=AssessmentRecord)
    assert_ties_out(head, content, record)
    unsealed, line_of = secret.decryption(place=SEALED_LINE), msgspec.msgpack.Decoder(SealedLine).decode
    return Paper(
        head=head,
        form=msgspec.json.decode(secret.decrypt(head.sealed_head, place=SEALED_HEAD), type=FormHead),
        record=record,
        people=tuple([line_of(unsealed(row[-1])) for row in rows]),
        lines=tuple([KeyedLine(*row[:-1]) for row in rows]),
        results={line.row: line for line in record.lines},
    )


def assert_ties_out(head: store.ClaimHead, content: bytes, record: AssessmentRecord) -> None:
    """The record is the one that was stored, and its lines add up to its classes, its ceiling and the stored sums."""
    ceiling = record.ceiling
    holds = (
        sha256_hex(content) == head.sha256
        and (ceiling.computed_fen, ceiling.payable_fen) == (head.computed_fen, head.payable_fen)
        and sum(line.payable_fen for line in record.lines) == (ceiling.payable_fen or 0)
        and sum(klass.computed_fen for klass in record.classes) == ceiling.computed_fen
    )
    if not holds:
        raise RecordDamaged(f"申报 {head.number} 的核验记录与已存的校验值或合计不一致，已停止导出。请保留现场并联系系统管理员。")


async def costs_of(heads: Sequence[store.ClaimHead]) -> AsyncIterator[tuple[store.ClaimHead, tuple[AuditCost, ...]]]:
    """The vouchers of the claims one claim after the other, each with the rows of other claims that carry its number."""
    found = await store.costs([head.id for head in heads])
    for head in heads:
        yield head, _costs(await found.of(head.id))


def _costs(rows: Sequence[tuple[Any, ...]]) -> tuple[AuditCost, ...]:
    return tuple(
        msgspec.structs.replace(
            AuditCost(*row), elsewhere=() if elsewhere is None else msgspec.json.decode(elsewhere, type=tuple[tuple[str, int], ...])
        )
        for *row, elsewhere in rows
    )


async def with_facts(heads: Sequence[store.ClaimHead], around: Surroundings) -> AsyncIterator[tuple[Paper, ClaimAudit]]:
    """The claims one after the other with the facts for the checks."""
    keys = [head.id for head in heads]
    first, last = _months(heads, around)
    insurance = await store.insurance(keys, first=first, last=last, known_at=around.known_at)
    payments = await store.payments(keys, around.known_at)
    others = await store.others(keys)
    said, costs = await store.said_elsewhere(keys, around.known_at), await store.costs(keys)
    keyring = _Keys(vault())
    async for paper in opened(heads):
        key = paper.head.id
        insured, paid = await insurance.of(key), await payments.of(key)
        found = {"insured": insured, "paid": paid, "others": await others.of(key), "said": await said.of(key)}
        yield paper, await asyncio.to_thread(_facts, paper, around, keyring, **found, costs=_costs(await costs.of(key)))


class _Keys:
    """Opaque keys of names and phones, so that checks can compare without seeing them."""

    def __init__(self, secret: Vault) -> None:
        self.secret = secret

    def of(self, text: str) -> str:
        known = text not in ("", ERASED.name)
        return self.secret.keyed_hash(text, place=KEY_PLACE).hex()[:KEY_LENGTH] if known else ""

    def of_sealed(self, sealed: bytes) -> str:
        return self.of(msgspec.msgpack.decode(self.secret.decrypt(sealed, place=SEALED_LINE), type=SealedLine).name)


def _months(heads: Sequence[store.ClaimHead], around: Surroundings) -> tuple[str, str]:
    days = [head.as_of for head in heads]
    for rows in around.classes.values():
        for row in rows:
            filing = around.filings.get(row.class_no)
            days += [day for day in (row.start, row.end) if day] if filing is None else [filing.start, filing.end]
    return f"{add_months(min(days), -MONTHS_AROUND):%Y-%m}", f"{add_months(max(days), MONTHS_AROUND):%Y-%m}"


def _facts(
    paper: Paper,
    around: Surroundings,
    keyring: _Keys,
    *,
    insured: Sequence[tuple[Any, ...]],
    paid: Sequence[tuple[Any, ...]],
    others: Sequence[tuple[Any, ...]],
    said: Sequence[tuple[Any, ...]],
    costs: tuple[AuditCost, ...],
) -> ClaimAudit:
    head, record = paper.head, paper.record
    results = {klass.class_no: klass for klass in record.classes}
    today = shanghai_day(around.known_at)
    return ClaimAudit(
        number=head.number,
        uscc=head.uscc,
        enterprise_name=head.enterprise_name,
        claim_year=head.claim_year,
        as_of=head.as_of,
        account_holder=paper.form.account_holder,
        enterprise=around.enterprises.get(head.uscc),
        classes=tuple(_class(row, results.get(row.class_no), around) for row in _once(around.classes.get(head.id, ()))),
        lines=tuple(_line(paper, place, keyring, today) for place in range(len(paper.lines))),
        costs=costs,
        institutions=around.institutions,
        insurance=_grouped((person, InsuredMonth(person, month_text(month), payer)) for person, month, payer in insured),
        coverage=around.coverage,
        payments=_grouped((row[0], PaidTraining(*row[:-1])) for row in paid),
        others=_grouped((row[0], _other(row, around, keyring)) for row in others),
        policy=around.policy,
        calendar=around.calendar,
        ceiling_fen=record.ceiling.ceiling_fen,
        payable_fen=record.ceiling.payable_fen,
        other_payable_fen=head.other_payable_fen,
        denied=around.denied,
        runs=around.runs,
        bodies=around.bodies,
        programme=programme_step(record.ceiling) is not None,
        apprenticed=around.apprenticed.get(head.id),
        handled=around.handled.get(head.id, Handled()),
        said=_grouped((person, (MatchKind(kind), MatchEntry(person, *rest))) for person, kind, *rest in said),
    )


def _once(rows: Sequence[ClassRow]) -> list[ClassRow]:
    """A class number written twice is one class, as in the assessment: the first row counts."""
    return list({row.class_no: row for row in reversed(rows) if row.class_no}.values())[::-1]


def _grouped(pairs: Any) -> dict[str, tuple[Any, ...]]:
    grouped: dict[str, list[Any]] = {}
    for person, each in pairs:
        grouped.setdefault(person, []).append(each)
    return {person: tuple(found) for person, found in grouped.items()}


def _class(row: ClassRow, result: ClassResult | None, around: Surroundings) -> AuditClass:
    share = None
    for step in () if result is None else result.steps:
        if "eligible_cost_fen" in step.figures and isinstance(found := step.figures.get("share_bp"), int):
            share = found
    return AuditClass(
        row=row,
        filing=around.filings.get(row.class_no),
        item=around.item_of(row),
        eligible_cost_fen=0 if result is None else result.eligible_cost_fen,
        cost_share_bp=share,
    )


def _line(paper: Paper, place: int, keyring: _Keys, today: date) -> AuditLine:
    line, named = paper.lines[place], paper.people[place]
    result = paper.results.get(line.row)
    return AuditLine(
        row=line.row,
        readable=line.readable,
        class_no=line.class_no,
        person=line.person,
        name_key=keyring.of(named.name),
        phone_key=keyring.of(named.mobile),
        number_valid=not named.id_no or isinstance(read_identity(named.id_type, named.id_no, today), IdReading),
        group=line.group,
        birth=line.birth,
        sex=line.sex,
        contract_start=line.contract_start,
        contract_end=line.contract_end,
        attended_centihours=line.attended_centihours,
        exam_result=line.exam_result,
        outcome="" if result is None else result.outcome.value,
        payable_fen=0 if result is None else result.payable_fen,
    )


def _other(row: tuple[Any, ...], around: Surroundings, keyring: _Keys) -> OtherTraining:
    person, sealed, number, uscc, class_no, earlier, content, paying = row
    klass = ClassRow(0, class_no) if content is None else msgspec.json.decode(content, type=ClassRow)
    filing, item = around.filings.get(class_no), around.item_of(klass)
    return OtherTraining(
        person=person,
        name_key=keyring.of_sealed(sealed),
        claim_number=number,
        uscc=uscc,
        class_no=class_no,
        start=klass.start if filing is None else filing.start,
        end=(klass.end or klass.start) if filing is None else filing.end,
        occupation=None if item is None else item.occupation,
        level=None if item is None else item.level,
        fund=LES if item is None else item.fund,
        earlier=earlier,
        paying=paying,
    )
