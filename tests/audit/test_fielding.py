"""Visits from a phone: once for a key, conflicts are told, photos are kept only by the digests that came with the visit."""

import asyncio
from datetime import date

import httpx
import msgspec
import pytest

from tests.accounts.registrations import JPEG, PDF
from tests.audit.field_world import OPENED, SECOND, drawn_today, photo, sent
from tests.fund.payment_world import rows
from tests.people import assign_all, enter, sign_in_as
from training_admin.audit import fielding
from training_admin.audit.fielding import FieldVisitNotFound, PhotoUnknown, SentPhoto, VisitEntered
from training_admin.catalog.visits import VisitRefused
from training_admin.kit.actor import COMMAND_LINE, NotAllowed
from training_admin.kit.clock import FixedClock
from training_admin.kit.digest import sha256_hex
from training_admin.office.idempotency import KeyReused
from training_admin.office.papers import PaperRefused
from training_admin.settings import Settings


async def test_the_drawn_classes_of_a_day_name_no_trainee(database: Settings, clock: FixedClock) -> None:
    plan, class_no = await drawn_today(clock)
    inspector = (await sign_in_as("dudao", clock)).actor
    (one,) = await fielding.drawn_on(inspector, clock.today())
    assert (one.plan, one.class_no, one.inspectors) == (plan, class_no, tuple(sorted(one.inspectors, key=one.inspectors.index)))
    assert set(one.inspectors) == {"检查甲", "检查乙"}
    assert (one.expected > 0, one.sessions[0].teacher != "", one.sessions[0].room != "") == (True, True, True)
    assert await fielding.drawn_on(inspector, date(2026, 6, 21)) == []
    with pytest.raises(NotAllowed):
        await fielding.drawn_on((await sign_in_as("jiaowu", clock)).actor, clock.today())


async def test_sent_twice_and_at_once_it_has_one_effect(database: Settings, clock: FixedClock) -> None:
    plan, class_no = await drawn_today(clock)
    inspector, colleague = (await sign_in_as("dudao", clock)).actor, COMMAND_LINE
    told = sent(plan, class_no)
    receipts = await asyncio.gather(*(fielding.receive_visit(each, told, clock=clock) for each in (inspector, inspector, colleague)))
    assert len({each.visit for each in receipts}) == 1
    assert sorted(each.again for each in receipts) == [False, True, True]
    assert {each.wanted for each in receipts} == {(sha256_hex(JPEG), sha256_hex(SECOND))}
    assert await rows("SELECT count(*)::int FROM class_visit") == [(1,)]
    with pytest.raises(KeyReused):
        await fielding.receive_visit(inspector, sent(plan, class_no, present=4), clock=clock)


async def test_photos_are_kept_by_the_digests_that_were_told(database: Settings, clock: FixedClock) -> None:
    plan, class_no = await drawn_today(clock)
    await assign_all(clock)
    inspector, auditor = (await sign_in_as("dudao", clock)).actor, (await sign_in_as("shenji", clock)).actor
    told = sent(plan, class_no)
    with pytest.raises(FieldVisitNotFound):
        await fielding.receive_photo(inspector, told.key, JPEG, clock=clock)
    visit = (await fielding.receive_visit(inspector, told, clock=clock)).visit
    with pytest.raises(PhotoUnknown):
        await fielding.receive_photo(inspector, told.key, JPEG[:-2] + b"\0\xff\xd9", clock=clock)
    with pytest.raises(PaperRefused):
        await fielding.receive_photo(inspector, told.key, PDF, clock=clock)
    first = await fielding.receive_photo(inspector, told.key, JPEG, clock=clock)
    again = await fielding.receive_photo(inspector, told.key, JPEG, clock=clock)
    assert (first.again, again.again, again.wanted) == (False, True, (sha256_hex(SECOND),))
    shown = await fielding.show_field_visit(auditor, visit)
    assert [(each.sha256, each.arrived) for each in shown.photos] == [(sha256_hex(JPEG), True), (sha256_hex(SECOND), False)]
    name, media_type, content = await fielding.open_photo(auditor, visit, shown.photos[0].id, clock=clock)
    assert (name, media_type, content) == (f"现场检查{visit}-照片1.jpg", "image/jpeg", JPEG)
    for visit_key, photo_key in ((visit, shown.photos[1].id), (999_999, shown.photos[0].id)):
        with pytest.raises(FieldVisitNotFound):
            await fielding.open_photo(auditor, visit_key, photo_key, clock=clock)
    with pytest.raises(FieldVisitNotFound):
        await fielding.show_field_visit(auditor, 999_999)


async def test_a_visit_of_somebody_else_is_told_and_may_be_another_one(database: Settings, clock: FixedClock) -> None:
    plan, class_no = await drawn_today(clock)
    inspector = (await sign_in_as("dudao", clock)).actor
    await fielding.receive_visit(COMMAND_LINE, sent(plan, class_no), clock=clock)
    mine = sent(plan, class_no, key="mine-0123456789-0123456789", present=3, passed=False, words="缺两人")
    with pytest.raises(VisitEntered, match="实到 5 人，合格") as told:
        await fielding.receive_visit(inspector, mine, clock=clock)
    assert told.value.extra["earlier"]["teller"] == COMMAND_LINE.name
    again = sent(plan, class_no, key=mine.key, present=3, passed=False, words="缺两人", another=True)
    assert (await fielding.receive_visit(inspector, again, clock=clock)).again is False
    assert (await fielding.receive_visit(inspector, mine, clock=clock)).again is True
    assert await rows("SELECT present FROM class_visit ORDER BY id") == [(5,), (3,)]


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"key": "short"}, id="key"),
        pytest.param({"plan": "CC2026999"}, id="no such plan"),
        pytest.param({"class_no": "BJ999999999"}, id="not drawn"),
        pytest.param({"opened_at": OPENED.replace(tzinfo=None)}, id="no time zone"),
        pytest.param({"words": "身份证310100199001010027"}, id="identity number"),
        pytest.param({"present": 6}, id="more than expected"),
        pytest.param({"inspectors": ("检查甲",)}, id="one inspector"),
        pytest.param({"photos": (SentPhoto("X" * 64, 5, OPENED),)}, id="no digest"),
        pytest.param({"photos": (SentPhoto("a" * 64, 0, OPENED),)}, id="no bytes"),
        pytest.param({"photos": tuple(photo(bytes([each])) for each in range(21))}, id="too many photos"),
    ],
)
async def test_what_no_phone_of_ours_sends_is_refused(database: Settings, clock: FixedClock, wrong: dict[str, object]) -> None:
    plan, class_no = await drawn_today(clock)
    with pytest.raises(VisitRefused):
        await fielding.receive_visit(COMMAND_LINE, msgspec.structs.replace(sent(plan, class_no), **wrong), clock=clock)
    assert await rows("SELECT 1 FROM class_visit") == []


async def test_refusals_are_told_to_the_script_as_json(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    plan, class_no = await drawn_today(clock)
    await enter(visitor, "dudao", clock)
    await visitor.get("/field/today")
    visitor.headers["x-csrftoken"] = visitor.cookies["csrf"]
    answer = await visitor.post("/field/photos", data={"key": "x"}, files={"file": ("a.jpg", JPEG)})
    assert (answer.status_code, answer.json()["code"]) == (404, "field-visit-not-found")
    assert (await visitor.post("/field/photos", files={"key": (None, "x")})).json()["code"] == "paper-refused"
    listed = (await visitor.get("/field/classes.json")).json()
    assert [each["class_no"] for each in listed["classes"]] == [class_no]
    worker = await visitor.get("/field/worker.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert plan not in (await visitor.get("/field/today")).text
