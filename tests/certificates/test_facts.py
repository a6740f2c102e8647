"""Pure parts of certificates: numbers by the vectors of policy.md 6.2, entitlement, masks, what stands on the paper."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.certificates.closed import certificate, holder
from training_admin.catalog.run_facts import ClosedClass, ClosedTrainee, Outcome
from training_admin.certificates.facts import Kind, State, Why, entitled, masked_name, uncarried, why_not
from training_admin.certificates.numbers import Parts, number_of, parts_of, spaced
from training_admin.certificates.printed import OWN_FIELDS, chinese_day, own_texts, shared_texts
from training_admin.kit.clock import FixedClock
from training_admin.kit.identifiers import mod_11_2

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "id_test_vectors.json").read_text("utf-8"))["course_certificate"]
PARTS = st.builds(
    Parts,
    year=st.integers(2000, 2999),
    kind=st.sampled_from(list(Kind)),
    institution=st.integers(1, 9999),
    serial=st.integers(1, 99999),
)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["v"])
def test_the_vectors_of_the_policy(vector: dict[str, Any]) -> None:
    found = parts_of(vector["v"])
    assert (found is not None) == vector["valid"]
    if found is not None:
        assert number_of(found) == vector["v"]


def test_the_parts_of_a_known_number() -> None:
    assert parts_of("310117202630012000459") == Parts(2026, Kind.APPRENTICESHIP, 12, 45)
    assert spaced("310117202630012000459") == "310117 2026 30012 000459"


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(PARTS)
def test_a_number_says_what_it_was_made_of(parts: Parts) -> None:
    assert parts_of(number_of(parts)) == parts


@given(PARTS, st.integers(0, 20), st.sampled_from("0123456789X"))
def test_one_changed_character_is_always_found(parts: Parts, place: int, other: str) -> None:
    number = number_of(parts)
    changed = number[:place] + other + number[place + 1 :]
    assert (parts_of(changed) is None) == (changed != number)


@pytest.mark.parametrize("body", ["31011520261000100001", "31011720264000100001", "31011720261000000001", "31011720261000100000"])
def test_a_number_of_no_place_kind_institution_or_serial_is_none_of_ours(body: str) -> None:
    assert parts_of(body + mod_11_2(body)) is None


@pytest.mark.parametrize(
    ("outcome", "states", "why"),
    [
        (Outcome.PASSED, [], None),
        (Outcome.PASSED, [State.REPLACED], None),
        (Outcome.PASSED, [State.VALID], Why.HAS_ONE),
        (Outcome.PASSED, [State.REPLACED, State.VALID], Why.HAS_ONE),
        (Outcome.PASSED, [State.REVOKED], Why.REVOKED),
        (Outcome.FAILED, [], Why.NOT_PASSED),
        ("", [], Why.NOT_PASSED),
    ],
)
def test_who_gets_none_and_why(outcome: str, states: list[State], why: Why | None) -> None:
    trainee = ClosedTrainee("a", 100, outcome, "")
    assert why_not(trainee, states) is why
    closed = ClosedClass(
        class_no="B",
        version=1,
        enterprise="E",
        institution=None,
        start=date(2026, 1, 1),
        end=date(2026, 1, 2),
        delivered_centihours=100,
        online_centihours=0,
        enrolled=1,
        trainees=(trainee,),
    )
    assert entitled(closed, {"a": states}) == ([] if why else ["a"])


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三", "张*"), ("欧阳小明", "欧阳**"), ("欧阳", "欧*"), ("阿依古丽·买买提", "阿***·***"), ("王䶮㛃𬭊", "王***"), ("", "")],
)
def test_surname_and_stars(name: str, masked: str) -> None:
    assert masked_name(name) == masked


def test_characters_that_no_font_carries_are_named_once() -> None:
    assert uncarried("王甲乙甲", {ord("王"), ord("乙")}) == ["甲"]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 1, 9), "二〇二六年一月九日"),
        (date(2026, 10, 10), "二〇二六年十月十日"),
        (date(2026, 12, 31), "二〇二六年十二月三十一日"),
        (date(2027, 11, 20), "二〇二七年十一月二十日"),
    ],
)
def test_papers_are_dated_in_chinese(day: date, words: str) -> None:
    assert chinese_day(day) == words


@pytest.mark.parametrize("kind", Kind)
def test_what_stands_on_the_paper(clock: FixedClock, kind: Kind) -> None:
    one = certificate(clock, kind=kind)
    shared, own = shared_texts(one, sample=False), own_texts(one, holder())
    assert (shared.start, shared.hours, shared.issued_on) == ("2026年7月6日", "30", "二〇二六年九月一日")
    assert tuple(own) == OWN_FIELDS[kind]
    assert (own["name"], own["id_type"], own["copy"]) == ("张三", "身份证号", "")
    foreign = msgspec.structs.replace(holder(), id_type="护照")
    again = own_texts(certificate(clock, kind=kind, copies=2), foreign)
    assert (again["id_type"], again["copy"]) == ("证件号码", "补证（第 2 次）")
