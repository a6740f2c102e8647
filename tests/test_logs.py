import logging

import pytest
import structlog

from training_admin.logs import configure_logs, without_personal_numbers
from training_admin.settings import Settings

IDENTITY, PHONE, BANK = "31010019900101123X", "13800138000", "6222020200112230000"


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(IDENTITY, id="identity"),
        pytest.param(f"身份证号{IDENTITY}的学员", id="inside a sentence"),
        pytest.param(PHONE, id="phone"),
        pytest.param(BANK, id="bank card"),
        pytest.param({"deep": [(PHONE,)]}, id="deep inside"),
    ],
)
def test_personal_numbers_never_reach_a_log(value: object) -> None:
    told = str(without_personal_numbers(None, "info", {"event": value}))
    for number in (IDENTITY, PHONE, BANK):
        assert number not in told
    assert "已隐去" in told


@pytest.mark.parametrize("value", ["2026-000123", "100000000", 13800138000, "a" * 18, "5f1c13800138000e"])
def test_other_numbers_stay_readable(value: object) -> None:
    assert without_personal_numbers(None, "info", {"event": value}) == {"event": value}


def test_our_own_and_the_libraries_lines_go_to_stderr_masked(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        configure_logs(Settings())
        structlog.get_logger().warning("claim read", person=IDENTITY)
        logging.getLogger("library").warning("row %s", PHONE)
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        structlog.reset_defaults()
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("已隐去") == 2
    assert IDENTITY not in told.err
    assert PHONE not in told.err
