"""The JSON API of call-backs by sample (电话回访): samples, who was drawn without phone numbers, drawing, what came of a call."""

from typing import Any

import msgspec
from litestar import Request, Router, get, post
from litestar.params import FromPath, JSONBody

from training_admin.audit import calling_back
from training_admin.audit.callback_store import RESULT_WORDS, CallResult, Sample
from training_admin.kit.rights import Right
from training_admin.office.request_keys import KEY_WORDS, KeyHeader, under_header
from training_admin.web import RowKey, clock_of, current_actor, problems, shanghai_iso

Asked = Request[Any, Any, Any]
TAGS = ["检查"]
REFUSALS = problems(400, 404, 409, 422)


class SampleAnswer(msgspec.Struct, frozen=True):
    """A sample: `people` of the roster, and how many of them were drawn, reached, and contradicted."""

    number: str
    class_no: str
    organisation: str
    organisation_name: str
    people: int
    drawn: int
    reached: int
    contradicted: int
    list_sha256: str
    seed: str
    made_at: str


class CallAnswer(msgspec.Struct, frozen=True):
    """One call."""

    result: str
    result_words: str
    words: str
    recording: str
    caller: str
    called_at: str


class DrawnAnswer(msgspec.Struct, frozen=True):
    """Somebody who was drawn, by his turn and his row of the roster; the phone is masked."""

    turn: int
    row: int
    name: str
    phone: str
    calls: tuple[CallAnswer, ...]


class SampleDetail(msgspec.Struct, frozen=True):
    """A sample with who was drawn."""

    number: str
    class_no: str
    organisation: str
    list_sha256: str
    seed: str
    people: tuple[DrawnAnswer, ...]


class CalledAnswer(msgspec.Struct, frozen=True):
    """The sample after a call, and the numbers of doubts that came of it."""

    sample: SampleDetail
    doubts: tuple[str, ...]


class DrawBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which class is drawn from."""

    class_no: str


class CallBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What came of a call; a contradiction needs words."""

    result: CallResult
    words: str = ""
    recording: str = ""


def _answer(one: Sample, drawn: int, reached: int, contradicted: int) -> SampleAnswer:
    return SampleAnswer(
        *(one.number, one.class_no, one.organisation, one.organisation_name, len(one.places), drawn, reached, contradicted),
        *(one.list_sha256, one.seed, shanghai_iso(one.made_at)),
    )


@get("/callbacks", operation_id="list_callbacks", summary="电话回访抽样", tags=TAGS, responses=problems(400), right=Right.CALLBACK_READ)
async def get_callbacks(request: Asked) -> tuple[SampleAnswer, ...]:
    return tuple(_answer(*each) for each in await calling_back.list_samples(current_actor(request)))


async def _detail(request: Asked, number: str) -> SampleDetail:
    sample, people = await calling_back.show_sample(current_actor(request), number)
    return SampleDetail(
        *(sample.number, sample.class_no, sample.organisation, sample.list_sha256, sample.seed),
        tuple(
            DrawnAnswer(
                *(each.drawn.turn, each.drawn.place, each.drawn.name, each.phone),
                tuple(
                    CallAnswer(
                        *(call.result.value, RESULT_WORDS[call.result], call.words, call.recording, call.caller),
                        shanghai_iso(call.called_at),
                    )
                    for call in each.drawn.calls
                ),
            )
            for each in people
        ),
    )


@get(
    "/callbacks/{number:str}",
    operation_id="get_callback",
    summary="一次电话回访抽样",
    tags=TAGS,
    responses=problems(404),
    right=Right.CALLBACK_READ,
)
async def get_callback(request: Asked, number: FromPath[str]) -> SampleDetail:
    return await _detail(request, number)


@post(
    "/callbacks",
    operation_id="draw_callback",
    summary="从班级花名册抽样",
    description=f"每份花名册只抽一次，种子取自登记名单后的留痕末行。{KEY_WORDS}",
    tags=TAGS,
    status_code=201,
    responses=REFUSALS,
    right=Right.CLASS_VISIT,
)
async def post_callback(request: Asked, data: JSONBody[DrawBody], key: KeyHeader) -> SampleDetail:
    with under_header(request, key, data):
        number = await calling_back.draw_sample(current_actor(request), data.class_no, clock=clock_of(request))
    return await _detail(request, number)


@post(
    "/callbacks/{number:str}/people/{turn:int}/calls",
    operation_id="record_callback",
    summary="登记一次回访",
    description=f"与记录不符的立即列为审计疑点（AU-090）。{KEY_WORDS}",
    tags=TAGS,
    status_code=201,
    responses=REFUSALS,
    right=Right.CLASS_VISIT,
)
async def post_call(request: Asked, number: FromPath[str], turn: RowKey, data: JSONBody[CallBody], key: KeyHeader) -> CalledAnswer:
    await _detail(request, number)
    with under_header(request, key, data):
        found = await calling_back.record_call(
            current_actor(request), number, turn, data.result, words=data.words, recording=data.recording, clock=clock_of(request)
        )
    return CalledAnswer(await _detail(request, number), tuple(found))


def callbacks_api() -> Router:
    """The operations of this file."""
    return Router("/", route_handlers=[get_callbacks, get_callback, post_callback, post_call])
