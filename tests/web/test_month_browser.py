"""A month in Debian's chromium: twelve claims to paid, as enterprise, street, both reviewers, determiner, leader and finance officers.

One by confirming the account only, one returned and mended, one appealed, one failed and paid again, one recovered. In the browser are
all acts of the office and the enterprise on these claims. By services are: nine of the eleven uploads, which are like the two in the
browser; the worker's jobs (assessment, forecast, papers); what was before the month (registers, closed class, policy, budget); and the
visits and confirmations of the classes.
"""

from pathlib import Path

import openpyxl
import pytest
from playwright.async_api import Browser

from tests.fund.ledger_world import assert_sound, granted
from tests.people import ENTERPRISE_B, account, sign_in_as
from tests.web.conftest import sample
from tests.web.month_steps import (
    ROWS_A,
    ROWS_B,
    accepted_by_street,
    accepted_in_a_batch,
    answered,
    appealed,
    batched,
    cleared,
    confirmed,
    failed_and_paid_again,
    handed_in,
    on_notice_and_over,
    part_of,
    recovered,
    returned_and_mended,
    reviewed,
    states,
    uploaded,
)
from tests.web.season_steps import Season
from tests.web.test_browser import DESK, address, browser, installed
from tests.web.test_class_offers import by_standard, closed
from tests.web.test_institutions_browser import SHOTS
from training_admin.accounts.mandates import give_assignment
from training_admin.audit.layouts import PAYABLE, PEOPLE
from training_admin.audit.workbooks import period_workbook
from training_admin.database import fetch_tuples, read_transaction
from training_admin.fund import ledger_store
from training_admin.fund.ledger_facts import Account
from training_admin.kit.actor import COMMAND_LINE, DEMO
from training_admin.kit.clock import FixedClock
from training_admin.office.jobs import JobRun
from training_admin.office.paper_facts import KIND_WORDS, PaperKind
from training_admin.subsidy import papers
from training_admin.subsidy.deliveries import receive_registers
from training_admin.subsidy.papers import RENDER_PAPER
from training_admin.subsidy.review_states import Act, ClaimState

__all__ = ["address", "browser", "installed"]
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("database")]


async def furnished(clock: FixedClock) -> str:
    """What was before the month: policy, a closed class, registers, the street's assignment, budget; the class's number."""
    await by_standard(clock)
    class_no = await closed(clock)
    for letter in "AB":
        await receive_registers(DEMO, sample(f"registers_{letter}.json"), source="测试交付", clock=clock)
    await account("shouli", clock)
    street = (await sign_in_as("shouli", clock)).actor.organisation or ""
    today = clock.today()
    await give_assignment(DEMO, organisation=street, enterprises=(ENTERPRISE_B,), purpose="受理", starts=today, ends=today, clock=clock)
    await granted(10**9, clock)
    return class_no


async def claimed(season: Season) -> tuple[list[str], list[str]]:
    """Eight claims of enterprise A, the first mended, the last by confirmation; four of enterprise B."""
    first = await uploaded(season, "A", part_of("A", *ROWS_A[0]))
    ours = await handed_in(season, "A", ROWS_A[1:])
    ours.append(await confirmed(season))
    others = [await uploaded(season, "B", part_of("B", *ROWS_B[0])), *await handed_in(season, "B", ROWS_B[1:])]
    mended = await returned_and_mended(season, first, part_of("A", *ROWS_A[0], note="已核对"))
    return [mended, *ours], others


async def drawn(season: Season) -> dict[str, list[int]]:
    """Every paper drawn by the worker's job, as PDF with a page or more; the papers by kind."""
    async with read_transaction():
        found = await fetch_tuples("SELECT id, kind FROM official_paper ORDER BY id")
    by_kind: dict[str, list[int]] = {}
    for key, kind in found:
        by_kind.setdefault(kind, []).append(key)
        await papers.render_staged(JobRun(RENDER_PAPER, str(key), season.clock))
    for kind, keys in by_kind.items():
        _paper, content = await papers.pdf_content(DEMO, keys[-1])
        assert content.startswith(b"%PDF"), kind
        if SHOTS:
            (Path(SHOTS) / f"paper-{kind}.pdf").write_bytes(content)
    return by_kind


async def workbook_total(season: Season) -> int:
    """What the audit workbook of the year pays in all, in fen."""
    day = season.clock.today()
    content = await period_workbook(COMMAND_LINE, start=day.replace(month=1, day=1), end=day, clock=season.clock)
    path = season.folder / "audit.xlsx"
    path.write_bytes(content)
    rows = openpyxl.load_workbook(path, data_only=True)[PEOPLE].iter_rows(min_row=4, values_only=True)
    place = next(rows).index(PAYABLE)
    total = 0
    for row in rows:
        if not isinstance(row[0], int):
            break
        total += round(float(str(row[place] or 0)) * 100)
    return total


async def ledger_paid() -> tuple[int, int]:
    """What the ledger has paid and what has come back, in fen."""
    async with read_transaction():
        budgets = await ledger_store.load_budgets()
        back = await fetch_tuples("SELECT coalesce(sum(balance_fen), 0)::bigint FROM fund_account WHERE kind = 'recovered'")
        paid = await fetch_tuples("SELECT coalesce(sum(fen), 0)::bigint FROM payable WHERE state = 'paid'")
    net = sum(each.balances[Account.PAID] for each in budgets)
    assert net + back[0][0] == paid[0][0]
    return paid[0][0], back[0][0]


async def test_a_month_from_claim_to_payment(browser: Browser, address: str, clock: FixedClock, tmp_path: Path) -> None:
    class_no = await furnished(clock)
    context = await browser.new_context(viewport=DESK, locale="zh-CN")
    season = Season(browser, context, await context.new_page(), address, clock, tmp_path)
    ours, others = await claimed(season)
    every = [*ours, *others]
    assert len(every) == 12

    await accepted_by_street(season, others[0])
    await accepted_in_a_batch(season, [*ours, *others[1:]])
    for login, act in (("chushen", Act.FIRST), ("fushen", Act.SECOND), ("shending", Act.DETERMINE)):
        await reviewed(season, login, act, every)
    await appealed(season, ours[1])
    await on_notice_and_over(season, len(every))
    await cleared(season, every, ("SY2026-A01", "SY2026-A03", "SY2026-B02", class_no))

    batch = await batched(season, without=others[-1])
    for place in (1, 2):
        await answered(season, batch, place)
    await failed_and_paid_again(season, others[-1])
    await recovered(season, ours[2], yuan="1600.00")

    found = await states()
    assert found.pop(every[0].removesuffix("-2")) == ClaimState.REPLACED
    assert {number: state for number, state in found.items() if state != ClaimState.PAID} == {ours[2]: ClaimState.RECOVERED}
    assert sorted(found) == sorted(every)
    await assert_sound()
    paid_fen, back_fen = await ledger_paid()
    assert back_fen == 160_000
    assert await workbook_total(season) == paid_fen > 0
    by_kind = await drawn(season)
    expected = {
        PaperKind.ACCEPTED,
        PaperKind.MENDING,
        PaperKind.OPINIONS,
        PaperKind.NOTICE,
        PaperKind.GRANTED,
        PaperKind.PAID,
        PaperKind.RECOVERY,
    }
    assert {KIND_WORDS[kind] for kind in expected} <= {KIND_WORDS[PaperKind(kind)] for kind in by_kind}
    await season.sit("chushen", "/papers")
    await season.look("papers")
    for kind, keys in by_kind.items():
        await season.go(f"/papers/{keys[-1]}")
        await season.look(f"paper-{kind}")
    for watch in season.watches:
        watch.assert_quiet()
    await context.close()
