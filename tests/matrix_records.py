"""Own and foreign objects of apprenticeships, for the matrix: programmes with their months, voices of apprentices."""

from collections.abc import Awaitable, Callable

from tests.apprenticeship.programmes import add_programme, head_of
from tests.matrix_classes import Pair
from tests.people import ENTERPRISE_A, ENTERPRISE_B, SignedIn
from training_admin.apprenticeship.own_facts import Voice
from training_admin.apprenticeship.own_store import add_voice, said_by
from training_admin.database import read_transaction, write_transaction
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.clock import FixedClock
from training_admin.kit.rights import Reach, Right

NO_PROGRAMME, NO_VOICE = "XT2026999999", "999999"
ELSEWHERE = "91310117X130000171"

# The JSON with which an operation of the API speaks of a programme at all.
PROGRAMME_BODIES: dict[str, dict[str, object]] = {
    "plan": {"institution": "X", "occupation": "X", "occupation_name": "焊工", "level": "4", "starts": "2026-09-01", "months": 12},
    "decision": {"decision": "approve", "moved": 0},
    "changes": {"kind": "left", "happened_on": "2026-05-01", "reason": "测试", "row": 1},
    "changes/{change:int}/decision": {"approve": False, "opinion": "测试"},
    "months/{month:str}": {"seen": 0, "people": [{"serial": 1, "practice": 1}]},
    "money/{stage:str}": {"bank": "样例银行", "account": "310100000000000018", "holder": "样例"},
}


class RecordObjects:
    """What the pairs of apprenticeships need to know of the person who asks."""

    person: SignedIn
    clock: FixedClock
    made: int

    def record_makers(self) -> tuple[tuple[str, str, Callable[[], Awaitable[Pair]]], ...]:
        """Beginning of an address, parameter, and what makes the pair."""
        return (
            ("/programmes/{number:str}/months", "number", self.recorded_programme),
            ("/programmes/{number:str}/months", "month", self.month),
            ("/programmes/{number:str}/months", "serial", self.apprentice),
            ("/api/v1/programmes/{number:str}/months", "number", self.recorded_programme),
            ("/api/v1/programmes/{number:str}/months", "month", self.month),
            ("/my-apprenticeship/", "number", self.own_programme),
            ("/apprentice-voices/", "voice", self.voice),
        )

    async def _programme(self, uscc: str, institution: str, person: bytes | None = None) -> str:
        self.made += 1
        number = f"XT26{self.person.account.id:04d}{self.made:04d}"
        await add_programme(number, 1, self.clock, person=person, uscc=uscc, institution=institution)
        return number

    async def recorded_programme(self) -> Pair:
        """A programme of one's own organisation (any, for officers), and one of others."""
        actor = self.person.actor
        own = await self._programme(ENTERPRISE_B if actor.organisation == ENTERPRISE_B else ENTERPRISE_A, INSTITUTION)
        if actor.reach(Right.PROGRAMME_READ) is Reach.DISTRICT:
            return own, NO_PROGRAMME
        return own, await self._programme(ELSEWHERE, ELSEWHERE)

    async def month(self) -> Pair:
        """A month that is over; whose it is, the programme's number tells."""
        return "2026-05", "2026-05"

    async def apprentice(self) -> Pair:
        """The first apprentice; whose he is, the programme's number tells."""
        return "1", "1"

    async def own_programme(self) -> Pair:
        """A programme that names the trainee, and one that does not."""
        assert self.person.actor.person is not None
        named = await self._programme(ENTERPRISE_A, INSTITUTION, bytes.fromhex(self.person.actor.person))
        return named, await self._programme(ENTERPRISE_A, INSTITUTION)

    async def voice(self) -> Pair:
        """Something that an apprentice has said, and nothing."""
        number = await self._programme(ENTERPRISE_A, INSTITUTION)
        _head, people = await head_of(number)
        async with write_transaction():
            await add_voice(people[0].id, Voice.NOT_ME, month=None, sealed=None, at=self.clock.now())
        async with read_transaction():
            return str((await said_by([people[0].id]))[0].id), NO_VOICE
