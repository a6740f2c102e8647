"""An object of one's own and a foreign one for every parameter of an address, made when the matrix asks for them."""

from collections.abc import Awaitable, Callable
from datetime import date

import httpx
import msgspec

from tests.accounts.registrations import PDF, codes
from tests.catalog.proposing import new_item
from tests.matrix_audit import AuditObjects
from tests.matrix_classes import Pair
from tests.matrix_fund import FundObjects
from tests.matrix_papers import PaperObjects
from tests.matrix_records import RecordObjects
from tests.matrix_steering import alarm_pair
from tests.parties.resources import entered
from tests.people import ENTERPRISE_A, ENTERPRISE_B, SignedIn, account, password_hash, sign_in_as
from tests.policy.deciding import OFFICER
from tests.web.conftest import sample, upload
from training_admin.accounts import mandate_store, store
from training_admin.accounts.facts import OrganisationFacts, OrganisationState
from training_admin.accounts.invitations import invite_colleague, invite_officer, list_invitations
from training_admin.accounts.mandates import give_assignment
from training_admin.accounts.opening import add_account
from training_admin.accounts.personal_requests import RequestKind, make_request, my_requests
from training_admin.accounts.sessions import actor_of_token, open_session
from training_admin.accounts.tokens import make_token, my_tokens
from training_admin.catalog.facts import Entry, ItemDetails
from training_admin.catalog.proposals import Partner, propose_item
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog
from training_admin.database import write_transaction
from training_admin.kit.actor import COMMAND_LINE, DEMO, Actor
from training_admin.kit.clock import FixedClock
from training_admin.kit.dated import Standing
from training_admin.kit.rights import ROLES_OF, OrganisationKind, Right, Role
from training_admin.office.files import keep_file
from training_admin.office.messages import Letter, send, to_account, to_person
from training_admin.parties.institution_facts import ResourceKind
from training_admin.parties.ladder import Step
from training_admin.parties.list_facts import ListEntry, ListKind
from training_admin.parties.lists import propose_entry
from training_admin.parties.pleas import plead
from training_admin.parties.sanction_states import PleaKind
from training_admin.parties.sanctions import Proposed, decide_sanction, propose_sanction, tell_sanction
from training_admin.policy.adoption import NewFigure
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.proposals import propose_figure
from training_admin.subsidy import claims
from training_admin.subsidy.assessing import FIRST_TIME, assess_claim
from training_admin.subsidy.attachments import attach_paper, list_papers
from training_admin.subsidy.deliveries import receive_registers
from training_admin.subsidy.review_facts import OFFICE_ACTS
from training_admin.subsidy.review_states import RIGHT_OF

NOWHERE = "SJ2026999999"
NO_ACCOUNT, NO_KEY = "A999999", "999999"
FIXED = {"row": "10", "rule": "ATT-01", "item_code": "SJ2026-A-008"}


class District(msgspec.Struct, frozen=True):
    """What there is to be asked for: the claims of both enterprises by letter."""

    claims: dict[str, str]


async def founded(clock: FixedClock) -> District:
    """The sample district with both claims submitted and assessed."""
    await publish_items(DEMO, sample_catalog(), paper="样例目录", clock=clock)
    numbers = {}
    for letter in "AB":
        await receive_registers(DEMO, sample(f"registers_{letter}.json"), source="测试交付", clock=clock)
        receipt = await claims.submit_claim(COMMAND_LINE, sample(f"claim_{letter}.xlsx"), readable_only=True, clock=clock)
        await assess_claim(COMMAND_LINE, receipt.number, cause=FIRST_TIME, clock=clock)
        numbers[letter] = receipt.number
    return District(numbers)


class Objects(FundObjects, PaperObjects, AuditObjects, RecordObjects):
    """Makes pairs of own and foreign for one person."""

    def __init__(self, district: District, person: SignedIn, client: httpx.AsyncClient, clock: FixedClock) -> None:
        self.district = district
        self.person = person
        self.client = client
        self.clock = clock
        self.made = 0
        self.path = ""

    async def form(self, path: str) -> dict[str, str]:
        """What a form needs to be about something that is there; most are refused for their empty fields, which is an answer too."""
        if path == "/organisations/{code:str}/hand-over":
            login = "chushen" if self.person.account.login != "chushen" else "shouli"
            return {"to": (await account(login, self.clock))[0].key}
        if path == "/my-apprenticeship/{number:str}/voices":
            return {"kind": "wage_ok", "month": "2026-05"}
        if path == "/quality/prompt":
            return {"sheet": "参训人员花名册", "field": "姓名"}
        kind = {"/resources": "room", "/resources/{resource:int}/change": "platform"}.get(path)
        return {"kind": kind} if kind else {}

    def body(self, path: str) -> dict[str, object] | None:
        """The JSON with which an operation of the API speaks of an object at all; None where it takes none."""
        if path.startswith("/api/v1/rectifications/{"):
            return self.rectification_body(path)
        possible = [act for act in sorted(OFFICE_ACTS) if self.actor.reach(RIGHT_OF[act]) is not None]
        bodies: dict[str, dict[str, object]] = {
            "acts": {"act": possible[0].value if possible else "", "opinion": "测试", "minutes": "测试"},
            "words": {"rows": [10], "word": "hold", "reason": "测试"},
            "withdrawal": {"opinion": "测试"},
            "appeals": {"words": "测试"},
            "decisions": {"decision": "false", "reason": "测试"},
        }
        money: dict[str, dict[str, object]] = {
            "void": {"reason": "测试"},
            "reuses": {"amount_fen": 1, "ground": "测试"},
            "decision": {"sign": True},
        }
        own = bodies if path.startswith(("/api/v1/claims/{", "/api/v1/doubts/{")) else money if path.startswith("/api/v1/fund/") else {}
        return own.get(path.rpartition("/")[2])

    async def pair(self, path: str, name: str) -> tuple[str, str | None]:
        """Own and foreign value of a parameter; None where nothing is foreign, own "0" where one can have none."""
        if name in FIXED:
            return FIXED[name], None
        self.path = path
        for prefix, parameter, make in self._makers():
            if path.startswith(prefix) and name == parameter:
                return await make()
        raise AssertionError(f"{path}: say in tests/matrix_objects.py what is one's own {name} and what is foreign")

    def _makers(self) -> tuple[tuple[str, str, Callable[[], Awaitable[Pair]]], ...]:
        return (
            ("/claims/", "number", self.claim),
            ("/claims/", "attachment", self.attachment),
            ("/api/v1/claims/", "number", self.claim),
            ("/prechecks/", "token", self.draft),
            ("/me/sessions/", "session", self.session),
            ("/me/tokens/", "token", self.token),
            ("/me/deputies/", "delegation", self.delegation),
            ("/accounts/invitations/", "link", self.officer_link),
            ("/accounts/", "key", self.officer),
            ("/roles/", "key", self.officer),
            ("/assignments/", "assignment", self.assignment),
            ("/colleagues/invitations/", "link", self.colleague_link),
            ("/colleagues/", "key", self.colleague),
            ("/consents/", "consent", self.consent),
            ("/organisations/", "code", self.registration),
            ("/policy/proposals/", "number", self.proposal),
            ("/trail/", "number", self.trail_row),
            ("/messages/", "message", self.message),
            ("/personal-requests/", "number", self.personal_request),
            ("/institutions/", "code", self.institution),
            ("/resources/", "resource", self.resource),
            ("/sanctions/", "number", self.sanction),
            ("/sanctions/", "plea", self.none_yet),
            ("/catalog/proposals/", "number", self.catalog_proposal),
            ("/catalog/proposals/", "place", self.none_yet),
            ("/catalog/proposals/", "voice", self.none_yet),
            ("/lists/changes/", "number", self.list_change),
            *self.record_makers(),
            ("/steering/alarms/", "alarm", self.alarm),
            *self.class_makers(),
            *self.paper_makers(),
            *self.fund_makers(),
            *self.audit_makers(),
        )

    async def alarm(self) -> Pair:
        """An alarm of the year, and none."""
        return await alarm_pair(self.clock)

    async def claim(self) -> Pair:
        """A claim in the person's scope, and one outside of it."""
        if self.actor.organisation == ENTERPRISE_B:
            return self.district.claims["B"], self.district.claims["A"]
        narrow = self.actor.organisation == ENTERPRISE_A or {Role.THIRD_PARTY, Role.STREET_ACCEPTOR} & self.actor.roles
        return self.district.claims["A"], self.district.claims["B"] if narrow else NOWHERE

    async def attachment(self) -> Pair:
        """A paper of one's own claim; whose it is, the claim's number tells."""
        number = (await self.claim())[0]
        await attach_paper(DEMO, number, PDF, kind="other", title="测试", clock=self.clock)
        key = str((await list_papers(DEMO, number))[0].id)
        return key, key

    async def personal_request(self) -> Pair:
        """A request that waits, and a number that was never given."""
        async with write_transaction():
            token, _key = await open_session(account=None, person=bytes(32), device="测试", clock=self.clock, stepped_up=False)
        person = await actor_of_token(token, clock=self.clock)
        assert person is not None
        if not (waiting := await my_requests(person)):
            await make_request(person, RequestKind.CORRECTION, "姓名有误", clock=self.clock)
            waiting = await my_requests(person)
        return waiting[0].number, "GR2026999999"

    async def draft(self) -> Pair:
        """The token of one's own pre-check, and a token of nobody."""
        answer = await self.client.post("/prechecks", files=upload("B" if self.actor.organisation == ENTERPRISE_B else "A"))
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].rpartition("/")[2], "another-token"

    async def session(self) -> Pair:
        """Another session of one's own, and one of somebody else."""
        mine = await sign_in_as(self.person.account.login, self.clock)
        other = await sign_in_as(self.other_login, self.clock)
        return str(mine.actor.session), str(other.actor.session)

    async def token(self) -> Pair:
        """A token of one's own (none where none can be made), and one of somebody else."""
        return await self._token(self.actor), await self._token((await sign_in_as(self.other_login, self.clock)).actor)

    async def _token(self, actor: Actor) -> str:
        if actor.reach(Right.CLAIM_READ) is None:
            return "0"
        rights = frozenset({Right.CLAIM_READ})
        await make_token(actor, name="测试", rights=rights, expires_on=date(2026, 12, 31), clock=self.clock)
        return str((await my_tokens(actor, clock=self.clock))[0].id)

    async def new_account(self, organisation: str, kind: OrganisationKind) -> str:
        """Somebody new in an organisation."""
        self.made += 1
        login = f"{self.person.account.login}-{self.made}-{kind.value[:4]}".replace("_", "-")
        made = await add_account(
            DEMO,
            login=login,
            name="新来的人",
            organisation=organisation,
            roles=frozenset({min(ROLES_OF[kind])}),
            password_hash=password_hash(),
            clock=self.clock,
            factor_secret=None,
            authorised_until=date(2026, 12, 31),
        )
        return made.key

    async def officer(self) -> Pair:
        """An officer of the bureau, and nobody."""
        await account("chushen", self.clock)
        return await self.new_account("RS-001", OrganisationKind.HR_BUREAU), NO_ACCOUNT

    async def colleague(self) -> Pair:
        """A colleague, and somebody of another enterprise."""
        facts, _secret = await account(self.other_login, self.clock)
        own = self.person.account.organisation
        return await self.new_account(own.code, own.kind), facts.key

    async def officer_link(self) -> Pair:
        """An invitation to an office, and none."""
        await account("chushen", self.clock)
        await invite_officer(self.actor, organisation="RS-001", name="新来的人", authorised_until=date(2026, 12, 31), clock=self.clock)
        return str((await list_invitations(self.actor, clock=self.clock))[0].id), NO_KEY

    async def colleague_link(self) -> Pair:
        """An invitation of one's own organisation, and one of another."""
        other = (await sign_in_as(self.other_login, self.clock)).actor
        links = []
        for actor in (self.actor, other):
            await invite_colleague(actor, name="新来的人", roles=[min(actor.roles)], clock=self.clock)
            links.append(str((await list_invitations(actor, clock=self.clock))[0].id))
        return links[0], links[1]

    async def delegation(self) -> Pair:
        """A deputy of one's own, and one of somebody else."""
        own = self.person.account
        mine = await self._delegated(own.id, await self.new_account(own.organisation.code, own.organisation.kind))
        other, _secret = await account(self.other_login, self.clock)
        theirs = await self._delegated(other.id, await self.new_account(other.organisation.code, other.organisation.kind))
        return mine, theirs

    async def _delegated(self, giver: int, receiver: str) -> str:
        today = self.clock.today()
        async with write_transaction():
            found = await store.account_by_key(receiver)
            assert found is not None
            key = await mandate_store.add_delegation(
                giver=giver, receiver=found.id, roles=[], starts=today, ends=today, reason="测试", at=self.clock.now()
            )
        return str(key)

    async def consent(self) -> Pair:
        """A consent of one's own enterprise, and one of another."""
        street, _secret = await account("shouli", self.clock)
        other, _secret = await account(self.other_login, self.clock)
        keys, today = [], self.clock.today()
        for enterprise in (self.person.account.organisation.id, other.organisation.id):
            async with write_transaction():
                key = await mandate_store.add_consent(
                    enterprise=enterprise, office=street.organisation.id, starts=today, ends=today, by="测试", at=self.clock.now()
                )
            keys.append(str(key))
        return keys[0], keys[1]

    async def assignment(self) -> Pair:
        """An assignment, and none."""
        today = self.clock.today()
        key = await give_assignment(DEMO, organisation="SJ-001", enterprises=(), purpose="测试", starts=today, ends=today, clock=self.clock)
        return str(key), NO_KEY

    async def registration(self) -> Pair:
        """An enterprise that waits for its decision, and one that nobody knows."""
        facts = OrganisationFacts(0, codes.credit_code(), "新注册的企业", OrganisationKind.ENTERPRISE, OrganisationState.WAITING)
        async with write_transaction():
            file = await keep_file(PDF, media_type="application/pdf", at=self.clock.now())
            await store.add_organisation(
                facts, at=self.clock.now(), decided_by=None, decide_by=date(2026, 6, 8), licence=file.id, sealed_contact=None
            )
        return facts.code, codes.credit_code()

    async def proposal(self) -> Pair:
        """A policy proposal by somebody else, and none."""
        self.made += 1
        figure = NewFigure("att.person_min", "0.8", date(2027, 1, 1), None, "测试文件", Standing.ASSUMED, Standing.ASSUMED)
        return await propose_figure(OFFICER, DEFAULT_PACK, figure, why=f"测试 {self.made}", clock=self.clock), "ZC2026-9999"

    async def trail_row(self) -> Pair:
        """A row of the trail, and one that was never written."""
        return "1", "99999999"

    async def message(self) -> Pair:
        """A message to oneself, and one to somebody else."""
        keys = []
        own = to_account(self.actor.key) if self.actor.person is None else to_person(self.actor.person)
        for recipient in (own, to_account(NO_ACCOUNT)):
            async with write_transaction():
                keys.append(await send(recipient, Letter("测试", "测试", "测试"), clock=self.clock))
        return str(keys[0]), str(keys[1])

    async def platform(self, login: str) -> str:
        """An online platform with its paper, handed in and not decided."""
        self.made += 1
        name = f"平台 {self.person.account.login} {self.made}"
        return str(await entered(self.clock, ResourceKind.PLATFORM, login=login, approve=False, name=name))

    async def resource(self) -> Pair:
        """Something registered by one's own organisation (by any, for officers), and something foreign."""
        own, other = self.trains
        return await self.platform(own), NO_KEY if self.sees_all(Right.INSTITUTION_READ) else await self.platform(other)

    async def institution(self) -> Pair:
        """An organisation with a register, and one without or foreign."""
        own, other = self.trains
        await self.platform(own)
        await self.platform(other)
        codes_of = {login: (await account(login, self.clock))[0].organisation.code for login in (own, other)}
        return codes_of[own], codes.credit_code() if self.sees_all(Right.INSTITUTION_READ) else codes_of[other]

    async def sanction(self) -> Pair:
        """A measure against one's own organisation (any, for officers), and a foreign one."""
        own, other = self.trains
        return await self._measured(own), "WG20269999" if self.sees_all(Right.INSTITUTION_READ) else await self._measured(other)

    async def _measured(self, login: str) -> str:
        await self.platform(login)
        inspector, (facts, _secret) = (await sign_in_as("dudao", self.clock)).actor, await account(login, self.clock)
        proposed = Proposed(facts.organisation.code, Step.TALK, "测试", "测试", self.clock.today())
        number = await propose_sanction(inspector, proposed, clock=self.clock)
        # Repeated, a talk rises to a letter, which is told and heard first.
        await tell_sanction(inspector, number, clock=self.clock)
        await plead(inspector, number, PleaKind.STATEMENT, "书面说明", clock=self.clock)
        await decide_sanction((await sign_in_as("shending", self.clock)).actor, number, confirm=True, reason="", clock=self.clock)
        return number

    async def list_change(self) -> Pair:
        """A change of a list by somebody else, and none."""
        entry = ListEntry(ListKind.PILOT_OCCUPATION, "6-18-02-04", "焊工", date(2026, 1, 1), None, "测试", Standing.ASSUMED)
        return await propose_entry(OFFICER, entry, why="测试", clock=self.clock), "MD20269999"

    async def catalog_proposal(self) -> Pair:
        """A proposal of the sample institution with one's own enterprise as partner, and none."""
        institution = (await sign_in_as("jiaowu", self.clock)).actor
        partner = self.actor.organisation if self.actor.organisation in {ENTERPRISE_A, ENTERPRISE_B} else ENTERPRISE_A
        await account("qianzi-a" if partner == ENTERPRISE_A else "jingban-b", self.clock)
        entry = Entry(new_item(), ItemDetails(developer="某校"))
        # Who has no account consents by a letter that the officer records.
        side = Partner(name="某行业协会") if self.path.endswith("/letter") else Partner(code=partner)
        number = await propose_item(institution, entry, side, why="测试", clock=self.clock)
        return number, "ML20269999"

    async def none_yet(self) -> Pair:
        """A fresh proposal has neither experts nor opinions."""
        return "0", "1"
