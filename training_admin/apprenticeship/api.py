"""The JSON API of programmes (学徒班), under `/api/v1/programmes`: the same functions and rights as the pages.

What creates something is asked under an Idempotency-Key; deciding and telling a month are asked over what was seen. A signature is a
person's own and has no operation.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody, MultipartBody

from training_admin.apprenticeship import programme_changes, programmes, record_keeping, schemas
from training_admin.apprenticeship.programme_pages import LARGEST_UPLOAD
from training_admin.apprenticeship.programmes import ProgrammeRefused
from training_admin.apprenticeship.record_facts import SIDE_OF, Field, values_of
from training_admin.apprenticeship.record_keeping import CellShown, RecordRefused
from training_admin.apprenticeship.record_pages import settled_of
from training_admin.apprenticeship.states import CHANGE_WORDS, STATE_WORDS, ProgrammeState
from training_admin.fund.page_forms import asked
from training_admin.kit.rights import Right
from training_admin.kit.vault import vault
from training_admin.office.idempotency import under_key
from training_admin.office.request_keys import KEY_WORDS, KeyHeader
from training_admin.web import RowKey, StateQuery, clock_of, current_actor, page_size, problems, row_cursor

Asked = Request[Any, Any, Any]
AnyCallable = Callable[..., Any]
APPRENTICES = ["学徒班"]
REFUSALS = problems(400, 404, 409, 422)
SEEN_WORDS = "moved 取自读取学徒班的答复；其后有新的办理时答复 409（programme-moved），请重新读取。"


@get("/", operation_id="list_programmes", summary="学徒班列表", tags=APPRENTICES, responses=problems(400), right=Right.PROGRAMME_READ)
async def list_programmes(
    request: Asked, cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50, in_state: StateQuery = ""
) -> schemas.ProgrammePage:
    state = in_state if in_state in set(ProgrammeState) else ""
    before = row_cursor(cursor) or None
    found, following = await programmes.page_of_programmes(current_actor(request), state=state, before=before, limit=page_size(limit))
    return schemas.ProgrammePage(tuple(schemas.programme_item(each, STATE_WORDS[each.state]) for each in found), following)


@get(
    "/{number:str}",
    operation_id="get_programme",
    summary="一个学徒班",
    description="培养方案、签署、导师教师、学徒（证件号码已隐去）和未达到的规定。",
    tags=APPRENTICES,
    responses=problems(404),
    right=Right.PROGRAMME_READ,
)
async def get_programme(request: Asked, number: FromPath[str]) -> schemas.ProgrammeAnswer:
    return await _answer(request, number)


async def _answer(request: Asked, number: str) -> schemas.ProgrammeAnswer:
    shown = await programmes.show_programme(current_actor(request), number, clock=clock_of(request))
    return await asyncio.to_thread(schemas.programme_answer, shown, vault())


@post(
    "/",
    operation_id="draft_programme",
    summary="编制学徒班",
    description=KEY_WORDS,
    tags=APPRENTICES,
    status_code=201,
    responses=REFUSALS,
    right=Right.PROGRAMME_EDIT,
)
async def draft_programme(request: Asked, data: JSONBody[schemas.ProgrammeBody], key: KeyHeader) -> Response[schemas.ProgrammeAnswer]:
    with under_key(key, asked(request, data)):
        number = await programmes.save_programme(current_actor(request), data.head(), data.plan(), clock=clock_of(request))
    return Response(await _answer(request, number), headers={"location": f"/api/v1/programmes/{number}"})


@post(
    "/{number:str}/plan",
    operation_id="change_programme",
    summary="修改未备案的学徒班",
    description="已有的签署随之失效，须重新提请双方签署。给出读取时的 moved，其间有人修改过的不予保存。",
    tags=APPRENTICES,
    status_code=200,
    responses=REFUSALS,
    right=Right.PROGRAMME_EDIT,
)
async def change_programme(request: Asked, number: FromPath[str], data: JSONBody[schemas.ProgrammeBody]) -> schemas.ProgrammeAnswer:
    await programmes.assert_there(current_actor(request), number, Right.PROGRAMME_EDIT)
    actor, clock = current_actor(request), clock_of(request)
    await programmes.save_programme(actor, data.head(), data.plan(), number=number, moved=data.moved, clock=clock)
    return await _answer(request, number)


@post(
    "/{number:str}/people",
    operation_id="import_programme_people",
    summary="导入导师、教师和学徒名单",
    description="工作簿（.xlsx）替换现有名单；有误时整份不导入，逐个列出单元格。已有的签署随之失效。",
    tags=APPRENTICES,
    status_code=200,
    responses=problems(400, 404, 409, 413, 422),
    right=Right.PROGRAMME_EDIT,
)
async def post_people(request: Asked, number: FromPath[str], data: MultipartBody[schemas.PeopleUpload]) -> schemas.PeopleTaken:
    await programmes.assert_there(current_actor(request), number, Right.PROGRAMME_EDIT)
    content = b"" if data.file is None else await data.file.read()
    if not content:
        raise ProgrammeRefused("请附上填写好的名单（.xlsx）。")
    people = await programmes.import_people(current_actor(request), number, content, clock=clock_of(request))
    return schemas.PeopleTaken(number, people)


def _act(path: str, operation: str, summary: str, right: Right, description: str = "") -> Callable[[AnyCallable], HTTPRouteHandler]:
    return post(
        f"/{{number:str}}/{path}",
        operation_id=operation,
        summary=summary,
        description=description or None,
        tags=APPRENTICES,
        status_code=200,
        responses=REFUSALS,
        right=right,
    )


@_act("offer", "offer_programme", "提请双方签署", Right.PROGRAMME_EDIT, "签署由双方的签署人本人在页面办理，接口不能代签。")
async def post_offer(request: Asked, number: FromPath[str]) -> schemas.ProgrammeAnswer:
    await programmes.offer_programme(current_actor(request), number, clock=clock_of(request))
    return await _answer(request, number)


@_act("submit", "submit_programme", "提交备案", Right.PROGRAMME_EDIT)
async def post_submit(request: Asked, number: FromPath[str]) -> schemas.ProgrammeAnswer:
    await programmes.submit_programme(current_actor(request), number, clock=clock_of(request))
    return await _answer(request, number)


@_act("withdraw", "withdraw_programme", "撤回", Right.PROGRAMME_EDIT)
async def post_withdraw(request: Asked, number: FromPath[str]) -> schemas.ProgrammeAnswer:
    await programmes.withdraw_programme(current_actor(request), number, clock=clock_of(request))
    return await _answer(request, number)


@_act("end", "end_programme", "结束学徒班", Right.PROGRAMME_EDIT)
async def post_end(request: Asked, number: FromPath[str]) -> schemas.ProgrammeAnswer:
    await programme_changes.end_programme(current_actor(request), number, clock=clock_of(request))
    return await _answer(request, number)


@_act("decision", "decide_programme", "审核备案", Right.PROGRAMME_DECIDE, SEEN_WORDS)
async def post_decision(request: Asked, number: FromPath[str], data: JSONBody[schemas.DecisionBody]) -> schemas.ProgrammeAnswer:
    actor, clock = current_actor(request), clock_of(request)
    await programmes.decide_programme(actor, number, data.decision, moved=data.moved, opinion=data.opinion, clock=clock)
    return await _answer(request, number)


@get(
    "/{number:str}/changes",
    operation_id="list_programme_changes",
    summary="变更与结果",
    tags=APPRENTICES,
    responses=problems(404),
    right=Right.PROGRAMME_READ,
)
async def list_changes(request: Asked, number: FromPath[str]) -> tuple[schemas.ChangeAnswer, ...]:
    return await _changes(request, number)


async def _changes(request: Asked, number: str) -> tuple[schemas.ChangeAnswer, ...]:
    return tuple(
        schemas.ChangeAnswer(
            *(each.id, each.kind.value, CHANGE_WORDS[each.kind], each.row, each.name, each.happened_on, each.reason, each.asker),
            *(each.decision, each.decider, each.opinion, each.words),
        )
        for each in await programme_changes.changes_of(current_actor(request), number)
    )


@post(
    "/{number:str}/changes",
    operation_id="ask_programme_change",
    summary="申请变更或登记结果",
    description=KEY_WORDS,
    tags=APPRENTICES,
    status_code=201,
    responses=REFUSALS,
    right=Right.PROGRAMME_RECORD,
)
async def post_change(request: Asked, number: FromPath[str], data: JSONBody[schemas.ChangeBody], key: KeyHeader) -> schemas.ChangeAsked:
    actor, clock = current_actor(request), clock_of(request)
    await programmes.assert_there(actor, number, Right.PROGRAMME_RECORD)
    with under_key(key, asked(request, data)):
        change = await programme_changes.ask_change(
            actor, number, data.kind, row=data.row, content=data.content(), day=data.happened_on, reason=data.reason, clock=clock
        )
    return schemas.ChangeAsked(number, change)


@_act("changes/{change:int}/decision", "decide_programme_change", "审核变更", Right.PROGRAMME_DECIDE)
async def post_change_decision(
    request: Asked, number: FromPath[str], change: RowKey, data: JSONBody[schemas.ChangeDecisionBody]
) -> tuple[schemas.ChangeAnswer, ...]:
    actor, clock = current_actor(request), clock_of(request)
    await programme_changes.decide_change(actor, number, change, approve=data.approve, opinion=data.opinion, clock=clock)
    return await _changes(request, number)


@get(
    "/{number:str}/months",
    operation_id="list_programme_months",
    summary="每月记录的进度",
    tags=APPRENTICES,
    responses=problems(404),
    right=Right.PROGRAMME_READ,
)
async def list_months(request: Asked, number: FromPath[str]) -> schemas.MonthsAnswer:
    found = await record_keeping.programme_months(current_actor(request), number, clock=clock_of(request))
    months = tuple(
        schemas.MonthStateAnswer(
            *(each.month, each.due, each.expected, {side.value: count for side, count in each.missing.items()}, each.late),
            found.found.get(each.month, 0),
        )
        for each in found.states
    )
    return schemas.MonthsAnswer(number, tuple(found.sides), months)


@get(
    "/{number:str}/months/{month:str}",
    operation_id="get_programme_month",
    summary="一个月的记录",
    tags=APPRENTICES,
    responses=problems(404),
    right=Right.PROGRAMME_READ,
)
async def get_month(request: Asked, number: FromPath[str], month: FromPath[str]) -> schemas.MonthAnswer:
    shown = await record_keeping.show_month(current_actor(request), number, month, clock=clock_of(request), settled=settled_of(request))
    people = tuple(
        schemas.MonthRow(
            *(each.one.serial, each.one.name, each.masked, {field.value: value for field, value in _told(each).items()}),
            *(tuple(one.value for one in each.contradictions), 0 if each.record is None else each.record.place),
        )
        for each in shown.people
    )
    return schemas.MonthAnswer(number, month, shown.seen, shown.open, tuple(shown.sides), people)


def _told(each: CellShown) -> Mapping[Field, int]:
    return {} if each.record is None else values_of(each.record.done, each.record.sides)


@post(
    "/{number:str}/months/{month:str}",
    operation_id="record_programme_month",
    summary="登记一个月",
    description="企业登记 practice、mentor、wage，培训机构登记 general、basics、online；课时为课时数的百分之一，工资为分。"
    "seen 取自读取该月的答复；其后他人登记过时答复 409（months-moved），请重新读取。更正即再次登记，旧记录保留。",
    tags=APPRENTICES,
    status_code=200,
    responses=problems(400, 403, 404, 409, 422),
    right=Right.PROGRAMME_RECORD,
)
async def post_month(request: Asked, number: FromPath[str], month: FromPath[str], data: JSONBody[schemas.MonthBody]) -> schemas.MonthSaved:
    actor, clock, settled = current_actor(request), clock_of(request), settled_of(request)
    shown = await record_keeping.show_month(actor, number, month, clock=clock, settled=settled)
    told = {each.serial: each.values() for each in data.people}
    others = sorted({field.value for values in told.values() for field in values if SIDE_OF[field] not in shown.sides})
    if len(told) != len(data.people) or not all(told.values()) or (others and shown.sides):
        wrong = f"不由贵单位登记的项目：{'、'.join(others)}。" if others else "每名学徒只写一次，且至少登记一项。"
        raise RecordRefused(wrong, errors=[])
    records = await record_keeping.save_month(actor, number, month, told, seen=data.seen, way="api", clock=clock, settled=settled)
    return schemas.MonthSaved(number, month, records)


def programmes_api() -> Router:
    """The operations of this file; only the people's workbook may be large."""
    return Router(
        "/programmes",
        route_handlers=[
            Router("/", route_handlers=[post_people], request_max_body_size=LARGEST_UPLOAD),
            *(list_programmes, get_programme, draft_programme, change_programme, post_offer, post_submit, post_withdraw),
            *(post_end, post_decision, list_changes, post_change, post_change_decision, list_months, get_month, post_month),
        ],
    )
