"""Pages of 与本人有关的记录: who claimed for me, with what outcome, how long it is kept and why; and what I may ask for."""

from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.accounts.personal_requests import KIND_WORDS, STATE_WORDS, RequestRefused, TooManyRequests, chosen_kind, make_request
from training_admin.catalog.facts import FUND_WORDS
from training_admin.catalog.witness import my_questions
from training_admin.catalog.witness_pages import asked_words
from training_admin.desk.own_records import own_records
from training_admin.kit.money import yuan
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.kit.wording import day, hundredths
from training_admin.subsidy.screens import state_words
from training_admin.web import clock_of, csv_download, current_actor, page, shanghai_iso

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
HEADER = (
    *("申报编号", "申报单位", "提交时间", "办理状态", "班级编号", "培训类别", "开班日", "结业日", "出勤课时", "考核结果"),
    *("核验结果", "应发金额（元）", "说明", "至少保存至"),
)


CLASS_HEADER = ("班级编号", "班期名称", "办班单位", "所在单位", "开班日", "结业日", "状态", "至少保存至")


class AskForm(msgspec.Struct, frozen=True):
    """What the person asks for."""

    kind: str = ""
    text: str = ""


async def _records(request: Asked, *, refusal: Refusal | None = None, text: str = "", done: str = "") -> Template:
    return page(
        "desk/my_records.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        records=await own_records(current_actor(request), clock=clock_of(request)),
        funds=FUND_WORDS,
        witness=await my_questions(current_actor(request)),
        **asked_words(),
        kinds=KIND_WORDS,
        states=STATE_WORDS,
        text=text,
        done=done,
    )


@get("/my-records", include_in_schema=False)
async def my_records_page(request: Asked, done: FromQuery[bool] = False) -> Template:
    return await _records(request, done="申请已提交，办结后以消息告知。" if done else "")


@get("/my-records.csv", include_in_schema=False)
async def my_records_csv(request: Asked) -> Response[bytes]:
    records = await own_records(current_actor(request), clock=clock_of(request))
    rows = (
        (
            *(
                each.claim_number,
                each.enterprise_name,
                shanghai_iso(each.submitted_at),
                state_words(each.state),
                each.class_no,
                each.stream,
            ),
            *(day(each.start), day(each.end), hundredths(each.attended_centihours), each.exam_result, each.outcome_words),
            "" if each.payable_fen is None else yuan(each.payable_fen),
            "；".join(f"{rule} {words}" for rule, words in each.reasons),
            day(each.kept_until),
        )
        for each in records.claims.claims
    )
    return csv_download(HEADER, rows, filename="与本人有关的记录.csv")


@get("/my-classes.csv", include_in_schema=False)
async def my_classes_csv(request: Asked) -> Response[bytes]:
    records = await own_records(current_actor(request), clock=clock_of(request))
    rows = (
        (
            *(each.shown.class_no, each.shown.title, each.shown.organisation_name, each.shown.enterprise),
            *(each.shown.start, each.shown.ends, each.state_words, each.kept_until),
        )
        for each in records.claims.classes
    )
    return csv_download(CLASS_HEADER, rows, filename="名单中有本人的培训班.csv")


@post("/my-records/requests", include_in_schema=False)
async def ask_act(request: Asked, data: URLEncodedBody[AskForm]) -> Template | Redirect:
    try:
        await make_request(current_actor(request), chosen_kind(data.kind), data.text, clock=clock_of(request))
    except (RequestRefused, TooManyRequests) as refusal:
        return await _records(request, refusal=refusal, text=data.text)
    return Redirect("/my-records?done=true", status_code=SEE_OTHER)


def own_pages() -> Router:
    """The pages of this file; all of them are about the person who asks."""
    return Router("/", route_handlers=[my_records_page, my_records_csv, my_classes_csv, ask_act], opt={"right": Right.OWN_RECORDS})
