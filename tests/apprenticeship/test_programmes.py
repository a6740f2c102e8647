"""Programmes from draft to end: who may do what when, what is refused, and what the pages show."""

from datetime import timedelta

import httpx
import msgspec
import pytest

from tests.apprenticeship.drafts import STARTS, approved, drafted, entrant, head, moved_of, plan, signed, tutors
from tests.people import enter, sign_in_as
from tests.web.conftest import form_token
from training_admin.apprenticeship import programme_changes, programmes
from training_admin.apprenticeship.facts import Hours
from training_admin.apprenticeship.loading import ProgrammeNotFound
from training_admin.apprenticeship.people_reading import people_workbook, read_people_workbook
from training_admin.apprenticeship.plan_facts import TEACHER, ChangeContent, Tutor, faults_of, people_faults
from training_admin.apprenticeship.programme_changes import months_between
from training_admin.apprenticeship.programmes import FilingHindered, PeopleWrong, ProgrammeMoved, ProgrammeRefused
from training_admin.apprenticeship.states import ChangeKind, ProgrammeIllegalMove, ProgrammeState
from training_admin.database import fetch_tuples, read_transaction, write_transaction
from training_admin.kit.actor import NotAllowed, SamePersonTwice
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings

CERTIFICATE = "S000031010001274000001"


@pytest.mark.parametrize(
    ("changes", "planned", "words"),
    [
        ({"level": "9"}, {}, "等级"),
        ({"institution": ""}, {}, "机构"),
        ({"occupation": ""}, {}, "职业"),
        ({"months": 0}, {}, "期限"),
        ({}, {"planned": Hours(-1, 0, 0, 0)}, "课时不能为负"),
        ({}, {"planned": Hours(100, 0, 0, 200)}, "线上"),
        ({}, {"cooperation_on": STARTS + timedelta(days=1)}, "合作协议"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said(changes: dict[str, object], planned: dict[str, object], words: str) -> None:
    assert faults_of(head(), plan()) == []
    assert words in "".join(faults_of(head(**changes), plan(**planned)))


def test_a_programme_without_people_is_not_offered() -> None:
    assert len(people_faults([], [])) == 3
    assert people_faults(tutors(), [entrant(1)]) == []


def test_people_are_read_back_as_written_and_every_wrong_cell_is_named() -> None:
    people = [entrant(1), entrant(2, contract_end=None, prior_level="5", phone="")]
    read = read_people_workbook(people_workbook(tutors(), people), today=STARTS)
    assert (list(read.tutors), list(read.people), read.count) == (tutors(), people, 0)
    twins = [*tutors(), tutors()[0]]
    wrong = [entrant(1), entrant(1), entrant(3, mentor="李师傅"), entrant(4, contract_end=STARTS.replace(year=2020)), entrant(5, post="")]
    found = read_people_workbook(people_workbook(twins, wrong), today=STARTS).problems
    assert [each.code for each in found] == ["DUPLICATE_ROW", "DUPLICATE_ROW", "UNKNOWN_VALUE", "DATE", "MISSING"]
    assert "310100" not in repr(read)


def test_names_lose_what_nobody_sees() -> None:
    people = [entrant(1, name="阿里木\u200b•买买\u202e提", mentor=f"{tutors()[0].name}\u200b")]
    read = read_people_workbook(people_workbook(tutors(), people), today=STARTS)
    assert [(each.name, each.mentor) for each in read.people] == [("阿里木·买买提", tutors()[0].name)]


def test_nobody_is_tutor_and_apprentice_or_both_kinds_of_tutor_and_a_phone_is_one() -> None:
    both = [*tutors(), Tutor(TEACHER, "周师傅", tutors()[0].identity)]
    people = [entrant(1, identity=tutors()[0].identity), entrant(2, phone="1390000")]
    found = read_people_workbook(people_workbook(both, people), today=STARTS).problems
    assert [(each.cell, each.code) for each in found] == [("C6", "UNKNOWN_VALUE"), ("C4", "UNKNOWN_VALUE"), ("D5", "UNKNOWN_VALUE")]
    assert ["两个人" in found[0].message, "本班的导师" in found[1].message, "11 位" in found[2].message] == [True] * 3


def test_whole_months_are_counted() -> None:
    assert [months_between(STARTS, STARTS + timedelta(days=days), 12) for days in (0, 30, 31, 400)] == [0, 0, 1, 12]


async def test_both_sides_sign_what_stands_there_and_another_person_decides(database: Settings, clock: FixedClock) -> None:
    number = await drafted(clock)
    clerk, officer = (await sign_in_as("jingban-a", clock)).actor, (await sign_in_as("chushen", clock)).actor
    with pytest.raises(ProgrammeIllegalMove):
        await programmes.submit_programme(clerk, number, clock=clock)
    await programmes.offer_programme(clerk, number, clock=clock)
    signer = (await sign_in_as("qianzi-a", clock)).actor
    with pytest.raises(ProgrammeMoved):
        await programmes.sign_programme(signer, number, moved=0, clock=clock)
    await programmes.sign_programme(signer, number, moved=await moved_of(number, clock), clock=clock)
    with pytest.raises(ProgrammeRefused, match="双方"):
        await programmes.submit_programme(clerk, number, clock=clock)
    await programmes.save_programme(clerk, head(months=18), plan(planned=Hours(12000, 16000, 50000, 0)), number=number, clock=clock)
    assert (await programmes.show_programme(clerk, number, clock=clock)).filing.enterprise_signer is None
    await programmes.offer_programme(clerk, number, clock=clock)
    for login in ("qianzi-a", "jiaowu"):
        person = (await sign_in_as(login, clock)).actor
        await programmes.sign_programme(person, number, moved=await moved_of(number, clock), clock=clock)
    await programmes.submit_programme(clerk, number, clock=clock)
    with pytest.raises(NotAllowed):
        await programmes.decide_programme(clerk, number, "approve", moved=1, opinion="", clock=clock)
    with pytest.raises(ProgrammeRefused, match="意见"):
        await programmes.decide_programme(officer, number, "return", moved=await moved_of(number, clock), opinion="", clock=clock)
    await programmes.decide_programme(officer, number, "approve", moved=await moved_of(number, clock), opinion="", clock=clock)
    shown = await programmes.show_programme(signer, number, clock=clock)
    assert (shown.state_words, shown.filing.approved_on, len(shown.people)) == ("已备案", clock.today(), 3)
    with pytest.raises(ProgrammeNotFound):
        await programmes.show_programme((await sign_in_as("jingban-b", clock)).actor, number, clock=clock)


async def test_what_the_rules_refuse_is_not_filed(database: Settings, clock: FixedClock) -> None:
    number = await signed(clock, 9)
    clerk = (await sign_in_as("jingban-a", clock)).actor
    shown = await programmes.show_programme(clerk, number, clock=clock)
    assert [each.rule for each in shown.failed if each.hinders] == ["APP-07"]
    with pytest.raises(FilingHindered, match="APP-07"):
        await programmes.submit_programme(clerk, number, clock=clock)
    await programmes.withdraw_programme(clerk, number, clock=clock)


async def test_a_wrong_workbook_keeps_nothing(database: Settings, clock: FixedClock) -> None:
    number = await drafted(clock, 2)
    clerk = (await sign_in_as("jingban-a", clock, stepped_up=True)).actor
    with pytest.raises(PeopleWrong) as told:
        await programmes.import_people(clerk, number, people_workbook(tutors(), [entrant(1, mentor="无此人")]), clock=clock)
    assert told.value.extra["count"] == 1
    assert len((await programmes.show_programme(clerk, number, clock=clock)).people) == 2
    read = read_people_workbook(await programmes.people_file(clerk, number, clock=clock), today=clock.today())
    assert [each.name for each in read.people] == ["学徒1", "学徒2"]


async def test_changes_are_asked_by_one_and_decided_by_another_and_the_end_needs_results(database: Settings, clock: FixedClock) -> None:
    number = await approved(clock, 4)
    clock.move(timedelta(days=120))
    teacher, officer = (await sign_in_as("jiaowu", clock)).actor, (await sign_in_as("chushen", clock)).actor
    clerk, today = (await sign_in_as("jingban-a", clock)).actor, clock.today()

    async def changed(kind: ChangeKind, row: int | None, *, approve: bool = True, **content: object) -> None:
        asked = await programme_changes.ask_change(
            teacher, number, kind, row=row, content=msgspec.convert(content, ChangeContent), day=today, reason="情况属实", clock=clock
        )
        with pytest.raises(NotAllowed):
            await programme_changes.decide_change(teacher, number, asked, approve=True, opinion="", clock=clock)
        await programme_changes.decide_change(officer, number, asked, approve=approve, opinion="请补充材料", clock=clock)

    await changed(ChangeKind.INJURY, 1)
    await changed(ChangeKind.LEFT, 2, approve=False)
    await changed(ChangeKind.EXTENSION, None, months=14, planned=Hours(9000, 13000, 38000, 0))
    with pytest.raises(ProgrammeRefused, match="期限"):
        await changed(ChangeKind.EXTENSION, None, months=12)
    with pytest.raises(ProgrammeRefused, match="编号"):
        await changed(ChangeKind.RESULTS, 2, outcome="certified", level="4", certificate_no="1", certified_on=today)
    with pytest.raises(ProgrammeRefused, match="登记的导师"):
        await changed(ChangeKind.MENTOR, 2, tutor=1)
    with pytest.raises(ProgrammeRefused, match="没有结果"):
        await programme_changes.end_programme(clerk, number, clock=clock)
    year = str(today.year)[2:]
    certificate = f"S000031010001{year}4000001"
    await changed(ChangeKind.RESULTS, 2, outcome="certified", level="4", certificate_no=certificate, certified_on=today)
    await changed(ChangeKind.RESULTS, 3, outcome="completed")
    await changed(ChangeKind.LEFT, 4)
    with pytest.raises(ProgrammeRefused, match="2027-08-31 届满"):
        await programme_changes.end_programme(clerk, number, clock=clock)
    clock.move(timedelta(days=365))
    clerk = (await sign_in_as("jingban-a", clock)).actor
    await programme_changes.end_programme(clerk, number, clock=clock)
    shown = await programmes.show_programme(clerk, number, clock=clock)
    assert [(each.outcome, each.certificate_no) for each in shown.people] == [
        ("left", ""),
        ("certified", certificate),
        ("completed", ""),
        ("left", ""),
    ]
    assert (shown.state_words, shown.head.months) == ("已结束", 14)


async def test_the_pages_lead_from_draft_to_filing(database: Settings, visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await sign_in_as("jiaowu", clock)
    await enter(visitor, "jingban-a", clock)
    typed = {
        **await form_token(visitor, "/programmes/new"),
        "institution": head().institution,
        "occupation": "6-18-02-04",
        "occupation_name": "焊工",
        "level": "4",
        "months": "12",
        "starts": STARTS.isoformat(),
        "general": "75",
        "basics": "105",
        "practice": "320.5",
        "cooperation_on": "2026-06-01",
        "cooperation_mode": "联合培养",
        "credit_system": "true",
        "student_status": "true",
    }
    refused = await visitor.post("/programmes", data={**typed, "general": "七十五"})
    assert (refused.status_code, "课时应为" in refused.text, 'value="七十五"' in refused.text) == (422, True, True)
    address = (await visitor.post("/programmes", data=typed)).headers["location"]
    token = await form_token(visitor, address)
    wrong = people_workbook(tutors(), [entrant(1, mentor="无此人")])
    answer = await visitor.post(f"{address}/people", data=token, files={"file": ("a.xlsx", wrong)})
    assert (answer.status_code, "/marked/" in answer.text) == (422, True)
    answer = await visitor.post(f"{address}/people", data=token, files={"file": ("a.xlsx", people_workbook(tutors(), [entrant(1)]))})
    assert answer.status_code == 303
    assert (await visitor.post(f"{address}/offer", data=token)).status_code == 303
    page = (await visitor.get(address)).text
    assert "待双方签署" in page
    assert entrant(1).identity not in page
    for export in ("/programmes.csv", f"{address}/people.csv", f"{address}/changes.csv"):
        assert (await visitor.get(export)).status_code == 200
    assert (await visitor.get("/programmes/people-template.xlsx")).content.startswith(b"PK")
    edit = (await visitor.get(f"{address}/edit")).text
    assert "修改培养方案" in edit
    seen = edit.partition('name="moved" value="')[2].partition('"')[0]
    assert (await visitor.post(f"{address}/edit", data={**typed, "moved": seen, "months": "13"})).status_code == 303
    stale = await visitor.post(f"{address}/edit", data={**typed, "moved": seen, "months": "14"})
    assert (stale.status_code, "新的办理" in stale.text) == (409, True)
    await enter(visitor, "chushen", clock)
    assert "焊工" in (await visitor.get("/programmes")).text


async def test_nobody_decides_what_he_entered(database: Settings, clock: FixedClock) -> None:
    number = await signed(clock)
    clerk = (await sign_in_as("jingban-a", clock)).actor
    await programmes.submit_programme(clerk, number, clock=clock)
    officer = (await sign_in_as("chushen", clock)).actor
    own = msgspec.structs.replace(officer, key=clerk.key)
    with pytest.raises(SamePersonTwice):
        await programmes.decide_programme(own, number, "approve", moved=await moved_of(number, clock), opinion="", clock=clock)


async def test_a_signature_stands_for_exactly_what_was_signed(database: Settings, clock: FixedClock) -> None:
    number = await signed(clock)
    clerk = (await sign_in_as("jingban-a", clock)).actor
    digest = (await programmes.show_programme(clerk, number, clock=clock)).filing.signed_sha256
    async with read_transaction():
        told = await fetch_tuples(
            """SELECT detail ->> 'side', detail ->> 'sha256' FROM trail
               WHERE subject = $1 AND event = 'apprenticeship:programme:signed' ORDER BY number""",
            number,
        )
    assert [tuple(row) for row in told] == [("enterprise", digest), ("institution", digest)]
    async with write_transaction():
        await fetch_tuples("UPDATE apprentice SET post = '别的岗位' WHERE place = 1 RETURNING id")
    with pytest.raises(ProgrammeRefused, match="签署的内容不一致"):
        await programmes.submit_programme(clerk, number, clock=clock)


@pytest.mark.parametrize("change", ["plan", "people"])
async def test_a_change_after_one_signature_takes_it_off(database: Settings, clock: FixedClock, change: str) -> None:
    number = await drafted(clock)
    clerk, signer = (await sign_in_as("jingban-a", clock)).actor, (await sign_in_as("qianzi-a", clock)).actor
    await programmes.offer_programme(clerk, number, clock=clock)
    await programmes.sign_programme(signer, number, moved=await moved_of(number, clock), clock=clock)
    first = (await programmes.show_programme(clerk, number, clock=clock)).filing.signed_sha256
    if change == "plan":
        await programmes.save_programme(clerk, head(), plan(cooperation_duties="另行约定"), number=number, clock=clock)
    else:
        await programmes.import_people(clerk, number, people_workbook(tutors(), [entrant(1), entrant(2)]), clock=clock)
    shown = await programmes.show_programme(clerk, number, clock=clock)
    assert (shown.state, shown.filing.enterprise_signer, shown.filing.signed_sha256) == (ProgrammeState.DRAFT, None, None)
    await programmes.offer_programme(clerk, number, clock=clock)
    await programmes.sign_programme(signer, number, moved=await moved_of(number, clock), clock=clock)
    again = (await programmes.show_programme(clerk, number, clock=clock)).filing
    assert again.signed_sha256 not in {None, first}
    assert not again.signed
