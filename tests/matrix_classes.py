"""Own and foreign objects of the training rooms, for the matrix: plans, classes and whatever hangs on them."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import httpx
import msgspec

from tests.accounts.registrations import PDF
from tests.catalog.classes import FIRST_DAY, content, furnished, roster, sessions
from tests.people import ENTERPRISE_A, ENTERPRISE_B, SignedIn, account, sign_in_as
from tests.subsidy.programme_world import filed
from training_admin.catalog.course_facts import CourseContent, CourseModule
from training_admin.catalog.courses import save_course
from training_admin.catalog.demands import Wanted, enter_demand
from training_admin.catalog.facts import STREAM_SKILL
from training_admin.catalog.filing import decide_class, save_class, submit_class
from training_admin.catalog.forecast_store import classes_for
from training_admin.catalog.plan_facts import OPEN_STATES, Approval, Levy, PlanLine, Way
from training_admin.catalog.plan_store import load_plan
from training_admin.catalog.plans import Head, add_line, begin_plan, save_head, submit_plan
from training_admin.certificates.facts import Content, Holder, Kind
from training_admin.certificates.issuing import Granted, issue
from training_admin.certificates.printing import ask_run
from training_admin.certificates.store import Sought
from training_admin.database import fetch_tuples, read_transaction, write_transaction
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.actor import COMMAND_LINE, Actor, scope_of
from training_admin.kit.clock import FixedClock
from training_admin.kit.rights import Reach, Right, Role
from training_admin.parties.institution_store import load_institution_facts

Pair = tuple[str, str]
NO_CERTIFICATE = "310117202610009000017"


class ClassObjects:
    """What the pairs of the training rooms need to know of the person who asks."""

    person: SignedIn
    client: httpx.AsyncClient
    clock: FixedClock

    def class_makers(self) -> tuple[tuple[str, str, Callable[[], Awaitable[Pair]]], ...]:
        """Beginning of an address, parameter, and what makes the pair."""
        return (
            ("/certificates/runs/", "number", self.print_run),
            ("/certificates/", "number", self.certificate),
            ("/my-certificates/", "number", self.own_certificate),
            ("/plans/", "number", self.plan),
            ("/plans/", "place", self.place),
            ("/classes/", "class_no", self.training_class),
            ("/classes/", "session", self.class_session),
            ("/claims/classes/", "class_no", self.claimable_class),
            ("/claims/offers/", "year", self.offer),
            ("/my-records/witness/", "question", self.witness_question),
            ("/class-calendar/", "code", self.class_calendar),
            ("/courses/", "course_no", self.course),
            ("/demands/", "number", self.demand),
            ("/programmes/", "number", self.programme),
            ("/programmes/", "stage", self.stage),
            ("/programmes/", "change", self.witness_question),
            ("/api/v1/programmes/", "number", self.programme),
            ("/api/v1/programmes/", "stage", self.stage),
            ("/api/v1/programmes/", "change", self.witness_question),
        )

    @property
    def actor(self) -> Actor:
        return self.person.actor

    @property
    def other_login(self) -> str:
        """Somebody of another organisation who has the same kind of things."""
        return "jingban-b" if self.actor.organisation == ENTERPRISE_A else "jingban-a"

    def sees_all(self, right: Right) -> bool:
        return self.actor.reach(right) is Reach.DISTRICT

    @property
    def trains(self) -> tuple[str, str]:
        """Who registers what is one's own, and what is foreign: one's own organisation's people, or any institution's."""
        if self.actor.organisation in {ENTERPRISE_A, ENTERPRISE_B}:
            return f"jingban-{'a' if self.actor.organisation == ENTERPRISE_A else 'b'}", "jiaowu"
        return "jiaowu", "jingban-a"

    async def plan(self) -> Pair:
        """A yearly plan of one's own enterprise (a submitted one, for officers), and a foreign one."""
        own = "jingban-b" if self.actor.organisation == ENTERPRISE_B else "jingban-a"
        if self.actor.organisation in {ENTERPRISE_A, ENTERPRISE_B}:
            return await self._planned(own, submit=False), await self._planned(self.other_login, submit=False)
        return await self._planned(own, submit=True), "NJ202699999"

    async def _planned(self, login: str, *, submit: bool) -> str:
        clerk = (await sign_in_as(login, self.clock)).actor
        number = await begin_plan(clerk, 2026, clock=self.clock)
        async with read_transaction():
            there = await load_plan(number)
        if there.state in OPEN_STATES:
            head = Head(rules=True, approval=Approval.NOTICE, levy=Levy(150, 0, 0, 0, 0, separate=True, reported=True), paper=PDF)
            await save_head(clerk, number, head, clock=self.clock)
            line = PlanLine(0, "测试", STREAM_SKILL, 1, 0, Way.SELF, "测试")
            await add_line(clerk, number, line, clock=self.clock)
            if submit:
                await submit_plan(clerk, number, clock=self.clock)
        return number

    async def place(self) -> Pair:
        """A project of a plan; whose it is, the plan's number tells."""
        return "1", "1"

    async def training_class(self) -> Pair:
        """A draft of a class of one's own organisation (of any, for officers), and a foreign one."""
        own, other = self.trains
        return await self._drafted(own), "BJ202699999" if self.sees_all(Right.CLASS_READ) else await self._drafted(other)

    async def _drafted(self, login: str) -> str:
        clerk = (await sign_in_as(login, self.clock)).actor
        filed = content(1, 1)
        if Role.REGISTRAR not in clerk.roles:
            filed = msgspec.structs.replace(filed, institution=None, enterprise=clerk.organisation or "")
        return await save_class(clerk, filed, roster(), clock=self.clock)

    async def claimable_class(self) -> Pair:
        """An approved class filed for one's own enterprise (for any, for officers), and one for another."""
        own, other = (ENTERPRISE_B, ENTERPRISE_A) if self.actor.organisation == ENTERPRISE_B else (ENTERPRISE_A, ENTERPRISE_B)
        found = {code: await self._filed_for(code) for code in (own, other)}
        return found[own], "BJ202699999" if scope_of(self.actor, Right.CLAIM_READ).codes is None else found[other]

    async def offer(self) -> Pair:
        """Nobody here has a closed class of which everything is known: no year has an offer."""
        return "0", "2026"

    async def _filed_for(self, enterprise: str) -> str:
        async with read_transaction():
            known = await classes_for([enterprise], most=1)
            training = await load_institution_facts(INSTITUTION, self.clock.today(), known_at=self.clock.now())
        if known:
            return known[0].class_no
        teacher, room = (training.teachers[0].id, training.rooms[0].id) if training.teachers else await furnished(self.clock)
        later = enterprise == ENTERPRISE_B
        planned = sessions(date(2026, 8, 3) if later else FIRST_DAY, 10, teacher=teacher, room=room)
        clerk = (await sign_in_as("jiaowu", self.clock)).actor
        filed = content(teacher, room, enterprise=enterprise, sessions=planned)
        number = await save_class(clerk, filed, roster(first=20 if later else 10), clock=self.clock)
        await submit_class(clerk, number, clock=self.clock)
        await decide_class(COMMAND_LINE, number, version=1, approve=True, opinion="", clock=self.clock)
        self.clock.move(timedelta(seconds=1))
        return number

    async def programme(self) -> Pair:
        """A programme of one's own enterprise (of any, for officers), and one of another."""
        claims = self.actor.reach(Right.CLAIM_READ)
        sees_all = self.sees_all(Right.PROGRAMME_READ) or (claims is not None and scope_of(self.actor, Right.CLAIM_READ).codes is None)
        own = "B" if self.actor.organisation == ENTERPRISE_B else "A"
        # The sample institution trains for both enterprises.
        sees_all = sees_all or self.actor.organisation not in {ENTERPRISE_A, ENTERPRISE_B}
        for letter, enterprise in (("A", ENTERPRISE_A), ("B", ENTERPRISE_B)):
            async with read_transaction():
                known = await fetch_tuples("SELECT 1 FROM programme WHERE number = $1", f"XT2026{letter}")
            if not known:
                await filed(1, self.clock, number=f"XT2026{letter}", uscc=enterprise)
        return f"XT2026{own}", "XT202699999" if sees_all else f"XT2026{'A' if own == 'B' else 'B'}"

    async def stage(self) -> Pair:
        """Of what a programme's money is for, and something that it is not for."""
        return "advance", "none"

    async def witness_question(self) -> Pair:
        """No question of one's own, and a key that no question has."""
        return "0", "999999"

    async def class_session(self) -> Pair:
        """A session of a class; whose it is, the class tells."""
        return "2026-07-06-0900", "2026-07-06-0900"

    async def class_calendar(self) -> Pair:
        """One's own organisation, and a foreign one; officers see the calendar of every organisation."""
        own, other = self.trains
        codes_of = {login: (await account(login, self.clock))[0].organisation.code for login in (own, other)}
        return codes_of[own], "" if self.sees_all(Right.CLASS_READ) else codes_of[other]

    async def course(self) -> Pair:
        """A draft of a course of one's own organisation (of any, for officers), and a foreign one."""
        own, other = self.trains
        return await self._taught(own), "KC202699999" if self.sees_all(Right.CLASS_READ) else await self._taught(other)

    async def _taught(self, login: str) -> str:
        clerk = (await sign_in_as(login, self.clock)).actor
        modules = (CourseModule("焊接", 45, 90),)
        drafted = CourseContent(title="焊工", item=None, occupation="6-18-02-04", level="5", modules=modules)
        return await save_course(clerk, drafted, clock=self.clock)

    async def demand(self) -> Pair:
        """What one's own enterprise needs, and what another needs."""
        own = "jingban-b" if self.actor.organisation == ENTERPRISE_B else "jingban-a"
        return await self._wanted(own), await self._wanted(self.other_login)

    async def _wanted(self, login: str) -> str:
        clerk = (await sign_in_as(login, self.clock)).actor
        return await enter_demand(clerk, Wanted(title="机器人运维", people=1, occupation="6-31-01-10"), clock=self.clock)

    async def certificate(self) -> Pair:
        """A certificate of one's own organisation (of any, for officers), and a foreign one."""
        own, other = self.trains
        return await self._certified(own), NO_CERTIFICATE if self.sees_all(Right.CERTIFICATE_READ) else await self._certified(other)

    async def own_certificate(self) -> Pair:
        """The person's own certificate, and that of somebody else."""
        return await self._certified("jiaowu", self.actor.person), await self._certified("jiaowu")

    async def print_run(self) -> Pair:
        """A print run of one's own organisation, and a foreign one; it need not have been made."""
        own, other = self.trains
        return await self._printed(own), await self._printed(other)

    async def _certified(self, login: str, person: str | None = None) -> str:
        actor = (await sign_in_as(login, self.clock)).actor
        content = Content(item="测试", institution="测试", start=date(2026, 3, 2), end=date(2026, 3, 6), centihours=3000)
        granted = Granted(person=person or "00" * 32, holder=Holder(name="张三", id_type="护照", identity="E1234567"), content=content)
        async with write_transaction():
            (number,) = await issue(actor, actor.organisation or "", Kind.TRAINING, "BJ202600000", [granted], clock=self.clock)
        return number

    async def _printed(self, login: str) -> str:
        return await ask_run((await sign_in_as(login, self.clock)).actor, Sought(wanted=await self._certified(login)), clock=self.clock)
