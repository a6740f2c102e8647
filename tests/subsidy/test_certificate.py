"""Certificate subsidies: standards, groups, repeats, and their boundaries in time."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec
import pytest

from training_admin.policy.packs import load_pack
from training_admin.subsidy.certificate import SHARES, CertificateCase, PaidCertificate, certificate_subsidy, group_on_issue

DAY = date(2026, 5, 20)
POLICY = load_pack("sj-default-2026")
CASE = CertificateCase(day=DAY, issued_on=DAY, group="E_EMPLOYEE", level="4", occupation="6-18-01-01")
STANDARDS = {"5": 1500, "4": 2000, "3": 2500, "2": 3000, "1": 3500, "NONE": 1000}
PERCENTS = dict.fromkeys(SHARES, 100) | dict.fromkeys(
    ("E_EMPLOYEE", "E_DISPATCHED_HERE", "G_UNIV_GRAD_YEAR", "M_VOC_GRAD_YEAR", "P_CARE_PLATFORM"), 80
)


def decide(**changes: Any) -> tuple[int, str, str | None]:
    found = certificate_subsidy(msgspec.structs.replace(CASE, **changes), POLICY)
    return found.payable_fen, found.outcome, found.reason


@pytest.mark.parametrize("group", SHARES)
@pytest.mark.parametrize("level", STANDARDS)
@pytest.mark.parametrize("pilot", [False, True])
def test_standard_times_share_for_each_group_and_level(group: str, level: str, *, pilot: bool) -> None:
    if group == "G_UNIV_GRAD_YEAR" and level in {"5", "NONE"}:
        assert decide(group=group, level=level, pilot=pilot) == (0, "REJECT_LINE", "GRP-06")
        return
    standard = Decimal(STANDARDS[level] * 100)
    if pilot and level != "NONE":
        standard = (standard * Decimal("1.3")).quantize(Decimal(1), ROUND_HALF_UP)
    amount = (standard * PERCENTS[group] / 100).quantize(Decimal(1), ROUND_HALF_UP)
    assert decide(group=group, level=level, pilot=pilot) == (int(amount), "PAY", None)


def test_a_special_ability_takes_the_groups_share_and_no_uplift() -> None:
    assert decide(special=True, level="NONE", pilot=True) == (80_000, "PAY", None)
    assert decide(special=True, level="NONE", group="U_UNEMPLOYED") == (100_000, "PAY", None)
    assert decide(special=True, level="4", group="G_UNIV_GRAD_YEAR") == (0, "REJECT_LINE", "GRP-06")


@pytest.mark.parametrize(
    ("discharged", "employed", "group"),
    [
        pytest.param(date(2021, 5, 20), True, "V_VETERAN", id="anniversary day"),
        pytest.param(date(2021, 5, 19), True, "E_EMPLOYEE", id="one day after, employed"),
        pytest.param(date(2021, 5, 19), False, "U_UNEMPLOYED", id="one day after, not employed"),
        pytest.param(DAY, True, "V_VETERAN", id="day of discharge"),
        pytest.param(date(2026, 5, 21), True, "E_EMPLOYEE", id="not yet discharged"),
        pytest.param(None, True, "V_VETERAN", id="day of discharge not told"),
    ],
)
def test_a_veteran_counts_as_one_for_five_years(discharged: date | None, employed: bool, group: str) -> None:
    case = msgspec.structs.replace(CASE, group="V_VETERAN", discharged=discharged, employed=employed)
    assert group_on_issue(case, POLICY) == group


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"group": "U_UNEMPLOYED", "hukou": "OTHER"}, "GRP-02", id="unemployed from elsewhere"),
        pytest.param({"group": "M_VOC_GRAD_YEAR", "paid_in_group": 1}, "GRP-07", id="pupil a second time"),
        pytest.param({"paid_in_group": 1}, None, id="other groups have no such limit"),
        pytest.param({"claimed_on": date(2027, 5, 20)}, None, id="claimed on the last day"),
        pytest.param({"claimed_on": date(2027, 5, 21)}, "CERT-05", id="claimed a day late"),
        pytest.param({"paid_by_other_fund": True}, "DUP-01", id="same certificate from another fund"),
        pytest.param({"paid_this_year": 2}, None, id="third of the year"),
        pytest.param({"paid_this_year": 3}, "FREQ-01", id="fourth of the year"),
    ],
)
def test_who_is_refused_and_by_which_rule(changes: dict[str, Any], reason: str | None) -> None:
    assert decide(**changes)[2] == reason


@pytest.mark.parametrize(
    ("occupation", "level", "other_fund", "reason"),
    [
        pytest.param("6-18-01-01", "5", False, None, id="lower level paid before"),
        pytest.param("6-18-01-01", "4", False, "FREQ-02", id="same level paid before"),
        pytest.param("6-18-01-01", "3", False, "FREQ-03", id="higher level paid before"),
        pytest.param("6-18-02-04", "3", False, None, id="higher level in another occupation"),
        pytest.param("6-18-01-01", "4", True, "DUP-01", id="same level from another fund"),
        pytest.param("6-18-01-01", "3", True, None, id="higher level from another fund"),
        pytest.param("6-18-01-01", "NONE", False, None, id="ungraded paid before"),
    ],
)
def test_what_was_paid_before_decides(occupation: str, level: str, reason: str | None, *, other_fund: bool) -> None:
    assert decide(history=(PaidCertificate(occupation, level, other_fund),))[2] == reason


def test_history_without_occupation_on_the_certificate_says_nothing() -> None:
    assert decide(occupation=None, history=(PaidCertificate("6-18-01-01", "3"),))[1] == "PAY"


def test_an_ungraded_certificate_has_no_rank_to_compare() -> None:
    assert decide(level="NONE", history=(PaidCertificate("6-18-01-01", "3"),))[1] == "PAY"


def test_the_first_rule_in_reading_order_gives_the_reason() -> None:
    assert decide(group="M_VOC_GRAD_YEAR", paid_in_group=1, paid_by_other_fund=True)[2] == "GRP-07"
