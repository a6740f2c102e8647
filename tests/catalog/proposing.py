"""A proposal and the people who lead it through its stages, for tests."""

from datetime import date, timedelta

import msgspec

from tests.people import sign_in_as
from training_admin.catalog import publishing, reviewing
from training_admin.catalog.drawing import CRITERIA
from training_admin.catalog.facts import CatalogItem, Entry, ItemDetails
from training_admin.catalog.proposals import Partner, consent, propose_item
from training_admin.catalog.sample import sample_catalog
from training_admin.kit.actor import Actor
from training_admin.kit.clock import FixedClock

FULL: dict[str, int | None] = {key: most for key, _words, most in CRITERIA}
WELDER = next(item for item in sample_catalog() if item.name == "焊工（四级）")
PAPER = "松人社〔2026〕9号"


class People(msgspec.Struct, frozen=True):
    """Who acts: institution, partner's signatory, officer, approver."""

    institution: Actor
    partner: Actor
    officer: Actor
    approver: Actor


async def people(clock: FixedClock, *, partner: str = "qianzi-a") -> People:
    logins = ("jiaowu", partner, "zhengce", "zhengshen")
    return People(*[(await sign_in_as(login, clock)).actor for login in logins])


def new_item(**changes: object) -> CatalogItem:
    return msgspec.structs.replace(WELDER, **{"item_code": "", "valid_from": date(2026, 7, 1), "valid_to": None, **changes})


async def pool(officer: Actor, clock: FixedClock) -> None:
    """Five experts, one of them of the proposing institution."""
    for number in range(4):
        await reviewing.add_expert(officer, name=f"专家{number}", organisation=f"单位{number}", field="机械", clock=clock)
    await reviewing.add_expert(officer, name="校内专家", organisation="松江样例职业技能培训学校", field="机械", clock=clock)


async def proposed(who: People, clock: FixedClock, item: CatalogItem | None = None) -> str:
    entry = Entry(item or new_item(), ItemDetails(developer="某校"))
    return await propose_item(who.institution, entry, Partner(code=who.partner.organisation or ""), why="产业需要", clock=clock)


async def reviewed(who: People, clock: FixedClock, item: CatalogItem | None = None) -> str:
    """A proposal with consent and full points of every expert."""
    number = await proposed(who, clock, item)
    await consent(who.partner, number, clock=clock)
    await pool(who.officer, clock)
    for place, _expert in enumerate(await reviewing.draw_experts(who.officer, number, clock=clock), start=1):
        await reviewing.score_from_sheet(who.officer, number, place, FULL, "同意", paper="档案1", clock=clock)
    return number


async def prepared(who: People, clock: FixedClock, item: CatalogItem | None = None, *, valid_from: date) -> str:
    """A proposal that waits for the approver; the clock has moved on past both periods."""
    number = await reviewed(who, clock, item)
    await reviewing.ask_for_opinions(who.officer, number, clock=clock)
    clock.move(timedelta(days=10))
    await publishing.give_notice(who.officer, number, clock=clock)
    clock.move(timedelta(days=10))
    await publishing.prepare(who.officer, number, paper=PAPER, valid_from=valid_from, valid_to=None, clock=clock)
    return number
