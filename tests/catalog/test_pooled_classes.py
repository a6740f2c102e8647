"""A pooled class enters the register once for each firm; each firm claims with its own number, and a firm that has left cannot."""

import io
from datetime import timedelta

import msgspec
import openpyxl
import pytest

from tests.catalog.classes import content, furnished, roster
from tests.catalog.rosters import saved
from tests.catalog.test_filing import decide, known, registrar, shown
from tests.people import ENTERPRISE_A, ENTERPRISE_B
from tests.subsidy.conftest import sample
from training_admin.catalog.class_changes import change_class
from training_admin.catalog.class_facts import NamedTrainee, Pool, Split
from training_admin.catalog.filing import FilingHindered, FilingRefused, save_class, submit_class
from training_admin.catalog.pool_screens import pool_shown
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.subsidy.claims import precheck
from training_admin.subsidy.record import AssessmentRecord

pytestmark = pytest.mark.usefixtures("database")
BY_HEADS = Pool(10, Split.PER_HEAD)


def people(*firms: str) -> list[NamedTrainee]:
    return [msgspec.structs.replace(each, enterprise=firm) for each, firm in zip(roster(len(firms)), firms, strict=True)]


BOTH = (ENTERPRISE_B, ENTERPRISE_A, ENTERPRISE_B, ENTERPRISE_A, ENTERPRISE_B, ENTERPRISE_B)


async def pooled(clock: FixedClock, *firms: str, pool: Pool = BY_HEADS) -> str:
    """An approved pooled class of these people."""
    actor = await registrar(clock)
    filed = content(*await furnished(clock), pool=pool, enterprise="")
    number = await save_class(actor, filed, people(*firms), clock=clock)
    await submit_class(actor, number, clock=clock)
    await decide(clock, number, version=1)
    return number


async def claimed(letter: str, class_no: str, clock: FixedClock) -> AssessmentRecord:
    """What a pre-check says of a firm's sample claim for this class."""
    book = openpyxl.load_workbook(io.BytesIO(sample(f"claim_{letter}.xlsx")))
    first = book["培训班级"]["B4"].value
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value == first:
                    cell.value = class_no
    record = (await precheck(DEMO, saved(book), clock=clock)).record
    assert record is not None
    return record


async def test_each_firm_has_its_own_filing_of_the_class_with_its_own_people(clock: FixedClock) -> None:
    number = await pooled(clock, *BOTH)
    assert await known(number, clock) is None
    first, second = await known(f"{number}-1", clock), await known(f"{number}-2", clock)
    assert first is not None
    assert second is not None
    # In the order in which the roster names them.
    assert (first.enterprise, second.enterprise) == (ENTERPRISE_B, ENTERPRISE_A)
    assert (first.enrolled, second.enrolled) == (4, 2)
    same = msgspec.structs.replace(second, class_no=first.class_no, enterprise=first.enterprise, enrolled=first.enrolled)
    assert same == first
    screen = await pool_shown(await registrar(clock), await shown(clock, number))
    assert screen is not None
    assert [(each.people, each.share_fen) for each in screen.parts] == [(4, 666_667), (2, 333_333)]
    assert screen.numbers == {ENTERPRISE_B: f"{number}-1", ENTERPRISE_A: f"{number}-2"}


async def test_both_firms_claims_are_assessed_with_their_own_filing(clock: FixedClock) -> None:
    number = await pooled(clock, *BOTH)
    clock.move(timedelta(days=90))
    for letter, place, other in (("A", 2, 1), ("B", 1, 2)):
        own = (await claimed(letter, f"{number}-{place}", clock)).classes[0]
        assert (own.class_no, own.enrolled) == (f"{number}-{place}", 2 if letter == "A" else 4)
        assert not [each for each in own.findings if each.rule == "FILE-01"]
        foreign = (await claimed(letter, f"{number}-{other}", clock)).classes[0]
        assert [each.rule for each in foreign.findings if each.rule == "FILE-01"] == ["FILE-01"]
        plain = (await claimed(letter, number, clock)).classes[0]
        assert "FILE-01" in {each.rule for each in plain.findings}


async def test_numbers_stay_when_firms_come_and_go(clock: FixedClock) -> None:
    number = await pooled(clock, *BOTH)
    actor, filed = await registrar(clock), (await shown(clock, number)).versions[0].content
    await change_class(actor, number, filed, people(*[ENTERPRISE_A] * 6), reason="企业退出", clock=clock)
    assert (await known(f"{number}-1", clock)) is not None
    await decide(clock, number, version=2)
    gone, stays = await known(f"{number}-1", clock), await known(f"{number}-2", clock)
    assert gone is not None
    assert stays is not None
    assert (gone.enterprise, gone.filed_at, gone.approved_at) == (ENTERPRISE_B, None, None)
    assert (stays.enterprise, stays.filed_at, stays.enrolled) == (ENTERPRISE_A, clock.today(), 6)
    clock.move(timedelta(days=90))
    assert "FILE-01" in {each.rule for each in (await claimed("B", f"{number}-1", clock)).classes[0].findings}


async def test_a_returned_change_gives_no_firm_a_number(clock: FixedClock) -> None:
    number = await pooled(clock, *[ENTERPRISE_A] * 6)
    actor, filed = await registrar(clock), (await shown(clock, number)).versions[0].content
    await change_class(actor, number, filed, people(*BOTH), reason="企业加入", clock=clock)
    await decide(clock, number, version=2, approve=False, opinion="名单不全")
    assert await known(f"{number}-2", clock) is None


async def test_a_filed_class_does_not_become_pooled_nor_the_other_way(clock: FixedClock) -> None:
    number = await pooled(clock, *BOTH)
    actor, filed = await registrar(clock), (await shown(clock, number)).versions[0].content
    alone = msgspec.structs.replace(filed, pool=None, enterprise=ENTERPRISE_A)
    with pytest.raises(FilingRefused, match="另行备案"):
        await change_class(actor, number, alone, None, reason="改为一般班级", clock=clock)


async def test_shares_and_seats_that_do_not_fit_hinder_filing(clock: FixedClock) -> None:
    actor = await registrar(clock)
    filed = content(*await furnished(clock), pool=Pool(5, Split.CONTRACT, {ENTERPRISE_A: 9000}), enterprise="")
    number = await save_class(actor, filed, people(*BOTH), clock=clock)
    with pytest.raises(FilingHindered) as refused:
        await submit_class(actor, number, clock=clock)
    assert len(refused.value.extra["findings"]) == 3
