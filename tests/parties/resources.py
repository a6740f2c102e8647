"""What tests register for the sample institution, and its decision."""

from typing import Any

from tests.people import sign_in_as
from training_admin.kit.clock import FixedClock
from training_admin.parties.institution_facts import ResourceKind
from training_admin.parties.institutions import Entry, decide_resource, enter_resource

PDF = b"%PDF-1.4 sample %%EOF"
CARD = "310100199003070012"
TYPED: dict[ResourceKind, dict[str, Any]] = {
    ResourceKind.LICENCE: {"number": "松训001", "issuer": "样例区人社局", "valid_from": "2024-01-01", "valid_to": "2026-12-31"},
    ResourceKind.OCCUPATION: {"code": "6-18-02-04", "name": "焊工", "levels": ["5", "4"]},
    ResourceKind.SITE: {"name": "总部", "address": "样例路1号", "district": "310117"},
    ResourceKind.ROOM: {"name": "101", "capacity": "40", "use": "both", "equipment": "投影"},
    ResourceKind.TEACHER: {"name": "教师甲", "identity": CARD, "full_time": "yes"},
    ResourceKind.QUALIFICATION: {"title": "高级技师", "number": "GJ-1", "occupation": "6-18-02-04", "level": "4"},
    ResourceKind.PLATFORM: {
        "name": "样例平台",
        "address": "learn.example.invalid",
        "own": "no",
        "provider": "某公司",
        "tested_on": "2026-01-05",
    },
}


def entry(kind: ResourceKind, *, resource: int | None = None, ended: bool = False, **changes: Any) -> Entry:
    """A right entry of a kind with some fields changed."""
    return Entry(kind, {**TYPED[kind], **changes}, PDF if kind is ResourceKind.PLATFORM else b"", resource, ended)


async def entered(clock: FixedClock, kind: ResourceKind, *, login: str = "jiaowu", approve: bool = True, **changes: Any) -> int:
    """Hand in an entry of a kind, and by default have it approved; returns its key."""
    key = await enter_resource((await sign_in_as(login, clock)).actor, entry(kind, **changes), clock=clock)
    if approve:
        await decide_resource((await sign_in_as("chushen", clock)).actor, key, approve=True, reason="", clock=clock)
    return key
