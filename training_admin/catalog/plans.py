"""Yearly plans of enterprises: written by the enterprise, submitted within the window, approved or returned by an officer."""

from datetime import date

import msgspec

from training_admin.catalog import plan_store, store
from training_admin.catalog.parameters import ENT_EDU_FUND_FRONTLINE_MIN, ENT_EDU_FUND_RATE_BASE, ENT_EDU_FUND_RATE_HIGH
from training_admin.catalog.plan_facts import (
    MISSING,
    OPEN_STATES,
    Approval,
    Finding,
    Levy,
    Means,
    PlanContent,
    PlanFigures,
    PlanLine,
    PlanState,
    Way,
    findings,
    next_state,
)
from training_admin.catalog.plan_store import ClassOfProject, Plan, PlanNotFound
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_approved, assert_may, assert_own, assert_two_persons, scope_of, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.dated import DatedValue
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Reach, Right
from training_admin.office import trail
from training_admin.office.files import load_file
from training_admin.office.messages import Letter, send, to_organisation
from training_admin.office.numbers import next_number
from training_admin.office.papers import ENDINGS, keep_paper
from training_admin.parties import institution_store
from training_admin.parties.institution_facts import room_on, teacher_on
from training_admin.parties.institutions import INSTITUTION
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy

NUMBER_KIND = "training_plan"
MOST_LINES = 200
MOST_INSTITUTIONS = 500
LONGEST_REASON = 500
YEARS_AHEAD = 1
PAPER_WORDS = "职工代表大会决议或企业内部公示"


class PlanRefused(Unreadable):
    """The plan cannot be taken as written."""

    code = "plan-refused"
    title = "年度培训项目申报需要更正"


class PlanMoved(Refusal):
    """The plan stands where this cannot be done."""

    code = "plan-not-open"
    title = "现在不能这样办理"


class PlanShown(msgspec.Struct, frozen=True):
    """A plan with what is found in it today, and the institutions by code that can be chosen."""

    plan: Plan
    findings: tuple[Finding, ...]
    institutions: dict[str, str]
    figures: PlanFigures
    same_person: bool
    classes: tuple[ClassOfProject, ...] = ()


class Head(msgspec.Struct, frozen=True):
    """What a plan says beside its projects, and the paper (empty: the one that is there stays)."""

    rules: bool
    approval: Approval | None
    levy: Levy
    paper: bytes = b""


@retried
async def begin_plan(actor: Actor, year: int, *, clock: Clock) -> str:
    """Begin a plan for this year or the next; returns its number, that of the open one where there is one.

    Raises NotAllowed, NotYetApproved, PlanRefused.
    """
    assert_may(actor, Right.PLAN_EDIT)
    assert_approved(actor)
    this_year = clock.today().year
    if not this_year <= year <= this_year + YEARS_AHEAD or actor.organisation is None:
        raise PlanRefused(f"请选择{this_year}年度或{this_year + YEARS_AHEAD}年度。")
    async with write_transaction():
        there = await plan_store.open_plan(actor.organisation, year)
        if there is not None:
            return there
        number = f"NJ{year}{await next_number(NUMBER_KIND, year):05d}"
        plan = Plan(
            id=0,
            number=number,
            enterprise=actor.organisation,
            enterprise_name=actor.organisation_name,
            year=year,
            state=PlanState.DRAFT,
            version=1,
            content=PlanContent(),
            paper=None,
            made_at=clock.now(),
            submitter=None,
            hands=frozenset(),
            submitted_at=None,
            decider=None,
            decided_at=None,
            reason="",
        )
        await plan_store.add_plan(plan)
        await trail.record(actor, "catalog:plan:begun", number, {"enterprise": plan.enterprise, "year": year}, at=clock.now())
    return number


def _missing() -> PlanNotFound:
    return PlanNotFound("没有找到这份年度培训项目申报，请从列表重新进入。")


async def _own_open(actor: Actor, number: str) -> Plan:
    """One's own plan that may be changed, inside an open transaction; raises PlanNotFound, PlanMoved."""
    plan = await plan_store.load_plan(number)
    assert_own(actor, Right.PLAN_EDIT, plan.enterprise, _missing())
    if plan.state not in OPEN_STATES:
        raise PlanMoved("已提交或已通过的申报不能修改；需要增加项目的，通过后另行申报。")
    return plan


@retried
async def save_head(actor: Actor, number: str, head: Head, *, clock: Clock) -> None:
    """Keep levy sheet, declaration and paper of one's own open plan; raises NotAllowed, PlanNotFound, PlanMoved, PaperRefused."""
    assert_may(actor, Right.PLAN_EDIT)
    async with write_transaction():
        plan = await _own_open(actor, number)
        if head.levy.rate_bp not in (await _figures(clock)).rates_bp:
            raise PlanRefused("请从列表中选择职工教育经费的提取比例。")
        kept = await keep_paper(head.paper, what=PAPER_WORDS, at=clock.now()) if head.paper else None
        content = msgspec.structs.replace(plan.content, rules=head.rules, approval=head.approval, levy=head.levy)
        await plan_store.put_plan(msgspec.structs.replace(plan, content=content, paper=kept.id if kept else plan.paper))
        await trail.record(actor, "catalog:plan:changed", number, {"what": "head"}, at=clock.now())


@retried
async def add_line(actor: Actor, number: str, line: PlanLine, *, clock: Clock) -> int:
    """Add a project to one's own open plan; returns its place. Raises NotAllowed, PlanNotFound, PlanMoved, PlanRefused."""
    assert_may(actor, Right.PLAN_EDIT)
    async with write_transaction():
        plan = await _own_open(actor, number)
        if len(plan.content.lines) >= MOST_LINES:
            raise PlanRefused(f"一份申报至多 {MOST_LINES} 个项目。")
        if line.item is not None and not await store.load_items([line.item], clock.now()):
            raise PlanRefused("补贴目录中没有这个项目编码，请在“补贴目录”中查询后填写；目录外的培训不填。")
        known = await institution_store.organisations(None, wanted="", today=clock.today(), most=MOST_INSTITUTIONS)
        if line.way is not Way.SELF and line.institution not in {each.organisation for each in known if each.owner == INSTITUTION}:
            raise PlanRefused("委托或联合培训须从列表中选择培训机构。")
        place = plan.content.last_place + 1
        lines = (*plan.content.lines, msgspec.structs.replace(line, place=place))
        await plan_store.put_plan(
            msgspec.structs.replace(plan, content=msgspec.structs.replace(plan.content, lines=lines, last_place=place))
        )
        await trail.record(actor, "catalog:plan:changed", number, {"what": "line added", "place": place}, at=clock.now())
    return place


@retried
async def remove_line(actor: Actor, number: str, place: int, *, clock: Clock) -> None:
    """Take a project out of one's own open plan; raises NotAllowed, PlanNotFound, PlanMoved."""
    assert_may(actor, Right.PLAN_EDIT)
    async with write_transaction():
        plan = await _own_open(actor, number)
        lines = tuple(line for line in plan.content.lines if line.place != place)
        if len(lines) == len(plan.content.lines):
            raise PlanMoved("这个项目已不在申报中，请刷新页面。")
        await plan_store.put_plan(msgspec.structs.replace(plan, content=msgspec.structs.replace(plan.content, lines=lines)))
        await trail.record(actor, "catalog:plan:changed", number, {"what": "line removed", "place": place}, at=clock.now())


async def _figures(clock: Clock) -> PlanFigures:
    """The figures of the levy in force today, inside an open transaction; raises PackNotAdopted, NotInForce."""
    policy, today = await load_policy(DEFAULT_PACK, known_at=clock.now()), clock.today()
    return PlanFigures(
        rate_base_bp=policy.at(ENT_EDU_FUND_RATE_BASE, today),
        rate_high_bp=policy.at(ENT_EDU_FUND_RATE_HIGH, today),
        front_line_min_bp=policy.at(ENT_EDU_FUND_FRONTLINE_MIN, today),
    )


async def levy_figures(actor: Actor, *, clock: Clock) -> list[tuple[str, DatedValue]]:
    """The figures of the levy in force today by name, with paper and standing; raises NotAllowed, PackNotAdopted, NotInForce."""
    assert_may(actor, Right.PLAN_READ)
    async with read_transaction():
        policy = await load_policy(DEFAULT_PACK, known_at=clock.now())
    parameters = (ENT_EDU_FUND_RATE_BASE, ENT_EDU_FUND_RATE_HIGH, ENT_EDU_FUND_FRONTLINE_MIN)
    return [(each.meaning, policy.dated(each, clock.today())) for each in parameters]


async def _means(plan: Plan, day: date, clock: Clock) -> tuple[Means, dict[str, str]]:
    """What the plan's training can be done with, and the institutions that can be chosen, inside an open transaction."""
    own = await institution_store.load_institution_facts(plan.enterprise, day, known_at=clock.now())
    known = await institution_store.organisations(None, wanted="", today=day, most=MOST_INSTITUTIONS)
    chosen = sorted({line.institution for line in plan.content.lines if line.institution is not None})
    means = Means(
        rooms=sum(room_on(own, room.id, day) is not None for room in own.rooms),
        teachers=sum(teacher_on(own, teacher.id, day) is not None for teacher in own.teachers),
        able=await institution_store.able_to_train(chosen, day, known_at=clock.now()),
    )
    return means, {each.organisation: each.name for each in known if each.owner == INSTITUTION}


async def show_plan(actor: Actor, number: str, *, clock: Clock) -> PlanShown:
    """A plan with its findings today; drafts are seen by the enterprise only. Raises NotAllowed, PlanNotFound."""
    assert_may(actor, Right.PLAN_READ)
    async with read_transaction():
        plan = await plan_store.load_plan(number)
        assert_own(actor, Right.PLAN_READ, plan.enterprise, _missing())
        if plan.state is PlanState.DRAFT and actor.reach(Right.PLAN_READ) is not Reach.OWN:
            raise _missing()
        means, institutions = await _means(plan, clock.today(), clock)
        figures = await _figures(clock)
        classes = await plan_store.classes_of_plan(plan.id)
    found = findings(plan.content, year=plan.year, paper=plan.paper is not None, means=means, figures=figures, day=clock.today())
    shown = found if plan.state in OPEN_STATES else tuple(each for each in found if each.effect != MISSING)
    return PlanShown(plan, shown, institutions, figures, bool(plan.hands & actor.hands), tuple(classes))


async def list_plans(actor: Actor, *, before: int | None, limit: int) -> tuple[list[Plan], int | None]:
    """A page of plans of the actor's scope, newest first, and where the next begins; raises NotAllowed."""
    scope = scope_of(actor, Right.PLAN_READ)
    submitted_only = actor.reach(Right.PLAN_READ) is not Reach.OWN
    async with read_transaction():
        found = await plan_store.list_plans(scope.codes, submitted_only=submitted_only, before=before, limit=limit + 1)
    return found[:limit], found[limit - 1].id if len(found) > limit else None


@retried
async def submit_plan(actor: Actor, number: str, *, clock: Clock) -> None:
    """Submit one's own plan when nothing is missing; raises NotAllowed, NotYetApproved, PlanNotFound, PlanMoved, PlanRefused."""
    assert_may(actor, Right.PLAN_EDIT)
    assert_approved(actor)
    async with write_transaction():
        plan = await _own_open(actor, number)
        means, _known = await _means(plan, clock.today(), clock)
        found = findings(
            plan.content, year=plan.year, paper=plan.paper is not None, means=means, figures=await _figures(clock), day=clock.today()
        )
        lacking = [each.sentence for each in found if each.effect == MISSING]
        if lacking:
            raise PlanRefused("".join(lacking))
        state = next_state(plan.state, "submit")
        assert state is not None, "an open plan can be submitted"
        await plan_store.put_plan(
            msgspec.structs.replace(
                plan, state=state, submitter=shown_name(actor), hands=actor.hands, submitted_at=clock.now(), decider=None, decided_at=None
            )
        )
        await trail.record(actor, "catalog:plan:submitted", number, plan.content, at=clock.now())


@retried
async def decide_plan(actor: Actor, number: str, *, approve: bool, reason: str, clock: Clock) -> None:
    """Approve a submitted plan, whose projects classes refer to from then on, or return it with what is to be mended.

    Raises NotAllowed, PlanNotFound, PlanMoved, SamePersonTwice, PlanRefused without reason.
    """
    assert_may(actor, Right.PLAN_DECIDE)
    missing = f"退回须一次写明需要补正的全部内容（不超过 {LONGEST_REASON} 字）。"
    words = one_line(reason, PlanRefused, what="意见", most=LONGEST_REASON, needed=not approve, sentence=missing)
    async with write_transaction():
        plan = await plan_store.load_plan(number)
        state = next_state(plan.state, "approve" if approve else "return")
        if state is None:
            raise PlanMoved("这份申报已经办结或尚未提交，请刷新页面。")
        assert_two_persons(plan.hands, actor)
        await plan_store.put_plan(
            msgspec.structs.replace(plan, state=state, decider=shown_name(actor), decided_at=clock.now(), reason=words)
        )
        if approve:
            await plan_store.add_lines(plan)
        await send(to_organisation(plan.enterprise, Right.PLAN_READ), _letter(plan, words, approve=approve), clock=clock)
        await trail.record(actor, f"catalog:plan:{state}", number, {"reason": words, "lines": len(plan.content.lines)}, at=clock.now())


def _letter(plan: Plan, words: str, *, approve: bool) -> Letter:
    link = f"/plans/{plan.number}"
    if approve:
        return Letter(plan.number, "年度培训项目已通过", f"{plan.year}年度培训项目 {plan.number} 已审核通过。", link)
    return Letter(plan.number, "年度培训项目需要补正", f"{plan.year}年度培训项目 {plan.number} 已退回，请一次补正：{words}", link)


@retried
async def read_paper(actor: Actor, number: str, *, clock: Clock) -> tuple[bytes, str, str]:
    """The minutes or notice with file name and type, which the trail remembers; raises NotAllowed, PlanNotFound."""
    shown = await show_plan(actor, number, clock=clock)
    async with write_transaction():
        found = await plan_store.paper_of(shown.plan.id)
        if found is None:
            raise _missing()
        sha256, media_type = found
        content = await load_file(sha256)
        await trail.record(actor, "catalog:plan:paper_read", number, {"sha256": sha256}, at=clock.now())
    return content, f"{number}.{ENDINGS[media_type]}", media_type
