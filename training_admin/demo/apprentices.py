"""The demo's apprentice programmes: one that is over, advanced, settled and paid, and one that runs, with gaps in its months.

Everything goes the way of the services, at days that lie before the demo's own; a second start finds it there.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec

from training_admin.apprenticeship import programme_changes, programmes
from training_admin.apprenticeship.facts import Hours
from training_admin.apprenticeship.own_facts import Voice
from training_admin.apprenticeship.own_voices import say
from training_admin.apprenticeship.people_reading import people_workbook
from training_admin.apprenticeship.plan_facts import MENTOR, TEACHER, ChangeContent, Entrant, ProgrammeHeadDraft, ProgrammePlan, Tutor
from training_admin.apprenticeship.record_facts import Field, Values
from training_admin.apprenticeship.record_keeping import save_month, show_month
from training_admin.apprenticeship.states import ChangeKind
from training_admin.demo.offices import ENTERPRISE_A, INSTITUTION, ORGANISATIONS
from training_admin.kit.actor import DEMO, Actor, ActorKind
from training_admin.kit.clock import SHANGHAI, FixedClock
from training_admin.kit.identifiers import mod_11_2
from training_admin.kit.rights import Role
from training_admin.kit.vault import vault
from training_admin.kit.workdays import add_months, months_touched
from training_admin.parties.institution_store import PERSON_PLACE

WELDER, WELDER_NAME, LEVEL = "6-18-02-04", "焊工", "4"
# The programme that is over began a year and a half before the demo's day, the other two months before it.
OVER_FILED, OVER_STARTS = date(2024, 11, 4), date(2024, 12, 1)
RUNS_FILED, RUNS_STARTS = date(2026, 3, 24), date(2026, 4, 1)
MONTHS, PEOPLE = 12, 6
HOURS = Hours(7_800, 10_400, 33_800, 0)
VIDEO, ALLOWANCE_FEN, WAGE_FEN, LOW_WAGE_FEN = 5_200, 50_000, 520_000, 260_000
MENTOR_NAME, TEACHER_NAME = "样例师傅甲", "样例教师甲"
SURNAMES = "陈林黄吴徐孙"
GAP, LOW, LEAVER, COMPLETED = 3, 5, 6, 2


def _person(key: str, name: str, role: Role, organisation: str | None = None) -> Actor:
    title = next((title for code, title, _kind in ORGANISATIONS if code == organisation), "")
    return Actor(
        kind=ActorKind.PERSON,
        key=f"demo-{key}",
        name=name,
        organisation=organisation,
        organisation_name=title,
        roles=frozenset({role}),
        stepped_up=True,
    )


CLERK = _person("clerk", "演示经办人", Role.CLAIM_CLERK, ENTERPRISE_A)
SIGNATORY = _person("signatory", "演示签字人", Role.SIGNATORY, ENTERPRISE_A)
REGISTRAR = _person("registrar", "演示教务员", Role.REGISTRAR, INSTITUTION)
REVIEWER = _person("reviewer", "演示初审员", Role.FIRST_REVIEWER)


def identity(place: int) -> str:
    """A made-up number of an area without households."""
    body = f"3101002003{1 + place % 12:02d}{1 + place % 28:02d}{400 + place:03d}"
    return body + mod_11_2(body)


def apprentice() -> str:
    """The number of the first apprentice of the running programme, who may sign in on his phone."""
    return identity(1 + PEOPLE)


def to(past: FixedClock, day: date, hour: int = 9) -> None:
    """Let the clock of the past go on to a day."""
    past.move(max(datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI) - past.now(), timedelta(minutes=1)))


async def found_over(past: FixedClock) -> str | None:
    """The programme that is over, up to the day before its first month is told; None when the demo has programmes already."""
    if await programmes.list_programmes(DEMO):
        return None
    return await _approved(OVER_FILED, OVER_STARTS, first=1, past=past)


async def found_running(past: FixedClock, until: date) -> None:
    """The running programme, once: April told by both sides with one gap, May by the enterprise alone, one wage too low, one has left."""
    if any(each.starts == RUNS_STARTS for each in await programmes.list_programmes(DEMO)):
        return
    number = await _approved(RUNS_FILED, RUNS_STARTS, first=1 + PEOPLE, past=past)
    to(past, until - timedelta(days=19))
    everybody = range(1, PEOPLE + 1)
    await tell(number, "2026-04", [place for place in everybody if place != GAP], (CLERK, REGISTRAR), past)
    await say(_apprentice(1 + PEOPLE), number, Voice.ME, clock=past)
    change = await programme_changes.ask_change(
        CLERK,
        number,
        ChangeKind.LEFT,
        row=LEAVER,
        content=ChangeContent(),
        day=past.today() - timedelta(days=2),
        reason="个人原因，已办理离职",
        clock=past,
    )
    await programme_changes.decide_change(REVIEWER, number, change, approve=True, opinion="", clock=past)
    to(past, until, 8)
    await tell(number, "2026-05", [place for place in everybody if place != LEAVER], (CLERK,), past, low=LOW)


async def _approved(filed: date, starts: date, *, first: int, past: FixedClock) -> str:
    """Drawn up, signed by both sides, filed and approved by a reviewer within two days."""
    to(past, filed)
    head = ProgrammeHeadDraft(
        institution=INSTITUTION, occupation=WELDER, occupation_name=WELDER_NAME, level=LEVEL, starts=starts, months=MONTHS
    )
    plan = ProgrammePlan(
        planned=HOURS,
        cooperation_on=filed - timedelta(days=3),
        cooperation_mode="校企双师联合培养",
        cooperation_content="焊工四级，理论在校、操作在岗",
        cooperation_duties="企业提供岗位、导师和工资，培训机构提供教师、教材和考核",
        fees_fen=3_000_000,
        credit_system=True,
        student_status=True,
        video_centihours=VIDEO,
        exam_on=add_months(starts, MONTHS) - timedelta(days=5),
    )
    number = await programmes.save_programme(CLERK, head, plan, clock=past)
    tutors = (
        Tutor(MENTOR, MENTOR_NAME, identity(91), "2", "高级技师", ALLOWANCE_FEN),
        Tutor(TEACHER, TEACHER_NAME, identity(92), "", "讲师"),
    )
    entrants = [_entrant(place, filed) for place in range(first, first + PEOPLE)]
    await programmes.import_people(CLERK, number, people_workbook(tutors, entrants), clock=past)
    await programmes.offer_programme(CLERK, number, clock=past)
    for signer in (SIGNATORY, REGISTRAR):
        moved = (await programmes.show_programme(signer, number, clock=past)).head.moved
        await programmes.sign_programme(signer, number, moved=moved, clock=past)
    await programmes.submit_programme(CLERK, number, clock=past)
    to(past, filed + timedelta(days=2))
    moved = (await programmes.show_programme(REVIEWER, number, clock=past)).head.moved
    await programmes.decide_programme(REVIEWER, number, "approve", moved=moved, opinion="", clock=past)
    return number


def _entrant(place: int, filed: date) -> Entrant:
    hired = filed - timedelta(days=60)
    return Entrant(
        name=f"{SURNAMES[place % len(SURNAMES)]}学徒{'一二三四五六七八九十'[(place - 1) % 10]}",
        identity=identity(place),
        phone=f"1390000{2000 + place}",
        joined_as="hired",
        joined_on=hired,
        contract_start=hired,
        contract_end=hired.replace(year=hired.year + 3),
        agreement_on=filed - timedelta(days=2),
        post="焊接岗位",
        skilled_post=True,
        mentor=MENTOR_NAME,
        teacher=TEACHER_NAME,
    )


def _apprentice(place: int) -> Actor:
    key = vault().keyed_hash(identity(place), place=PERSON_PLACE).hex()
    return Actor(kind=ActorKind.PERSON, key="demo-apprentice", name="学徒本人", roles=frozenset({Role.TRAINEE}), person=key)


async def tell(number: str, month: str, people: Sequence[int], tellers: Sequence[Actor], past: FixedClock, *, low: int = 0) -> None:
    """A month of some apprentices as each side tells it; `low` is who is paid below the minimum wage."""
    for teller in tellers:
        seen = (await show_month(teller, number, month, clock=past)).seen
        told: dict[int, Values] = {place: _told(teller, low=place == low) for place in people}
        await save_month(teller, number, month, told, seen=seen, clock=past)


def _told(teller: Actor, *, low: bool) -> Values:
    theory = {Field.GENERAL: HOURS.general // MONTHS, Field.BASICS: HOURS.basics // MONTHS + 1, Field.ONLINE: 0}
    work = {Field.PRACTICE: HOURS.practice // MONTHS + 1, Field.MENTOR: 1_600, Field.WAGE: LOW_WAGE_FEN if low else WAGE_FEN}
    return theory if teller is REGISTRAR else work if teller is CLERK else theory | work


async def told_through(number: str, past: FixedClock) -> None:
    """Every month of the programme that is over, told by both sides on the tenth of the next one; who takes part says so himself."""
    for place in range(1, PEOPLE + 1):
        await say(_apprentice(place), number, Voice.ME, clock=past)
    for month in months_touched(OVER_STARTS, add_months(OVER_STARTS, MONTHS - 1)):
        to(past, add_months(date.fromisoformat(f"{month}-10"), 1))
        await tell(number, month, range(1, PEOPLE + 1), (DEMO,), past)


async def ended(number: str, past: FixedClock) -> None:
    """Results asked for by the institution and approved by a reviewer: one completed without certificate, all others certified; the end."""
    for place in range(1, PEOPLE + 1):
        number_of = f"S0000310100012{past.today().year % 10}{LEVEL}{place:06d}"
        sure = ChangeContent(outcome="certified", level=LEVEL, certificate_no=number_of, certified_on=past.today())
        content = ChangeContent(outcome="completed") if place == COMPLETED else sure
        change = await programme_changes.ask_change(
            REGISTRAR, number, ChangeKind.RESULTS, row=place, content=content, day=past.today(), reason="结业考核成绩", clock=past
        )
        await programme_changes.decide_change(REVIEWER, number, change, approve=True, opinion="", clock=past)
    await programme_changes.end_programme(CLERK, number, clock=past)


def insured(months: Sequence[str]) -> bytes:
    """A register that knows the apprentices of the programme that is over insured by the enterprise."""
    people = [identity(place) for place in range(1, PEOPLE + 1)]
    return msgspec.json.encode(
        {
            "as_of": f"{months[-1]}-28",
            "district": "310117",
            "enterprises": [],
            "institutions": [],
            "filings": [],
            "payments": [],
            "coverage": {"insurance": list(months), "surcharge": []},
            "insurance": [{"id_no": number, "month": month, "payer": ENTERPRISE_A} for number in people for month in months],
        }
    )
