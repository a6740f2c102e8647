"""The JSON API: the same results as the pages, stable names, problems in one shape."""

import json
from typing import Any

import httpx
import pytest

from tests.people import assign_all, enter
from tests.web.conftest import assert_problem, sample, upload
from training_admin.kit.clock import FixedClock
from training_admin.kit.digest import sha256_hex

WORKBOOK_MAGIC = b"PK\x03\x04"


async def expected(letter: str) -> Any:
    return json.loads(sample(f"expected_{letter}.json"))


@pytest.mark.usefixtures("district")
@pytest.mark.parametrize("letter", ["A", "B"])
async def test_a_precheck_answers_every_line_as_expected(visitor: httpx.AsyncClient, clock: FixedClock, letter: str) -> None:
    client = visitor
    await enter(client, f"jingban-{letter.lower()}", clock)
    answer = await client.post("/api/v1/prechecks", files=upload(letter))
    assert answer.status_code == 200, answer.text
    document, wanted = answer.json(), await expected(letter)
    assert [(line["row"], line["outcome"]) for line in document["lines"]] == [(line["row"], line["outcome"]) for line in wanted["lines"]]
    assert [cell["code"] for cell in document["cells"]] == [cell["code"] for cell in wanted["cells"]]
    assert document["assessment"]["ceiling"]["payable"]["display"].replace(",", "") == wanted["ceiling"]["payable"]
    assert document["assessment"]["totals"]["people"] == len(wanted["lines"])


@pytest.mark.usefixtures("district")
async def test_a_claim_is_submitted_once_however_often_it_is_sent(client: httpx.AsyncClient) -> None:
    refused = assert_problem(await client.post("/api/v1/claims", files=upload("B")), 409, "unreadable-rows")
    assert refused["count"] == 3
    first = await client.post("/api/v1/claims", files=upload("B"), data={"readable_only": "true"})
    assert first.status_code == 201, first.text
    again = await client.post("/api/v1/claims", files=upload("B"), data={"readable_only": "true"})
    assert again.json() == first.json()
    assert first.headers["location"] == f"/api/v1/claims/{first.json()['number']}"
    assert first.json()["submitted_at"] == "2026-06-01T09:30:00+08:00"


@pytest.mark.usefixtures("district")
async def test_the_marked_workbook_comes_back(client: httpx.AsyncClient) -> None:
    marked = await client.post("/api/v1/prechecks/marked", files=upload("B"))
    assert marked.status_code == 200
    assert marked.content.startswith(WORKBOOK_MAGIC)


async def test_a_claim_tells_amounts_in_fen_and_in_words(client: httpx.AsyncClient, number: str) -> None:
    claim = (await client.get(f"/api/v1/claims/{number}")).json()
    assert claim["claim"]["payable"] == {"amount_fen": 3_456_000, "display": "34,560.00"}
    assert claim["assessment"]["classes"][0]["per_head"]["amount_fen"] == 120_000
    assert claim["records"][0]["place"] == 1


async def test_a_token_gets_the_public_audit_workbook_and_never_full_identity_numbers(
    visitor: httpx.AsyncClient, clock: FixedClock, number: str
) -> None:
    await assign_all(clock)
    await enter(visitor, "shenji", clock)
    made = await visitor.post(f"/api/v1/claims/{number}/audit-workbook", params={"public": True})
    assert made.status_code == 200, made.text
    assert made.content.startswith(WORKBOOK_MAGIC)
    assert_problem(await visitor.post(f"/api/v1/claims/{number}/audit-workbook"), 403, "step-up-needed")
    nowhere = await visitor.post("/api/v1/claims/SJ2026999999/audit-workbook", params={"public": True})
    assert_problem(nowhere, 404, "nothing-to-export")


async def test_lines_come_in_pages_and_by_outcome(client: httpx.AsyncClient, number: str) -> None:
    rows: list[int] = []
    cursor: str | None = None
    while True:
        asked = {"limit": "20", **({} if cursor is None else {"cursor": cursor})}
        page = (await client.get(f"/api/v1/claims/{number}/lines", params=asked)).json()
        rows += [line["row"] for line in page["lines"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(rows) == len(set(rows)) == 53
    held = (await client.get(f"/api/v1/claims/{number}/lines", params={"outcome": "CELL"})).json()
    assert [line["row"] for line in held["lines"]] == [14, 19, 24]
    assert_problem(await client.get(f"/api/v1/claims/{number}/lines", params={"cursor": "-1"}), 400, "bad-cursor")


async def test_a_claim_not_yet_assessed_has_no_lines(client: httpx.AsyncClient, submitted: str) -> None:
    assert (await client.get(f"/api/v1/claims/{submitted}")).json()["assessment"] is None
    assert (await client.get(f"/api/v1/claims/{submitted}/lines")).json() == {"lines": [], "next_cursor": None}
    assert_problem(await client.get(f"/api/v1/claims/{submitted}/record"), 404, "claim-not-found")


async def test_a_line_is_explained_without_its_identity_number(client: httpx.AsyncClient, number: str) -> None:
    answer = await client.get(f"/api/v1/claims/{number}/lines/10")
    decision = answer.json()["decision"]
    assert [reason["rule"] for reason in decision["reasons"]] == ["FREQ-01"]
    assert decision["reasons"][0]["would_pass"]
    assert decision["steps"][-1]["result_fen"] == 120_000
    assert answer.json()["person"]["masked_number"] == "3101************4X"
    assert_problem(await client.get(f"/api/v1/claims/{number}/lines/3"), 404, "line-not-found")


async def test_the_record_is_served_as_it_is_kept(client: httpx.AsyncClient, number: str) -> None:
    record = await client.get(f"/api/v1/claims/{number}/record", params={"place": 1})
    claim = (await client.get(f"/api/v1/claims/{number}")).json()
    assert sha256_hex(record.content) == claim["records"][0]["sha256"]
    assert record.headers["etag"] == f'"{claim["records"][0]["sha256"]}"'


async def test_claims_are_listed_newest_first_with_a_cursor(client: httpx.AsyncClient, number: str) -> None:
    page = (await client.get("/api/v1/claims", params={"limit": 1})).json()
    assert [claim["number"] for claim in page["claims"]] == [number]
    assert page["next_cursor"] is None
    assert (await client.get("/api/v1/claims", params={"state": "paid"})).json()["claims"] == []


async def test_rules_and_figures_are_listed(client: httpx.AsyncClient) -> None:
    rules = (await client.get("/api/v1/rules")).json()
    assert rules[0]["rule"] == "ENT-01"
    assert (await client.get("/api/v1/rules/ATT-01")).json()["cases"]
    figures = (await client.get("/api/v1/figures", params={"word": "att.person_min"})).json()["figures"]
    assert [(each["value"], each["assumed"]) for each in figures] == [("80.00%", True)]
    assert_problem(await client.get("/api/v1/rules/NONE-99"), 404, "rule-not-found")


async def test_the_figures_of_a_shipped_pack_are_shown_before_it_is_adopted(client: httpx.AsyncClient) -> None:
    shown = (await client.get("/api/v1/figures", params={"pack": "luliang-2021"})).json()
    assert shown["adopted_at"] is None
    assert shown["figures"]


@pytest.mark.parametrize("pack", ["no-such-pack", "../../etc/passwd", "/etc/hostname", "pyproject.toml"])
async def test_the_name_of_a_pack_never_becomes_a_path(client: httpx.AsyncClient, pack: str) -> None:
    assert_problem(await client.get("/api/v1/figures", params={"pack": pack}), 404, "policy-pack-not-adopted")


async def test_the_description_names_every_operation_and_its_problems(client: httpx.AsyncClient) -> None:
    schema = (await client.get("/schema/openapi.json")).json()
    assert schema["openapi"].startswith("3.1")
    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert all(path.startswith("/api/v1/") for path in schema["paths"])
    for operation in operations:
        assert operation["summary"], operation["operationId"]
        assert "application/problem+json" in operation["responses"]["500"]["content"]
