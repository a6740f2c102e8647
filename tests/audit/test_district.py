"""Checks over a period: each against cases that must raise it and cases that must not; and the search over what is stored."""

from datetime import date
from typing import Any

import pytest

from tests.audit.ordinary import FIRM, SCHOOL, changed, policy
from tests.fund.ledger_world import granted
from tests.fund.payment_world import FIRM as PAYEE
from tests.fund.payment_world import SEPTEMBER, Followed, due, rows, said, sent
from training_admin.audit.district_facts import BatchSums, DistrictAudit, FailedPayment, FirmClaim, InstitutionVisits, InstitutionVolume
from training_admin.audit.doubt_facts import Subject
from training_admin.audit.doubts import WIDE_CHECKS
from training_admin.audit.finding import search_wide
from training_admin.audit.searching import SEARCH_TONIGHT, search_period, search_tonight
from training_admin.database import fetch_tuples, write_transaction
from training_admin.fund.result_facts import BankResult
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.clock import FixedClock
from training_admin.office.jobs import JobRun
from training_admin.settings import Settings

BATCH = BatchSums("PC20260001", date(2026, 6, 1), 1000, 1000, 1000)
FAILED = FailedPayment("PC20260001", "SJ1", FIRM, 500, date(2026, 6, 1))
SPLIT = tuple(FirmClaim(f"SJ{day}", FIRM, date(2026, 6, day), 45_000_000) for day in (1, 15, 30))

NEW = InstitutionVolume(SCHOOL, date(2026, 3, 2), 900, date(2025, 9, 3))
OLD = tuple(InstitutionVolume(f"52310117{number}", date(2026, 3, 2), 800, None) for number in range(4))


def district(**changes: Any) -> DistrictAudit:
    ordinary = DistrictAudit(date(2026, 1, 1), date(2026, 12, 31), date(2026, 7, 1), policy(), batches=(BATCH,), classes=3)
    return changed(ordinary, **changes)  # type: ignore[no-any-return] # it is a district


def found(facts: DistrictAudit) -> list[tuple[str, str, str]]:
    return [(check.id, each.kind.value, each.subject) for check, each in search_wide(facts)[0]]


@pytest.mark.parametrize(
    ("check", "facts", "about"),
    [
        ("AU-067", district(claims=SPLIT), FIRM),
        ("AU-067", district(claims=(changed(SPLIT[0], as_of=date(2026, 1, 5)), *SPLIT)), FIRM),
        ("AU-076", district(batches=(changed(BATCH, total_fen=999),)), BATCH.number),
        ("AU-076", district(batches=(changed(BATCH, cases_fen=999),)), BATCH.number),
        ("AU-077", district(failed=(FAILED,), today=date(2026, 7, 2)), BATCH.number),
        ("AU-086", district(institutions=(InstitutionVisits(SCHOOL, 4, 1),)), SCHOOL),
        ("AU-087", district(volumes=(*OLD, NEW)), SCHOOL),
        ("AU-091", district(people=101, called=10), "2026-01-01至2026-12-31"),
        ("AU-091", district(unvisited=tuple(f"C{number}" for number in range(21))), "2026-01-01至2026-12-31"),
    ],
)
def test_a_case_raises_one_doubt(check: str, facts: DistrictAudit, about: str) -> None:
    assert [(rule, subject) for rule, _kind, subject in found(facts)] == [(check, about)]
    ((_check, one),) = search_wide(facts)[0]
    assert all(name and value.isprintable() for name, value in one.found.evidence)
    assert (one.kind, one.subject) in set(facts.subjects())


@pytest.mark.parametrize(
    "facts",
    [
        district(),
        district(claims=SPLIT[:2]),
        district(claims=(*SPLIT[:2], changed(SPLIT[2], fen=50_000_000))),
        district(claims=(*SPLIT[:2], changed(SPLIT[2], fen=44_999_999))),
        district(claims=(*SPLIT[:2], changed(SPLIT[2], as_of=date(2026, 7, 2)))),
        district(claims=(*SPLIT[:2], changed(SPLIT[2], uscc=SCHOOL))),
        district(failed=(FAILED,)),
        district(people=100, called=10),
        district(volumes=(*OLD[:3], NEW)),
        district(volumes=(*OLD, changed(NEW, licensed_from=date(2025, 9, 2)))),
        district(volumes=(*OLD, changed(NEW, licensed_from=None))),
        district(volumes=(*OLD, changed(NEW, fen=799))),
        district(institutions=(InstitutionVisits(SCHOOL, 5, 1), InstitutionVisits(FIRM, 0, 0))),
    ],
)
def test_a_case_raises_nothing(facts: DistrictAudit) -> None:
    assert found(changed(facts, batches=facts.batches)) == []


def test_a_check_whose_figure_is_not_in_force_is_not_asked() -> None:
    early = district(institutions=(InstitutionVisits(SCHOOL, 1, 1),), end=date(1990, 1, 1))
    assert search_wide(early) == ([], [check.id for check in WIDE_CHECKS if check.id != "AU-086"])


async def test_a_payment_that_came_back_is_found_and_goes_when_it_is_paid_again(database: Settings, clock: FixedClock) -> None:
    follow = Followed()
    clock.move(SEPTEMBER - clock.now())
    await granted(10**6, clock)
    batch = await sent([await due(1, 1000, clock), await due(2, 500, clock)], clock, follow)
    await said(batch, clock, follow, BankResult(f"{batch}-0001", None, False, failure="账号不符"))
    async with write_transaction():
        await fetch_tuples("UPDATE payment_batch SET sent_at = sent_at - interval '31 days' RETURNING id")
        await fetch_tuples(
            """INSERT INTO class_visit (class_no, visited_on, starts, way, inspectors, expected, present, teacher_fits, plan_fits,
                   textbooks, order_kept, safe, passed, words, teller, told_at)
               VALUES ('C1', $1, 600, 'onsite', '{a,b}', 6, 6, true, true, true, true, true, false, '乱', 't', $2) RETURNING id""",
            *(clock.today(), clock.now()),
        )
    year = (date(clock.today().year, 1, 1), date(clock.today().year, 12, 31))
    first = await search_period(COMMAND_LINE, *year, clock=clock)
    assert (first.claims, [each.partition("-")[0] for each in first.new]) == (0, [batch, batch])
    assert (await search_period(COMMAND_LINE, *year, clock=clock)).new == ()
    async with write_transaction():
        await fetch_tuples("UPDATE payable SET state = 'due' WHERE state = 'failed' RETURNING id")
    run = JobRun(SEARCH_TONIGHT, clock.today().isoformat(), clock)
    for _again in range(2):
        await search_tonight(run)
    stored = await rows("SELECT rule, kind, organisation, gone_at IS NOT NULL FROM audit_doubt ORDER BY id")
    assert stored == [("AU-077", Subject.BATCH.value, PAYEE, True)] * 2
