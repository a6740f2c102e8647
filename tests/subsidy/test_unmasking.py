"""Full numbers of one person: only with the right, a fresh proof of identity and a reason, and never without a trace."""

import msgspec
import pytest

from tests.people import account, assign_all, sign_in_as
from tests.subsidy.conftest import sample
from training_admin.database import fetch_tuples, read_transaction, write_transaction
from training_admin.kit.actor import COMMAND_LINE, ActorKind, NotAllowed, StepUpNeeded
from training_admin.kit.clock import FixedClock
from training_admin.kit.rights import Right
from training_admin.subsidy import claims, roster_store
from training_admin.subsidy.unmasking import PersonErased, ReasonRefused, RowNotFound, unmask_person

pytestmark = pytest.mark.usefixtures("district")
REASON = "核对社保缴费记录"


async def submitted(letter: str, clock: FixedClock) -> str:
    return (await claims.submit_claim(COMMAND_LINE, sample(f"claim_{letter}.xlsx"), readable_only=True, clock=clock)).number


async def last_event() -> tuple[str, str, str]:
    async with read_transaction():
        row = (await fetch_tuples("SELECT event, subject, detail FROM trail ORDER BY number DESC LIMIT 1"))[0]
    return row[0], row[1], row[2]


async def test_a_reviewer_sees_one_person_and_the_trail_keeps_row_and_reason_only(clock: FixedClock) -> None:
    number = await submitted("B", clock)
    reviewer = (await sign_in_as("chushen", clock, stepped_up=True)).actor
    person = await unmask_person(reviewer, number, 10, reason=f"  {REASON} ", clock=clock)
    masked = (await claims.claim_detail(reviewer, number)).people[10]
    assert (person.name, person.id_type) == (masked.name, masked.id_type)
    assert masked.masked_number == f"{person.id_no[:4]}{'*' * 12}{person.id_no[-2:]}"
    event, subject, detail = await last_event()
    assert (event, subject) == ("subsidy:person:unmasked", number)
    assert msgspec.json.decode(detail) == {"row": 10, "reason": REASON}
    assert person.id_no not in repr(person)


async def test_without_a_fresh_proof_of_identity_nothing_is_shown(clock: FixedClock) -> None:
    number = await submitted("B", clock)
    with pytest.raises(StepUpNeeded):
        await unmask_person((await sign_in_as("chushen", clock)).actor, number, 10, reason=REASON, clock=clock)
    token = msgspec.structs.replace((await sign_in_as("chushen", clock)).actor, kind=ActorKind.TOKEN, rights=frozenset(Right))
    with pytest.raises(StepUpNeeded):
        await unmask_person(token, number, 10, reason=REASON, clock=clock)


@pytest.mark.parametrize("login", ["jingban-b", "dudao", "disanfang"])
async def test_who_has_no_right_sees_masks_only(clock: FixedClock, login: str) -> None:
    number = await submitted("B", clock)
    actor = (await sign_in_as(login, clock, stepped_up=True)).actor
    with pytest.raises(NotAllowed):
        await unmask_person(actor, number, 10, reason=REASON, clock=clock)


async def test_a_row_outside_the_scope_does_not_exist(clock: FixedClock) -> None:
    number = await submitted("B", clock)
    await account("shenji", clock)
    auditor = (await sign_in_as("shenji", clock, stepped_up=True)).actor
    with pytest.raises(RowNotFound):
        await unmask_person(auditor, number, 10, reason=REASON, clock=clock)
    await assign_all(clock)
    auditor = (await sign_in_as("shenji", clock, stepped_up=True)).actor
    assert (await unmask_person(auditor, number, 10, reason=REASON, clock=clock)).id_no
    for wrong in (("SJ2026999999", 10), (number, 9999)):
        with pytest.raises(RowNotFound):
            await unmask_person(auditor, *wrong, reason=REASON, clock=clock)


@pytest.mark.parametrize(
    "reason",
    [
        pytest.param("", id="nothing"),
        pytest.param(" 查 ", id="one below"),
        pytest.param("查" * 201, id="one above"),
        pytest.param("核对 310100199001011234 的参保", id="an identity number"),
        pytest.param("回电１３８００１３８０００", id="a full-width phone"),
    ],
)
async def test_a_reason_is_asked_for_and_names_nobody(clock: FixedClock, reason: str) -> None:
    number = await submitted("B", clock)
    before = await last_event()
    with pytest.raises(ReasonRefused):
        await unmask_person(COMMAND_LINE, number, 10, reason=reason, clock=clock)
    assert await last_event() == before


@pytest.mark.parametrize("reason", ["查对", "查" * 200], ids=["shortest", "longest"])
async def test_reasons_at_the_bounds_are_taken(clock: FixedClock, reason: str) -> None:
    assert (await unmask_person(COMMAND_LINE, await submitted("B", clock), 10, reason=reason, clock=clock)).id_no


async def test_an_erased_person_cannot_be_looked_at(clock: FixedClock) -> None:
    number = await submitted("B", clock)
    async with write_transaction():
        await roster_store.erase_lines([row[0] for row in await fetch_tuples("SELECT id FROM claim_line WHERE row = 10")])
    with pytest.raises(PersonErased):
        await unmask_person(COMMAND_LINE, number, 10, reason=REASON, clock=clock)
    with pytest.raises(PersonErased):
        await claims.claim_marked(COMMAND_LINE, number, clock=clock)


async def test_the_marked_workbook_goes_back_to_its_enterprise_only(clock: FixedClock) -> None:
    number = await submitted("B", clock)
    own = (await sign_in_as("jingban-b", clock, stepped_up=True)).actor
    assert await claims.claim_marked(own, number, clock=clock)
    for login in ("chushen", "dudao"):
        with pytest.raises(claims.MarkedForClaimant):
            await claims.claim_marked((await sign_in_as(login, clock, stepped_up=True)).actor, number, clock=clock)
