"""Pages of programmes: the list, one programme with its people, tutors, changes and what is to be done, and the forms for it."""

from collections.abc import Coroutine
from typing import Any, Final

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, MultipartBody, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.apprenticeship import programme_changes, programmes
from training_admin.apprenticeship.own_voices import confirmations
from training_admin.apprenticeship.people_reading import people_workbook
from training_admin.apprenticeship.plan_facts import JOINED_WORDS, OUTCOME_WORDS, TUTOR_WORDS
from training_admin.apprenticeship.programme_forms import (
    ChangeForm,
    DecideForm,
    PeopleForm,
    ProgrammeForm,
    SeenForm,
    typed_count,
    typed_day,
)
from training_admin.apprenticeship.programmes import ProgrammeRefused, ProgrammeShown
from training_admin.apprenticeship.record_keeping import programme_months
from training_admin.apprenticeship.record_pages import WORDS
from training_admin.apprenticeship.sealing import APPRENTICE_PLACE
from training_admin.apprenticeship.states import CHANGE_WORDS, MOVES, STATE_WORDS, ChangeKind, ProgrammeState
from training_admin.kit.actor import may
from training_admin.kit.identifiers import mask_identity
from training_admin.kit.money import yuan
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.kit.vault import vault
from training_admin.kit.wording import day, hundredths
from training_admin.office.marked_pages import problem_of_upload
from training_admin.parties.levels import LEVEL_WORDS
from training_admin.web import RowKey, StateQuery, clock_of, csv_download, current_actor, download, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
LARGEST_UPLOAD = 8 * 2**20
LIST = ("学徒班", "企业", "培训机构", "职业", "目标等级", "开班日期", "期限（月）", "学徒", "在培", "状态")
PEOPLE = (
    *("序号", "学徒", "证件号码（已隐去）", "身份", "入职或转岗", "合同起", "合同止", "培养协议", "岗位", "企业导师", "指导教师"),
    *("通用素质课时", "专业基础课时", "操作技能课时", "已登记月数", "月最低实发工资（元）", "结果", "取得等级", "证书编号"),
)
CHANGES = ("变更", "学徒", "内容", "发生日期", "原因", "申请人", "结论", "审核人", "意见")


@get("/programmes", include_in_schema=False, right=Right.PROGRAMME_READ)
async def list_page(request: Asked, in_state: StateQuery = "") -> Template:
    actor = current_actor(request)
    return page(
        "programmes/list.html",
        found=await programmes.list_programmes(actor, state=in_state if in_state in set(ProgrammeState) else ""),
        chosen=in_state,
        states=STATE_WORDS,
        levels=LEVEL_WORDS,
        drafts=may(actor, Right.PROGRAMME_EDIT),
    )


@get("/programmes.csv", include_in_schema=False, right=Right.PROGRAMME_READ)
async def list_csv(request: Asked) -> Response[bytes]:
    rows = [
        (
            *(each.number, each.enterprise_name, each.institution_name, each.occupation_name, LEVEL_WORDS.get(each.level)),
            *(each.starts, each.months, each.people, each.running, STATE_WORDS[each.state]),
        )
        for each in await programmes.list_programmes(current_actor(request))
    ]
    return csv_download(LIST, rows, filename="学徒班.csv")


async def _form(request: Asked, number: str, form: ProgrammeForm, refusal: Refusal | None = None) -> Template:
    return page(
        "programmes/form.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        number=number,
        form=form,
        levels={code: words for code, words in LEVEL_WORDS.items() if code in {"1", "2", "3", "4", "5"}},
        institutions=await programmes.institutions_now(current_actor(request)),
    )


@get("/programmes/new", include_in_schema=False, right=Right.PROGRAMME_EDIT)
async def new_page(request: Asked) -> Template:
    return await _form(request, "", ProgrammeForm())


@post("/programmes", include_in_schema=False, right=Right.PROGRAMME_EDIT)
async def new_act(request: Asked, data: URLEncodedBody[ProgrammeForm]) -> Redirect | Template:
    """Draw up a programme; a refusal is told above the form as it was filled in."""
    try:
        number = await programmes.save_programme(current_actor(request), data.head(), data.plan(), clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _form(request, "", data, refusal)
    return Redirect(f"/programmes/{number}", status_code=SEE_OTHER)


def _filled(shown: ProgrammeShown) -> ProgrammeForm:
    plan, head = shown.filing.plan, shown.head
    return ProgrammeForm(
        institution=head.institution,
        occupation=head.occupation,
        occupation_name=head.occupation_name,
        level=head.level,
        starts=head.starts.isoformat(),
        months=str(head.months),
        general=hundredths(plan.planned.general),
        basics=hundredths(plan.planned.basics),
        practice=hundredths(plan.planned.practice),
        online=hundredths(plan.planned.online),
        video="" if plan.video_centihours is None else hundredths(plan.video_centihours),
        cooperation_on="" if plan.cooperation_on is None else plan.cooperation_on.isoformat(),
        cooperation_mode=plan.cooperation_mode,
        cooperation_content=plan.cooperation_content,
        cooperation_duties=plan.cooperation_duties,
        fees=yuan(plan.fees_fen) if plan.fees_fen else "",
        reason=plan.reason,
        exam_on="" if plan.exam_on is None else plan.exam_on.isoformat(),
        credit_system=plan.credit_system,
        student_status=plan.student_status,
        moved=head.moved,
    )


@get("/programmes/{number:str}/edit", include_in_schema=False, right=Right.PROGRAMME_EDIT)
async def edit_page(request: Asked, number: FromPath[str]) -> Template:
    shown = await programmes.show_programme(current_actor(request), number, clock=clock_of(request))
    return await _form(request, number, _filled(shown))


@post("/programmes/{number:str}/edit", include_in_schema=False, right=Right.PROGRAMME_EDIT)
async def edit_act(request: Asked, number: FromPath[str], data: URLEncodedBody[ProgrammeForm]) -> Redirect | Template:
    """Change a programme that is not filed."""
    await programmes.assert_there(current_actor(request), number, Right.PROGRAMME_EDIT)
    try:
        actor, clock = current_actor(request), clock_of(request)
        await programmes.save_programme(actor, data.head(), data.plan(), number=number, moved=data.moved, clock=clock)
    except NotFound:
        raise
    except Refusal as refusal:
        return await _form(request, number, data, refusal)
    return Redirect(f"/programmes/{number}", status_code=SEE_OTHER)


async def _shown(request: Asked, number: str, *, refusal: Refusal | None = None, content: bytes = b"") -> Template:
    actor = current_actor(request)
    shown = await programmes.show_programme(actor, number, clock=clock_of(request))
    keys = vault()
    recorded = shown.state in {ProgrammeState.APPROVED, ProgrammeState.ENDED}
    return page(
        "programmes/programme.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else problem_of_upload(request, refusal, content, filename=f"{number}-学徒名单-标注.xlsx"),
        shown=shown,
        acts=set(MOVES[shown.state]),
        masked={each.id: mask_identity(keys.decrypt_text(each.sealed, place=APPRENTICE_PLACE)) for each in shown.people},
        changes=await programme_changes.changes_of(actor, number),
        change_words=CHANGE_WORDS,
        tutor_words=TUTOR_WORDS,
        joined_words=JOINED_WORDS,
        outcome_words=OUTCOME_WORDS,
        levels=LEVEL_WORDS,
        edits=may(actor, Right.PROGRAMME_EDIT) and actor.organisation == shown.head.uscc,
        signs=may(actor, Right.PROGRAMME_SIGN),
        records=may(actor, Right.PROGRAMME_RECORD),
        decides=may(actor, Right.PROGRAMME_DECIDE),
        sees_money=may(actor, Right.CLAIM_READ) and shown.head.approved_on is not None,
        sees_certificates=may(actor, Right.CERTIFICATE_READ) and shown.state is ProgrammeState.ENDED,
        stepped_up=actor.stepped_up,
        hundredths=hundredths,
        months=await programme_months(actor, number, clock=clock_of(request)) if recorded else None,
        told=await confirmations(shown.head.id) if recorded else None,
        words=WORDS,
    )


@get("/programmes/{number:str}", include_in_schema=False, right=Right.PROGRAMME_READ)
async def programme_page(request: Asked, number: FromPath[str]) -> Template:
    return await _shown(request, number)


@get("/programmes/{number:str}/people.csv", include_in_schema=False, right=Right.PROGRAMME_READ)
async def people_csv(request: Asked, number: FromPath[str]) -> Response[bytes]:
    """学徒台账 with masked numbers, as everybody sees it who sees the programme."""
    shown = await programmes.show_programme(current_actor(request), number, clock=clock_of(request))
    keys = vault()
    rows = [
        (
            *(each.row, each.name, mask_identity(keys.decrypt_text(each.sealed, place=APPRENTICE_PLACE)), JOINED_WORDS[each.joined_as]),
            *(each.joined_on, each.contract_start, each.contract_end, each.agreement_on, each.post, each.mentor, each.teacher),
            *(hundredths(hours) for hours in each.centihours),
            *(each.months_told, None if each.lowest_wage_fen is None else yuan(each.lowest_wage_fen), OUTCOME_WORDS[each.outcome]),
            *(LEVEL_WORDS.get(each.obtained_level), each.certificate_no),
        )
        for each in shown.people
    ]
    return csv_download(PEOPLE, rows, filename=f"学徒台账-{number}.csv")


@get("/programmes/{number:str}/changes.csv", include_in_schema=False, right=Right.PROGRAMME_READ)
async def changes_csv(request: Asked, number: FromPath[str]) -> Response[bytes]:
    words = {None: "待审核", "approved": "通过", "refused": "不通过"}
    rows = [
        (
            *(CHANGE_WORDS[each.kind], each.name, each.words, day(each.happened_on), each.reason, each.asker),
            *(words[each.decision], each.decider, each.opinion),
        )
        for each in await programme_changes.changes_of(current_actor(request), number)
    ]
    return csv_download(CHANGES, rows, filename=f"学徒班变更-{number}.csv")


@get("/programmes/people-template.xlsx", include_in_schema=False, right=Right.PROGRAMME_EDIT)
async def template_file() -> Response[bytes]:
    return download(people_workbook((), ()), filename="学徒台账模板.xlsx")


@post("/programmes/{number:str}/people.xlsx", include_in_schema=False, status_code=200, right=Right.PROGRAMME_EDIT)
async def people_file_act(request: Asked, number: FromPath[str]) -> Response[bytes]:
    """The people with their numbers, to be changed and handed in again; reading them is an act, so it is a form."""
    content = await programmes.people_file(current_actor(request), number, clock=clock_of(request))
    return download(content, filename=f"学徒台账-{number}.xlsx")


@post("/programmes/{number:str}/people", include_in_schema=False, right=Right.PROGRAMME_EDIT)
async def people_act(request: Asked, number: FromPath[str], data: MultipartBody[PeopleForm]) -> Redirect | Template:
    """Take the people from a workbook; a refused one is handed back marked."""
    await programmes.assert_there(current_actor(request), number, Right.PROGRAMME_EDIT)
    content = b"" if data.file is None else await data.file.read()
    try:
        await programmes.import_people(current_actor(request), number, content, clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _shown(request, number, refusal=refusal, content=content if content.startswith(b"PK") else b"")
    return Redirect(f"/programmes/{number}#people", status_code=SEE_OTHER)


async def _done(request: Asked, number: str, acting: Coroutine[Any, Any, None]) -> Redirect | Template:
    """What came of an act: the programme's page again, with the refusal on it where it was refused."""
    try:
        await acting
    except NotFound:
        raise
    except Refusal as refusal:
        return await _shown(request, number, refusal=refusal)
    return Redirect(f"/programmes/{number}", status_code=SEE_OTHER)


@post("/programmes/{number:str}/offer", include_in_schema=False, right=Right.PROGRAMME_EDIT)
async def offer_act(request: Asked, number: FromPath[str]) -> Redirect | Template:
    return await _done(request, number, programmes.offer_programme(current_actor(request), number, clock=clock_of(request)))


@post("/programmes/{number:str}/sign", include_in_schema=False, right=Right.PROGRAMME_SIGN)
async def sign_act(request: Asked, number: FromPath[str], data: URLEncodedBody[SeenForm]) -> Redirect | Template:
    acting = programmes.sign_programme(current_actor(request), number, moved=data.moved, clock=clock_of(request))
    return await _done(request, number, acting)


@post("/programmes/{number:str}/submit", include_in_schema=False, right=Right.PROGRAMME_EDIT)
async def submit_act(request: Asked, number: FromPath[str]) -> Redirect | Template:
    return await _done(request, number, programmes.submit_programme(current_actor(request), number, clock=clock_of(request)))


@post("/programmes/{number:str}/withdraw", include_in_schema=False, right=Right.PROGRAMME_EDIT)
async def withdraw_act(request: Asked, number: FromPath[str]) -> Redirect | Template:
    return await _done(request, number, programmes.withdraw_programme(current_actor(request), number, clock=clock_of(request)))


@post("/programmes/{number:str}/end", include_in_schema=False, right=Right.PROGRAMME_EDIT)
async def end_act(request: Asked, number: FromPath[str]) -> Redirect | Template:
    return await _done(request, number, programme_changes.end_programme(current_actor(request), number, clock=clock_of(request)))


@post("/programmes/{number:str}/decide", include_in_schema=False, right=Right.PROGRAMME_DECIDE)
async def decide_act(request: Asked, number: FromPath[str], data: URLEncodedBody[SeenForm]) -> Redirect | Template:
    actor, clock = current_actor(request), clock_of(request)
    acting = programmes.decide_programme(actor, number, data.decision, moved=data.moved, opinion=data.opinion, clock=clock)
    return await _done(request, number, acting)


@post("/programmes/{number:str}/changes", include_in_schema=False, right=Right.PROGRAMME_RECORD)
async def change_act(request: Asked, number: FromPath[str], data: URLEncodedBody[ChangeForm]) -> Redirect | Template:
    """Ask for a change; a refusal is told on the programme's page."""
    await programmes.assert_there(current_actor(request), number, Right.PROGRAMME_RECORD)
    try:
        kind = next((each for each in ChangeKind if each.value == data.kind), None)
        if kind is None:
            raise ProgrammeRefused("请选择变更事项。")
        await programme_changes.ask_change(
            current_actor(request),
            number,
            kind,
            row=typed_count(data.row, "学徒序号") if data.row.strip() else None,
            content=data.content(),
            day=typed_day(data.day, "发生日期"),
            reason=data.reason,
            clock=clock_of(request),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return await _shown(request, number, refusal=refusal)
    return Redirect(f"/programmes/{number}#changes", status_code=SEE_OTHER)


@post("/programmes/{number:str}/changes/{change:int}", include_in_schema=False, right=Right.PROGRAMME_DECIDE)
async def decide_change_act(request: Asked, number: FromPath[str], change: RowKey, data: URLEncodedBody[DecideForm]) -> Redirect | Template:
    actor, clock = current_actor(request), clock_of(request)
    acting = programme_changes.decide_change(actor, number, change, approve=data.approve, opinion=data.opinion, clock=clock)
    return await _done(request, number, acting)


def programme_pages() -> Router:
    """The pages of this file; only the upload itself may be large."""
    upload = Router("/", route_handlers=[people_act], request_max_body_size=LARGEST_UPLOAD)
    return Router(
        "/",
        route_handlers=[
            upload,
            *(list_page, list_csv, new_page, new_act, edit_page, edit_act, programme_page, people_csv, changes_csv),
            *(template_file, people_file_act, offer_act, sign_act, submit_act, withdraw_act, end_act, decide_act),
            *(change_act, decide_change_act),
        ],
    )
