"""不予拨付 over pages and API: proposed, decided and given up by forms, each once, and seen by the enterprise only when it is decided."""

import httpx

from tests.audit.test_holding import due
from tests.audit.test_withholding import REASON, held_rest
from tests.people import enter
from tests.web.conftest import assert_problem, form_token
from training_admin.kit.clock import FixedClock

API = "/api/v1/fund"


async def posted(visitor: httpx.AsyncClient, page: str, address: str, **fields: str) -> httpx.Response:
    return await visitor.post(address, data={**await form_token(visitor, page), **fields})


async def test_a_line_is_withheld_and_given_back_by_forms(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    case, rest, _fen = await held_rest(clock)
    await enter(visitor, "chushen", clock)
    assert case in (await visitor.get("/withholdings")).text
    refused = await posted(visitor, "/withholdings", "/withholdings", subject=rest, reason=" ", idempotency_key="propose-0000")
    assert "请填写不予拨付的事实和理由" in refused.text
    for _ in range(2):
        made = await posted(visitor, "/withholdings", "/withholdings", subject=rest, reason=REASON, idempotency_key="propose-0001")
        assert made.status_code == 303, made.text
    address = made.headers["location"]
    assert "不予拨付决定" not in (await visitor.get(address)).text
    await enter(visitor, "jingban-a", clock)
    assert (await visitor.get(address)).status_code == 404
    await enter(visitor, "shending", clock)
    assert "待决定的不予拨付" in (await visitor.get("/")).text
    unsaid = await posted(visitor, address, f"{address}/decide", act="", idempotency_key="decide-0000")
    assert "请选择决定不予拨付" in unsaid.text
    done = await posted(visitor, address, f"{address}/decide", act="confirm", idempotency_key="decide-0001")
    assert done.headers["location"] == address
    again = await posted(visitor, address, f"{address}/decide", act="confirm", idempotency_key="decide-0002")
    assert "不能办理这一步" in again.text
    await enter(visitor, "jingban-a", clock)
    assert REASON in (await visitor.get(address)).text
    assert "不予拨付" in (await visitor.get(f"/claims/{case}")).text
    assert f"{case}," in (await visitor.get("/withholdings.csv")).text
    await enter(visitor, "shending", clock)
    await posted(visitor, address, f"{address}/void", words="复议后核实", idempotency_key="void-00001")
    assert [subject for subject, _ in await due(case)] == [rest]


async def test_the_same_over_the_api(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    _case, rest, fen = await held_rest(clock)
    await enter(visitor, "dudao", clock)
    (held,) = (await visitor.get(f"{API}/held-due")).json()
    assert (held["subject"], held["amount"]["amount_fen"], held["confirmed"]) == (rest, fen, True)
    body, key = {"subject": rest, "reason": REASON}, {"idempotency-key": "propose-0001"}
    made = await visitor.post(f"{API}/withholdings", json=body, headers=key)
    assert (made.status_code, made.json()["state"]) == (201, "proposed"), made.text
    assert (await visitor.post(f"{API}/withholdings", json=body, headers=key)).json() == made.json()
    path = f"{API}/withholdings/{made.json()['number']}"
    assert_problem(
        await visitor.post(f"{path}/decision", json={"confirm": True}, headers={"idempotency-key": "decide-0001"}), 403, "not-allowed"
    )
    await enter(visitor, "shending", clock)
    told = await visitor.post(f"{path}/decision", json={"confirm": True}, headers={"idempotency-key": "decide-0002"})
    assert (told.json()["state_words"], told.json()["rest"]) == ("不予拨付", True), told.text
    wrong = await visitor.post(f"{path}/decision", json={"confirm": True}, headers={"idempotency-key": "decide-0003"})
    assert_problem(wrong, 409, "withholding-moved")
    given = await visitor.post(f"{path}/void", json={"reason": "复议后核实"}, headers={"idempotency-key": "void-00001"})
    assert given.json()["state_words"] == "已撤销"
    page = (await visitor.get(f"{API}/withholdings?limit=1")).json()
    assert ([each["number"] for each in page["withholdings"]], page["next_cursor"]) == ([made.json()["number"]], None)
