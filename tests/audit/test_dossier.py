"""A dossier and its stand-alone verifier: whole as made, and every changed byte and every changed amount is found."""

import io
import json
import random
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.audit.dossiers import VERIFIER, dossier_of, files_of, forged_digest, forgeries, lived, settled, smuggled, undecided, verifier
from tests.audit.test_withholding import decided, everything_held, found_true, held_rest, proposed
from tests.audit.test_withholding_rounds import two_parts
from tests.people import assign_all, enter, sign_in_as
from tests.subsidy.test_amounts import DAY, ONLINE_DAY, ONLINE_POLICY, POLICY, overridden, price
from tests.subsidy.test_determination import FAILED, TODAY, UNKNOWN, line, record
from tests.subsidy.test_reviewing import LIFE, do
from tests.web.conftest import form_token
from training_admin.audit.dossier import VERIFIERS, write_dossier
from training_admin.audit.dossier_facts import CLAIM, CLASS, OTHER, ROWS, Manifest, basis_of
from training_admin.audit.dossier_making import made_apart
from training_admin.audit.store import NothingToExport
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.actor import DEMO, NotAllowed
from training_admin.kit.clock import FixedClock
from training_admin.kit.dated import Policy
from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.settings import Settings
from training_admin.subsidy.determination import LineSaid, LineWord, cleared_rows, determined, newest
from training_admin.subsidy.figures import figures_used
from training_admin.subsidy.record import LineOutcome

BYTES_OF_A_FILE, BYTES_ANYWHERE = 5, 60
# Of the amounts of a programme every so many.
EVERY = 3


@pytest.fixture
def known() -> Any:
    """The verifier."""
    return verifier()


async def test_the_verifier_accepts_the_whole_dossier_and_finds_every_changed_byte_and_amount(
    database: Settings, clock: FixedClock, known: Any
) -> None:
    number = await lived(clock)
    archive = await dossier_of(number, clock)
    report, manifest = known.verify(archive)
    assert report.differences == []
    assert report.amounts > 300
    files = files_of(archive)
    assert json.loads(files["payments.json"])["recoveries"][0]["settled_fen"] == 3_000
    assert {line["outcome"] for line in json.loads(files["records/001.json"])["lines"]} >= {"REDUCE", "REJECT_LINE"}
    chance = random.Random(20260601)  # noqa: S311 - the same places each time
    places = {chance.randrange(len(archive)) for _ in range(BYTES_ANYWHERE)} | {0, len(archive) - 1}
    for content in files.values():
        start = archive.index(content)
        places |= {start, start + len(content) - 1, *(start + chance.randrange(len(content)) for _ in range(BYTES_OF_A_FILE))}
    for place in sorted(places):
        touched = bytearray(archive)
        touched[place] ^= chance.randrange(1, 256)
        assert known.verify(bytes(touched))[0].differences, f"byte {place} was changed and not found"
    honest = forged_digest(files, b"nothing", b"nothing")
    report = known.Report()
    known.check_contents(honest, manifest, report)
    assert report.differences == [], "a forger who changes nothing is not found"
    tried = 0
    for what, forged in forgeries(files, canonical_json):
        report = known.Report()
        known.check_contents(forged, manifest, report)
        assert report.differences, f"{what} was changed and not found"
        tried += 1
    assert tried > 200


async def test_the_verifier_runs_alone_and_names_the_place(claims: dict[str, str], clock: FixedClock, tmp_path: Path) -> None:
    archive = await dossier_of(claims["B"], clock)
    place = tmp_path / "案卷.zip"
    place.write_bytes(archive)
    code = json.loads(files_of(archive)["manifest.json"])["head"][:16].upper()
    printed = "-".join(code[at : at + 4] for at in range(0, 16, 4))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-I", VERIFIER, place, *arguments], capture_output=True, text=True, check=False)

    assert (run("--code", printed).returncode, run("--code", "0000-0000-0000-0000").returncode) == (0, 2)
    assert printed in run().stdout
    at = archive.index(b'"payable_fen":', archive.index(files_of(archive)["records/001.json"]))
    place.write_bytes(archive[: at + 15] + b"9" + archive[at + 16 :])
    told = run("--json")
    assert told.returncode == 2
    assert "records/001.json" in {where for where, _sentence in json.loads(told.stdout)["differences"]}
    place.write_bytes(b"no archive")
    assert run().returncode == 2


async def test_the_dossier_hides_numbers_is_told_in_the_trail_and_made_in_a_child(
    claims: dict[str, str], database: Settings, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert database.database_url is not None
    monkeypatch.setenv("DATABASE_URL", database.database_url)
    monkeypatch.setenv("TRAINING_ADMIN_DATA", str(database.data))
    target = tmp_path / "dossier"
    with target.open("w+b") as opened:
        receipt = await made_apart(DEMO, claims["A"], opened, clock=clock)
    files = files_of(target.read_bytes())
    people = [line["person"] for line in json.loads(files["records/001.json"])["lines"]]
    assert all(len(each) >= 32 for each in people)
    plain = b"".join(content for name, content in files.items() if name.endswith(".json"))
    with pikepdf.open(io.BytesIO(files["案卷.pdf"])) as pdf:
        assert len(pdf.pages) > 3
    async with read_transaction():
        names = await fetch_tuples("SELECT enterprise_name FROM claim WHERE number = $1", claims["A"])
        trail = await fetch_tuples("SELECT detail::text FROM trail WHERE event = 'audit:dossier:exported'")
    assert names[0][0].encode() in plain
    assert b"3101171" not in plain
    assert b"31010019" not in plain
    assert receipt.code in trail[0][0]
    await assign_all(clock)
    auditor = (await sign_in_as("shenji", clock)).actor
    await write_dossier(auditor, claims["A"], io.BytesIO(), clock=clock)
    with pytest.raises(NotAllowed):
        await write_dossier((await sign_in_as("jingban-a", clock)).actor, claims["A"], io.BytesIO(), clock=clock)
    with pytest.raises(NothingToExport):
        await write_dossier(auditor, "SJ2026999999", io.BytesIO(), clock=clock)


LINE = {"row": 9, "class_no": "K", "outcome": "PAY", "computed_fen": 0, "payable_fen": 0, "findings": [], "cap_left_fen": None}
FORMULA_CASES = [
    ("CATALOG_LOWER_OF", POLICY, {}),
    ("CATALOG_LOWER_OF", POLICY, {"pilot": True, "urgent": True, "eligible_cost_fen": 99_999_999}),
    ("CATALOG_LOWER_OF", POLICY, {"delivered_centihours": 9_000, "base_fen": None}),
    ("CATALOG_LOWER_OF", POLICY, {"delivered_centihours": 9_000}),
    ("CATALOG_LOWER_OF", POLICY, {"delivered_centihours": 100}),
    ("CATALOG_LOWER_OF", overridden(ent__line__mode="STD_ONLY"), {}),
    ("CATALOG_LOWER_OF", overridden(ent__line__mode="COST_ONLY", money__rounding__cost="HALF_UP"), {"eligible_cost_fen": 33_333}),
    ("CATALOG_LOWER_OF", overridden(money__rounding__standard="DOWN"), {"std_fen": 33_333}),
    ("POST_HOURS", POLICY, {"theory_test": False}),
    ("POST_HOURS", POLICY, {"mode": "THEORY", "planned_centihours": 2_000, "delivered_centihours": 2_050}),
    ("PRO_CAPPED", POLICY, {}),
    ("ONLINE_CAPPED", ONLINE_POLICY, {"day": ONLINE_DAY}),
]


@pytest.mark.parametrize(("formula", "policy", "changes"), FORMULA_CASES)
def test_every_formula_is_computed_again(known: Any, formula: str, policy: Policy, changes: dict[str, Any]) -> None:
    found = price(formula, policy, **changes)
    day = changes.get("day", DAY)
    keys = [key for step in found.steps for key in step.keys]
    klass = json.loads(
        canonical_json(
            {
                "class_no": "K",
                "delivered_centihours": changes.get("delivered_centihours", 12_000),
                "eligible_cost_fen": changes.get("eligible_cost_fen", 4_000_000),
                "per_head_fen": found.per_head_fen or 0,
                "payable_people": 1,
                "computed_fen": found.per_head_fen or 0,
                "findings": [],
                "steps": found.steps,
                "figures": figures_used(policy, keys, day),
            }
        )
    )
    one_line = {"lines": [{**LINE, "computed_fen": klass["computed_fen"]}]}

    def told(one: dict[str, Any]) -> list[tuple[str, str]]:
        report = known.Report()
        known.check_class(one, one_line, "班级", report)
        differences: list[tuple[str, str]] = report.differences
        return differences

    assert told(klass) == []
    for number, step in enumerate(klass["steps"]):
        other = json.loads(json.dumps(klass))
        other["steps"][number]["result_fen"] += 1
        assert told(other), f"the result of {step['code']}"
        for name in step["figures"]:
            if not name.endswith(("_fen", "_bp")) or step["figures"][name] is None:
                continue
            other = json.loads(json.dumps(klass))
            other["steps"][number]["figures"][name] += 1
            assert told(other), f"{name} of {step['code']}"
    unknown = json.loads(json.dumps(klass))
    unknown["steps"][0]["code"] = "something_new"
    report = known.Report()
    try:
        known.check_class(unknown, one_line, "班级", report)
    except (KeyError, StopIteration):
        return
    assert report.differences


def test_the_amount_of_a_doubt_says_what_it_sums() -> None:
    assert basis_of(5, (1,), of_class=None, of_claim=0) == (ROWS, 5)
    assert basis_of(5, (), of_class=5, of_claim=9) == (CLASS, 5)
    assert basis_of(5, (), of_class=6, of_claim=5) == (OTHER, None)
    assert basis_of(5, (), of_class=None, of_claim=5) == (CLAIM, 5)
    assert basis_of(5, (), of_class=None, of_claim=6) == (OTHER, None)
    empty = Manifest(file_number="1", claim_number="2", made_at="3", made_by="4").listing([])
    assert len(empty.code) == 19


def test_the_manifest_chains_its_files_in_their_order() -> None:
    files = [("a.json", b"1"), ("b.json", b"22")]
    made = Manifest(file_number="1", claim_number="2", made_at="3", made_by="4")
    listed = made.listing(files)
    first, second = listed.files
    assert (first.name, first.size, first.sha256) == ("a.json", 1, sha256_hex(b"1"))
    assert second.chain == listed.head == sha256_hex(f"{first.chain}\nb.json\n2\n{sha256_hex(b'22')}".encode())
    assert made.listing(files[::-1]).head != listed.head


async def test_the_pages_hand_out_dossier_and_verifiers(visitor: httpx.AsyncClient, claims: dict[str, str], clock: FixedClock) -> None:
    shown = await visitor.get("/verifiers")
    for name in VERIFIERS:
        given = await visitor.get(f"/verifiers/{name}")
        assert "attachment" in given.headers["content-disposition"]
        assert sha256_hex(given.content) in shown.text
    await assign_all(clock)
    await enter(visitor, "shenji", clock)
    address = f"/claims/{claims['B']}/dossier"
    assert "还没有生成过" in (await visitor.get(address)).text
    answer = await visitor.post(address, data=await form_token(visitor, address))
    assert answer.status_code == 200
    report, manifest = verifier().verify(answer.content)
    assert report.differences == []
    assert manifest is not None
    assert manifest["file_number"] in (await visitor.get(address)).text


@settings(deadline=None, max_examples=150)
@given(
    words=st.lists(
        st.tuples(st.sampled_from((10, 11, 12, 13)), st.sampled_from(list(LineWord)), st.sampled_from(("TR-01", "TR-02")), st.booleans())
    ),
    left=st.sampled_from((None, 1000, 1500, 100_000)),
)
def test_what_words_come_to_is_computed_again(words: list[tuple[int, LineWord, str, bool]], left: int | None) -> None:
    module = verifier()
    lines = (
        *(line(10, LineOutcome.HOLD, UNKNOWN), line(11, LineOutcome.PAY), line(12, LineOutcome.HOLD, UNKNOWN, FAILED)),
        line(13, LineOutcome.HOLD, FAILED, person="p11"),
    )
    decided_on = record(*lines, left=left)
    said = [LineSaid(row, word, rule, "已核", TODAY if until else None, "某人") for row, word, rule, until in words]
    found = determined(decided_on, newest(said), cleared_rows(said, today=TODAY))
    told = {
        "day": TODAY.isoformat(),
        "words": json.loads(canonical_json(said)),
        **{name: list(getattr(found, name)) for name in ("rows", "refused", "held", "added")},
        "fen_of_added": found.fen_of_added,
        "clawback_fen": found.clawback_fen,
        "fen": found.fen,
        "fen_by_stream": found.fen_by_stream,
    }
    report = module.Report()
    module.check_determination(told, json.loads(canonical_json(decided_on)), report)
    assert report.differences == []
    module.check_determination({**told, "fen": found.fen + 1}, json.loads(canonical_json(decided_on)), report)
    assert report.differences


async def test_what_was_decided_is_held_against_the_trail(database: Settings, clock: FixedClock, known: Any) -> None:
    """A row that reviewers refused is slipped in again, in words, determination, payments and notice alike."""
    archive = await dossier_of(await lived(clock), clock)
    files, manifest = files_of(archive), json.loads(files_of(archive)["manifest.json"])
    for forged in (smuggled(files, known), undecided(files)):
        report = known.Report()
        known.check_contents(forged, manifest, report)
        assert report.differences
        assert all("操作留痕" in sentence for _where, sentence in report.differences), "arithmetic alone cannot tell"


async def test_a_claim_of_a_second_round_is_verified(database: Settings, clock: FixedClock, known: Any) -> None:
    case, first, rest = await two_parts(clock)
    await found_true(case, clock)
    await decided(await proposed(rest, clock), clock)
    await everything_held(case)
    await decided(await proposed(first, clock), clock)
    for act, login in LIFE[1:]:
        await do(login, case, act, clock)
    assert known.verify(await dossier_of(case, clock))[0].differences == []


async def test_a_changed_word_of_the_list_is_told_and_never_stops_the_verifier(database: Settings, clock: FixedClock, known: Any) -> None:
    files = files_of(await dossier_of(await lived(clock), clock))
    for word in ("chain", "head", "files", "sha256", "name", "size", "format", "claim_number"):
        touched = {**files, "manifest.json": files["manifest.json"].replace(f'"{word}"'.encode(), f'"{word[:-1]}~"'.encode(), 1)}
        report = known.Report()
        known.check_hashes(touched, report)
        assert report.differences, word


async def test_a_claim_whose_line_was_set_apart_and_not_paid_is_verified(database: Settings, clock: FixedClock, known: Any) -> None:
    case, rest, _fen = await held_rest(clock)
    await decided(await proposed(rest, clock), clock)
    archive = await dossier_of(case, clock)
    assert known.verify(archive)[0].differences == []
    told = json.loads(files_of(archive)["payments.json"])
    assert [each["state_words"] for each in told["payables"]] == ["已拨付", "不予拨付"]


async def test_dossiers_of_programmes_are_verified_too(database: Settings, clock: FixedClock, known: Any) -> None:
    settlement = await settled(clock)
    async with read_transaction():
        advance = (await fetch_tuples("SELECT number FROM claim ORDER BY id LIMIT 1"))[0][0]
    for number in (advance, settlement):
        archive = await dossier_of(number, clock)
        report, manifest = known.verify(archive)
        assert report.differences == [], number
        files = files_of(archive)
        for what, forged in islice(forgeries(files, canonical_json), 0, None, EVERY):
            report = known.Report()
            known.check_contents(forged, manifest, report)
            assert report.differences, f"{what} was changed and not found"
    codes = {step["code"] for klass in json.loads(files["records/001.json"])["classes"] for step in klass["steps"]}
    assert {"app_standard", "app_months", "app_completed_only", "app_not_completed"} <= codes
