"""What an institution registers counts once it is approved, keeps every version, expires by itself, and shows no personal number."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from tests.parties.resources import CARD, TYPED, entered, entry
from tests.people import ENTERPRISE_A, sign_in_as
from training_admin.database import DatabaseFault, fetch_tuples, read_transaction, write_transaction
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.actor import NotAllowed, NotYetApproved, SamePersonTwice
from training_admin.kit.clock import FixedClock
from training_admin.office.papers import LARGEST, PaperRefused, paper_type
from training_admin.parties import institutions
from training_admin.parties.institution_facts import InstitutionFacts, ResourceKind, licence_on, may_train, room_on
from training_admin.parties.institution_store import PERSON_PLACE, ResourceNotFound, load_institution_facts
from training_admin.parties.institutions import Entry, ResourceDecided, decide_resource, enter_resource, show_register, show_resource
from training_admin.parties.resource_forms import ResourceRefused
from training_admin.subsidy.claims import person_of
from training_admin.subsidy.store import PERSON_PLACE as CLAIM_PERSON_PLACE

pytestmark = pytest.mark.usefixtures("database")


async def facts(clock: FixedClock, organisation: str = INSTITUTION) -> InstitutionFacts:
    async with read_transaction():
        return await load_institution_facts(organisation, clock.today(), known_at=clock.now())


async def test_a_whole_institution_is_registered_and_loaded_as_facts(clock: FixedClock) -> None:
    for kind in (ResourceKind.LICENCE, ResourceKind.OCCUPATION, ResourceKind.PLATFORM):
        await entered(clock, kind)
    site = await entered(clock, ResourceKind.SITE)
    room = await entered(clock, ResourceKind.ROOM, site=str(site))
    teacher = await entered(clock, ResourceKind.TEACHER)
    await entered(clock, ResourceKind.QUALIFICATION, teacher=str(teacher))
    loaded = await facts(clock)
    licence = licence_on(loaded, clock.today())
    assert licence is not None
    assert licence.valid_to == date(2026, 12, 31)
    assert may_train(loaded, "6-18-02-04", "4", clock.today())
    found = room_on(loaded, room, clock.today())
    assert found is not None
    assert found.capacity == 40
    assert loaded.teachers[0].person == person_of(CARD)
    assert [each.title for each in loaded.teachers[0].qualifications] == ["高级技师"]
    assert loaded.platforms[0].own is False
    assert PERSON_PLACE == CLAIM_PERSON_PLACE
    clock.move(timedelta(days=365))
    later = await facts(clock)
    assert licence_on(later, clock.today()) is None


async def test_nothing_counts_before_it_is_approved_and_a_change_leaves_the_old_version(clock: FixedClock) -> None:
    key = await entered(clock, ResourceKind.SITE, approve=False)
    assert (await facts(clock)).sites == ()
    officer = (await sign_in_as("chushen", clock)).actor
    assert await decide_resource(officer, key, approve=True, reason="", clock=clock) == INSTITUTION
    with pytest.raises(ResourceDecided):
        await decide_resource(officer, key, approve=True, reason="", clock=clock)
    before = clock.now()
    clock.move(timedelta(hours=1))
    registrar = (await sign_in_as("jiaowu", clock)).actor
    await enter_resource(registrar, entry(ResourceKind.SITE, resource=key, address="新址2号"), clock=clock)
    assert (await facts(clock)).sites[0].address == "样例路1号"
    with pytest.raises(ResourceDecided):
        await enter_resource(registrar, entry(ResourceKind.SITE, resource=key, address="新址3号"), clock=clock)
    await decide_resource(officer, key, approve=True, reason="", clock=clock)
    assert (await facts(clock)).sites[0].address == "新址2号"
    async with read_transaction():
        assert (await load_institution_facts(INSTITUTION, clock.today(), known_at=before)).sites[0].address == "样例路1号"
    assert [each.version for each in await show_resource(registrar, key)] == [2, 1]


async def test_a_refused_version_does_not_count_and_an_ended_thing_is_gone(clock: FixedClock) -> None:
    key = await entered(clock, ResourceKind.SITE)
    room = await entered(clock, ResourceKind.ROOM, site=str(key))
    officer, registrar = (await sign_in_as("chushen", clock)).actor, (await sign_in_as("jiaowu", clock)).actor
    await enter_resource(registrar, entry(ResourceKind.SITE, resource=key, address="新址"), clock=clock)
    with pytest.raises(ResourceRefused):
        await decide_resource(officer, key, approve=False, reason=" ", clock=clock)
    await decide_resource(officer, key, approve=False, reason="租约缺页", clock=clock)
    async with read_transaction():
        told = await fetch_tuples("SELECT text, link FROM message WHERE recipient = $1 ORDER BY id DESC LIMIT 1", INSTITUTION)
    assert told == [("贵单位登记的办学场所（第 2 版）不予核定，原因：租约缺页", f"/resources/{key}")]
    assert (await facts(clock)).sites[0].address == "样例路1号"
    await enter_resource(registrar, Entry(ResourceKind.SITE, {}, resource=key, ended=True), clock=clock)
    await decide_resource(officer, key, approve=True, reason="", clock=clock)
    ended = await facts(clock)
    assert ended.sites == ()
    assert room_on(ended, room, clock.today()) is None


async def test_an_identity_number_is_sealed_masked_kept_through_changes_and_told_nowhere(clock: FixedClock) -> None:
    key = await entered(clock, ResourceKind.TEACHER)
    registrar = (await sign_in_as("jiaowu", clock)).actor
    await enter_resource(registrar, entry(ResourceKind.TEACHER, resource=key, identity="", full_time="no"), clock=clock)
    shown = await show_register(registrar, INSTITUTION, clock=clock)
    assert list(shown.masked.values()) == [CARD[:4] + "*" * 12 + CARD[-2:]]
    async with read_transaction():
        stored = await fetch_tuples("SELECT content::text, sealed FROM resource_version")
        told = await fetch_tuples("SELECT detail::text FROM trail")
    assert len(stored) == 2
    assert all(CARD not in content and CARD.encode() not in sealed for content, sealed in stored)
    assert all(CARD not in each[0] for each in told)


@pytest.mark.parametrize(
    ("kind", "changes", "words"),
    [
        pytest.param(ResourceKind.LICENCE, {"number": ""}, "许可证编号：必填", id="missing"),
        pytest.param(ResourceKind.LICENCE, {"valid_to": "2023-01-01"}, "早于起始日期", id="ends before it begins"),
        pytest.param(
            ResourceKind.LICENCE, {"valid_to": "soon", "issuer": "x" * 201}, "不超过 200 字；有效期至：不是日期", id="two at once"
        ),
        pytest.param(ResourceKind.OCCUPATION, {"levels": ["9"]}, "技能等级", id="no such level"),
        pytest.param(ResourceKind.OCCUPATION, {"levels": ""}, "技能等级：必填", id="no level"),
        pytest.param(ResourceKind.OCCUPATION, {"name": "a\0b"}, "无法显示", id="unprintable"),
        pytest.param(ResourceKind.SITE, {"district": "3101"}, "6 位", id="no area code"),
        pytest.param(ResourceKind.ROOM, {"site": "1", "capacity": "0"}, "1 至 1000", id="room for nobody"),
        pytest.param(ResourceKind.ROOM, {"site": "1", "use": "all"}, "从列表中选择", id="no such use"),
        pytest.param(ResourceKind.ROOM, {"site": "x"}, "从列表中选择", id="no key"),
        pytest.param(ResourceKind.ROOM, {"site": "999"}, "先登记", id="a site of nobody"),
        pytest.param(ResourceKind.TEACHER, {"identity": CARD[:-1] + "9"}, "校验码", id="wrong identity number"),
        pytest.param(ResourceKind.TEACHER, {"identity": ""}, "证件号码：必填", id="no identity number"),
        pytest.param(ResourceKind.QUALIFICATION, {"teacher": "999"}, "先登记", id="a teacher of nobody"),
    ],
)
async def test_a_wrong_form_names_every_field(clock: FixedClock, kind: ResourceKind, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ResourceRefused) as refused:
        await entered(clock, kind, **changes)
    assert words in refused.value.sentence


async def test_a_platform_needs_its_test_report(clock: FixedClock) -> None:
    actor = (await sign_in_as("jiaowu", clock)).actor
    with pytest.raises(ResourceRefused, match="测试报告"):
        await enter_resource(actor, Entry(ResourceKind.PLATFORM, TYPED[ResourceKind.PLATFORM]), clock=clock)
    with pytest.raises(PaperRefused):
        await enter_resource(actor, Entry(ResourceKind.PLATFORM, TYPED[ResourceKind.PLATFORM], b"no paper"), clock=clock)


@pytest.mark.parametrize("content", [b"", b"%PDF-cut off", b"x" * (LARGEST + 1)], ids=["empty", "cut off", "too large"])
def test_a_paper_is_known_by_its_content(content: bytes) -> None:
    with pytest.raises(PaperRefused):
        paper_type(content, what="附件")


async def test_an_enterprise_registers_rooms_and_teachers_but_no_licence(clock: FixedClock) -> None:
    await entered(clock, ResourceKind.TEACHER, login="jingban-a")
    assert len((await facts(clock, ENTERPRISE_A)).teachers) == 1
    with pytest.raises(ResourceRefused, match="自办"):
        await entered(clock, ResourceKind.LICENCE, login="jingban-a")


async def test_what_is_not_ones_own_does_not_exist_and_officers_do_not_enter(clock: FixedClock) -> None:
    key = await entered(clock, ResourceKind.SITE)
    other = (await sign_in_as("jingban-a", clock)).actor
    for act in (
        show_resource(other, key),
        show_register(other, INSTITUTION, clock=clock),
        enter_resource(other, entry(ResourceKind.SITE, resource=key), clock=clock),
    ):
        with pytest.raises(ResourceNotFound):
            await act
    officer = (await sign_in_as("chushen", clock)).actor
    with pytest.raises(NotAllowed):
        await enter_resource(officer, entry(ResourceKind.SITE), clock=clock)
    with pytest.raises(NotAllowed):
        await decide_resource((await sign_in_as("fushen", clock)).actor, key, approve=True, reason="", clock=clock)
    with pytest.raises(ResourceNotFound):
        await institutions.read_paper(officer, key, clock=clock)
    with pytest.raises(ResourceNotFound):
        await show_register(officer, "NOBODY", clock=clock)


async def test_entering_and_deciding_take_two_persons_and_an_approved_organisation(clock: FixedClock) -> None:
    key = await entered(clock, ResourceKind.SITE, approve=False)
    registrar, officer = (await sign_in_as("jiaowu", clock)).actor, (await sign_in_as("chushen", clock)).actor
    with pytest.raises(SamePersonTwice):
        await decide_resource(msgspec.structs.replace(officer, acts_for=registrar.key), key, approve=True, reason="", clock=clock)
    with pytest.raises(NotYetApproved):
        await enter_resource(msgspec.structs.replace(registrar, approved=False), entry(ResourceKind.SITE), clock=clock)


async def test_versions_and_things_can_be_neither_changed_nor_removed(clock: FixedClock) -> None:
    await entered(clock, ResourceKind.SITE)
    for statement in (
        "UPDATE resource_version SET reason = 'x'",
        "DELETE FROM resource_version",
        "UPDATE resource SET organisation = 'x'",
        "DELETE FROM resource",
    ):
        with pytest.raises(DatabaseFault):
            async with write_transaction():
                await fetch_tuples(statement)
