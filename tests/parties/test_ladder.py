"""The ladder PEN-03, rectification PEN-01 and credit records PEN-04: figures, repeats, and the days they block."""

from datetime import date

import msgspec
import pytest

from training_admin.kit.workdays import Calendar
from training_admin.office.calendar_data import published_calendar
from training_admin.parties.ladder import (
    FIGURES,
    LADDER,
    Block,
    LadderFigures,
    Sanction,
    Step,
    block_of,
    blocks_of,
    fix_by,
    step_due,
    step_of_failed_classes,
)

DAY = date(2026, 6, 1)
F = LadderFigures()


def decided(step: Step, day: date = DAY, **more: date) -> Sanction:
    return msgspec.structs.replace(Sanction("WG1", step, day, day), **more)


@pytest.mark.parametrize(
    ("asked", "earlier", "due"),
    [
        pytest.param(Step.TALK, [], Step.TALK, id="first talk"),
        pytest.param(Step.TALK, [decided(Step.TALK)], Step.LETTER, id="second talk is a letter"),
        pytest.param(Step.TALK, [decided(Step.TALK), decided(Step.LETTER)], Step.CIRCULAR, id="and with a letter before, a circular"),
        pytest.param(Step.LETTER, [decided(Step.LETTER)], Step.CIRCULAR, id="second letter"),
        pytest.param(Step.CIRCULAR, [decided(Step.CIRCULAR)], Step.ENDED, id="second circular"),
        pytest.param(Step.ENDED, [decided(Step.ENDED)], Step.ENDED, id="nothing above the end"),
        pytest.param(Step.CREDIT, [decided(Step.CREDIT)], Step.CREDIT, id="credit is no step of the ladder"),
        pytest.param(Step.TALK, [decided(Step.TALK, date(2025, 6, 1))], Step.TALK, id="a year ago no longer counts"),
        pytest.param(Step.TALK, [decided(Step.TALK, date(2025, 6, 2))], Step.LETTER, id="a day less than a year ago counts"),
        pytest.param(Step.TALK, [decided(Step.TALK, lifted_on=DAY)], Step.TALK, id="a lifted one does not count"),
    ],
)
def test_repeats_raise_the_step(asked: Step, earlier: list[Sanction], due: Step) -> None:
    assert step_due(asked, earlier, DAY, F) is due


@pytest.mark.parametrize(
    ("failed", "total", "step"),
    [
        pytest.param(2, 10, None, id="equal to the share"),
        pytest.param(3, 10, Step.CIRCULAR, id="above the share"),
        pytest.param(0, 0, None, id="no class at all"),
    ],
)
def test_more_than_a_fifth_of_failed_classes_is_a_circular(failed: int, total: int, step: Step | None) -> None:
    assert step_of_failed_classes(failed, total, F) is step


def test_a_talk_is_mended_in_five_working_days_and_a_letter_in_a_month() -> None:
    calendar: Calendar = published_calendar()
    assert fix_by(Step.TALK, date(2026, 6, 15), calendar, F) == date(2026, 6, 23)  # 19-21 June are the Dragon Boat holidays
    assert fix_by(Step.LETTER, DAY, calendar, F) == date(2026, 7, 1)
    assert fix_by(Step.CIRCULAR, DAY, calendar, F) is None


@pytest.mark.parametrize(
    ("sanction", "last"),
    [
        pytest.param(decided(Step.TALK, fix_by=date(2026, 6, 8)), None, id="talk until mended"),
        pytest.param(decided(Step.TALK, fix_by=date(2026, 6, 8), fixed_on=date(2026, 6, 5)), date(2026, 6, 4), id="talk mended"),
        pytest.param(decided(Step.LETTER, fix_by=date(2026, 7, 1)), None, id="letter until mended"),
        pytest.param(decided(Step.LETTER, fix_by=date(2026, 7, 1), fixed_on=date(2026, 6, 20)), date(2026, 11, 30), id="letter six months"),
        pytest.param(decided(Step.LETTER, fix_by=date(2026, 7, 1), fixed_on=date(2027, 2, 1)), date(2027, 1, 31), id="letter mended late"),
        pytest.param(decided(Step.CIRCULAR), date(2027, 5, 31), id="circular a year"),
        pytest.param(decided(Step.ENDED), date(2028, 5, 31), id="end two years"),
        pytest.param(decided(Step.ENDED, lifted_on=date(2026, 8, 1)), date(2026, 7, 31), id="lifted"),
        pytest.param(decided(Step.CREDIT), date(2031, 6, 1), id="credit five years from the end of the conduct"),
        pytest.param(decided(Step.CREDIT, fixed_on=date(2026, 9, 1)), date(2026, 8, 31), id="credit repaired"),
    ],
)
def test_a_measure_blocks_its_days(sanction: Sanction, last: date | None) -> None:
    block = block_of(sanction, F, 5)
    assert block == Block(DAY, last, sanction.step, "WG1")
    assert not block.covers(date(2026, 5, 31))
    assert block.covers(last or date(2036, 1, 1))
    if last is not None:
        assert not block.covers(date.fromordinal(last.toordinal() + 1))


def test_what_is_mended_on_the_day_itself_blocks_nothing() -> None:
    assert block_of(decided(Step.TALK, fix_by=date(2026, 6, 8), fixed_on=DAY), F, 5) is None
    assert blocks_of([decided(Step.TALK, fix_by=DAY, fixed_on=DAY), decided(Step.ENDED)], F, 5) == (
        Block(DAY, date(2028, 5, 31), Step.ENDED, "WG1"),
    )


def test_every_figure_is_shown_with_its_paper_and_standing() -> None:
    assert {name for name, *_ in FIGURES} == set(LadderFigures.__struct_fields__)
    assert len(LADDER) == 4
