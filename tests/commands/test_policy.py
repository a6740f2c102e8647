"""`training-admin policy` at a terminal: JSON alone on stdout, refusals as problem documents, exit status."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from training_admin.__main__ import commands
from training_admin.commands.policy import FileUnreadable
from training_admin.database import fetch_tuples, read_transaction
from training_admin.policy.examples import ExamplesUnreadable
from training_admin.policy.packs import PackNotFound, open_pack

EXAMPLES = Path(__file__).parents[1] / "data" / "worked_examples.json"


def run(*words: str, **environment: str) -> Result:
    return CliRunner().invoke(commands, ["policy", *words], env=environment)


def test_all_examples_and_dates_hold() -> None:
    told = run("examples", str(EXAMPLES), "--json")
    results: list[dict[str, Any]] = json.loads(told.stdout)
    assert told.exit_code == 0
    assert len(results) == 84
    assert all(set(result) == {"id", "got", "holds"} and result["holds"] for result in results)
    assert "84 个与预期一致" in told.stderr


def test_examples_that_differ_are_answered_and_told(tmp_path: Path) -> None:
    file = tmp_path / "examples.json"
    item = {
        "id": "Z1",
        "product": "BUDGET",
        "on": "2026-03-02",
        "inputs": {"approved": 1, "budget_left": 1},
        "expected": {"amount": "2.00"},
    }
    file.write_text(json.dumps({"examples": [item]}))
    told = run("examples", str(file))
    assert told.exit_code == 0
    assert json.loads(told.stdout)[0]["got"] == {"amount": "1.00", "outcome": "PAY", "deferred": "0.00"}
    assert "不一致：Z1" in told.stderr


def test_unknown_inputs_and_missing_files_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "examples.json"
    file.write_text(
        json.dumps([{"id": "Z1", "product": "BUDGET", "on": "2026-03-02", "inputs": {"approved": 1, "budget_left": 1, "x": 1}}])
    )
    refusal = run("examples", str(file), "--json").exception
    assert isinstance(refusal, ExamplesUnreadable)
    assert refusal.problem()["problems"] == [{"example": "Z1", "where": "x", "message": "不认识这个键"}]
    assert isinstance(run("examples", str(tmp_path / "none.json")).exception, FileUnreadable)


def test_shipped_packs_are_listed_and_checked() -> None:
    assert "tianjin-2022\t" in run("packs").stdout
    told = run("check", "tianjin-2022")
    assert told.exit_code == 0
    assert "可以采用" in told.stdout
    answer = json.loads(run("check", "sj-default-2026", "--json").stdout)
    assert (answer["adoptable"], answer["figures"]) == (True, 169)
    assert isinstance(run("check", "no-such-pack").exception, PackNotFound)


def test_a_pack_that_may_not_be_adopted_is_told_case_by_case(tmp_path: Path) -> None:
    content = msgspec.to_builtins(open_pack("luliang-2021").file)
    content["cases"][0]["expected"] = {"amount": "1.00"}
    content["effects"] = {"XX-01": "WARN"}
    file = tmp_path / "pack.json"
    file.write_bytes(msgspec.json.encode(content))
    told = run("check", str(file))
    assert told.exit_code == 1
    assert "案例 H02 与预期不符" in told.stdout
    assert "effects.XX-01" in told.stdout


@pytest.mark.usefixtures("database")
async def test_the_command_line_only_proposes_and_a_person_must_approve(worker_database: str, tmp_path: Path) -> None:
    async def policy(*words: str) -> tuple[int, str]:
        own = {"DATABASE_URL": worker_database, "TRAINING_ADMIN_DATA": str(tmp_path)}
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "training_admin", "policy", *words),
            env={**os.environ, **own},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        told, words_told = await child.communicate()
        assert child.returncode is not None
        return child.returncode, (told + words_told).decode()

    status, told = await policy("propose", "tianjin-2022", "--why", "测试")
    assert (status, told.splitlines()[0].startswith("ZC")) == (0, True)
    assert "请由政策审批人" in told
    status, _ = await policy("adopt", "tianjin-2022", "--proposed-by", "officer-1", "--approved-by", "officer-2")
    assert status == 2
    async with read_transaction():
        assert await fetch_tuples("SELECT count(*) FROM policy_adoption") == [(1,)]
        assert await fetch_tuples("SELECT proposed_by, state FROM policy_proposal") == [("command-line", "open")]
