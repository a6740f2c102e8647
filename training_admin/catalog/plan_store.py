"""Queries of yearly plans and their approved projects."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from training_admin.catalog.plan_facts import NamedProject, PlanContent, PlanLine, PlanState
from training_admin.database import copy_rows, fetch_tuples
from training_admin.kit.digest import canonical_json
from training_admin.kit.refusals import NotFound, Refusal

_COLUMNS = """id, number, enterprise, enterprise_name, year, state, version, content, paper, made_at, submitter, hands, submitted_at,
    decider, decided_at, reason"""
_LINE_FIELDS = PlanLine.__struct_fields__
_APPROVED_WITH = f"SELECT l.id, p.number, p.enterprise, p.year, {', '.join(f'l.{name}' for name in _LINE_FIELDS)}"
_APPROVED = f"{_APPROVED_WITH} FROM training_plan_line l JOIN training_plan p ON p.id = l.plan"
# The people of a class that count for a project: of a pooled one only those of its enterprise.
_PEOPLE = "SELECT count(*) FROM class_trainee t WHERE t.class_version = v.id AND (NOT l.pooled OR t.enterprise = p.enterprise)"


class PlanNotFound(NotFound):
    """There is no plan of this number, or not for this actor."""

    code = "plan-not-found"


class StalePlan(Refusal):
    """The plan was changed since it was shown."""

    code = "plan-stale"
    title = "内容已有变动"


class Plan(msgspec.Struct, frozen=True):
    """A plan as stored; `paper` is the key of the kept minutes or notice."""

    id: int
    number: str
    enterprise: str
    enterprise_name: str
    year: int
    state: PlanState
    version: int
    content: PlanContent
    paper: int | None
    made_at: datetime
    submitter: str | None
    hands: frozenset[str]
    submitted_at: datetime | None
    decider: str | None
    decided_at: datetime | None
    reason: str


class ApprovedLine(msgspec.Struct, frozen=True):
    """An approved project for classes to refer to: its key, the plan's number and year, whose it is, and the project itself."""

    id: int
    number: str
    enterprise: str
    year: int
    line: PlanLine


def _plan(row: tuple[Any, ...]) -> Plan:
    plain = dict(zip(Plan.__struct_fields__, row, strict=True))
    plain |= {
        "state": PlanState(row[5]),
        "content": msgspec.json.decode(row[7], type=PlanContent),
        "hands": frozenset(row[11]),
    }
    return Plan(**plain)


def _approved(row: Sequence[Any]) -> ApprovedLine:
    key, number, owner, year, *line = row
    return ApprovedLine(key, number, owner, year, msgspec.convert(dict(zip(_LINE_FIELDS, line, strict=True)), PlanLine))


async def add_plan(plan: Plan) -> None:
    """A new draft."""
    await fetch_tuples(
        """INSERT INTO training_plan (number, enterprise, enterprise_name, year, state, version, content, made_at, hands, reason)
           VALUES ($1, $2, $3, $4, 'draft', 1, $5, $6, '{}', '')""",
        *(plan.number, plan.enterprise, plan.enterprise_name, plan.year, canonical_json(plan.content).decode(), plan.made_at),
    )


async def load_plan(number: str) -> Plan:
    """A plan by its number; raises PlanNotFound."""
    found = await fetch_tuples(f"SELECT {_COLUMNS} FROM training_plan WHERE number = $1", number)  # noqa: S608 - our own words
    if not found:
        raise PlanNotFound("没有找到这份年度培训项目申报，请从列表重新进入。")
    return _plan(found[0])


async def open_plan(enterprise: str, year: int) -> str | None:
    """The number of a plan of an enterprise and year that is not approved yet; None when there is none."""
    found = await fetch_tuples(
        "SELECT number FROM training_plan WHERE enterprise = $1 AND year = $2 AND state <> 'approved' LIMIT 1", enterprise, year
    )
    return found[0][0] if found else None


async def put_plan(plan: Plan) -> None:
    """Store a changed plan whose version is still the one that was read; raises StalePlan."""
    found = await fetch_tuples(
        """UPDATE training_plan SET state = $3, version = version + 1, content = $4, paper = $5, submitter = $6, hands = $7,
               submitted_at = $8, decider = $9, decided_at = $10, reason = $11 WHERE number = $1 AND version = $2 RETURNING id""",
        *(plan.number, plan.version, plan.state.value, canonical_json(plan.content).decode(), plan.paper, plan.submitter),
        *(sorted(plan.hands), plan.submitted_at, plan.decider, plan.decided_at, plan.reason),
    )
    if not found:
        raise StalePlan("这份申报刚刚被修改过，请刷新页面后重新办理。")


async def add_lines(plan: Plan) -> None:
    """The projects of an approved plan."""
    rows = [(plan.id, *(getattr(line, name) for name in _LINE_FIELDS)) for line in plan.content.lines]
    await copy_rows("training_plan_line", ("plan", *_LINE_FIELDS), rows)


async def list_plans(codes: list[str] | None, *, submitted_only: bool, before: int | None, limit: int) -> list[Plan]:
    """Plans of a scope, newest first; officers see no drafts."""
    found = await fetch_tuples(
        f"""SELECT {_COLUMNS} FROM training_plan WHERE ($1::text[] IS NULL OR enterprise = ANY($1)) AND (NOT $2 OR state <> 'draft')
              AND ($3::bigint IS NULL OR id < $3) ORDER BY id DESC LIMIT $4""",  # noqa: S608 - our own words
        *(codes, submitted_only, before, limit),
    )
    return [_plan(row) for row in found]


async def paper_of(plan: int) -> tuple[str, str] | None:
    """SHA-256 and type of the minutes or notice of a plan."""
    found = await fetch_tuples(
        "SELECT f.sha256, f.media_type FROM training_plan p JOIN stored_file f ON f.id = p.paper WHERE p.id = $1", plan
    )
    return (found[0][0], found[0][1]) if found else None


async def approved_lines(enterprise: str, year: int) -> list[ApprovedLine]:
    """The approved projects of an enterprise in a year, for classes to refer to, inside an open transaction."""
    found = await fetch_tuples(f"{_APPROVED} WHERE p.enterprise = $1 AND p.year = $2 ORDER BY l.id", enterprise, year)
    return [_approved(row) for row in found]


async def usable_lines(organisation: str, first_year: int) -> list[ApprovedLine]:
    """The approved projects from a year on that an organisation can train: its own, those given to it, and pooled ones given to it."""
    found = await fetch_tuples(
        f"{_APPROVED} WHERE p.year >= $2 AND (p.enterprise = $1 OR l.institution = $1) ORDER BY l.id", organisation, first_year
    )
    return [_approved(row) for row in found]


# Classes that count for a project: their newest version names it, and they were not taken back.
_CLASSES = """FROM training_class c JOIN class_version v ON v.training_class = c.id AND v.version = c.version
    WHERE c.organisation = ANY(ARRAY[p.enterprise, l.institution]) AND c.state NOT IN ('draft', 'returned', 'withdrawn')
      AND v.content ->> 'project' = l.id::text"""


async def named_project(key: int, *, but: str) -> NamedProject | None:
    """An approved project with the people of its classes except one; None when there is none of this key. One query."""
    found = await fetch_tuples(
        f"""{_APPROVED_WITH}, (SELECT coalesce(sum(({_PEOPLE})), 0)::int {_CLASSES} AND c.class_no <> $2) FROM training_plan_line l
            JOIN training_plan p ON p.id = l.plan WHERE l.id = $1""",  # noqa: S608 - our own words
        *(key, but),
    )
    if not found:
        return None
    *row, people = found[0]
    line = _approved(row)
    return NamedProject(line.number, line.enterprise, line.year, line.line, people)


class ClassOfProject(msgspec.Struct, frozen=True):
    """A class that names a project of a plan, with who runs it and how many of its people count for the project."""

    place: int
    class_no: str
    title: str
    state: str
    organisation: str
    people: int


async def classes_of_plan(plan: int) -> list[ClassOfProject]:
    """The classes that name a project of a plan, by place and number. One query."""
    found = await fetch_tuples(
        f"""SELECT l.place, k.class_no, k.title, k.state, k.organisation, k.people
            FROM training_plan_line l JOIN training_plan p ON p.id = l.plan
            CROSS JOIN LATERAL (
                SELECT c.class_no, v.content ->> 'title' AS title, c.state, c.organisation, ({_PEOPLE}) AS people {_CLASSES}
            ) k WHERE p.id = $1 ORDER BY l.place, k.class_no""",  # noqa: S608 - our own words
        plan,
    )
    return [ClassOfProject(*row) for row in found]
