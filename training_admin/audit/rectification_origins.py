"""What a rectification comes from: a confirmed doubt, a failed visit, a 取证单; who is responsible, and what is known of it."""

from collections.abc import Sequence

import msgspec

from training_admin.audit import doubt_store
from training_admin.audit.doubt_facts import DoubtState, Subject
from training_admin.audit.rectification_states import Source
from training_admin.catalog.visit_facts import FINDINGS
from training_admin.database import fetch_tuples
from training_admin.kit.clock import shanghai_day
from training_admin.kit.refusals import Unreadable
from training_admin.kit.wording import day, row_ranges
from training_admin.parties import sanction_store


class RectificationRefused(Unreadable):
    """A field is missing or out of bounds, or the origin asks for nothing to be put right."""

    code = "rectification-refused"
    title = "整改要求无法办理"


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What an origin tells: responsible organisation, class and claim, what it is about, how heavy. Amounts are fen."""

    organisation: str
    organisation_name: str
    class_no: str = ""
    case_no: str = ""
    amount_fen: int = 0
    severity: str = ""
    problem: str = ""
    evidence: str = ""


async def known_of(source: Source, origin: str, organisation: str, *, scope: Sequence[str] | None) -> Known:
    """What is known of an origin in the actor's scope, inside an open transaction; raises RectificationRefused, DoubtNotFound."""
    if source is Source.DOUBT:
        return await _of_doubt(origin, organisation, scope)
    if source is Source.VISIT:
        return await _of_visit(origin, scope)
    if source is Source.EVIDENCE:
        return await _of_evidence(origin, scope)
    return Known(organisation=organisation, organisation_name=await name_of(organisation))


async def name_of(code: str) -> str:
    """The name of an organisation; raises RectificationRefused for one that nobody knows."""
    found = await fetch_tuples(
        """SELECT name FROM (SELECT 1 AS place, o.name, 0::bigint AS id FROM organisation o WHERE o.code = $1
               UNION ALL SELECT 2, c.enterprise_name, c.id FROM claim c WHERE c.uscc = $1
               UNION ALL SELECT 3, k.organisation_name, k.id FROM training_class k WHERE k.organisation = $1) known
           ORDER BY place, id DESC LIMIT 1""",
        code,
    )
    name = found[0][0] if found else await sanction_store.name_of(code)
    if not name:
        raise RectificationRefused("没有找到责任单位，请核对统一社会信用代码；单位须已注册、申报过或在登记数据中。")
    return str(name)


async def _of_doubt(number: str, organisation: str, scope: Sequence[str] | None) -> Known:
    doubt = await doubt_store.by_number(number, scope)
    if doubt.state is not DoubtState.CONFIRMED:
        raise RectificationRefused("只有认定属实的疑点可以发出整改要求，请先作出疑点结论。")
    # What other departments told of a person stays with the auditors: the organisation is told which rows, not what the lists say.
    rows = f"，花名册第 {row_ranges(doubt.rows)} 行" if doubt.rows else ""
    # A doubt about a period names nobody: who has to act is said by the auditor.
    code = doubt.organisation or organisation
    return Known(
        organisation=code,
        organisation_name=doubt.organisation_name or (await name_of(code) if code else ""),
        class_no=doubt.class_no,
        case_no=doubt.subject if doubt.kind is Subject.CLAIM else "",
        amount_fen=doubt.amount_fen,
        severity=doubt.severity.name,
        problem=f"{doubt.rule} {doubt.title}",
        evidence=f"疑点 {doubt.number}（{doubt.subject}{rows}）",
    )


async def _of_visit(key: str, scope: Sequence[str] | None) -> Known:
    names = ", ".join(f"v.{name}" for name, _words in FINDINGS)
    found = await fetch_tuples(
        f"""SELECT v.class_no, v.visited_on, v.passed, v.expected, v.present, v.words, c.organisation, c.organisation_name, {names}
            FROM class_visit v JOIN training_class c ON c.class_no = v.class_no
            WHERE v.id = $1 AND ($2::text[] IS NULL OR c.organisation = ANY($2))""",  # noqa: S608 - our own names
        *(int(key) if key.isascii() and key.isdecimal() and len(key) < 16 else 0, scope),  # noqa: PLR2004 - beyond any row
    )
    if not found:
        raise RectificationRefused("没有找到这条检查记录，请从“班级检查”的记录进入；不是在本系统备案的班级，请改为录入。")
    class_no, visited_on, passed, expected, present, words, code, name, *findings = found[0]
    if passed:
        raise RectificationRefused("这次检查的结论为合格，没有需要整改的问题。")
    failing = "、".join(text for (_field, text), good in zip(FINDINGS, findings, strict=True) if not good)
    return Known(
        organisation=code,
        organisation_name=name,
        class_no=class_no,
        severity="HIGH",
        problem=f"{day(visited_on)}检查不合格：{words}",
        evidence=f"应到 {expected} 人，实到 {present} 人{f'；未达到：{failing}' if failing else ''}",
    )


async def _of_evidence(number: str, scope: Sequence[str] | None) -> Known:
    found = await fetch_tuples(
        """SELECT t.subject, t.detail ->> 'rows', t.at, c.uscc, c.enterprise_name FROM trail t JOIN claim c ON c.number = t.subject
           WHERE t.event = 'audit:evidence:made' AND t.detail ->> 'file_number' = $1 AND ($2::text[] IS NULL OR c.uscc = ANY($2))""",
        *(number, scope),
    )
    if not found:
        raise RectificationRefused("没有找到这份取证单，请核对取证单编号（如 SJQZ2026000001）。")
    case_no, rows, at, code, name = found[0]
    return Known(
        organisation=code,
        organisation_name=name,
        case_no=case_no,
        evidence=f"取证单 {number}（{day(shanghai_day(at))}），申报 {case_no} 花名册第 {rows} 行",
    )
