"""Pages of 目录项目建议: the list, the form, one proposal with its way, consent, withdrawal, opinions and objections by anybody."""

from collections.abc import Awaitable
from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Router, get, post
from litestar.params import FromPath, QueryParameter, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.accounts.rates import count_try
from training_admin.catalog.drawing import CRITERIA, mean_points
from training_admin.catalog.facts import CATEGORY_WORDS, EIGHT_LEVELS, FUND_WORDS, GROUP_WORDS, LEVEL_WORDS
from training_admin.catalog.forms import ItemForm, entry_of
from training_admin.catalog.proposal_states import STAGE_WORDS, Stage
from training_admin.catalog.proposals import Partner, consent, list_proposals, propose_item, record_letter, show_proposal, withdraw
from training_admin.catalog.publishing import OUTCOME_WORDS, VOICE_WORDS, dated_entries, speak
from training_admin.catalog.revisions import entry_differences
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.web import clock_of, current_actor, page, row_cursor

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
SHOWN = 25
MOST_VOICES = 20
CursorQuery = Annotated[str | None, QueryParameter(max_length=9)]
WAY = (Stage.PROPOSED, Stage.CONSENTED, Stage.REVIEW, Stage.OPINIONS, Stage.NOTICE, Stage.PREPARED, Stage.PUBLISHED)
WORDS = {
    "stages": STAGE_WORDS,
    "levels": LEVEL_WORDS,
    "funds": FUND_WORDS,
    "groups": GROUP_WORDS,
    "categories": CATEGORY_WORDS,
    "voices": VOICE_WORDS,
    "outcomes": OUTCOME_WORDS,
}


class LetterForm(msgspec.Struct, frozen=True):
    """The letter by which a partner without account consents."""

    letter: str = ""


class VoiceForm(msgspec.Struct, frozen=True):
    """What somebody says; the name may be left out."""

    name: str = ""
    text: str = ""


async def shown_proposal(request: Asked, number: str, *, problem: Refusal | None = None, link: str = "", typed: Any = None) -> Template:
    """The page of a proposal, with what was refused on it or the link just made."""
    shown = await show_proposal(current_actor(request), number)
    sheets = [seat.points for seat in shown.seats if seat.points is not None]
    return page(
        "catalog/proposal.html",
        status_code=HTTPStatus.OK if problem is None else problem.status,
        problem=None if problem is None else problem.problem(),
        shown=shown,
        proposal=shown.proposal,
        today=clock_of(request).today(),
        differences=await entry_differences(dated_entries(shown.proposal)) if shown.proposal.stage is not Stage.PUBLISHED else [],
        mean=mean_points(sheets) if sheets else None,
        criteria=CRITERIA,
        way=WAY,
        words=WORDS,
        link=link,
        typed=typed or {},
    )


async def acted(request: Asked, number: str, act: Awaitable[object], *, typed: Any = None) -> Template | Redirect:
    """Do an act and go back to the proposal; what is refused is told on its page with what was typed."""
    try:
        await act
    except NotFound:
        raise
    except Refusal as refusal:
        return await shown_proposal(request, number, problem=refusal, typed=typed)
    return Redirect(f"/catalog/proposals/{number}", status_code=SEE_OTHER)


@get("/catalog/proposals", include_in_schema=False, public=True)
async def proposals_page(request: Asked, cursor: CursorQuery = None) -> Template:
    found, following = await list_proposals(current_actor(request), before=row_cursor(cursor) or None, limit=SHOWN)
    return page("catalog/proposals.html", proposals=found, following=following, cursor=cursor, words=WORDS)


def _form(form: ItemForm, problem: Refusal | None) -> Template:
    return page(
        "catalog/propose.html",
        status_code=HTTPStatus.OK if problem is None else problem.status,
        problem=None if problem is None else problem.problem(),
        form=form,
        chosen=[form.groups] if isinstance(form.groups, str) else form.groups,
        order=EIGHT_LEVELS,
        words=WORDS,
    )


@get("/catalog/proposals/new", include_in_schema=False, right=Right.CATALOG_PROPOSE)
async def propose_page() -> Template:
    return _form(ItemForm(), None)


@post("/catalog/proposals/new", include_in_schema=False, right=Right.CATALOG_PROPOSE)
async def propose_act(request: Asked, data: URLEncodedBody[ItemForm]) -> Template | Redirect:
    actor = current_actor(request)
    try:
        entry = entry_of(data, developer=actor.organisation_name or None)
        number = await propose_item(actor, entry, Partner(data.partner, data.partner_name), why=data.why, clock=clock_of(request))
    except Refusal as refusal:
        return _form(data, refusal)
    return Redirect(f"/catalog/proposals/{number}", status_code=SEE_OTHER)


@get("/catalog/proposals/{number:str}", include_in_schema=False, public=True)
async def proposal_page(request: Asked, number: FromPath[str]) -> Template:
    return await shown_proposal(request, number)


@post("/catalog/proposals/{number:str}/consent", include_in_schema=False, right=Right.CATALOG_CONSENT)
async def consent_act(request: Asked, number: FromPath[str]) -> Template | Redirect:
    return await acted(request, number, consent(current_actor(request), number, clock=clock_of(request)))


@post("/catalog/proposals/{number:str}/letter", include_in_schema=False, right=Right.POLICY_PROPOSE)
async def letter_act(request: Asked, number: FromPath[str], data: URLEncodedBody[LetterForm]) -> Template | Redirect:
    return await acted(request, number, record_letter(current_actor(request), number, letter=data.letter, clock=clock_of(request)))


@post("/catalog/proposals/{number:str}/withdraw", include_in_schema=False, right=Right.CATALOG_PROPOSE)
async def withdraw_act(request: Asked, number: FromPath[str]) -> Template | Redirect:
    return await acted(request, number, withdraw(current_actor(request), number, clock=clock_of(request)))


@post("/catalog/proposals/{number:str}/voices", include_in_schema=False, public=True)
async def speak_act(request: Asked, number: FromPath[str], data: URLEncodedBody[VoiceForm]) -> Template | Redirect:
    """Anybody may speak, but no address more than a few times in a quarter of an hour."""
    clock = clock_of(request)
    await count_try("voice", request.client.host if request.client else "", most=MOST_VOICES, at=clock.wall())
    return await acted(request, number, speak(current_actor(request), number, name=data.name, text=data.text, clock=clock), typed=data)


def catalog_proposal_pages() -> Router:
    """The pages of this file."""
    return Router(
        "/",
        route_handlers=[proposals_page, propose_page, propose_act, proposal_page, consent_act, letter_act, withdraw_act, speak_act],
    )
