"""Pages of 本人确认参训: the public page behind a link, the answer of a person who is signed in, and what a class has of answers."""

from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.catalog import witness
from training_admin.catalog.facts import LEVEL_WORDS
from training_admin.catalog.forecast_screens import named_of
from training_admin.catalog.witness_facts import ANSWER_WORDS, CHANNEL_WORDS, MOMENT_WORDS, QUESTIONS, Question, average_of
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.kit.wording import moment
from training_admin.web import RowKey, clock_of, csv_download, current_actor, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
COUNTS = ("时点", "已确认人数", "未确认人数")
ANSWERS = ("姓名", "证件号码（已隐去）", "时点", "答复", "答复时间", "方式", *(words for _key, words in QUESTIONS))


class AnswerForm(msgspec.Struct, frozen=True):
    """An answer with the short questionnaire; scores come as texts, "" where none was chosen."""

    answer: str = ""
    content: str = ""
    teacher: str = ""
    place: str = ""
    service: str = ""

    @property
    def given(self) -> dict[str, str]:
        """The scores by question."""
        return {key: getattr(self, key) for key, _words in QUESTIONS}


def asked_words() -> dict[str, Any]:
    """The words of questions and answers, for every page that shows some."""
    return {"moments": MOMENT_WORDS, "answers": ANSWER_WORDS, "channels": CHANNEL_WORDS, "questions": QUESTIONS, "levels": LEVEL_WORDS}


async def _link(request: Asked, token: str, *, refusal: Refusal | None = None) -> Template:
    return page(
        "witness/link.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        each=await witness.show_link(token, clock=clock_of(request)),
        action=f"/witness/{token}",
        **asked_words(),
    )


@get("/witness/{token:str}", include_in_schema=False, public=True)
async def witness_link_page(request: Asked, token: FromPath[str]) -> Template:
    return await _link(request, token)


@post("/witness/{token:str}", include_in_schema=False, public=True)
async def witness_link_act(request: Asked, token: FromPath[str], data: URLEncodedBody[AnswerForm]) -> Template | Redirect:
    try:
        await witness.answer_by_link(token, data.answer, data.given, clock=clock_of(request))
    except (witness.AlreadyAnswered, witness.AnswerRefused) as refusal:
        return await _link(request, token, refusal=refusal)
    return Redirect(f"/witness/{token}", status_code=SEE_OTHER)


@post("/my-records/witness/{question:int}", include_in_schema=False, right=Right.OWN_RECORDS)
async def own_answer_act(request: Asked, question: FromPath[RowKey], data: URLEncodedBody[AnswerForm]) -> Redirect:
    await witness.answer_own(current_actor(request), question, data.answer, data.given, clock=clock_of(request))
    return Redirect("/my-records#witness", status_code=SEE_OTHER)


@get("/classes/{class_no:str}/witness", include_in_schema=False, right=Right.CLASS_READ)
async def class_witness_page(request: Asked, class_no: FromPath[str]) -> Template:
    found = await witness.show_witness(current_actor(request), class_no, clock=clock_of(request))
    answers = found.answers or ()
    return page(
        "witness/class.html",
        found=found,
        head=found.shown.head,
        named=named_of(found.shown),
        averages=[(words, average_of(answers, key)) for key, words in QUESTIONS],
        **asked_words(),
    )


@get("/classes/{class_no:str}/witness.csv", include_in_schema=False, right=Right.CLASS_READ)
async def class_witness_csv(request: Asked, class_no: FromPath[str]) -> Response[bytes]:
    """Answers for officers and auditors, counts for everybody else."""
    found = await witness.show_witness(current_actor(request), class_no, clock=clock_of(request))
    if found.answers is None:
        rows = ((MOMENT_WORDS[each.moment], each.confirmed, each.unconfirmed) for each in found.counts)
        return csv_download(COUNTS, rows, filename=f"本人确认-{class_no}.csv")
    named = named_of(found.shown)

    def row(each: Question) -> tuple[object, ...]:
        told = (
            ("未答复", "", "")
            if each.answer is None or each.answered_at is None
            else (*(ANSWER_WORDS[each.answer], moment(each.answered_at), CHANNEL_WORDS[each.channel]),)
        )
        return (*named.get(each.person, ("—", "—")), MOMENT_WORDS[each.moment], *told, *(each.scores.get(key) for key, _words in QUESTIONS))

    return csv_download(ANSWERS, (row(each) for each in found.answers), filename=f"本人确认-{class_no}.csv")


def witness_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[witness_link_page, witness_link_act, own_answer_act, class_witness_page, class_witness_csv])
