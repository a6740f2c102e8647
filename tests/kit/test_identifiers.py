"""Identity numbers, credit codes, certificate numbers and masks, by the vectors of policy.md part 8."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from training_admin.catalog.certificate_numbers import RULE
from training_admin.kit.identifiers import (
    CITIZEN_CARD,
    PASSPORT,
    PERMANENT_CARD,
    IdProblem,
    IdReading,
    clean_name,
    clean_number,
    holds_personal_number,
    is_course_certificate,
    is_mobile,
    likely_id_type,
    mask_bank,
    mask_identity,
    mask_phone,
    read_identity,
    uscc_problem,
)

VECTORS: dict[str, Any] = msgspec.json.decode((Path(__file__).parents[1] / "data" / "id_test_vectors.json").read_bytes())
TODAY = date(2026, 6, 1)
CARD_OF_AREA = {"81": "港澳居民居住证", "82": "港澳居民居住证", "83": "台湾居民居住证"}
CHECKS = {
    "course_certificate": is_course_certificate,
    "skill_certificate": lambda number: re.fullmatch(RULE.level_certificate, number, re.ASCII) is not None,
    "mobile": is_mobile,
}
NOBODY = IdReading(birth=None, sex=None)


def vectors(kind: str) -> list[Any]:
    return [pytest.param(vector, id=vector["v"]) for vector in VECTORS[kind]]


@pytest.mark.parametrize("vector", vectors("resident_id"))
def test_a_citizen_number_or_residence_permit_is_read_as_the_vectors_say(vector: dict[str, Any]) -> None:
    reading = read_identity(CARD_OF_AREA.get(vector["v"][:2], CITIZEN_CARD), vector["v"], TODAY)
    assert isinstance(reading, IdReading) is vector["valid"]
    if isinstance(reading, IdReading):
        assert reading == IdReading(date.fromisoformat(vector["birth"]), vector["sex"])


@pytest.mark.parametrize(
    ("id_type", "number", "answer"),
    [
        pytest.param(CITIZEN_CARD, "310100900307001", IdProblem.FORMAT, id="十五位旧号码"),
        pytest.param(CITIZEN_CARD, "310100199003070010", IdProblem.CHECK, id="校验码不符"),
        pytest.param(CITIZEN_CARD, "31010019950229001X", IdProblem.CHECK, id="没有这一天"),
        pytest.param(CITIZEN_CARD, "310100202606020018", IdProblem.CHECK, id="明天才出生"),
        pytest.param(CITIZEN_CARD, "310100184912310018", IdProblem.CHECK, id="一八五〇年以前"),
        pytest.param("台湾居民居住证", "810000199201010013", IdProblem.FORMAT, id="港澳号码写成台湾居住证"),
        pytest.param(PERMANENT_CARD, "USA310083041501", NOBODY, id="旧版永久居留证"),
        pytest.param(PERMANENT_CARD, "931840198304150017", IdReading(date(1983, 4, 15), "M"), id="新版永久居留证"),
        pytest.param(PERMANENT_CARD, "931392199111110020", IdReading(date(1991, 11, 11), "F"), id="新版永久居留证，女"),
        pytest.param(PERMANENT_CARD, "931840198304150018", IdProblem.CHECK, id="新版永久居留证校验码不符"),
        pytest.param(PERMANENT_CARD, "310100199003070012", IdProblem.FORMAT, id="公民号码写成永久居留证"),
        pytest.param(PASSPORT, "E12345678", NOBODY, id="护照"),
        pytest.param(PASSPORT, "E123", IdProblem.FORMAT, id="护照太短"),
        pytest.param(CITIZEN_CARD, "31010019900307001２", IdProblem.FORMAT, id="全角校验码"),
        pytest.param(CITIZEN_CARD, "31010019900307٠٠12", IdProblem.FORMAT, id="其他文字的数字"),
        pytest.param(PERMANENT_CARD, "USA31008304150١", IdProblem.FORMAT, id="永久居留证，其他文字的数字"),
    ],
)
def test_a_number_is_read_by_the_rules_of_its_document(id_type: str, number: str, answer: IdReading | IdProblem) -> None:
    assert read_identity(id_type, number, TODAY) == answer


@pytest.mark.parametrize(
    ("number", "born"),
    [pytest.param("310100202606010012", TODAY, id="今天出生"), pytest.param("310100185001010015", None, id="一八五〇年")],
)
def test_the_day_of_birth_has_both_bounds_included(number: str, born: date | None) -> None:
    digits = number[:17]
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    right = digits + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11]
    assert read_identity(CITIZEN_CARD, right, TODAY) == IdReading(born or date(1850, 1, 1), "M")


@pytest.mark.parametrize(
    ("number", "id_type"),
    [
        ("310100199003070012", CITIZEN_CARD),
        ("31010019900101018", CITIZEN_CARD),
        ("931840198304150017", PERMANENT_CARD),
        ("USA310083041501", PERMANENT_CARD),
        ("E12345678", PASSPORT),
        ("123456789", PASSPORT),
        ("1234567890", CITIZEN_CARD),
        ("AB34567890123456789", CITIZEN_CARD),
    ],
)
def test_a_number_without_document_type_is_checked_as_what_it_can_only_be(number: str, id_type: str) -> None:
    assert likely_id_type(number) == id_type


@pytest.mark.parametrize("vector", vectors("uscc"))
def test_a_credit_code_is_judged_as_the_vectors_say(vector: dict[str, Any]) -> None:
    assert (uscc_problem(vector["v"]) is None) is vector["valid"]


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        pytest.param("91310117X00000019A", IdProblem.CHECK, id="校验码不符"),
        pytest.param("91310117XO00000112", IdProblem.FORMAT, id="含字母O"),
        pytest.param("91310117X00000019", IdProblem.FORMAT, id="十七位"),
        pytest.param("91٣10117X000000190", IdProblem.FORMAT, id="其他文字的数字"),
    ],
)
def test_a_wrong_credit_code_says_what_is_wrong(code: str, problem: IdProblem) -> None:
    assert uscc_problem(code) is problem


@pytest.mark.parametrize(
    ("kind", "vector"), [pytest.param(kind, each, id=f"{kind} {each['v']}") for kind in CHECKS for each in VECTORS[kind]]
)
def test_numbers_of_certificates_and_phones_are_judged_as_the_vectors_say(kind: str, vector: dict[str, Any]) -> None:
    assert CHECKS[kind](vector["v"]) is vector["valid"]


def test_digits_of_other_scripts_make_no_certificate_and_no_phone() -> None:
    assert not is_course_certificate("²" * 21)
    assert not is_mobile("1380000000٠")


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("31010019900101018x", "31010019900101018X"),
        ("３１０１００ 1990\u200b0101018ｘ", "31010019900101018X"),
        ("91310117-X", "91310117-X"),
    ],
)
def test_a_number_is_compared_without_width_case_spaces_and_invisible_marks(typed: str, clean: str) -> None:
    assert clean_number(typed) == clean


@pytest.mark.parametrize(
    ("typed", "clean"), [("张三", "张三"), ("张 三\u200b", "张三"), ("阿依古丽•买买提", "阿依古丽·买买提"), ("古丽．江", "古丽·江")]
)
def test_a_name_is_compared_without_spaces_and_with_one_kind_of_dot(typed: str, clean: str) -> None:
    assert clean_name(typed) == clean


def test_masks_leave_only_what_staff_may_see() -> None:
    assert mask_identity("310100199003070012") == "3101************12"
    assert mask_phone("13800000001") == "138****0001"
    assert mask_bank("6229990100000000017") == "***************0017"


def test_a_number_too_short_to_hide_anything_is_hidden_whole() -> None:
    assert (mask_identity("310112"), mask_phone("1380001"), mask_bank("0017")) == ("******", "*******", "****")


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        pytest.param("310100199001011234", True, id="identity"),
        pytest.param("证件31010019900101123X有误", True, id="inside a sentence"),
        pytest.param("１３８００１３８０００", True, id="full width"),
        pytest.param("6222020200112230000", True, id="bank card"),
        pytest.param("SJ2026000001 第 10 行", False, id="a claim and a row"),
        pytest.param("5f1c13800138000e", False, id="inside a hash"),
    ],
)
def test_a_text_with_a_number_of_a_person_is_known(text: str, holds: bool) -> None:
    assert holds_personal_number(text) is holds
