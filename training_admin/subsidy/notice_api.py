"""Public notice (公示) over the API: read and objected to by anybody, posted, answered and closed by the officer."""

from datetime import date
from typing import Any

import msgspec
from litestar import Request, Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from training_admin.accounts.rates import count_try
from training_admin.fund.payable_store import PAYABLE_WORDS
from training_admin.kit.rights import Right
from training_admin.office.notice_store import Notice, Objection
from training_admin.office.request_keys import KEY_WORDS, KeyHeader, under_header
from training_admin.subsidy import notices
from training_admin.subsidy.notice_facts import NoticeContent
from training_admin.subsidy.notice_pages import MOST_OBJECTIONS, STATES
from training_admin.subsidy.review_states import STATE_WORDS
from training_admin.subsidy.schemas import Amount, amount, optional_amount
from training_admin.web import clock_of, current_actor, list_page, problems, shanghai_iso

Asked = Request[Any, Any, Any]
NOTICES = ["公示"]
REFUSALS = problems(400, 404, 409, 422)


class NoticeRow(msgspec.Struct, frozen=True):
    """A notice in a list; `ends_on` is its last day."""

    number: str
    title: str
    state: str
    state_words: str
    posted_on: date
    ends_on: date
    claims: int
    people: int
    amount: Amount


class NoticesPage(msgspec.Struct, frozen=True):
    """A page of notices, newest first."""

    notices: tuple[NoticeRow, ...]
    next_cursor: str | None


class PersonAnswer(msgspec.Struct, frozen=True):
    """A person as the notice shows him: name, and the number with first four and last two left."""

    name: str
    masked_number: str


class NoticeClaim(msgspec.Struct, frozen=True):
    """A claim of a notice."""

    case_no: str
    enterprise: str
    streams: tuple[str, ...]
    classes: int
    people: int
    amount: Amount
    persons: tuple[PersonAnswer, ...]


class NoticeAnswer(msgspec.Struct, frozen=True):
    """A notice as everybody sees it; `assumed` says that its length is no rule of the district yet (暂定)."""

    notice: NoticeRow
    claims: tuple[NoticeClaim, ...]
    workdays: int
    paper: str
    assumed: bool


class ObjectionAnswer(msgspec.Struct, frozen=True):
    """What became of an objection, for whoever holds its number; its words are not told again."""

    number: str
    notice: str
    case_no: str
    answered: bool
    upheld: bool | None
    reply: str


class ObjectionRead(msgspec.Struct, frozen=True):
    """An objection as the officer reads it, with its words and how its sender can be reached."""

    objection: ObjectionAnswer
    words: str
    contact: str
    objected_at: str


class OfficeNotice(msgspec.Struct, frozen=True):
    """A notice with what was objected to it, and the claims that were taken out of it."""

    notice: NoticeAnswer
    objections: tuple[ObjectionRead, ...]
    taken_out: tuple[str, ...]


class PostableClaim(msgspec.Struct, frozen=True):
    """A determined claim that waits for its notice; only one whose money is committed can be posted."""

    number: str
    enterprise_name: str
    state_words: str
    amount: Amount | None
    money_words: str


class PostBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The claims that are posted as one notice."""

    claims: tuple[str, ...]


class ObjectionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody objects to (no claim named: the whole notice), and how he can be reached if he wants to be."""

    words: str
    case_no: str = ""
    contact: str = ""


class AnswerBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The answer to an objection; `case_no` where the objection named no claim and is upheld."""

    upheld: bool
    reply: str
    case_no: str = ""


class ObjectedAnswer(msgspec.Struct, frozen=True):
    """The number by which the result can be asked for; whoever has it sees the answer."""

    number: str


class ClosedAnswer(msgspec.Struct, frozen=True):
    """The notices that were closed."""

    closed: tuple[str, ...]


def _row(notice: Notice, content: NoticeContent) -> NoticeRow:
    return NoticeRow(
        *(notice.number, notice.title, notice.state, STATES[notice.state], notice.posted_on, notice.ends_on),
        *(len(content.claims), content.people, amount(content.fen)),
    )


def _notice(notice: Notice, content: NoticeContent) -> NoticeAnswer:
    claims = (
        NoticeClaim(
            *(each.case_no, each.enterprise, each.streams, each.classes, each.people, amount(each.fen)),
            tuple(PersonAnswer(person.name, person.masked_number) for person in each.persons),
        )
        for each in content.claims
    )
    return NoticeAnswer(_row(notice, content), tuple(claims), content.workdays, content.paper, content.assumed)


def _objection(found: Objection) -> ObjectionAnswer:
    answered = found.upheld is not None
    return ObjectionAnswer(found.number, found.notice, found.case_no, answered, found.upheld == "yes" if answered else None, found.reply)


async def _page(*, public: bool, cursor: str | None, limit: int) -> NoticesPage:
    found, following = list_page(await notices.list_notices(public=public), cursor, limit)
    return NoticesPage(tuple(_row(*each) for each in found), following)


@get("/notices", operation_id="list_notices", summary="公示", tags=NOTICES, responses=problems(400), public=True)
async def get_notices(cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50) -> NoticesPage:
    return await _page(public=True, cursor=cursor, limit=limit)


@get("/notices/{number:str}", operation_id="get_notice", summary="一则公示", tags=NOTICES, responses=problems(404), public=True)
async def get_notice(number: FromPath[str]) -> NoticeAnswer:
    return _notice(*await notices.show_notice(number, public=True))


@post(
    "/notices/{number:str}/objections",
    operation_id="object_to_notice",
    summary="对公示提出异议",
    description=f"任何人可以提出；内容和联系方式加密保存，凭答复中的编号查询结果。同一地址 15 分钟内至多 {MOST_OBJECTIONS} 次。"
    f"{KEY_WORDS}编号请随机生成。",
    tags=NOTICES,
    status_code=201,
    responses=REFUSALS,
    public=True,
)
async def post_objection(request: Asked, number: FromPath[str], data: JSONBody[ObjectionBody], key: KeyHeader) -> ObjectedAnswer:
    clock = clock_of(request)
    await notices.show_notice(number, public=True)
    await count_try("objection", request.client.host if request.client else "", most=MOST_OBJECTIONS, at=clock.wall())
    with under_header(request, key, data):
        own = await notices.object_to(
            current_actor(request), number, case_no=data.case_no, words=data.words, contact=data.contact, clock=clock
        )
    return ObjectedAnswer(own)


@get("/objections", operation_id="get_objection", summary="查询异议结果", tags=NOTICES, responses=problems(404), public=True)
async def get_objection(number: FromQuery[str]) -> ObjectionAnswer:
    return _objection(await notices.objection_by_number(number.strip()))


@get(
    "/notice-office/claims",
    operation_id="list_postable_claims",
    summary="待公示的申报",
    tags=NOTICES,
    responses=problems(),
    right=Right.NOTICE_POST,
)
async def get_postable(request: Asked) -> tuple[PostableClaim, ...]:
    return tuple(
        PostableClaim(
            *(claim.number, claim.enterprise_name, STATE_WORDS[claim.state]),
            optional_amount(None if payable is None else payable.fen),
            "" if payable is None else PAYABLE_WORDS[payable.state],
        )
        for claim, payable in await notices.postable_claims(current_actor(request))
    )


@get(
    "/notice-office/notices",
    operation_id="list_office_notices",
    summary="公示台账",
    tags=NOTICES,
    responses=problems(400),
    right=Right.NOTICE_POST,
)
async def get_office_notices(cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50) -> NoticesPage:
    return await _page(public=False, cursor=cursor, limit=limit)


async def _office(request: Asked, number: str) -> OfficeNotice:
    notice, content = await notices.show_notice(number, public=False)
    read = (
        ObjectionRead(_objection(found), told.words, told.contact, shanghai_iso(found.at))
        for found, told in await notices.read_objections(current_actor(request), notice)
    )
    return OfficeNotice(_notice(notice, content), tuple(read), tuple(each.case_no for each in content.taken_out))


@get(
    "/notice-office/notices/{number:str}",
    operation_id="get_office_notice",
    summary="一则公示及其异议",
    tags=NOTICES,
    responses=problems(404),
    right=Right.NOTICE_POST,
)
async def get_office_notice(request: Asked, number: FromPath[str]) -> OfficeNotice:
    return await _office(request, number)


@post(
    "/notice-office/notices",
    operation_id="post_notice",
    summary="发布公示",
    description=f"所列申报须已审定、预算已落实。{KEY_WORDS}",
    tags=NOTICES,
    status_code=201,
    responses=REFUSALS,
    right=Right.NOTICE_POST,
)
async def post_notice(request: Asked, data: JSONBody[PostBody], key: KeyHeader) -> OfficeNotice:
    with under_header(request, key, data):
        number = await notices.post_notice(current_actor(request), data.claims, clock=clock_of(request))
    return await _office(request, number)


@post(
    "/notice-office/close",
    operation_id="close_notices",
    summary="结束期满的公示",
    description="期满且没有未答复异议的公示撤下，所列申报转入待拨付；每夜也自动办理。重复发送不会再次结束。",
    tags=NOTICES,
    status_code=200,
    responses=problems(409, 422),
    right=Right.NOTICE_POST,
)
async def post_close(request: Asked) -> ClosedAnswer:
    return ClosedAnswer(tuple(await notices.close_over(current_actor(request), clock=clock_of(request))))


@post(
    "/notice-office/notices/{number:str}/objections/{objection:str}/answer",
    operation_id="answer_objection",
    summary="答复异议",
    description=f"异议成立的，所涉申报停止公示、退回审核，预算释放。{KEY_WORDS}",
    tags=NOTICES,
    status_code=200,
    responses=REFUSALS,
    right=Right.NOTICE_POST,
)
async def post_answer(
    request: Asked, number: FromPath[str], objection: FromPath[str], data: JSONBody[AnswerBody], key: KeyHeader
) -> OfficeNotice:
    await notices.show_notice(number, public=False)
    await notices.objection_by_number(objection)
    with under_header(request, key, data):
        await notices.answer_objection(
            current_actor(request),
            objection,
            notice=number,
            upheld=data.upheld,
            case_no=data.case_no,
            reply=data.reply,
            clock=clock_of(request),
        )
    return await _office(request, number)


def notices_api() -> Router:
    """The operations of this file."""
    handlers: list[Any] = [
        *(get_notices, get_notice, post_objection, get_objection, get_postable, get_office_notices, get_office_notice),
        *(post_notice, post_close, post_answer),
    ]
    return Router("/", route_handlers=handlers)
