"""违规处理 and credit over the API: told, stated, decided, objected to, mended, lifted, each step by whom it falls to and once."""

from typing import Any

import httpx

from tests.parties.resources import entered
from tests.web.api_calls import API, Caller
from tests.web.conftest import assert_problem
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.clock import FixedClock
from training_admin.parties.institution_facts import ResourceKind

CREDIT = {
    "organisation": INSTITUTION,
    "step": "credit",
    "facts": "未按课表上课",
    "ground": "测试文件第一条",
    "conduct_ended_on": "2026-05-20",
}
TOLD = "parties:sanction"


async def told(caller: Caller, body: dict[str, Any]) -> str:
    """A proposed measure of which its institution was told; its address."""
    await caller.be("dudao")
    made = await caller.done("/sanctions", body, event=f"{TOLD}:proposed", status=201)
    path = f"/sanctions/{made['sanction']['number']}"
    assert (await caller.done(f"{path}/notification", event=f"{TOLD}:told"))["sanction"]["state"] == "told"
    return path


async def test_a_credit_record_is_told_stated_decided_objected_to_and_taken_out(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await entered(clock, ResourceKind.SITE)
    caller = Caller(visitor, clock)
    await caller.be("dudao")
    await caller.missing_key("/sanctions", CREDIT)
    for wrong, status, code in (
        ({"facts": ""}, 422, "sanction-refused"),
        ({"conduct_ended_on": "2026-06-02"}, 422, "sanction-refused"),
        ({"organisation": "91310100000000000X"}, 422, "sanction-refused"),
        ({"step": "fine"}, 400, "invalid-request"),
    ):
        await caller.refused("/sanctions", CREDIT | wrong, status, code)
    path = await told(caller, CREDIT)
    await caller.refused(f"{path}/notification", None, 409, "sanction-decided")
    await caller.refused(f"{path}/decision", {"confirm": True}, 403, "not-allowed")
    await caller.be("shending")
    await caller.refused(f"{path}/decision", {"confirm": True}, 409, "sanction-statement-time")
    await caller.refused("/sanctions/WG20269999/decision", {"confirm": True}, 404, "sanction-not-found")
    await caller.be("jingban-b")
    await caller.refused(f"{path}/pleas", {"kind": "statement", "words": "不是我的"}, 404, "sanction-not-found")
    await caller.be("jiaowu")
    await caller.refused(f"{path}/pleas", {"kind": "objection", "words": "尚未决定"}, 409, "sanction-decided")
    await caller.refused(f"{path}/pleas", {"kind": "statement", "words": " "}, 422, "sanction-refused")
    await caller.done(f"{path}/pleas", {"kind": "statement", "words": "情况说明"}, event=f"{TOLD}:stated", status=201)
    await caller.be("shending")
    await caller.done(f"{path}/decision", {"confirm": True, "reason": "属实"}, event=f"{TOLD}:confirmed")
    await caller.be("jiaowu")
    assert (await caller.read(path))["kinds_now"] == ["objection", "repair"]
    said = await caller.done(f"{path}/pleas", {"kind": "objection", "words": "事实有误"}, event=f"{TOLD}:objected", status=201)
    await caller.refused(f"{path}/pleas", {"kind": "objection", "words": "再次"}, 409, "sanction-plea-waits")
    plea = f"{path}/pleas/{said['pleas'][-1]['id']}"
    await caller.refused(f"{plea}/mark", {}, 403, "not-allowed")
    await caller.be("shending")
    await caller.refused(f"{plea}/answer", {"grant": True, "answer": "先要标注"}, 409, "sanction-decided")
    await caller.be("dudao")
    await caller.refused(f"{path}/pleas/999999/mark", {}, 404, "sanction-plea-not-found")
    await caller.done(f"{plea}/mark", {"transferred": True}, event=f"{TOLD}:marked")
    await caller.be("shending")
    await caller.refused(f"{plea}/answer", {"grant": True, "answer": ""}, 422, "sanction-refused")
    done = await caller.done(f"{plea}/answer", {"grant": True, "answer": "有理"}, event=f"{TOLD}:lifted")
    assert (done["sanction"]["state"], done["pleas"][-1]["state_words"]) == ("lifted", "已同意")
    await caller.refused(f"{path}/lift", {"words": "再次"}, 409, "sanction-decided")


async def test_a_measure_is_mended_and_another_lifted(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await entered(clock, ResourceKind.SITE)
    caller = Caller(visitor, clock)
    mended = await told(caller, CREDIT | {"step": "letter"})
    await caller.done(f"{mended}/paper-pleas", {"kind": "statement", "words": "书面说明"}, event=f"{TOLD}:stated", status=201)
    await caller.be("shending")
    await caller.done(f"{mended}/decision", {"confirm": True}, event=f"{TOLD}:confirmed")
    await caller.refused(f"{mended}/fix", {"words": "已整改"}, 403, "not-allowed")
    await caller.be("dudao")
    await caller.refused(f"{mended}/fix", {"words": ""}, 422, "sanction-refused")
    done = await caller.done(f"{mended}/fix", {"words": "现场复查合格"}, event=f"{TOLD}:fixed")
    assert done["fixed_on"] == clock.today().isoformat()
    await caller.refused(f"{mended}/lift", {"words": "误判"}, 403, "not-allowed")
    await caller.be("shending")
    await caller.done(f"{mended}/lift", {"words": "误判"}, event=f"{TOLD}:lifted")
    refused = await told(caller, CREDIT)
    await caller.be("shending")
    await caller.done(f"{refused}/decision", {"confirm": False, "reason": "证据不足"}, event=f"{TOLD}:refused")
    page = await caller.read("/sanctions?limit=1")
    assert [each["state"] for each in page["sanctions"]] == ["refused"]
    assert len((await caller.read(f"/sanctions?cursor={page['next_cursor']}"))["sanctions"]) == 1
    await caller.be("jingban-b")
    assert (await caller.read("/sanctions"))["sanctions"] == []
    assert_problem(await visitor.get(f"{API}{mended}"), 404, "sanction-not-found")
