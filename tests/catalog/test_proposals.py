"""From a proposal to a published version: two sides propose, experts score, everybody may speak, two persons publish."""

from datetime import date, timedelta

import msgspec
import pytest

from tests.catalog.proposing import FULL, PAPER, WELDER, new_item, people, pool, prepared, proposed, reviewed
from tests.people import sign_in_as
from training_admin.catalog import proposal_store, publishing, reviewing
from training_admin.catalog.drawing import TooFewExperts, draw
from training_admin.catalog.facts import Entry, ItemDetails
from training_admin.catalog.proposal_states import IllegalMove, Stage
from training_admin.catalog.proposal_store import ProposalNotFound
from training_admin.catalog.proposals import (
    Partner,
    ProposalRefused,
    consent,
    list_proposals,
    propose_item,
    propose_revision,
    record_letter,
    refuse,
    show_proposal,
    withdraw,
)
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog, sample_details
from training_admin.catalog.search import show_item
from training_admin.catalog.versions import VersionRefused
from training_admin.database import read_transaction
from training_admin.kit.actor import COMMAND_LINE, DEMO, VISITOR, NotAllowed, NotSignedIn, SamePersonTwice
from training_admin.kit.clock import FixedClock

pytestmark = pytest.mark.usefixtures("database")


async def stage_of(number: str) -> Stage:
    async with read_transaction():
        return (await proposal_store.load_proposal(number)).stage


async def test_an_item_goes_from_proposal_to_publication(clock: FixedClock) -> None:
    await publish_items(DEMO, sample_catalog(), details=sample_details(), paper="样例目录", clock=clock)
    who = await people(clock)
    number = await prepared(who, clock, valid_from=date(2026, 8, 1))
    with pytest.raises(SamePersonTwice):
        await publishing.decide(msgspec.structs.replace(who.approver, key=who.officer.key), number, approve=True, reason="", clock=clock)
    await publishing.decide(who.approver, number, approve=True, reason="", clock=clock)
    assert await stage_of(number) is Stage.PUBLISHED
    shown = await show_item("SJ2026-A-056", clock=clock)
    assert not shown.in_force
    assert (shown.current.paper, shown.current.item.valid_from) == (PAPER, date(2026, 8, 1))
    assert (shown.current.details.developer, shown.current.published_by) == ("某校", who.approver.name)


async def test_a_new_price_closes_the_old_version_and_leaves_its_details(clock: FixedClock) -> None:
    await publish_items(DEMO, sample_catalog(), details=sample_details(), paper="样例目录", clock=clock)
    who = await people(clock)
    number = await prepared(who, clock, new_item(item_code=WELDER.item_code, std_fen=250_000), valid_from=date(2026, 7, 1))
    await publishing.decide(who.approver, number, approve=True, reason="", clock=clock)
    shown = await show_item(WELDER.item_code, clock=clock)
    assert [(each.item.std_fen, each.item.valid_from, each.item.valid_to) for each in shown.versions] == [
        (250_000, date(2026, 7, 1), None),
        (WELDER.std_fen, WELDER.valid_from, date(2026, 6, 30)),
    ]
    assert shown.versions[1].details == sample_details()[WELDER.item_code]


async def test_an_approver_who_waits_too_long_cannot_change_what_has_started(clock: FixedClock) -> None:
    who = await people(clock)
    number = await prepared(who, clock, valid_from=date(2026, 7, 1))
    clock.move(timedelta(days=30))
    with pytest.raises(VersionRefused):
        await publishing.decide(who.approver, number, approve=True, reason="", clock=clock)
    with pytest.raises(ProposalRefused):
        await publishing.decide(who.approver, number, approve=False, reason="", clock=clock)
    await publishing.decide(who.approver, number, approve=False, reason="日期已过", clock=clock)
    await publishing.prepare(who.officer, number, paper=PAPER, valid_from=date(2026, 9, 1), valid_to=date(2027, 8, 31), clock=clock)
    await publishing.decide(who.approver, number, approve=True, reason="", clock=clock)
    assert await stage_of(number) is Stage.PUBLISHED


async def test_the_partner_consents_and_nobody_else(clock: FixedClock) -> None:
    who = await people(clock)
    other = (await sign_in_as("jingban-b", clock)).actor
    number = await proposed(who, clock)
    for stranger, error in ((other, ProposalNotFound), (who.officer, NotAllowed), (VISITOR, NotSignedIn)):
        with pytest.raises(error):
            await consent(stranger, number, clock=clock)
    with pytest.raises(ProposalRefused):
        await record_letter(who.officer, number, letter="函", clock=clock)
    await consent(who.partner, number, clock=clock)
    assert await stage_of(number) is Stage.CONSENTED
    with pytest.raises(IllegalMove):
        await consent(who.partner, number, clock=clock)


async def test_an_association_without_account_consents_by_letter(clock: FixedClock) -> None:
    who = await people(clock)
    entry = Entry(new_item(), ItemDetails())
    number = await propose_item(who.institution, entry, Partner(name="区焊接行业协会"), why="行业需要", clock=clock)
    with pytest.raises(ProposalNotFound):
        await consent(who.partner, number, clock=clock)
    with pytest.raises(ProposalRefused):
        await record_letter(who.officer, number, letter=" ", clock=clock)
    await record_letter(who.officer, number, letter="同意函（2026年6月1日）", clock=clock)
    assert await stage_of(number) is Stage.CONSENTED


@pytest.mark.parametrize(
    ("partner", "code", "why"),
    [
        pytest.param(Partner(), "", "理由", id="no partner"),
        pytest.param(Partner(code="91310117X19999999X"), "", "理由", id="unknown partner"),
        pytest.param(Partner(code="91310117X110000370"), "", "理由", id="itself"),
        pytest.param(Partner(name="协会"), "SJ2026-A-999", "理由", id="unknown item"),
        pytest.param(Partner(name="协会"), "", " ", id="no reason"),
    ],
)
async def test_what_cannot_be_proposed_is_told(partner: Partner, code: str, why: str, clock: FixedClock) -> None:
    who = await people(clock)
    with pytest.raises(ProposalRefused):
        await propose_item(who.institution, Entry(new_item(item_code=code), ItemDetails()), partner, why=why, clock=clock)


async def test_a_proposal_is_seen_by_its_sides_and_the_offices_until_it_is_public(clock: FixedClock) -> None:
    who = await people(clock)
    stranger = (await sign_in_as("jingban-b", clock)).actor
    number = await proposed(who, clock)
    for reader in (VISITOR, stranger):
        with pytest.raises(ProposalNotFound):
            await show_proposal(reader, number)
        assert await list_proposals(reader, before=None, limit=5) == ([], None)
    assert (await show_proposal(who.institution, number)).theirs
    assert (await show_proposal(who.partner, number)).asked
    assert (await show_proposal(who.officer, number)).officer
    assert len((await list_proposals(who.partner, before=None, limit=5))[0]) == 1


async def test_the_institution_may_withdraw_until_the_draw(clock: FixedClock) -> None:
    who = await people(clock)
    number = await proposed(who, clock)
    await withdraw(who.institution, number, clock=clock)
    assert await stage_of(number) is Stage.WITHDRAWN
    revision = await propose_revision(who.officer, [Entry(WELDER, ItemDetails())], why="年度修订", clock=clock)
    with pytest.raises(ProposalNotFound):
        await withdraw(who.institution, revision, clock=clock)


async def test_the_draw_can_be_repeated_and_avoids_the_proposers(clock: FixedClock) -> None:
    who = await people(clock)
    number = await proposed(who, clock)
    await consent(who.partner, number, clock=clock)
    with pytest.raises(TooFewExperts):
        await reviewing.draw_experts(who.officer, number, clock=clock)
    await pool(who.officer, clock)
    drawn = await reviewing.draw_experts(who.officer, number, clock=clock)
    shown = await show_proposal(who.officer, number)
    assert tuple(seat.expert for seat in shown.seats) == drawn
    assert draw(shown.proposal.seed, await reviewing.list_experts(who.officer), ("松江样例职业技能培训学校",)) == drawn
    assert "校内专家" not in {expert.name for expert in drawn}
    await reviewing.drop_expert(who.officer, drawn[0].number, clock=clock)
    with pytest.raises(ProposalRefused):
        await reviewing.drop_expert(who.officer, drawn[0].number, clock=clock)
    assert len((await show_proposal(who.officer, number)).seats) == 3


async def test_a_link_scores_once_and_a_newer_one_replaces_it(clock: FixedClock) -> None:
    who = await people(clock)
    number = await proposed(who, clock)
    await consent(who.partner, number, clock=clock)
    await pool(who.officer, clock)
    await reviewing.draw_experts(who.officer, number, clock=clock)
    first = await reviewing.link_for(who.officer, number, 1, clock=clock)
    second = await reviewing.link_for(who.officer, number, 1, clock=clock)
    with pytest.raises(reviewing.LinkNotFound):
        await reviewing.open_link(first, clock=clock)
    with pytest.raises(ProposalRefused):
        await reviewing.score_by_link(second, {**FULL, "need": 31}, "", clock=clock)
    await reviewing.score_by_link(second, FULL, "很好", clock=clock)
    with pytest.raises(reviewing.LinkNotFound):
        await reviewing.score_by_link(second, FULL, "", clock=clock)
    late = await reviewing.link_for(who.officer, number, 2, clock=clock)
    clock.move(timedelta(days=8))
    with pytest.raises(reviewing.LinkNotFound):
        await reviewing.open_link(late, clock=clock)
    with pytest.raises(ProposalNotFound):
        await reviewing.link_for(who.officer, number, 9, clock=clock)
    with pytest.raises(IllegalMove):
        await reviewing.link_for(who.officer, number, 1, clock=clock)
    with pytest.raises(ProposalRefused, match="还有 2 位"):
        await reviewing.ask_for_opinions(who.officer, number, clock=clock)


async def test_too_few_points_end_before_the_public_is_asked(clock: FixedClock) -> None:
    who = await people(clock)
    number = await proposed(who, clock)
    await consent(who.partner, number, clock=clock)
    await pool(who.officer, clock)
    await reviewing.draw_experts(who.officer, number, clock=clock)
    live = await reviewing.link_for(who.officer, number, 3, clock=clock)
    for place in (1, 2):
        await reviewing.score_from_sheet(who.officer, number, place, {**FULL, "need": 0}, "", paper="档案", clock=clock)
    await reviewing.score_by_link(live, {**FULL, "need": 0, "price": 10}, "", clock=clock)
    with pytest.raises(ProposalRefused, match="70 分"):
        await reviewing.ask_for_opinions(who.officer, number, clock=clock)
    with pytest.raises(ProposalRefused):
        await refuse(who.officer, number, reason=" ", clock=clock)
    await refuse(who.officer, number, reason="评审未通过", clock=clock)
    assert await stage_of(number) is Stage.REFUSED


async def test_every_opinion_and_objection_is_answered_before_it_goes_on(clock: FixedClock) -> None:
    who = await people(clock)
    number = await reviewed(who, clock)
    with pytest.raises(IllegalMove):
        await publishing.speak(VISITOR, number, name="", text="太早", clock=clock)
    await reviewing.ask_for_opinions(who.officer, number, clock=clock)
    await publishing.speak(VISITOR, number, name="王某", text="课时偏多", clock=clock)
    with pytest.raises(ProposalRefused, match="次日起"):
        await publishing.give_notice(who.officer, number, clock=clock)
    clock.move(timedelta(days=8))
    with pytest.raises(IllegalMove):
        await publishing.speak(VISITOR, number, name="", text="太晚", clock=clock)
    with pytest.raises(ProposalRefused, match="1 条"):
        await publishing.give_notice(who.officer, number, clock=clock)
    voice = (await show_proposal(VISITOR, number)).voices[0]
    with pytest.raises(ProposalRefused):
        await publishing.answer(who.officer, number, voice.id, outcome="maybe", text="说明", clock=clock)
    await publishing.answer(who.officer, number, voice.id, outcome="adopted", text="减为 110 课时", clock=clock)
    with pytest.raises(ProposalRefused):
        await publishing.answer(who.officer, number, voice.id, outcome="adopted", text="再答", clock=clock)
    await publishing.give_notice(who.officer, number, clock=clock)
    shown = (await show_proposal(VISITOR, number)).proposal
    assert shown.notice_until == date(2026, 6, 16), "five working days after 9 June"
    await publishing.speak(VISITOR, number, name="", text="价格过高", clock=clock)
    assert [each.kind for each in (await show_proposal(VISITOR, number)).voices] == ["opinion", "objection"]


async def test_a_year_without_calendar_is_told(clock: FixedClock) -> None:
    who = await people(clock)
    number = await reviewed(who, clock)
    clock.move(timedelta(days=365))
    with pytest.raises(ProposalRefused, match="2027"):
        await reviewing.ask_for_opinions(who.officer, number, clock=clock)


async def test_the_machine_itself_may_not_publish_what_it_prepared(clock: FixedClock) -> None:
    who = await people(clock)
    number = await prepared(who, clock, valid_from=date(2026, 8, 1))
    await publishing.decide(who.approver, number, approve=False, reason="再核", clock=clock)
    await publishing.prepare(COMMAND_LINE, number, paper=PAPER, valid_from=None, valid_to=None, clock=clock)
    with pytest.raises(SamePersonTwice):
        await publishing.decide(COMMAND_LINE, number, approve=True, reason="", clock=clock)
