"""Two closed classes of the spring, one of each sample enterprise, whose people are claimed for in parts: taught, visited, confirmed."""

from collections.abc import Sequence
from datetime import date
from random import Random

import msgspec

from training_admin.catalog.class_facts import ClassContent, NamedTrainee, PlannedSession
from training_admin.catalog.class_store import class_by_number
from training_admin.catalog.closing import close_class
from training_admin.catalog.facts import STREAM_POST
from training_admin.catalog.filing import decide_class, list_classes, save_class, submit_class
from training_admin.catalog.visit_facts import Visit, VisitWay
from training_admin.catalog.visits import record_visit
from training_admin.catalog.witness import answer_own, ask_class
from training_admin.catalog.witness_facts import ASK_CLASS, QUESTIONS, Answer, Moment
from training_admin.catalog.witness_store import questions_of_class
from training_admin.database import read_transaction
from training_admin.demo.apprentices import to
from training_admin.demo.classes import DAY_HOURS, NINE, PRACTICE, SIXTEEN, THEORY, held, passed
from training_admin.demo.district import CLAIM_DAY
from training_admin.demo.hands import hand
from training_admin.demo.institution import OFFICER, REGISTRAR
from training_admin.demo.offices import ENTERPRISE_A, ENTERPRISE_B, INSTITUTION, ORGANISATIONS
from training_admin.demo.people import People, Person
from training_admin.kit.actor import Actor, ActorKind
from training_admin.kit.clock import FixedClock
from training_admin.kit.rights import Role
from training_admin.kit.vault import vault
from training_admin.office.jobs import JobRun
from training_admin.parties.institution_facts import InstitutionFacts, RoomUse
from training_admin.parties.institution_store import PERSON_PLACE, load_institution_facts

FILED, ASKED = date(2026, 3, 24), date(2026, 4, 16)
BORN = (date(1982, 1, 1), date(2003, 12, 31))
HIRED = date(2023, 7, 1)
COST_BUDGET_FEN = 90_000
# The last people of a roster have not answered yet; in the workbook the first ones share a phone.
REST, SHARING = 4, 3


class SpringClass(msgspec.Struct, frozen=True):
    """A class as it is filed: whose, title, days of training, how many people."""

    enterprise: str
    title: str
    days: tuple[date, ...]
    size: int


class Taught(msgspec.Struct, frozen=True):
    """A closed class with its number and its people in the order of the roster."""

    klass: SpringClass
    number: str
    people: tuple[Person, ...]

    @property
    def hours(self) -> int:
        """Training hours of the class."""
        return DAY_HOURS * len(self.klass.days)


SPRING = (
    SpringClass(ENTERPRISE_A, "智能产线岗位技能", tuple(date(2026, 4, day) for day in (7, 8, 9, 10, 13)), 43),
    SpringClass(ENTERPRISE_B, "安全生产岗位培训", tuple(date(2026, 4, day) for day in (14, 15)), 25),
)


async def found_life_classes(seed: int, past: FixedClock) -> list[Taught]:
    """File, hold and close both classes; most people confirm that it was they. `past` moves on; nothing when they are there already."""
    titles = {each.title for each in SPRING}
    if any(each.title in titles for each in await list_classes(REGISTRAR)):
        return []
    async with read_transaction():
        facts = await load_institution_facts(INSTITUTION, past.today(), known_at=past.now())
    name = next(title for code, title, _kind in ORGANISATIONS if code == INSTITUTION)
    registrar = msgspec.structs.replace(REGISTRAR, organisation=INSTITUTION, organisation_name=name)
    to(past, FILED)
    taught = []
    draw = Random(f"answers-{seed}")  # noqa: S311 - made-up data
    for klass, named in zip(SPRING, drawn_people(seed), strict=True):
        taught.append(Taught(klass, await _filed(registrar, klass, named, facts, past), _with_shared_phone(named)))
        await _confirmed(taught[-1], f"{Moment.ENROLMENT.value}/1", draw, past)
    for each in taught:
        await held(registrar, each.number, past, until=CLAIM_DAY, missing={})
        await record_visit(hand("演示检查员"), _visit(each, past.today()), clock=past)
        await passed(registrar, each.number, past)
        await close_class(registrar, each.number, clock=past)
    to(past, ASKED)
    for each in taught:
        await _confirmed(each, Moment.END.value, draw, past)
    return taught


def drawn_people(seed: int) -> list[tuple[Person, ...]]:
    """The people of each class; the same for the same seed."""
    people = People(Random(f"life-{seed}"))  # noqa: S311 - made-up data
    return [tuple(people.person(born_from=BORN[0], born_to=BORN[1]) for _ in range(klass.size)) for klass in SPRING]


def _with_shared_phone(people: tuple[Person, ...]) -> tuple[Person, ...]:
    """In the workbook the first three people have one phone: what a doubt is found of (AU-064)."""
    return tuple(msgspec.structs.replace(each, mobile=people[0].mobile) if place < SHARING else each for place, each in enumerate(people))


async def _filed(registrar: Actor, klass: SpringClass, people: Sequence[Person], facts: InstitutionFacts, past: FixedClock) -> str:
    room = next(each.id for each in facts.rooms if each.use is RoomUse.THEORY)
    teacher = facts.teachers[-1].id
    sessions = tuple(
        PlannedSession(
            day, NINE, SIXTEEN, "岗位规程与操作", THEORY, PRACTICE, teacher, room, textbook="岗位培训讲义", safety=day == klass.days[0]
        )
        for day in klass.days
    )
    content = ClassContent(
        title=klass.title,
        enterprise=klass.enterprise,
        institution=INSTITUTION,
        stream=STREAM_POST,
        item=None,
        occupation=None,
        level=None,
        sessions=sessions,
        assessment_plan="理论考核和实操考核",
        budget_fen=COST_BUDGET_FEN * klass.size,
        theory_test=True,
        practical_test=True,
    )
    named = [
        NamedTrainee(each.name, each.id_no, "E", klass.enterprise, phone=each.mobile, post="操作岗位", contract_start=HIRED)
        for each in people
    ]
    number = await save_class(registrar, content, named, clock=past)
    await submit_class(registrar, number, clock=past)
    await decide_class(OFFICER, number, version=1, approve=True, opinion="", clock=past)
    return number


async def _confirmed(taught: Taught, asked: str, draw: Random, past: FixedClock) -> None:
    """Everybody is asked, after the approval or after the end; all but the last of the roster confirm, in the end with how it was."""
    await ask_class(JobRun(ASK_CLASS, f"{taught.number}/{asked}", past))
    async with read_transaction():
        questions = await questions_of_class((await class_by_number(taught.number, None)).id)
    silent = {vault().keyed_hash(each.id_no, place=PERSON_PLACE).hex() for each in taught.people[-REST:]}
    for each in [each for each in questions if each.answer is None and each.person not in silent]:
        trainee = Actor(kind=ActorKind.PERSON, key="demo-trainee", name="学员本人", roles=frozenset({Role.TRAINEE}), person=each.person)
        given = {key: str(draw.choice((3, 4, 4, 5, 5, 5))) for key, _words in QUESTIONS} if each.moment is Moment.END else {}
        await answer_own(trainee, each.id, Answer.ME.value, given, clock=past)


def _visit(taught: Taught, day: date) -> Visit:
    return Visit(
        class_no=taught.number,
        visited_on=day,
        starts=NINE + 30,
        way=VisitWay.ONSITE,
        inspectors=("演示检查员甲", "演示检查员乙"),
        expected=taught.klass.size,
        present=taught.klass.size,
        teacher_fits=True,
        plan_fits=True,
        textbooks=True,
        order_kept=True,
        safe=True,
        passed=True,
    )
