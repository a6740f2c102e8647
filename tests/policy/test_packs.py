"""Packs are read strictly: every figure in canonical units, every problem named with key and row."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from training_admin.kit.dated import NotInForce, Policy, Standing, Unit
from training_admin.policy.packs import PackNotFound, PackUnreadable, load_pack, open_pack, read_pack, shipped_packs
from training_admin.subsidy.parameters import CERT_STD_L4, CLAIM_LAST_DAY_NEXT_YEAR, ENT_COST_SHARE_OFFLINE, ENT_LINE_MODE

FIGURE: dict[str, Any] = {
    "key": "cert.std.L4",
    "name": "技能提升补贴 4级",
    "unit": "FEN",
    "value": "2000",
    "from": "2021-01-01",
    "to": None,
    "paper": "某文件",
    "standing": "S",
    "local_standing": "A",
}


def _pack(*figures: dict[str, Any], **head: Any) -> bytes:
    content = {
        "pack": "test",
        "version": "1",
        "title": "测试",
        "district": "310117",
        "district_name": "松江区",
        "from": "2020-01-01",
        "to": None,
        "basis": "",
        "formulas": {},
        "ceiling_mode": "NONE",
        "effects": {},
        "rules_off": [],
        "holds": {},
        "figures": figures,
        "cases": [],
        **head,
    }
    return json.dumps(content, ensure_ascii=False).encode()


def _problems(content: bytes, declared: dict[str, Unit] | None = None) -> list[dict[str, Any]]:
    with pytest.raises(PackUnreadable) as refused:
        read_pack(content, declared=declared)
    problems: list[dict[str, Any]] = refused.value.extra["problems"]
    return problems


def test_the_default_pack_carries_all_figures() -> None:
    policy = load_pack("sj-default-2026")
    assert len(policy.values) == 169
    assert sum(len(rows) for rows in policy.values.values()) == 170
    day = date(2026, 3, 2)
    assert policy.at(CERT_STD_L4, day) == 200_000
    assert policy.at(ENT_COST_SHARE_OFFLINE, day) == 8000
    assert policy.at(ENT_LINE_MODE, day) == "LOWER_OF"
    assert policy.at(CLAIM_LAST_DAY_NEXT_YEAR, day) == "05-31"
    assert policy.dated(ENT_COST_SHARE_OFFLINE, day).local_standing is Standing.ASSUMED


def test_a_figure_has_no_value_before_its_first_day() -> None:
    policy: Policy = load_pack("sj-default-2026")
    with pytest.raises(NotInForce) as gap:
        policy.at(CERT_STD_L4, date(2020, 12, 31))
    assert gap.value.key == "cert.std.L4"


def test_five_packs_are_shipped_and_readable() -> None:
    assert shipped_packs()[-1] == "tianjin-2022"
    assert {"luliang-2021", "sh-online-2020-2022", "sj-default-2026", "sj-g60-2018", "tianjin-2022"} <= set(shipped_packs())
    for name in shipped_packs():
        pack = open_pack(name)
        assert pack.file.pack == name
        assert pack.file.cases
        assert set(pack.names) == set(pack.policy.values)


def test_a_pack_file_is_read_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_bytes(_pack(FIGURE))
    assert load_pack(str(file)).pack == "test"


def test_an_unknown_pack_is_refused_with_the_shipped_names(tmp_path: Path) -> None:
    with pytest.raises(PackNotFound) as refused:
        load_pack(str(tmp_path / "nothing"))
    assert "tianjin-2022" in refused.value.sentence
    assert str(tmp_path) not in refused.value.sentence


def test_a_pack_file_beyond_its_limit_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    file.write_bytes(b" " * 4_000_001)
    with pytest.raises(PackUnreadable):
        load_pack(str(file))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"not json", id="no JSON"),
        pytest.param(b"\xff\xfe", id="no UTF-8"),
        pytest.param(b"{}", id="fields missing"),
        pytest.param(_pack({**FIGURE, "surprise": 1}), id="unknown field"),
        pytest.param(_pack({**FIGURE, "from": "2021-02-30"}), id="bad date"),
        pytest.param(_pack({**FIGURE, "standing": "X"}), id="unknown standing"),
    ],
)
def test_a_file_that_is_no_pack_is_refused(content: bytes) -> None:
    assert _problems(content) == []


@pytest.mark.parametrize(
    ("unit", "value"),
    [
        pytest.param("FEN", "12.345", id="three decimals"),
        pytest.param("FEN", "-1", id="negative amount"),
        pytest.param("FEN", True, id="switch for an amount"),
        pytest.param("FEN", None, id="nothing"),
        pytest.param("FEN", [1], id="list for an amount"),
        pytest.param("SHARE_BP", "0.80001", id="finer than a basis point"),
        pytest.param("SHARE_BP", "11", id="share above ten"),
        pytest.param("SHARE_BP", "half", id="word for a share"),
        pytest.param("MONTHS", "1.5", id="half a month"),
        pytest.param("MONTHS", "x", id="word for months"),
        pytest.param("SWITCH", "true", id="text for a switch"),
        pytest.param("CHOICE", "lower", id="lower case code"),
        pytest.param("CODE", 310117, id="number for a code"),
        pytest.param("DAY_OF_YEAR", "02-30", id="no such day"),
        pytest.param("SHARE_RANGE_BP", ["0.2"], id="one end"),
        pytest.param("SHARE_RANGE_BP", ["0.2", "0.1"], id="ends swapped"),
        pytest.param("SHARE_RANGE_BP", "0.2", id="no list"),
        pytest.param("GRADES", {}, id="no grades"),
        pytest.param("GRADES", "90", id="no mapping"),
        pytest.param("PARSEC", "1", id="unknown unit"),
    ],
)
def test_a_value_that_does_not_fit_its_unit_is_named(unit: str, value: object) -> None:
    problems = _problems(_pack({**FIGURE, "key": "some.key", "unit": unit, "value": value}))
    assert [(problem["row"], problem["key"]) for problem in problems] == [(1, "some.key")]


def test_numbers_may_be_written_as_json_numbers() -> None:
    pack = read_pack(_pack({**FIGURE, "value": 2000.5}))
    assert pack.policy.at(CERT_STD_L4, date(2026, 1, 1)) == 200_050


def test_a_choice_must_be_one_of_its_options() -> None:
    problems = _problems(_pack({**FIGURE, "key": "ent.line.mode", "unit": "CHOICE", "value": "HIGHER_OF"}))
    assert "LOWER_OF" in problems[0]["message"]


def test_undeclared_keys_and_other_units_are_refused() -> None:
    assert _problems(_pack(FIGURE), {})[0]["key"] == "cert.std.L4"
    assert "YEARS" in _problems(_pack(FIGURE), {"cert.std.L4": Unit.YEARS})[0]["message"]
    assert read_pack(_pack(FIGURE), declared={"cert.std.L4": Unit.FEN}).policy.pack == "test"


def test_overlapping_rows_of_one_figure_are_refused() -> None:
    later = {**FIGURE, "value": "2100", "from": "2023-01-01"}
    assert [problem["row"] for problem in _problems(_pack(FIGURE, later))] == [2]
    adjoining = {**FIGURE, "to": "2022-12-31"}
    policy = read_pack(_pack(adjoining, later)).policy
    assert [policy.at(CERT_STD_L4, date(2022, 12, 31)), policy.at(CERT_STD_L4, date(2023, 1, 1))] == [200_000, 210_000]
    assert _problems(_pack({**FIGURE, "to": "2023-01-01"}, later))


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    assert _problems(_pack({**FIGURE, "to": "2020-12-31"}))
    assert _problems(_pack(FIGURE, to="2019-12-31"))[0]["row"] == 0


@pytest.mark.parametrize(
    ("standard_from", "standard_to", "value", "refused"),
    [
        pytest.param("2021-06-08", None, "4999.99", True, id="one fen below"),
        pytest.param("2021-06-08", None, "5000", False, id="equal"),
        pytest.param("2020-01-01", "2021-06-07", "4500", False, id="before the floor"),
        pytest.param("2020-01-01", "2021-06-08", "4500", True, id="last day meets the floor"),
        pytest.param("2024-01-01", None, "4500", False, id="after the floor ended"),
    ],
)
def test_an_apprenticeship_standard_below_the_national_floor_is_refused(
    standard_from: str, standard_to: str | None, value: str, *, refused: bool
) -> None:
    floor = {**FIGURE, "key": "app.floor", "value": "5000", "from": "2021-06-08", "to": "2023-12-31"}
    standard = {**FIGURE, "key": "app.standard.L5", "value": value, "from": standard_from, "to": standard_to}
    content = _pack(floor, standard)
    if refused:
        assert _problems(content)[0]["key"] == "app.standard.L5"
    else:
        assert read_pack(content).policy.pack == "test"


def test_unknown_effects_holds_and_ceiling_modes_are_refused() -> None:
    problems = _problems(
        _pack(
            FIGURE,
            ceiling_mode="MAYBE",
            effects={"TR-01": "EXPLODE", "TR-02": "WARN"},
            holds={"TR-01": "PAYMENT", "TR-01/insurance_months": "LATER", "INSP-01/visits": "PAYMENT"},
        )
    )
    assert [problem["key"] for problem in problems] == [
        "ceiling_mode",
        "effects.TR-01",
        "holds.TR-01",
        "holds.TR-01/insurance_months",
    ]
