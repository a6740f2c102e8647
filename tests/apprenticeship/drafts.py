"""A programme drawn up, signed, filed and approved through the services, as tests need it."""

from datetime import date
from typing import Any

from tests.people import sign_in_as
from tests.subsidy.programme_world import identity
from training_admin.apprenticeship import programmes
from training_admin.apprenticeship.facts import Hours
from training_admin.apprenticeship.people_reading import people_workbook
from training_admin.apprenticeship.plan_facts import MENTOR, TEACHER, Entrant, ProgrammeHeadDraft, ProgrammePlan, Tutor
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.clock import FixedClock

STARTS = date(2026, 7, 1)


def head(**changes: Any) -> ProgrammeHeadDraft:
    whole: dict[str, Any] = {
        "institution": INSTITUTION,
        "occupation": "6-18-02-04",
        "occupation_name": "焊工",
        "level": "4",
        "starts": STARTS,
        "months": 12,
        **changes,
    }
    return ProgrammeHeadDraft(**whole)


def plan(**changes: Any) -> ProgrammePlan:
    whole: dict[str, Any] = {
        "planned": Hours(7500, 10500, 32000, 0),
        "cooperation_on": date(2026, 6, 1),
        "cooperation_mode": "校企双师联合培养",
        "credit_system": True,
        "student_status": True,
        "video_centihours": 10_000,
        **changes,
    }
    return ProgrammePlan(**whole)


def entrant(place: int, **changes: Any) -> Entrant:
    whole: dict[str, Any] = {
        "name": f"学徒{place}",
        "identity": identity(place),
        "phone": f"139{place:08d}",
        "joined_as": "hired",
        "joined_on": date(2026, 3, 2),
        "contract_start": date(2026, 3, 2),
        "contract_end": date(2029, 3, 1),
        "agreement_on": date(2026, 6, 2),
        "post": "焊接岗位",
        "skilled_post": True,
        "mentor": "周师傅",
        "teacher": "吴老师",
        **changes,
    }
    return Entrant(**whole)


def tutors() -> list[Tutor]:
    return [Tutor(MENTOR, "周师傅", identity(901), "3", "", 50_000), Tutor(TEACHER, "吴老师", identity(902), "", "讲师")]


async def drafted(clock: FixedClock, people: int = 3, **changes: Any) -> str:
    """A draft of enterprise A with its people."""
    await sign_in_as("jiaowu", clock)
    clerk = (await sign_in_as("jingban-a", clock)).actor
    number = await programmes.save_programme(clerk, head(**changes), plan(), clock=clock)
    content = people_workbook(tutors(), [entrant(place) for place in range(1, people + 1)])
    await programmes.import_people(clerk, number, content, clock=clock)
    return number


async def moved_of(number: str, clock: FixedClock) -> int:
    actor = (await sign_in_as("chushen", clock)).actor
    return (await programmes.show_programme(actor, number, clock=clock)).head.moved


async def signed(clock: FixedClock, people: int = 3, **changes: Any) -> str:
    """The draft signed by both sides."""
    number = await drafted(clock, people, **changes)
    await programmes.offer_programme((await sign_in_as("jingban-a", clock)).actor, number, clock=clock)
    for login in ("qianzi-a", "jiaowu"):
        signer = (await sign_in_as(login, clock)).actor
        await programmes.sign_programme(signer, number, moved=await moved_of(number, clock), clock=clock)
    return number


async def approved(clock: FixedClock, people: int = 3, **changes: Any) -> str:
    """The draft signed, filed and approved."""
    number = await signed(clock, people, **changes)
    await programmes.submit_programme((await sign_in_as("jingban-a", clock)).actor, number, clock=clock)
    officer = (await sign_in_as("chushen", clock)).actor
    await programmes.decide_programme(officer, number, "approve", moved=await moved_of(number, clock), opinion="", clock=clock)
    return number
