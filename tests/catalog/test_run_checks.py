"""What running classes come to, as pure functions: tallies, stages, what is lacking, codes that rotate, numbers of certificates."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from tests.catalog.classes import FIRST_DAY, plan, session, sessions, trainees
from tests.catalog.running import AT, certificate, held, run_of, told
from training_admin.catalog.certificate_numbers import CertificateFault, NumberRule, certificate_faults, issuing_body
from training_admin.catalog.class_facts import ClassPlan
from training_admin.catalog.run_checks import (
    RunFigures,
    SessionStage,
    closed_class,
    hinders_closing,
    key_of_slug,
    lacking,
    shared_devices,
    slug_of,
    some_names,
    stage_of,
    told_lacking,
)
from training_admin.catalog.run_facts import (
    ClassRun,
    Mark,
    Outcome,
    Result,
    attended_in,
    centihours,
    delivered_minutes,
    delivered_online_minutes,
    is_held,
    key_of,
    tallies,
)
from training_admin.catalog.sign_codes import (
    code_of,
    is_code,
    is_ticket,
    may_sign_in,
    minute_of_day,
    seconds_left,
    step_at,
    ticket,
    told_by_code,
)

FIGURES = RunFigures(hour_minutes=45, person_min_bp=8000)
SECRET = "ab" * 32
NINE = 9 * 60
# 09:00 in Shanghai on the first day.
MORNING = datetime(2026, 7, 6, 1, 0, tzinfo=UTC)
ISSUED = date(2026, 7, 20)
EMPTY = ClassRun({}, {}, {})


def result(person: str, outcome: Outcome = Outcome.PASSED, number: str = "") -> Result:
    return Result(person, None, None, outcome, number, ISSUED if number else None, "教师", AT)


def small(**changes: object) -> ClassPlan:
    """Ten sessions of 135 minutes, the second online, and six people."""
    first = sessions(FIRST_DAY, 10)
    second = msgspec.structs.replace(first[1], online=True)
    return plan(sessions=(first[0], second, *first[2:]), trainees=trainees(1, 6), **changes)


def test_what_is_not_confirmed_counts_nothing_and_never_more_than_was_taught() -> None:
    whole = small()
    one = whole.trainees[0].person
    run = ClassRun(
        held={key_of(whole.sessions[0]): held(whole.sessions[0], 90), key_of(whole.sessions[1]): held(whole.sessions[1])},
        attended={
            (each.day, each.starts, one): told(each, one, mark)
            for each, mark in zip(whole.sessions[:3], (Mark.PRESENT, Mark.LATE, Mark.PRESENT), strict=True)
        },
        results={one: result(one)},
    )
    assert [attended_in(run, each, one) for each in whole.sessions[:4]] == [90, 135, 0, 0]
    assert (delivered_minutes(whole, run), delivered_online_minutes(whole, run)) == (225, 135)
    assert [is_held(run, each) for each in whole.sessions[:3]] == [True, True, False]
    found = tallies(whole, run)
    assert (found[one].attended_minutes, found[one].rate_bp, found[one].unmarked) == (225, 10_000, 0)
    assert found[one].marks == {Mark.PRESENT: 1, Mark.LATE: 1}
    other = found[whole.trainees[1].person]
    assert (other.attended_minutes, other.rate_bp, other.unmarked, other.result) == (0, 0, 2, None)
    assert tallies(whole, EMPTY)[one].rate_bp is None
    assert centihours(100, 45) == 222


def test_a_session_in_an_address_is_written_in_one_way_only() -> None:
    key = (date(2026, 7, 6), 545)
    assert slug_of(key) == "2026-07-06-0905"
    assert key_of_slug("2026-07-06-0905") == key
    for wrong in ("", "2026-07-06", "2026-7-6-0905", "2026-07-06-9:05", "2026-07-06-2400", "2026-07-06-0960", "2026-02-30-0900"):
        assert key_of_slug(wrong) is None
    for wrong in ("2026-07-06-0905 ", "２026-07-06-0905", "2026-07-06-0905\n"):
        assert key_of_slug(wrong) is None


@pytest.mark.parametrize(
    ("today", "minute", "stage"),
    [
        (date(2026, 7, 5), 1439, SessionStage.AHEAD),
        (FIRST_DAY, NINE - 1, SessionStage.AHEAD),
        (FIRST_DAY, NINE, SessionStage.NOW),
        (FIRST_DAY, NINE + 149, SessionStage.NOW),
        (FIRST_DAY, NINE + 150, SessionStage.WAITING),
        (date(2026, 7, 7), 0, SessionStage.WAITING),
    ],
)
def test_where_a_session_stands(today: date, minute: int, stage: SessionStage) -> None:
    one = session(FIRST_DAY)
    assert stage_of(one, None, today=today, minute=minute) is stage
    assert stage_of(one, held(one), today=today, minute=minute) is SessionStage.HELD
    assert stage_of(one, held(one, 0), today=today, minute=minute) is SessionStage.NOT_HELD


def test_a_device_that_signs_in_several_people_is_seen_within_one_session_only() -> None:
    first, second = sessions(FIRST_DAY, 2)
    here = [told(first, "a", device="x"), told(first, "b", device="x"), told(first, "c", device="y"), told(second, "d", device="y")]
    here += [told(second, person, device="x") for person in "efg"] + [told(first, "h")]
    assert shared_devices(here) == {"x": 3}


def test_a_running_class_tells_what_it_lacks() -> None:
    whole = small()
    first, second = whole.trainees[:2]
    here = [told(each, one.person) for each in whole.sessions[:4] for one in whole.trainees if one not in {first, second}]
    here += [told(each, first.person, Mark.ABSENT, 0) for each in whole.sessions[:4]]
    here += [told(each, second.person) for each in whole.sessions[:3]]
    run = run_of(whole, 4, attended=here)
    found = lacking(whole, run, FIGURES, today=whole.sessions[4].day, minute=NINE)
    assert found.unconfirmed == (whole.sessions[4],)
    assert found.unmarked == ((second.name, 1),)
    assert [(each.name, each.rate_bp, each.missing_minutes, each.can_mend) for each in found.short] == [
        (first.name, 0, 432, False),
        (second.name, 7500, 27, True),
    ]
    assert (found.without_result, found.over) == ((), False)
    words = " ".join(text for _mark, text in told_lacking(found, FIGURES))
    for part in ("1 个课次待确认：2026年7月10日 09:00起", "尚差 432 分钟。其余课次已不能补足", "75.00%，低于 80.00%", "可以补足"):
        assert part in words
    assert lacking(whole, EMPTY, FIGURES, today=date(2026, 7, 1), minute=0).unconfirmed == ()
    exactly = [told(each, one.person) for each in whole.sessions[:4] for one in whole.trainees]
    exactly += [told(whole.sessions[4], one.person, Mark.ABSENT, 0) for one in whole.trainees]
    enough = lacking(whole, run_of(whole, 5, attended=exactly), FIGURES, today=FIRST_DAY, minute=0)
    assert (enough.short, told_lacking(enough, FIGURES)) == ((), [])


def test_many_lacking_are_counted_and_the_first_named() -> None:
    whole = small()
    found = lacking(whole, run_of(whole, 10, attended=[]), FIGURES, today=date(2026, 7, 18), minute=0)
    told_words = told_lacking(found, FIGURES)
    assert sum(mark in {"failed", "REJECT_LINE"} for mark, _words in told_words) == 5 + 1
    words = " ".join(text for _mark, text in told_words)
    for part in ("出勤率不足的共 6 人", "学员1、学员2、学员3、学员4、学员5等 6 人", "尚无考核结果", "尚未办理结班"):
        assert part in words
    assert some_names(["甲", "乙"]) == "甲、乙"


def test_a_class_is_closed_only_when_all_is_told() -> None:
    whole = small()
    told_results = [result(each.person, number=certificate(place)) for place, each in enumerate(whole.trainees)]
    assert whole.end is not None
    early = hinders_closing(whole, run_of(whole, 9), today=whole.end)
    assert [part in text for part, text in zip(("最后一次课之后", "1 个课次未确认", "尚无考核结果"), early, strict=True)] == [True] * 3
    run = run_of(whole, 10, results=told_results[1:])
    day_after = whole.end + timedelta(days=1)
    assert hinders_closing(whole, run, today=day_after) == [f"尚无考核结果：{whole.trainees[0].name}。"]
    closed = closed_class(whole, run, version=2, hour_minutes=45)
    assert (closed.delivered_centihours, closed.online_centihours, closed.enrolled, closed.version) == (3000, 300, 6, 2)
    assert (closed.trainees[0].outcome, closed.trainees[0].certificate_no) == ("", "")
    assert (closed.trainees[1].outcome, closed.trainees[1].certificate_no) == ("passed", certificate(1))
    assert {each.attended_centihours for each in closed.trainees} == {3000}
    assert hinders_closing(whole, run_of(whole, 10, results=told_results), today=day_after) == []


def test_a_code_holds_for_its_half_minute_and_the_next() -> None:
    key = (FIRST_DAY, NINE)
    code = code_of(SECRET, "BJ1", key, step_at(MORNING))
    assert len(code) == 6
    assert code.isdecimal()
    for seconds, good in ((0, True), (29, True), (59, True), (60, False), (-1, False)):
        assert is_code(SECRET, "BJ1", key, code, at=MORNING + timedelta(seconds=seconds)) is good
    for other in (("BJ2", key), ("BJ1", (FIRST_DAY, NINE + 1)), ("BJ1", (date(2026, 7, 7), NINE))):
        assert not is_code(SECRET, *other, code, at=MORNING)
    assert not is_code("cd" * 32, "BJ1", key, code, at=MORNING)
    assert not is_code(SECRET, "BJ1", key, "１２３４５６", at=MORNING)
    assert (seconds_left(MORNING), seconds_left(MORNING + timedelta(seconds=29))) == (30, 1)
    assert len({code_of(SECRET, "BJ1", key, step) for step in range(1000)}) > 990


def test_a_ticket_holds_five_minutes_for_one_session_on_one_device() -> None:
    key = (FIRST_DAY, NINE)
    one = ticket(SECRET, "BJ1", key, "device", at=MORNING)
    assert is_ticket(SECRET, "BJ1", key, "device", one, at=MORNING + timedelta(minutes=4, seconds=59))
    assert not is_ticket(SECRET, "BJ1", key, "device", one, at=MORNING + timedelta(minutes=5))
    assert not is_ticket(SECRET, "BJ1", key, "device", one, at=MORNING - timedelta(seconds=1))
    assert not is_ticket(SECRET, "BJ1", key, "other", one, at=MORNING)
    assert not is_ticket(SECRET, "BJ1", (FIRST_DAY, 0), "device", one, at=MORNING)
    for wrong in ("", ".", "x.y", one.replace(".", ""), "9" + one, "９.é"):
        assert not is_ticket(SECRET, "BJ1", key, "device", wrong, at=MORNING)


@pytest.mark.parametrize(
    ("minutes", "may", "mark"),
    [
        (-31, False, None),
        (-30, True, (Mark.PRESENT, 135)),
        (10, True, (Mark.PRESENT, 135)),
        (11, True, (Mark.LATE, 124)),
        (149, True, (Mark.LATE, 0)),
        (150, False, None),
        (24 * 60, False, None),
    ],
)
def test_when_one_may_sign_in_and_what_it_counts(minutes: int, may: bool, mark: tuple[Mark, int] | None) -> None:
    one, at = session(FIRST_DAY), MORNING + timedelta(minutes=minutes)
    assert may_sign_in(one, at) is may
    if mark is not None:
        assert told_by_code(one, at) == mark
    assert minute_of_day(MORNING) == NINE


@pytest.mark.parametrize(
    ("number", "level", "faults"),
    [
        pytest.param("S000031000001265000001", "5", (), id="level certificate"),
        pytest.param("y000031000001265000001", "5", (), id="small letters are the same"),
        pytest.param("S000031000001263000001", "5", (CertificateFault.LEVEL,), id="another level"),
        pytest.param("S000032000001255000001", "4", tuple(CertificateFault)[1:], id="all at once"),
        pytest.param("S000031000001265000000", "5", (CertificateFault.SHAPE,), id="serial begins with one"),
        pytest.param("S00003100000126500001", "5", (CertificateFault.SHAPE,), id="a digit too few"),
        pytest.param("S00003100000126\u0665000001", "5", (CertificateFault.SHAPE,), id="a digit that is not of ASCII"),
        pytest.param("X000031000001265000001", "5", (CertificateFault.SHAPE,), id="another letter"),
        pytest.param("S000031000001266000001", "5", (CertificateFault.SHAPE,), id="no such level"),
        pytest.param("2631001123500001", "5", (), id="old qualification certificate"),
        pytest.param("2531005123500001", "5", (CertificateFault.SHAPE,), id="no such kind of body"),
        pytest.param("2531001123400001", "5", (CertificateFault.YEAR, CertificateFault.LEVEL), id="old, another year and level"),
        pytest.param("SA00003100000126000001", "11", (), id="above the first level"),
        pytest.param("S000031000001261000001", "12", (CertificateFault.SHAPE,), id="above, but numbered below"),
        pytest.param("任意", "0", (), id="apprentices have no coding"),
        pytest.param("任意", None, (), id="no level, no coding"),
    ],
)
def test_numbers_of_certificates(number: str, level: str | None, faults: tuple[CertificateFault, ...]) -> None:
    assert certificate_faults(number, level=level, issued_on=ISSUED) == faults


def test_the_coding_rule_is_a_parameter() -> None:
    rule = NumberRule(level_certificate=r"RSN(?P<province>\d{2})(?P<year>\d{2})\d{13}", province="32")
    assert certificate_faults("RSN32261234567890123", level="5", issued_on=ISSUED, rule=rule) == ()
    assert certificate_faults("RSN31261234567890123", level="5", issued_on=ISSUED, rule=rule) == (CertificateFault.PROVINCE,)


@pytest.mark.parametrize(
    ("number", "body"),
    [
        pytest.param(" s000031000123264000001 ", "S000031000123", id="evaluation body of the province"),
        pytest.param("Y012331000001264000001", "Y012331000001", id="employer filed with the ministry"),
        pytest.param("S00003100012326400000", "", id="too short"),
        pytest.param("2631001100400001", "", id="qualification certificate"),
        pytest.param("", "", id="none"),
    ],
)
def test_a_number_tells_the_body_that_issued_it(number: str, body: str) -> None:
    assert issuing_body(number) == body
