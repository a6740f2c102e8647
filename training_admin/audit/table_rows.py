"""Rows of the audit sheets from stored claims: what was recorded, never computed again; empty where nobody has delivered it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from training_admin.audit.doubt_facts import DOUBT_WORDS, DoubtState, fingerprint
from training_admin.audit.doubt_store import KeptDoubt
from training_admin.audit.facts import AuditCost, ClaimAudit
from training_admin.audit.finding import Doubt
from training_admin.audit.layouts import PEOPLE, PUBLIC_PLACES
from training_admin.audit.papers import Paper, Surroundings
from training_admin.audit.rulebook import audit_rules
from training_admin.catalog.facts import LEVEL_WORDS, PAID_STREAMS, STREAM_APPRENTICE, CatalogItem
from training_admin.kit.clock import shanghai_day
from training_admin.kit.identifiers import mask_identity
from training_admin.kit.money import WHOLE_BP, ratio_down
from training_admin.kit.workbook.formulas import address_of, link, numbered_link, place_in
from training_admin.parties.facts import SIZE_WORDS
from training_admin.subsidy.explain import OUTCOME_WORDS
from training_admin.subsidy.form import ClassRow, CostRow
from training_admin.subsidy.gather import eligible_categories, is_eligible
from training_admin.subsidy.record import PAYING, AssessmentRecord, ClassResult, LineOutcome, LineResult, programme_step

SEX_WORDS = {"M": "男", "F": "女"}
NOT_DELIVERED = "待比对"
PEOPLE_NAMED = 8
ROWS_NAMED = 60


@cache
def group_words() -> Mapping[str, str]:
    """Trainee groups in words by their code."""
    content = msgspec.json.decode(files("training_admin.subsidy").joinpath("data", "code_lists.json").read_bytes())
    return {code: word for word, code in content["trainee_groups"]}


class ClassPaper(msgspec.Struct, frozen=True):
    """What all rows of one class share in the sheets; the standard and its share where the price has them."""

    result: ClassResult
    title: str | None
    occupation: str | None
    level: str | None
    standard_fen: int | None
    share_bp: int | None


def class_papers(paper: Paper, around: Surroundings) -> dict[str, ClassPaper]:
    """The classes of a claim by number."""
    rows = {row.class_no: row for row in reversed(around.classes.get(paper.head.id, ()))}
    only = next(iter(rows.values()), None)
    found = {}
    for klass in paper.record.classes:
        # The groups of an apprentice programme stand in the claim's one class row.
        row = rows.get(klass.class_no, only)
        assert row is not None, "a record has classes of its claim"
        found[klass.class_no] = _class_paper(klass, row, around.item_of(row))
    return found


def _class_paper(klass: ClassResult, row: ClassRow, item: CatalogItem | None) -> ClassPaper:
    standard_fen, share_bp = None, None
    for step in klass.steps:
        if step.code == "by_standard":
            amount, share = step.figures["amount_fen"], step.figures["share_bp"]
            assert isinstance(amount, int)
            assert isinstance(share, int)
            standard_fen, share_bp = amount, share
        elif step.code == "post_amount":
            standard_fen = step.result_fen
    level = row.level if item is None else LEVEL_WORDS.get(item.level or "")
    return ClassPaper(
        result=klass,
        title=row.title if item is None else item.name,
        occupation=row.occupation if item is None else item.occupation,
        level=level,
        standard_fen=standard_fen,
        share_bp=share_bp,
    )


def people_rows(paper: Paper, classes: Mapping[str, ClassPaper], first: int, *, public: bool, base: str = "") -> Iterator[tuple[Any, ...]]:
    """补贴人员明细表: the rows that are to be paid, numbered from `first`; each number leads to the person's decision below `base`."""
    number, words = first, group_words()
    lines = "" if public else address_of(base, "claims", paper.head.number, "lines")
    for line, named in zip(paper.lines, paper.people, strict=True):
        result = paper.results[line.row]
        if result.outcome not in PAYING:
            continue
        klass = classes[result.class_no]
        row = (
            numbered_link(lines and f"{lines}/{line.row}", number),
            named.name,
            named.id_type,
            mask_identity(named.id_no) if public else named.id_no,
            words.get(line.group, line.group),
            paper.head.enterprise_name,
            paper.head.uscc,
            line.class_no,
            klass.title,
            klass.occupation,
            klass.level,
            klass.result.delivered_centihours,
            attendance_bp(line.attended_centihours, klass.result.delivered_centihours),
            line.exam_result,
            None,
            klass.standard_fen,
            klass.share_bp,
            result.computed_fen,
            result.computed_fen - result.payable_fen,
            result.payable_fen,
            paper.form.account_holder,
            paper.form.account,
            None,
        )
        yield tuple(row[place] for place in PUBLIC_PLACES) if public else row
        number += 1


def attendance_bp(attended: int, delivered: int) -> int | None:
    """Attended share of the delivered hours, rounded down; None where nothing was delivered."""
    return ratio_down(WHOLE_BP, attended, delivered) if delivered else None


class FirmSums(msgspec.Struct):
    """What a firm receives in one claim year, class by class, over all chosen claims."""

    name: str
    uscc: str
    year: int
    size: str
    surcharge_fen: int | None
    ceiling_fen: int | None
    classes: dict[str, int]
    people: dict[str, int]
    amounts_fen: dict[str, int]


def add_to_firm(sums: dict[tuple[str, int], FirmSums], paper: Paper, around: Surroundings) -> None:
    """Add a claim to the sums of its firm."""
    head, record = paper.head, paper.record
    firm = around.enterprises.get(head.uscc)
    size = "" if firm is None else SIZE_WORDS.get(firm.size or "", "")
    of_firm = sums.setdefault(
        (head.uscc, head.claim_year),
        FirmSums(head.enterprise_name, head.uscc, head.claim_year, size, _surcharge(head.claim_year, firm, around), None, {}, {}, {}),
    )
    if programme_step(record.ceiling) is None:
        of_firm.ceiling_fen = record.ceiling.ceiling_fen
    streams = {klass.class_no: klass.stream for klass in record.classes}
    for klass in record.classes:
        if klass.payable_people:
            of_firm.classes[klass.stream] = of_firm.classes.get(klass.stream, 0) + 1
    for line in record.lines:
        if line.outcome in PAYING:
            stream = streams[line.class_no]
            of_firm.people[stream] = of_firm.people.get(stream, 0) + 1
            of_firm.amounts_fen[stream] = of_firm.amounts_fen.get(stream, 0) + line.payable_fen


def people_by_stream(paper: Paper) -> dict[tuple[str, str], tuple[int, int]]:
    """Classes and people that a claim is paid for, by claim number and stream."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for klass in paper.record.classes:
        if klass.payable_people:
            classes, people = found.get((paper.head.number, klass.stream), (0, 0))
            found[paper.head.number, klass.stream] = classes + 1, people + klass.payable_people
    return found


def _surcharge(year: int, firm: Any, around: Surroundings) -> int | None:
    before = str(year - 1)
    if firm is None or before not in around.coverage.surcharge:
        return None
    amount: int = firm.surcharge_paid_fen.get(before, 0)
    return amount


def firm_rows(sums: Mapping[tuple[str, int], FirmSums], places: Mapping[tuple[str, int], int]) -> Iterator[tuple[Any, ...]]:
    """企业补贴汇总表: one row for each firm and claim year; the year is told where there are several.

    `places` tells in which row of the people each firm begins; there its total leads.
    """
    several = len({year for _uscc, year in sums}) > 1
    for key, firm in sums.items():
        total = sum(firm.amounts_fen.values())
        name = f"{firm.name}（{firm.year}年度）" if several else firm.name
        counted = [value for s in PAID_STREAMS for value in (firm.classes.get(s, 0), firm.people.get(s, 0), firm.amounts_fen.get(s, 0))]
        # Apprentices take no part of the ceiling (CEIL-02).
        below_fen = total - firm.amounts_fen.get(STREAM_APPRENTICE, 0)
        share = ratio_down(WHOLE_BP, below_fen, firm.ceiling_fen) if firm.ceiling_fen else None
        row = places.get(key)
        source = link("" if row is None else place_in(PEOPLE, f"A{row}"), "" if row is None else f"人员明细第{row}行")
        yield (name, firm.uscc, firm.size, firm.surcharge_fen, firm.ceiling_fen, *counted, total, share, source)


def roster_rows(paper: Paper, facts: ClaimAudit, first: int, *, base: str = "") -> Iterator[tuple[Any, ...]]:
    """班级花名册: every row that was handed in, with what became of it."""
    lines = address_of(base, "claims", paper.head.number, "lines")
    months = {klass.class_no: klass.months for klass in facts.classes}
    classes = {klass.class_no: klass for klass in paper.record.classes}
    for number, (line, named) in enumerate(zip(paper.lines, paper.people, strict=True), first):
        payers, insured = _insured(facts, line.person, months.get(line.class_no, ()), paper.head.enterprise_name)
        end = "无固定期限" if line.contract_end is None else line.contract_end.isoformat()
        result = paper.results[line.row]
        told = (named.note, conclusion(paper.record, classes.get(line.class_no), result))
        yield (
            numbered_link(lines and f"{lines}/{line.row}", number),
            line.class_no,
            named.name,
            SEX_WORDS.get(line.sex or ""),
            named.id_no,
            group_words().get(line.group, line.group),
            paper.head.enterprise_name,
            None,
            None if line.contract_start is None else f"{line.contract_start.isoformat()} 至 {end}",
            payers,
            insured,
            None,
            named.mobile,
            "；".join(text for text in told if text),
        )


def _insured(facts: ClaimAudit, person: str, months: Sequence[str], own_name: str) -> tuple[str | None, str | None]:
    if not person:
        return None, None
    found = [each for each in facts.insurance.get(person, ()) if each.month in months]
    payers = sorted({own_name if each.payer == facts.uscc else each.payer for each in found})
    missing = [month for month in months if month not in facts.coverage.insurance]
    told = "、".join(sorted({each.month for each in found}))
    waiting = f"{'、'.join(missing)} {NOT_DELIVERED}" if missing else ""
    return "、".join(payers), "；".join(text for text in (told, waiting) if text)


def conclusion(record: AssessmentRecord, klass: ClassResult | None, line: LineResult) -> str:
    """The outcome of a row with the rules that decide it; nothing where it is simply paid."""
    if line.outcome is LineOutcome.PAY:
        return ""
    above = () if klass is None else klass.findings
    rules = dict.fromkeys(found.rule for found in (*line.findings, *above, *record.findings) if found.effect not in {"", "WARN"})
    named = f"（{'、'.join(rules)}）" if rules and line.outcome is not LineOutcome.CELL else ""
    return f"核验结果：{OUTCOME_WORDS[line.outcome]}{named}"


def cost_rows(costs: Sequence[AuditCost], claim: tuple[str, str]) -> Iterator[tuple[Any, ...]]:
    """费用明细表: every voucher with what is recognised of it and why not."""
    for cost in costs:
        reason = why_refused(cost)
        amount = cost.amount_fen
        recognised = None if amount is None else (0 if reason else amount)
        issuer = "　".join(text for text in (cost.issuer_name, cost.issuer) if text)
        yield (
            *(cost.class_no, cost.category, cost.invoice_no, None, issuer, cost.invoiced_on, amount, cost.voucher_no, recognised, reason),
            claim,
        )


def why_refused(cost: AuditCost) -> str:
    """Why a voucher is not recognised (ENT-15), or nothing; the decision itself is that of the assessment."""
    plain = CostRow(cost.row, cost.readable, cost.class_no, cost.category, cost.invoice_no, amount_fen=cost.amount_fen)
    if is_eligible(plain):
        return ""
    if not cost.readable:
        return "单元格无法识别，待更正"
    if not eligible_categories().get(cost.category, False):
        return f"“{cost.category}”不属于可补贴费用（ENT-15）"
    return "没有发票号码，不予认定（ENT-15）"


def doubt_rows(
    doubts: Sequence[Doubt],
    paper: Paper,
    found_on: date,
    claim: tuple[str, str],
    kept: Mapping[tuple[str, str], KeptDoubt] | None = None,
) -> Iterator[tuple[Any, ...]]:
    """审计疑点清单: the doubts about one claim with what officers decided about those that are stored; the rest is left empty."""
    names = {line.row: named for line, named in zip(paper.lines, paper.people, strict=True)}
    counted: dict[str, int] = {}
    for doubt in doubts:
        rule, found = audit_rules()[doubt.check], doubt.found
        counted[rule.id] = counted.get(rule.id, 0) + 1
        shown = [f"{names[row].name} {mask_identity(names[row].id_no)}".strip() for row in found.rows[:PEOPLE_NAMED]]
        people = "、".join(shown) + (f" 等{len(found.rows)}人次" if len(found.rows) > PEOPLE_NAMED else "")
        evidence = [f"{field}={value}" for field, value in found.evidence]
        if found.rows:
            rows = "、".join(str(row) for row in found.rows[:ROWS_NAMED])
            evidence.append(f"花名册行={rows}{'…' if len(found.rows) > ROWS_NAMED else ''}（共{len(found.rows)}行）")
        stored = (kept or {}).get((doubt.claim_number, fingerprint(doubt.check, found)))
        yield (
            f"{doubt.claim_number}-{rule.id.removeprefix('AU-')}-{counted[rule.id]:02d}" if stored is None else stored.number,
            rule.id,
            rule.name_zh,
            rule.level.value,
            paper.head.enterprise_name,
            found.class_no,
            people,
            found.amount_fen,
            "；".join(evidence),
            doubt.against,
            found_on if stored is None else shanghai_day(stored.first_seen),
            *_decided(stored),
            claim,
        )


def _decided(stored: KeptDoubt | None) -> tuple[Any, ...]:
    """核查人, 结论, 处理, 追回金额, 整改期限, 销号日期."""
    if stored is None or stored.decided_at is None:
        return (None,) * 6
    word = DoubtState(stored.decision)
    closed = shanghai_day(stored.decided_at) if word is DoubtState.FALSE else None
    if stored.rectification:
        closed = None if stored.ended_at is None else shanghai_day(stored.ended_at)
    done = f"整改 {stored.rectification}" if stored.rectification else None
    return stored.decider, f"{DOUBT_WORDS[word]}：{stored.reason}", done, stored.recovered_fen, stored.deadline, closed
