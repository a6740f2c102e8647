"""Pages of visits to classes (检(抽)查记录): what was found, by class and over all, and the form that inspectors fill in."""

from datetime import date
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.catalog import visits
from training_admin.catalog.class_facts import clock_text
from training_admin.catalog.failed_classes import failed_shares
from training_admin.catalog.visit_facts import FINDINGS, WAY_WORDS, Visit, VisitWay
from training_admin.catalog.visits import ShownVisit, VisitRefused
from training_admin.kit.actor import may
from training_admin.kit.dated import Unit
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.kit.wording import moment, percent
from training_admin.parties.ladder import STEP_WORDS, LadderFigures
from training_admin.policy.figures import figure_row
from training_admin.web import clock_of, csv_download, current_actor, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
HEADER = (
    *("班级", "检查日期", "检查时间", "检查人", "方式", "应到", "实到", "出勤率"),
    *(words for _name, words in FINDINGS),
    *("结论", "意见", "录入人", "录入时间", "是否逾期录入"),
)

FAILED_HEADER = ("单位", "信用代码", "全年班级", "不合格班级", "占比", "阶梯措施")


class VisitForm(msgspec.Struct, frozen=True):
    """A visit as the form sends it; findings are ticked."""

    class_no: str = ""
    day: str = ""
    time: str = ""
    way: str = "onsite"
    first_inspector: str = ""
    second_inspector: str = ""
    others: str = ""
    expected: str = ""
    present: str = ""
    teacher_fits: bool = False
    plan_fits: bool = False
    textbooks: bool = False
    order_kept: bool = False
    safe: bool = False
    passed: str = ""
    words: str = ""

    def visit(self) -> Visit:
        """What was told; raises VisitRefused."""
        hours, _, minutes = self.time.strip().partition(":")
        numbers = (hours, minutes, self.expected.strip(), self.present.strip())
        if any(not each.isascii() or not each.isdecimal() or len(each) > 6 for each in numbers):  # noqa: PLR2004 - far beyond any class
            raise VisitRefused("检查时间应写作 09:30，应到和实到人数应为整数。")
        if self.way not in list(VisitWay) or self.passed not in {"yes", "no"}:
            raise VisitRefused("请选择检查方式和结论。")
        try:
            day = date.fromisoformat(self.day.strip())
        except ValueError:
            raise VisitRefused("检查日期无法识别，请按 2026-03-05 的写法填写。") from None
        more = [each for each in self.others.replace("，", "、").split("、") if each.strip()]
        return Visit(
            class_no=self.class_no.strip(),
            visited_on=day,
            starts=int(hours) * 60 + int(minutes),
            way=VisitWay(self.way),
            inspectors=(self.first_inspector, self.second_inspector, *more),
            expected=int(self.expected),
            present=int(self.present),
            passed=self.passed == "yes",
            words=self.words,
            **{name: getattr(self, name) for name, _words in FINDINGS},
        )


async def _list(request: Asked, *, class_no: str = "", form: VisitForm | None = None, refusal: Refusal | None = None) -> Template:
    actor, clock = current_actor(request), clock_of(request)
    figures = await visits.figures_now(clock=clock)
    return page(
        "classes/visits.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        found=await visits.list_visits(actor, class_no=class_no, clock=clock),
        class_no=class_no,
        form=form or VisitForm(class_no=class_no, day=clock.today().isoformat()),
        findings=FINDINGS,
        ways=WAY_WORDS,
        clock_text=clock_text,
        percent=percent,
        may_tell=may(actor, Right.CLASS_VISIT),
        failed=await failed_shares(actor, clock.today().year) if may(actor, Right.SANCTION_PROPOSE) else None,
        failed_most_bp=LadderFigures().failed_share_bp,
        steps=STEP_WORDS,
        figures=[
            figure_row("检查人数不少于", Unit.PEOPLE, figures.people_min),
            figure_row("检查后录入时限", Unit.DAYS, figures.within_days),
            figure_row("每班现场检查不少于", Unit.TIMES, figures.onsite_per_class),
        ],
        most=visits.MOST_SHOWN,
    )


@get("/visits", include_in_schema=False, right=Right.CLASS_READ)
async def visits_page(request: Asked, class_no: FromQuery[str] = "") -> Template:
    return await _list(request, class_no=class_no)


@post("/visits", include_in_schema=False, right=Right.CLASS_VISIT)
async def visit_act(request: Asked, data: URLEncodedBody[VisitForm]) -> Template | Redirect:
    try:
        visit = data.visit()
        await visits.record_visit(current_actor(request), visit, clock=clock_of(request))
    except Refusal as refusal:
        return await _list(request, class_no=data.class_no.strip(), form=data, refusal=refusal)
    return Redirect("/visits", status_code=SEE_OTHER)


@get("/visits.csv", include_in_schema=False, right=Right.CLASS_READ)
async def visits_csv(request: Asked, class_no: FromQuery[str] = "") -> Response[bytes]:
    found = await visits.list_visits(current_actor(request), class_no=class_no, clock=clock_of(request))
    return csv_download(HEADER, map(_row, found), filename="检查记录.csv")


@get("/visits/failed.csv", include_in_schema=False, right=Right.SANCTION_PROPOSE)
async def failed_csv(request: Asked) -> Response[bytes]:
    found = await failed_shares(current_actor(request), clock_of(request).today().year)
    rows = (
        (
            *(each.organisation_name, each.organisation, each.classes, each.failed, percent(each.share_bp)),
            "" if each.step is None else STEP_WORDS[each.step],
        )
        for each in found
    )
    return csv_download(FAILED_HEADER, rows, filename="不合格班级占比.csv")


def _row(shown: ShownVisit) -> tuple[object, ...]:
    visit = shown.visit
    return (
        *(visit.class_no, visit.visited_on, clock_text(visit.starts), "、".join(visit.inspectors), WAY_WORDS[visit.way]),
        *(visit.expected, visit.present, percent(visit.attendance_bp)),
        *("是" if getattr(visit, name) else "否" for name, _words in FINDINGS),
        *("合格" if visit.passed else "不合格", visit.words, shown.kept.teller, moment(shown.kept.told_at), "是" if shown.late else "否"),
    )


def visit_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[visits_page, visit_act, visits_csv, failed_csv])
