"""Dossiers for tests: a claim with words on rows, a cut, a payment and a recovery; the verifier as a module; forged amounts."""

import importlib.util
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.fund.ledger_world import granted
from tests.fund.payment_world import Followed, make_due, paid, person
from tests.subsidy import programme_world
from tests.subsidy import test_programme_claims as programme_claims
from tests.subsidy.conftest import sample
from tests.subsidy.test_notices import BUDGET, officer
from tests.subsidy.test_reviewing import LIFE, do, submitted
from training_admin import audit
from training_admin.apprenticeship.facts import Stage
from training_admin.audit.dossier import write_dossier
from training_admin.database import read_transaction, write_transaction
from training_admin.fund import payable_store, recoveries
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.subsidy import handling_store, notices, review_store
from training_admin.subsidy.assessing import decoded_record
from training_admin.subsidy.deliveries import receive_registers
from training_admin.subsidy.determination import LineSaid, LineWord
from training_admin.subsidy.review_states import Act

VERIFIER = Path(audit.__file__).parent / "data" / "verify.py"
# The surcharge whose 60 per cent cut sample claim A.
SCARCE = "150000.01"


def verifier() -> ModuleType:
    """The stand-alone verifier, loaded from its file as an auditor would run it."""
    spec = importlib.util.spec_from_file_location("dossier_verifier", VERIFIER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def lived(clock: FixedClock) -> str:
    """Sample claim A, cut by its ceiling, one row left out and one held by reviewers, on notice, paid, partly recovered."""
    registers = json.loads(sample("registers_A.json"))
    registers["enterprises"][0]["surcharge_paid"]["2025"] = SCARCE
    await granted(BUDGET, clock)
    number = await submitted(clock, registers=json.dumps(registers).encode())
    await do(LIFE[0][1], number, LIFE[0][0], clock)
    async with write_transaction():
        claim = await review_store.claim_by_number(number, None)
        record = await decoded_record(claim.id, None)
        assert record is not None
        rows = [line.row for line in record.lines if line.payable_fen]
        for row, word in ((rows[0], LineWord.REFUSE), (rows[1], LineWord.HOLD), (rows[2], LineWord.EVIDENCE)):
            said = LineSaid(row, word, "TR-01" if word is LineWord.EVIDENCE else "", "抽查发现", None, "初审员")
            await handling_store.add_words(claim.id, [row], said, by="A1", at=clock.now(), evidence=None)
    for act, login in LIFE[1:]:
        await do(login, number, act, clock)
    assert LIFE[-1][0] is Act.DETERMINE
    await notices.post_notice(await officer(clock), [number], clock=clock)
    async with read_transaction():
        subject = (await payable_store.payables_of(number))[-1].subject
    follow = Followed()
    await make_due(subject, clock, notice_ends=clock.today() - timedelta(days=1))
    await paid([subject], clock, follow)
    taken = await recoveries.propose_recovery(await person("dudao", clock), number, people=1, fen=5_000, reason="冒名参训", clock=clock)
    chief = await person("shending", clock)
    await recoveries.decide_recovery(chief, taken, confirm=True, return_by=clock.today() + timedelta(days=30), follow=follow, clock=clock)
    clerk = await person("caijing", clock)
    await recoveries.receive_return(clerk, taken, fen=3_000, reference="R1", received_on=clock.today(), follow=follow, clock=clock)
    return number


async def settled(clock: FixedClock) -> str:
    """The settlement of a programme of apprentices whose advance was paid: certified, completed, failed; less is due than was given."""
    await granted(BUDGET, clock)
    await programme_world.filed(6, clock, level="3")
    await receive_registers(DEMO, programme_world.registers(6), source="测试交付", clock=clock)
    await programme_claims.given(await programme_claims.claimed(Stage.ADVANCE, clock), clock)
    await programme_world.trained(clock, hours=52 * 100)
    await programme_world.ended({3: ("failed", ""), 4: ("completed", ""), 5: ("failed", ""), 6: ("failed", "")})
    number = await programme_claims.claimed(Stage.SETTLEMENT, clock)
    await programme_claims.determined(number, clock)
    return number


async def dossier_of(number: str, clock: FixedClock) -> bytes:
    """The archive of a claim's dossier."""
    target = io.BytesIO()
    await write_dossier(DEMO, number, target, clock=clock)
    return target.getvalue()


def files_of(archive: bytes) -> dict[str, bytes]:
    """The files of an archive in their order."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {each.filename: opened.read(each) for each in opened.infolist()}


def amounts(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all amounts in a document: whole numbers whose name, or that of what holds them, speaks of fen."""
    if isinstance(content, dict | list):
        for key, value in content.items() if isinstance(content, dict) else enumerate(content):
            yield from amounts(value, (*path, key))
    elif isinstance(content, int) and not isinstance(content, bool):
        names = [each for each in path[-2:] if isinstance(each, str)]
        if any(each == "fen" or each.endswith("_fen") or each.startswith("fen_") for each in names):
            yield path


def changed(content: Any, path: tuple[Any, ...], by: int) -> Any:
    """A copy of a document with the number at a place changed."""
    if not path:
        return content + by
    copy = dict(content) if isinstance(content, dict) else list(content)
    copy[path[0]] = changed(copy[path[0]], path[1:], by)
    return copy


def forgeries(files: dict[str, bytes], spell: Callable[[Any], bytes]) -> Iterator[tuple[str, dict[str, bytes]]]:
    """The dossier with one amount changed at a time, every digest of the changed record forged with it: arithmetic alone can tell."""
    for name, before in files.items():
        if not name.endswith(".json") or name == "manifest.json":
            continue
        content = json.loads(before)
        for path in amounts(content):
            # The figures of findings and of rules enter no amount; the record's digest speaks for them.
            if "findings" in path:
                continue
            forged = dict(files)
            forged[name] = spell(changed(content, path, 10_000 if path[-1] == "surcharge_fen" else 1))
            if name.startswith("records/"):
                forged = forged_digest(forged, before, forged[name])
            yield f"{name} {path}", forged


def forged_digest(files: dict[str, bytes], before: bytes, after: bytes) -> dict[str, bytes]:
    """Every place that tells the digest of a record tells the new one."""
    module = verifier()
    old, new = module.sha256(before).encode(), module.sha256(after).encode()
    told = {name: files[name].replace(old, new) for name in ("claim.json", "determination.json")}
    claim = json.loads(told["claim.json"])
    last: dict[str, Any] = {"number": -1}
    for row in claim["trail"]:
        if last["number"] + 1 == row["number"]:
            row["previous_hash"] = last["hash"]
        content = {name: row[name] for name in ("number", "at", "actor", "event", "subject", "detail", "previous_hash")}
        row["hash"] = module.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())
        last = row
    told["claim.json"] = json.dumps(claim).encode()
    return {**files, **told}


def smuggled(files: dict[str, bytes], module: ModuleType) -> dict[str, bytes]:
    """The dossier as if reviewers had said nothing: everything that follows from their words is changed with them."""
    told, paid = json.loads(files["determination.json"]), json.loads(files["payments.json"])
    record = json.loads(files[f"records/{told['place']:03d}.json"])
    lines = [each for each in record["lines"] if each["outcome"] in {"PAY", "REDUCE"} and each["payable_fen"] > 0]
    streams = {each["class_no"]: each["stream"] for each in record["classes"]}
    by_stream: dict[str, int] = {}
    for each in lines:
        stream = streams[each["class_no"]]
        by_stream[stream] = by_stream.get(stream, 0) + each["payable_fen"]
    told |= {"words": [], "refused": [], "held": [], "added": [], "fen_of_added": 0, "rows": sorted(each["row"] for each in lines)}
    told |= {"fen_by_stream": by_stream, "fen": sum(by_stream.values())}
    (payable,) = paid["payables"]
    payable |= {"fen": told["fen"], "parts": [{**part, "fen": by_stream[part["stream"]]} for part in payable["parts"]]}
    payable["item"]["fen"] = told["fen"] - payable["item"]["netted_fen"]
    payable["item"]["payables"][0]["fen"] = told["fen"]
    for each in paid["notices"]:
        each["fen"] = told["fen"]
    return {**files, "determination.json": module.canonical(told), "payments.json": module.canonical(paid)}


def undecided(files: dict[str, bytes]) -> dict[str, bytes]:
    """The dossier as if nothing had been decided."""
    told = json.loads(files["determination.json"])
    return {**files, "determination.json": json.dumps({**told, "decided": False, "act": ""}).encode()}
