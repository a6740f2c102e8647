"""A pack is adopted only when its choices name what exists and every case comes out as it says."""

import msgspec
import pytest

from training_admin.kit.dated import Unit
from training_admin.policy.packs import PackFile, PolicyPack, open_pack, shipped_packs
from training_admin.wiring import DECLARED, PARAMETERS, checked


def changed(pack: PolicyPack, **file: object) -> PolicyPack:
    return msgspec.structs.replace(pack, file=msgspec.structs.replace(pack.file, **file))


@pytest.mark.parametrize("name", shipped_packs())
def test_every_shipped_pack_may_be_adopted(name: str) -> None:
    found = checked(open_pack(name, declared=DECLARED))
    assert found.adoptable, (found.problems, found.failing)


def test_shipped_packs_name_figures_as_they_are_declared() -> None:
    for name in shipped_packs():
        file: PackFile = open_pack(name).file
        for figure in file.figures:
            assert figure.name == PARAMETERS[figure.key].meaning
            assert DECLARED[figure.key] is Unit[figure.unit]


def test_the_default_pack_gives_every_declared_figure_of_its_own_rules() -> None:
    others = {"online.hours_min", "hour_rate", "training", "assessment_fee", "living_subsidy", "directed", "project", "safety"}
    others |= {"certificate", "per_person_passing", "mentor"}
    own = {key for key in DECLARED if key.split(".")[0] not in others and key not in others}
    assert own == set(open_pack("sj-default-2026").policy.values)


def test_unknown_formulas_streams_and_rules_are_named() -> None:
    pack = changed(
        open_pack("luliang-2021"),
        formulas={"职业技能类": "MAGIC", "烹饪类": "POST_HOURS", "岗位能力类": "POST_HOURS"},
        effects={"XX-01": "WARN", "TR-01": "WARN"},
        rules_off=("YY-01", "TR-02"),
    )
    found = checked(pack)
    assert [problem.key for problem in found.problems] == ["formulas.职业技能类", "formulas.烹饪类", "effects.XX-01", "rules_off.YY-01"]
    assert not found.adoptable


def test_a_pack_without_cases_is_not_adopted() -> None:
    found = checked(changed(open_pack("luliang-2021"), cases=()))
    assert [problem.key for problem in found.problems] == ["cases"]
    assert not found.adoptable


def test_cases_run_with_the_figures_being_checked() -> None:
    pack = open_pack("luliang-2021")
    case = {**pack.file.cases[0], "inputs": {"passed": 918}}
    assert checked(changed(pack, cases=(case,))).adoptable
    values = {key: (msgspec.structs.replace(rows[0], value=1),) for key, rows in pack.policy.values.items()}
    cheaper = msgspec.structs.replace(changed(pack, cases=(case,)), policy=msgspec.structs.replace(pack.policy, values=values))
    assert checked(cheaper).failing == ("H02",)


def test_a_case_may_name_another_pack() -> None:
    case = open_pack("sj-default-2026").file.cases[0]
    assert checked(changed(open_pack("luliang-2021"), cases=(case,))).adoptable


def test_cases_that_cannot_be_run_are_named() -> None:
    pack = open_pack("luliang-2021")
    unknown_key = {**pack.file.cases[0], "inputs": {"passed": 1, "colour": "red"}}
    assert [problem.key for problem in checked(changed(pack, cases=(unknown_key,))).problems] == ["cases.H02.colour"]
    assert [problem.key for problem in checked(changed(pack, cases=({"id": "no inputs"},))).problems] == ["cases"]
