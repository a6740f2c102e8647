"""Pages of dossier, replay, trials and impact lists in Debian's chromium: on a phone and a desk, read by axe."""

import pytest
from playwright.async_api import Browser, ViewportSize

from tests.people import assign_all, sign_in_as
from tests.web.test_browser import DESK, PHONE, Watch, address, browser, installed, signed_in
from tests.web.test_institutions_browser import reads
from training_admin.audit.trial_store import TrialKind
from training_admin.audit.trials import ask_impact, ask_what_if, list_impacts
from training_admin.audit.trying import RUN_TRIAL, run_trial
from training_admin.kit.clock import FixedClock
from training_admin.office.jobs import JobRun
from training_admin.wiring import EXAMINER

__all__ = ["address", "browser", "installed"]
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("viewport", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")])
async def test_an_auditor_reads_dossier_replay_and_trials(
    browser: Browser, address: str, number: str, clock: FixedClock, viewport: ViewportSize
) -> None:
    await assign_all(clock)
    auditor = (await sign_in_as("shenji", clock)).actor
    what_if = await ask_what_if(auditor, "", year=2026, clock=clock)
    _found, deliveries, _figures = await list_impacts(auditor)
    impact = await ask_impact(auditor, TrialKind.DELIVERY, deliveries[0].subject, clock=clock)
    await run_trial(JobRun(RUN_TRIAL, what_if, clock), examiner=EXAMINER)
    context = await browser.new_context(viewport=viewport, locale="zh-CN")
    watch = Watch(context, address)
    page = await context.new_page()
    await reads(page, address, "/verifiers")
    await signed_in(page, address, "shenji", clock)
    for each in ("dossier", "replay", "evidence"):
        await reads(page, address, f"/claims/{number}/{each}")
    for path in ("/policy/trials", f"/policy/trials/{what_if}", "/impacts", f"/impacts/{impact}"):
        await reads(page, address, path)
    watch.assert_quiet()
    await context.close()
