"""Pages of an apprentice programme's money: what it comes to now, the claims for it, asking for the advance or the settlement."""

from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.apprenticeship.facts import Stage
from training_admin.fund.payee_account import typed_account
from training_admin.kit.actor import may
from training_admin.kit.money import yuan
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.kit.wording import day, moment
from training_admin.office.idempotency import new_key, under_key
from training_admin.subsidy import programme_claims
from training_admin.subsidy.explain import OUTCOME_WORDS, explain_claim, reasons_in_short
from training_admin.subsidy.products import STAGE_WORDS
from training_admin.subsidy.record import AssessmentRecord
from training_admin.subsidy.review_states import STATE_WORDS
from training_admin.web import clock_of, csv_download, current_actor, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
CLAIMS = ("申报编号", "类别", "状态", "提交时间", "测算（元）", "应拨（元）", "已拨（元）", "已追回（元）", "待追回（元）", "拨付日")
LINES = ("序号", "学徒", "结果", "应得（元）", "本次（元）", "条款", "说明")


class StageUnknown(NotFound):
    """There is no such stage of a programme's money."""

    code = "programme-stage-not-found"


class AskForm(msgspec.Struct, frozen=True):
    """Which account the money goes to: the one of the last claim, or the one that is typed."""

    bank: str = ""
    account: str = ""
    holder: str = ""
    same_account: bool = False
    idempotency_key: str = ""


def stage_named(name: str) -> Stage:
    """The stage of an address; raises StageUnknown."""
    found = next((each for each in Stage if each.value == name), None)
    if found is None:
        raise StageUnknown("没有这一类学徒制补贴，请从学徒班页面进入。")
    return found


@get("/programmes/{number:str}/money", include_in_schema=False, right=Right.CLAIM_READ)
async def money_page(request: Asked, number: FromPath[str]) -> Template:
    return await _shown(request, number)


async def _shown(request: Asked, number: str, *, refusal: Refusal | None = None) -> Template:
    actor = current_actor(request)
    money = await programme_claims.programme_money(actor, number)
    asks = may(actor, Right.CLAIM_SUBMIT)
    return page(
        "claims/programme.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        money=money,
        asks=asks,
        last=await programme_claims.last_account(actor, money.head.uscc) if asks else None,
        stages=[(stage, STAGE_WORDS[stage], money.why_not[stage]) for stage in Stage],
        stage_words=STAGE_WORDS,
        state_words=STATE_WORDS,
        new_key=new_key,
    )


@get("/programmes/{number:str}/money.csv", include_in_schema=False, right=Right.CLAIM_READ)
async def money_csv(request: Asked, number: FromPath[str]) -> Response[bytes]:
    money = await programme_claims.programme_money(current_actor(request), number)
    rows = [
        (
            *(each.number, STAGE_WORDS[each.stage], STATE_WORDS[each.state], moment(each.submitted_at)),
            *(None if fen is None else yuan(fen) for fen in (each.computed_fen, each.payable_fen)),
            *(yuan(fen) for fen in (each.paid_fen, each.recovered_fen, each.owed_fen)),
            None if each.paid_on is None else day(each.paid_on),
        )
        for each in money.claims
    ]
    return csv_download(CLAIMS, rows, filename=f"学徒班资金-{number}.csv")


@get("/programmes/{number:str}/money/{stage:str}", include_in_schema=False, right=Right.CLAIM_READ)
async def preview_page(request: Asked, number: FromPath[str], stage: FromPath[str]) -> Template:
    """What a claim would say now, person by person; nothing is stored."""
    actor, wanted = current_actor(request), stage_named(stage)
    record = await programme_claims.preview(actor, number, wanted, clock=clock_of(request))
    return page(
        "claims/programme_preview.html",
        number=number,
        words=STAGE_WORDS[wanted],
        stage=wanted,
        record=record,
        claim=explain_claim(record),
        rows=_rows(record, await programme_claims.names(actor, number)),
    )


def _rows(record: AssessmentRecord, names: dict[int, str]) -> list[tuple[int, str, str, int, int, tuple[tuple[str, str], ...]]]:
    return [
        (
            *(line.row, names.get(line.row, ""), OUTCOME_WORDS[line.outcome], line.computed_fen, line.payable_fen),
            reasons_in_short(record, line),
        )
        for line in record.lines
    ]


@get("/programmes/{number:str}/money/{stage:str}/lines.csv", include_in_schema=False, right=Right.CLAIM_READ)
async def preview_csv(request: Asked, number: FromPath[str], stage: FromPath[str]) -> Response[bytes]:
    actor, wanted = current_actor(request), stage_named(stage)
    record = await programme_claims.preview(actor, number, wanted, clock=clock_of(request))
    rows = [
        (row, name, words, yuan(computed), yuan(payable), "；".join(rule for rule, _said in said), "".join(text for _rule, text in said))
        for row, name, words, computed, payable, said in _rows(record, await programme_claims.names(actor, number))
    ]
    return csv_download(LINES, rows, filename=f"学徒班测算-{number}-{STAGE_WORDS[wanted]}.csv")


@post("/programmes/{number:str}/money/{stage:str}", include_in_schema=False, right=Right.CLAIM_SUBMIT)
async def ask_act(request: Asked, number: FromPath[str], stage: FromPath[str], data: URLEncodedBody[AskForm]) -> Redirect | Template:
    """Ask for a stage's money; a refusal is told on the page of the programme's money."""
    actor, wanted = current_actor(request), stage_named(stage)
    try:
        typed = None if data.same_account else typed_account(data.bank, data.account, data.holder)
        account = await programme_claims.account_asked(actor, number, typed)
        with under_key(data.idempotency_key, [request.url.path, msgspec.to_builtins(data)]):
            receipt = await programme_claims.submit_programme_claim(actor, number, wanted, account, clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _shown(request, number, refusal=refusal)
    return Redirect(f"/claims/{receipt.number}", status_code=SEE_OTHER)


def programme_money_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[money_page, money_csv, preview_page, preview_csv, ask_act])
