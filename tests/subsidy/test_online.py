"""Online training: one after the other, within the validity of the filing, platform workers by platforms."""

from datetime import date
from typing import Any

import msgspec
import pytest

from training_admin.office.calendar_data import published_calendar
from training_admin.policy.packs import load_pack
from training_admin.subsidy.online import OnlineProject, limit_times, online_failures
from training_admin.subsidy.parameters import FREQ_MAX_PER_YEAR

DAY = date(2022, 3, 1)
POLICY = load_pack("sh-online-2020-2022")
PROJECT = OnlineProject(day=DAY, relation="OWN", claimant_kind="ENTERPRISE")


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        pytest.param({}, [], id="nothing told"),
        pytest.param({"start": date(2022, 6, 21), "previous_end": date(2022, 6, 20)}, [], id="starts the day after"),
        pytest.param({"start": date(2022, 6, 20), "previous_end": date(2022, 6, 20)}, ["ONL-03"], id="starts on the last day"),
        pytest.param({"start": date(2022, 6, 20)}, [], id="no project before"),
        pytest.param({"previous_end": date(2022, 6, 20)}, [], id="start not told"),
        pytest.param({"filing_approved": date(2022, 1, 15), "end": date(2022, 4, 15)}, [], id="last day of validity"),
        pytest.param({"filing_approved": date(2022, 1, 15), "end": date(2022, 4, 16)}, ["ONL-04"], id="one day later"),
        pytest.param({"filing_approved": date(2021, 11, 30), "end": date(2022, 2, 28)}, [], id="clamped to the month's end"),
        pytest.param({"filing_approved": date(2022, 1, 15)}, [], id="end not told"),
        pytest.param({"end": date(2022, 4, 15)}, [], id="approval not told"),
        pytest.param({"end": date(2022, 4, 15), "claimed_on": date(2022, 4, 28)}, [], id="claimed on the tenth working day"),
        pytest.param({"end": date(2022, 4, 15), "claimed_on": date(2022, 4, 29)}, ["ONL-04"], id="claimed on the eleventh"),
        pytest.param({"relation": "PLATFORM_WORKER", "claimant_kind": "PLATFORM"}, [], id="platform claims its workers"),
        pytest.param({"relation": "PLATFORM_WORKER"}, ["ONL-05"], id="another firm claims platform workers"),
    ],
)
def test_what_the_programme_refuses(changes: dict[str, Any], rules: list[str]) -> None:
    found = online_failures(msgspec.structs.replace(PROJECT, **changes), POLICY, published_calendar())
    assert [each.rule for each in found] == rules


def test_the_programmes_limit_becomes_the_limit_of_the_frequency_rule() -> None:
    assert limit_times(POLICY).at(FREQ_MAX_PER_YEAR, DAY) == 3
    assert limit_times(load_pack("tianjin-2022")).values[FREQ_MAX_PER_YEAR.key] == ()


def test_without_sequence_projects_may_overlap() -> None:
    sample = POLICY.values["online.sequential"][0]
    values = {**POLICY.values, "online.sequential": (msgspec.structs.replace(sample, value=False),)}
    policy = msgspec.structs.replace(POLICY, values=values)
    project = msgspec.structs.replace(PROJECT, start=date(2022, 6, 18), previous_end=date(2022, 6, 20))
    assert online_failures(project, policy, published_calendar()) == ()
