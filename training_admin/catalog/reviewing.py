"""Expert review: the pool, the draw that anybody can repeat, score sheets by one-time link or as signed, and its result."""

from collections.abc import Mapping
from datetime import date, timedelta

from training_admin.accounts.sessions import new_token
from training_admin.accounts.store import token_hash
from training_admin.catalog import proposal_store
from training_admin.catalog.drawing import LEAST_MEAN, Expert, draw, mean_points, wrong_points
from training_admin.catalog.proposal_states import Act, IllegalMove, Stage, next_stage
from training_admin.catalog.proposal_store import Proposal, ProposalNotFound, Seat
from training_admin.catalog.proposals import LONGEST_NAME, LONGEST_WORDS, ProposalRefused, name_of, words
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import VISITOR, Actor, assert_may
from training_admin.kit.clock import Clock
from training_admin.kit.digest import sha256_hex
from training_admin.kit.refusals import NotFound
from training_admin.kit.rights import Right
from training_admin.kit.workdays import NoCalendar
from training_admin.office import trail
from training_admin.office.numbers import next_number
from training_admin.office.workdays import load_calendar

EXPERT_KIND = "catalog_expert"
LINK_DAYS = timedelta(days=7)
# How long opinions are asked for; no paper of the district tells it (assumed).
OPINION_WORKDAYS = 5


class LinkNotFound(NotFound):
    """The link was used, replaced, has ended or never was."""

    code = "catalog-link-not-found"
    title = "链接已失效"


@retried
async def add_expert(actor: Actor, *, name: str, organisation: str, field: str, clock: Clock) -> str:
    """One more expert of the pool; returns his number. Raises NotAllowed, ProposalRefused."""
    assert_may(actor, Right.POLICY_PROPOSE)
    told = words(name, "专家姓名", most=40), words(organisation, "专家所在单位", most=LONGEST_NAME), words(field, "专业领域", most=100)
    async with write_transaction():
        year = clock.today().year
        number = f"ZJ{year}{await next_number(EXPERT_KIND, year):04d}"
        await proposal_store.add_expert(number, *told)
        await trail.record(actor, "catalog:expert:added", number, at=clock.now())
    return number


@retried
async def drop_expert(actor: Actor, number: str, *, clock: Clock) -> None:
    """Take an expert out of the pool for later draws; raises NotAllowed, ProposalRefused."""
    assert_may(actor, Right.POLICY_PROPOSE)
    async with write_transaction():
        if not await proposal_store.drop_expert(number):
            raise ProposalRefused("专家库中没有这位专家，请刷新页面查看。")
        await trail.record(actor, "catalog:expert:removed", number, at=clock.now())


async def list_experts(actor: Actor) -> list[Expert]:
    """The pool; raises NotAllowed."""
    assert_may(actor, Right.POLICY_READ)
    async with read_transaction():
        return await proposal_store.pool()


@retried
async def draw_experts(actor: Actor, number: str, *, clock: Clock) -> tuple[Expert, ...]:
    """Draw the seats once; the seed follows from the hash of the row that tells the pool, written in the same transaction.

    Raises NotAllowed, ProposalNotFound, IllegalMove, TooFewExperts.
    """
    assert_may(actor, Right.POLICY_PROPOSE)
    async with write_transaction():
        proposal = await proposal_store.load_proposal(number)
        stage = next_stage(proposal.stage, Act.DRAW)
        pool = await proposal_store.pool()
        await trail.record(actor, "catalog:proposal:pool", number, {"experts": len(pool)}, at=clock.now())
        head = await trail.head()
        assert head is not None, "the pool was recorded"
        seed = sha256_hex(f"{number}:{head[1]}".encode())
        drawn = draw(seed, pool, (proposal.institution_name, proposal.partner_name))
        await proposal_store.add_seats(proposal.id, drawn)
        await proposal_store.change(proposal, stage, seed=seed)
        detail = {"seed": seed, "experts": [expert.number for expert in drawn]}
        await trail.record(actor, "catalog:proposal:drawn", number, detail, at=clock.now())
    return drawn


async def _seat(number: str, place: int) -> tuple[Proposal, Seat]:
    proposal = await proposal_store.load_proposal(number)
    found = next((seat for seat in await proposal_store.seats(proposal.id) if seat.place == place), None)
    if found is None:
        raise ProposalNotFound("没有找到这位评审专家，请刷新页面查看。")
    if proposal.stage is not Stage.REVIEW or found.points is not None:
        raise IllegalMove("评审已经结束，或这位专家已经评分。请刷新页面查看。", stage=proposal.stage.value)
    return proposal, found


@retried
async def link_for(actor: Actor, number: str, place: int, *, clock: Clock) -> str:
    """The token of a new one-time link for a seat, told once; a former link ends. Raises NotAllowed, ProposalNotFound, IllegalMove."""
    assert_may(actor, Right.POLICY_PROPOSE)
    async with write_transaction():
        _proposal, seat = await _seat(number, place)
        token = new_token()
        await proposal_store.give_link(seat.id, token_hash(token), clock.now() + LINK_DAYS)
        await trail.record(actor, "catalog:proposal:linked", number, {"expert": seat.expert.number}, at=clock.now())
    return token


async def open_link(token: str, *, clock: Clock) -> tuple[Proposal, Seat]:
    """What an expert scores; raises LinkNotFound."""
    async with read_transaction():
        return await _linked(token, clock)


async def _linked(token: str, clock: Clock) -> tuple[Proposal, Seat]:
    found = await proposal_store.seat_of_link(token_hash(token), clock.now())
    if found is None:
        raise LinkNotFound("这个评分链接已经使用、更换或过期，请与通知您的工作人员联系。")
    proposal = await proposal_store.load_proposal(found[0])
    if proposal.stage is not Stage.REVIEW:
        raise LinkNotFound("这份项目建议的评审已经结束，无需再评分。")
    return proposal, found[1]


def sheet(points: Mapping[str, int | None], remark: str) -> tuple[dict[str, int], str]:
    """A whole score sheet; raises ProposalRefused naming every wrong criterion."""
    wrong = wrong_points(points)
    if wrong:
        raise ProposalRefused(f"请按分值范围填写整数：{'、'.join(wrong)}。")
    said = words(remark, "评审意见", most=LONGEST_WORDS, needed=False)
    return {key: value for key, value in points.items() if value is not None}, said


@retried
async def score_by_link(token: str, points: Mapping[str, int | None], remark: str, *, clock: Clock) -> None:
    """The expert's own sheet; the link works once. Raises LinkNotFound, ProposalRefused."""
    given, said = sheet(points, remark)
    async with write_transaction():
        proposal, seat = await _linked(token, clock)
        await _put(VISITOR, proposal, seat, given, said, by="专家本人凭链接填写", clock=clock)


@retried
async def score_from_sheet(
    actor: Actor, number: str, place: int, points: Mapping[str, int | None], remark: str, *, paper: str, clock: Clock
) -> None:
    """The officer enters the sheet that the expert has signed; `paper` says where it is kept.

    Raises NotAllowed, ProposalNotFound, IllegalMove, ProposalRefused.
    """
    assert_may(actor, Right.POLICY_PROPOSE)
    (given, said), kept = sheet(points, remark), words(paper, "签字评分表的存放处或文号", most=100)
    async with write_transaction():
        proposal, seat = await _seat(number, place)
        await _put(actor, proposal, seat, given, said, by=f"{name_of(actor)}据签字评分表（{kept}）录入"[:LONGEST_NAME], clock=clock)


async def _put(actor: Actor, proposal: Proposal, seat: Seat, points: dict[str, int], remark: str, *, by: str, clock: Clock) -> None:
    stored = await proposal_store.put_sheet(seat.id, points, remark, by=by, at=clock.now())
    assert stored, "the seat was read without sheet in this very transaction"
    detail = {"expert": seat.expert.number, "points": points}
    await trail.record(actor, "catalog:proposal:scored", proposal.number, detail, at=clock.now())


@retried
async def ask_for_opinions(actor: Actor, number: str, *, clock: Clock) -> None:
    """End the review of a proposal whose mean is enough, and ask everybody.

    Raises NotAllowed, ProposalNotFound, IllegalMove, ProposalRefused while sheets are missing or when the mean is too low.
    """
    assert_may(actor, Right.POLICY_PROPOSE)
    async with write_transaction():
        proposal = await proposal_store.load_proposal(number)
        stage = next_stage(proposal.stage, Act.ASK)
        sheets = [seat.points for seat in await proposal_store.seats(proposal.id)]
        given = [points for points in sheets if points is not None]
        if len(given) < len(sheets):
            raise ProposalRefused(f"还有 {len(sheets) - len(given)} 位专家没有评分，全部评分后再征求意见。")
        mean = mean_points(given)
        if mean < LEAST_MEAN:
            raise ProposalRefused("专家平均分未达到 70 分，不能进入征求意见。请写明原因后不予列入。")
        until = await workdays_from(clock, OPINION_WORKDAYS)
        await proposal_store.change(proposal, stage, opinions_until=until)
        await trail.record(actor, "catalog:proposal:asked", number, {"mean": mean, "until": until.isoformat()}, at=clock.now())


async def workdays_from(clock: Clock, count: int) -> date:
    """The last of so many working days after today; raises ProposalRefused where the calendar is not published."""
    try:
        return (await load_calendar()).add_workdays(clock.today(), count)
    except NoCalendar as missing:
        raise ProposalRefused(f"{missing.year} 年的工作日历尚未公布，不能推算期限。请先导入当年的放假安排。") from None
