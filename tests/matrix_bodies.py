"""What an operation of the API is sent by the matrix, so that it speaks of an object at all: JSON, or a form with a file."""

from typing import Any

from tests.matrix_records import PROGRAMME_BODIES
from training_admin.kit.actor import Actor
from training_admin.subsidy.review_facts import OFFICE_ACTS
from training_admin.subsidy.review_states import RIGHT_OF

API = "/api/v1"
# Addresses after /api/v1.
BODIES: dict[str, dict[str, object]] = {
    "/claims/{number:str}/words": {"rows": [10], "word": "hold", "reason": "测试"},
    "/claims/{number:str}/withdrawal": {"opinion": "测试"},
    "/claims/{number:str}/appeals": {"words": "测试"},
    "/claims/{number:str}/hand": {"over": True},
    "/claims/{number:str}/notes": {"kind": "note", "words": "测试"},
    "/claims/{number:str}/appeals/{appeal:str}/answer": {"uphold": False, "answer": "测试"},
    "/claims/{number:str}/papers": {"kind": "application"},
    "/claims/{number:str}/own-papers": {"kind": "application"},
    "/claims/{number:str}/ratings": {"moment": "decision", "score": 3},
    "/papers/{paper:int}/delivery": {"way": "post", "day": "2026-05-01"},
    "/offers/{year:int}/confirmation": {"class_nos": [], "payable_fen": 1},
    "/notices/{number:str}/objections": {"words": "测试"},
    "/notice-office/notices/{number:str}/objections/{objection:str}/answer": {"upheld": False, "reply": "测试"},
    "/second-review-rows/{review:int}": {"outcome": "?"},
    "/ratings/{rating:int}/reply": {"reply": "测试"},
    "/sanctions/{number:str}/decision": {"confirm": False, "reason": "测试"},
    "/sanctions/{number:str}/fix": {"words": "测试"},
    "/sanctions/{number:str}/lift": {"words": "测试"},
    "/sanctions/{number:str}/pleas": {"kind": "objection", "words": "测试"},
    "/sanctions/{number:str}/paper-pleas": {"kind": "objection", "words": "测试"},
    "/sanctions/{number:str}/pleas/{plea:int}/mark": {"transferred": False},
    "/sanctions/{number:str}/pleas/{plea:int}/answer": {"grant": False, "answer": "测试"},
    "/doubts/{number:str}/decisions": {"decision": "false", "reason": "测试"},
    "/fund/batches/{number:str}/void": {"reason": "测试"},
    "/fund/batches/{number:str}/treasury-file": {"columns": ["没有这一列"]},
    "/fund/batches/{number:str}/treasury-csv": {"columns": ["没有这一列"]},
    "/fund/budgets/{budget:int}/reuses": {"amount_fen": 1, "ground": "测试"},
    "/fund/reuses/{number:str}/decision": {"sign": True},
    "/rectifications/{number:str}/answers": {"words": "测试"},
    "/rectifications/{number:str}/acts": {"act": "extend", "words": "测试", "deadline": "2026-12-01"},
    "/rectifications/{number:str}/confirmations": {"agree": True},
    "/rectifications/{number:str}/holds": {"words": "测试"},
    "/rectifications/{number:str}/recoveries": {"amount_fen": 1, "people": 1, "words": "测试"},
    "/fund/recoveries/{number:str}/decision": {"confirm": False},
    "/fund/recoveries/{number:str}/receipts": {"amount_fen": 1, "reference": "测试", "received_on": "2026-05-29"},
    "/fund/recoveries/{number:str}/void": {"reason": "测试"},
    "/fund/recoveries/{number:str}/referral": {"words": "测试"},
    "/callbacks": {"class_no": "没有这个班级"},
    "/callbacks/{number:str}/people/{turn:int}/calls": {"result": "missed"},
    "/fund/withholdings": {"subject": "SJ2026999999/1", "reason": "测试"},
    "/fund/withholdings/{number:str}/decision": {"confirm": False, "words": "测试"},
    "/fund/withholdings/{number:str}/void": {"reason": "测试"},
    "/fund/cases/{number:str}/holds": {"words": "测试"},
    "/fund/cases/{number:str}/holds/lift": {"reason": "测试"},
    "/fund/cases/{number:str}/reapplication": {"account": None},
}
FILES = frozenset({"/fund/batches/{number:str}/results-file", "/claims/{number:str}/resubmission", "/claims/{number:str}/attachments"})


def body_of(path: str, actor: Actor) -> dict[str, Any]:
    """What httpx is given for an address of the API; nothing where it takes no body."""
    own = path.removeprefix(API)
    if own == path:
        return {}
    if own in FILES:
        return {"files": {"file": ("测试", b"x", "text/csv")}}
    body = BODIES.get(own)
    if own.startswith("/programmes/{"):
        body = PROGRAMME_BODIES.get(own.removeprefix("/programmes/{number:str}/"))
    if own == "/claims/{number:str}/acts":
        possible = [act for act in sorted(OFFICE_ACTS) if actor.reach(RIGHT_OF[act]) is not None]
        body = {"act": possible[0].value if possible else "", "opinion": "测试", "minutes": "测试"}
    return {} if body is None else {"json": body}
