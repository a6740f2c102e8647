"""What the demo's institution trains with: a licence, occupations, a site with rooms, teachers with qualifications, a platform."""

import msgspec

from training_admin.database import read_transaction
from training_admin.demo.offices import INSTITUTION, ORGANISATIONS
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import Clock
from training_admin.parties.institution_facts import ResourceKind
from training_admin.parties.institution_store import newest_versions
from training_admin.parties.institutions import INSTITUTION as OWNER
from training_admin.parties.institutions import Entry, decide_resource, register_resource

REGISTRAR = msgspec.structs.replace(DEMO, key="demo-registrar", name="演示教务员")
OFFICER = msgspec.structs.replace(DEMO, key="demo-reviewer", name="演示初审员")
REPORT = b"%PDF-1.4 demo test report %%EOF"
# Name, made-up identity number of an area without households, occupation, level taught up to.
TEACHERS = (("样例教师甲", "310100198812150026", "6-18-02-04", "3"), ("样例教师乙", "310100199602290033", "6-18-01-01", "3"))


async def found_institution(clock: Clock) -> None:
    """Register and approve it once; a second start finds it there."""
    async with read_transaction():
        if await newest_versions(INSTITUTION):
            return
    await _add(
        ResourceKind.LICENCE,
        clock,
        number="松训演示001",
        issuer="样例区人力资源和社会保障局",
        valid_from="2024-01-01",
        valid_to="2027-12-31",
    )
    for code, name in (("6-18-02-04", "焊工"), ("6-18-01-01", "车工")):
        await _add(ResourceKind.OCCUPATION, clock, code=code, name=name, levels=["5", "4", "3"])
    site = await _add(ResourceKind.SITE, clock, name="总部", address="样例路1号", district="310117")
    await _add(ResourceKind.ROOM, clock, site=site, name="101教室", capacity=50, use="theory", equipment="投影、音响")
    await _add(ResourceKind.ROOM, clock, site=site, name="实训车间", capacity=30, use="practice", equipment="焊机15台、车床8台")
    for name, identity, occupation, level in TEACHERS:
        teacher = await _add(ResourceKind.TEACHER, clock, name=name, identity=identity, full_time="yes")
        await _add(
            ResourceKind.QUALIFICATION, clock, teacher=teacher, title="技师", number=f"YS-{teacher}", occupation=occupation, level=level
        )
    await _add(
        ResourceKind.PLATFORM,
        clock,
        name="样例线上培训平台",
        address="learn.example.invalid",
        own="no",
        provider="样例科技公司",
        tested_on="2026-03-02",
    )


async def _add(kind: ResourceKind, clock: Clock, **typed: object) -> int:
    name = next(title for code, title, _kind in ORGANISATIONS if code == INSTITUTION)
    entry = Entry(kind, typed, REPORT if kind is ResourceKind.PLATFORM else b"")
    key = await register_resource(REGISTRAR, entry, organisation=INSTITUTION, name=name, owner=OWNER, clock=clock)
    await decide_resource(OFFICER, key, approve=True, reason="", clock=clock)
    return key
