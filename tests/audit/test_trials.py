"""Trials: the policy in use changes nothing, a changed figure changes what it must; impact lists equal brute force."""

import random
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import msgspec
import pytest

from tests.people import assign_all, enter
from tests.policy.deciding import OFFICER, record
from tests.subsidy import running
from tests.subsidy.conftest import catalog
from tests.web.conftest import form_token
from training_admin.audit import trial_store
from training_admin.audit.trial_pages import bars_of
from training_admin.audit.trial_store import TrialKind, TrialNotFound
from training_admin.audit.trials import TrialRefused, ask_impact, ask_what_if, show_impact, show_what_if
from training_admin.audit.trying import RUN_TRIAL, impact, run_trial
from training_admin.database import fetch_tuples, read_transaction, write_transaction
from training_admin.demo.district import District, registers_of
from training_admin.demo.filling import fill_district, found_catalog
from training_admin.kit.actor import DEMO, VISITOR, NotSignedIn
from training_admin.kit.clock import FixedClock
from training_admin.kit.dated import Standing
from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.office.jobs import JobRun
from training_admin.policy.adoption import NewFigure
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.proposals import propose_figure
from training_admin.settings import Settings
from training_admin.subsidy.deliveries import receive_document
from training_admin.subsidy.registers import CoverageDocument, RegistersDocument
from training_admin.wiring import EXAMINER

__all__ = ["catalog"]
PEOPLE, SEED, CORRECTIONS = 160, 7, 20
# Figures that a backward correction may concern, with values that they may get.
FIGURES: dict[str, tuple[Any, ...]] = {
    "ent.cost_share.offline": ("0.5", "0.65"),
    "ent.share.catalog.other": ("0.4", "0.7"),
    "ceil.ratio.L": ("0.01", "0.3"),
    "ceil.ratio.S": ("0.005", "0.2"),
    "att.person_min": ("0.9", "0.99"),
    "claim.months_after_end": (1, 2),
}


def figure(key: str, value: Any, start: date, end: date | None = None) -> NewFigure:
    return NewFigure(
        key=key, value=value, start=start, end=end, paper="更正", standing=Standing.ASSUMED, local_standing=Standing.ASSUMED, note=""
    )


async def finished(number: str, clock: FixedClock) -> trial_store.Trial:
    """A trial whose job was done."""
    await run_trial(JobRun(RUN_TRIAL, number, clock), examiner=EXAMINER)
    async with read_transaction():
        return await trial_store.trial_by_number(number, tuple(TrialKind))


async def test_the_policy_in_use_changes_nothing_and_a_changed_figure_what_it_must(claims: dict[str, str], clock: FixedClock) -> None:
    trial = await finished(await ask_what_if(OFFICER, "", year=2026, clock=clock), clock)
    assert trial.result is not None
    part = trial.result.claims
    assert (part.compared, part.difference_fen, part.changes) == (2, 0, ())
    assert part.before_fen == 10_336_000 + 3_456_000
    assert {each.difference_fen for each in (*part.firms, *part.streams, *part.months)} == {0}
    clock.move(timedelta(minutes=1))
    proposal = await propose_figure(
        OFFICER, DEFAULT_PACK, figure("ent.cost_share.offline", "0.1", date(2020, 1, 1)), why="测试", clock=clock
    )
    number = await ask_what_if(OFFICER, proposal, year=2026, clock=clock)
    tried = await finished(number, clock)
    assert tried.result is not None
    part = tried.result.claims
    assert part.after_fen < part.before_fen == 13_792_000
    assert len(part.changes) == 2
    for each in part.changes:
        assert sum(line.after_fen - line.before_fen for line in each.lines) == (each.after_fen or 0) - (each.before_fen or 0)
    for found in (part.firms, part.streams, part.months):
        assert sum(each.difference_fen for each in found) == part.difference_fen
    assert bars_of(part.firms)[0].before == 240
    await run_trial(JobRun(RUN_TRIAL, number, clock), examiner=EXAMINER)
    assert (await show_what_if(OFFICER, number)).result == tried.result, "done once"
    with pytest.raises(TrialRefused):
        await ask_what_if(OFFICER, "", year=1, clock=clock)
    with pytest.raises(NotSignedIn):
        await ask_what_if(VISITOR, "", year=2026, clock=clock)
    with pytest.raises(TrialNotFound):
        await show_impact(DEMO, number)


@pytest.mark.usefixtures("catalog")
async def test_a_change_is_tried_on_the_classes_of_this_year(database: Settings, clock: FixedClock) -> None:
    await running.registers(clock)
    number = await running.approved(clock)
    trial = await finished(await ask_what_if(OFFICER, "", year=2025, clock=clock), clock)
    assert trial.result is not None
    assert (trial.result.claims.compared, trial.result.classes.compared, trial.result.classes.changes) == (0, 1, ())
    assert trial.result.classes.before_fen > 0
    proposal = await propose_figure(
        OFFICER, DEFAULT_PACK, figure("ent.cost_share.offline", "0.1", date(2026, 1, 1)), why="测试", clock=clock
    )
    tried = await finished(await ask_what_if(OFFICER, proposal, year=2025, clock=clock), clock)
    assert tried.result is not None
    assert [each.number for each in tried.result.classes.changes] == [number]
    assert 0 < tried.result.classes.after_fen < tried.result.classes.before_fen
    assert [each.name for each in tried.result.classes.months] == ["2026-07"]


async def test_trials_over_pages(visitor: httpx.AsyncClient, claims: dict[str, str], clock: FixedClock) -> None:
    await assign_all(clock)
    async with write_transaction():
        await fetch_tuples("UPDATE claim SET state = 'paid' RETURNING id")
    await enter(visitor, "shenji", clock)
    shown = await visitor.get("/policy/trials")
    answer = await visitor.post("/policy/trials", data={**await form_token(visitor, "/policy/trials"), "proposal": "", "year": "2026"})
    assert answer.status_code == 303, answer.text
    number = answer.headers["location"].rsplit("/", 1)[1]
    assert "0 / …" in (await visitor.get(f"/policy/trials/{number}")).text
    await finished(number, clock)
    shown = await visitor.get(f"/policy/trials/{number}")
    assert "没有差异" in shown.text
    assert "<svg" in shown.text
    assert len((await visitor.get(f"/policy/trials/{number}/changes.csv")).text.splitlines()) == 1
    token = await form_token(visitor, "/policy/trials")
    assert (await visitor.post("/policy/trials", data={**token, "proposal": "", "year": "x"})).status_code == 422
    assert (await visitor.post("/policy/trials", data={**token, "proposal": "ZC20260001", "year": "2026"})).status_code == 404
    token = await form_token(visitor, "/impacts")
    assert (await visitor.post("/impacts", data={**token, "subject": "nothing"})).status_code == 422
    assert (await visitor.post("/impacts", data={**token, "subject": "delivery/999999"})).status_code == 404
    newest = re.findall(r"delivery/\d+", (await visitor.get("/impacts")).text)[0]
    answer = await visitor.post("/impacts", data={**token, "subject": newest})
    number = answer.headers["location"].rsplit("/", 1)[1]
    await finished(number, clock)
    shown = await visitor.get(f"/impacts/{number}")
    assert claims["B"] in shown.text
    assert "34,560.00" in shown.text
    assert len((await visitor.get(f"/impacts/{number}/changes.csv")).text.splitlines()) > 30
    assert number in (await visitor.get("/impacts")).text


async def corrected(chance: random.Random, whole: RegistersDocument, clock: FixedClock) -> tuple[TrialKind, str]:
    """A random correction of something that was known, made known now; its kind and key."""
    kind = chance.choice(("surcharge", "insurance", "filing", "figure", "size"))
    if kind == "figure":
        key = chance.choice(sorted(FIGURES))
        start = date(2026, 1, 1) + timedelta(days=chance.randrange(-300, 160))
        end = chance.choice((None, start + timedelta(days=chance.randrange(1, 200))))
        await record(figure(key, chance.choice(FIGURES[key]), start, end), clock=clock)
        async with read_transaction():
            return TrialKind.FIGURE, (await trial_store.recorded_figures(most=1))[0].subject
    firm = chance.choice(whole.enterprises)
    changes: dict[str, Any] = {}
    if kind == "surcharge":
        paid = {"2025": str(Decimal(str(firm.surcharge_paid.get("2025", "0"))) / chance.choice((3, 30, 300)) // 1)}
        changes["enterprises"] = (msgspec.structs.replace(firm, surcharge_paid=paid),)
    elif kind == "size":
        changes["enterprises"] = (msgspec.structs.replace(firm, size=chance.choice(("L", "M", "S"))),)
    elif kind == "insurance":
        months = chance.sample(whole.insurance, 25)
        changes["insurance"] = tuple(msgspec.structs.replace(each, payer=firm.uscc) for each in months)
    else:
        filing = chance.choice(whole.filings)
        hours = str(Decimal(str(filing.delivered_hours)) * chance.choice((6, 8, 9)) // 10)
        changes["filings"] = (msgspec.structs.replace(filing, delivered_hours=hours),)
    document = RegistersDocument(as_of=whole.as_of, coverage=CoverageDocument(), source="更正", **changes)
    await receive_document(DEMO, document, sha256=sha256_hex(canonical_json([document, clock.now()])), source="更正", clock=clock)
    async with read_transaction():
        return TrialKind.DELIVERY, (await trial_store.delivered(most=1))[0].subject


async def test_impact_lists_equal_brute_force_over_random_backward_corrections(database: Settings) -> None:
    clock = FixedClock(datetime(2026, 6, 1, 1, tzinfo=UTC))
    await found_catalog(clock)
    await fill_district(trainees=PEOPLE, seed=SEED, clock=clock, progress=lambda _people: None)
    async with write_transaction():
        await fetch_tuples("UPDATE claim SET state = 'paid' RETURNING id")
    district = District(SEED)
    whole = registers_of(list(district.claims(PEOPLE)), district.institutions)
    chance = random.Random(20261125)  # noqa: S311 - the same corrections each time

    async def quiet(_done: int, _total: int) -> None:
        return

    lists: list[int] = []
    for _each in range(CORRECTIONS):
        clock.move(timedelta(hours=1))
        kind, subject = await corrected(chance, whole, clock)
        trial = await finished(await ask_impact(DEMO, kind, subject, clock=clock), clock)
        assert trial.result is not None
        found = trial.result.claims
        async with read_transaction():
            every = await trial_store.decided_claims()
            find = trial_store.delivered if kind is TrialKind.DELIVERY else trial_store.recorded_figures
            known_at = (await find(most=1, key=int(subject)))[0].known_at
        brute = await impact(every, known_at, quiet)
        assert found.changes == brute.changes, f"{kind} {subject}"
        assert (found.difference_fen, found.compared <= brute.compared) == (brute.difference_fen, True)
        lists.append(len(found.changes))
    assert sum(1 for each in lists if each) >= CORRECTIONS // 3, lists
