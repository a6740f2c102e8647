"""Signing a claim: once, over the file that was submitted, by the signatory or by a link that works once."""

import re
from datetime import timedelta

import httpx
import pytest

from tests.people import ENTERPRISE_A, ENTERPRISE_B, enter, sign_in_as
from tests.subsidy.conftest import sample
from tests.web.conftest import assert_problem, form_token
from training_admin.accounts.opening import deactivate_account, set_roles
from training_admin.accounts.store import token_hash
from training_admin.database import fetch_tuples, read_transaction, write_transaction
from training_admin.kit.actor import COMMAND_LINE, DEMO, NotAllowed
from training_admin.kit.clock import FixedClock
from training_admin.kit.digest import sha256_hex
from training_admin.kit.rights import Role
from training_admin.office import messages
from training_admin.subsidy import signing
from training_admin.subsidy.assessing import FIRST_TIME, assess_claim
from training_admin.subsidy.claims import submit_claim
from training_admin.subsidy.signing import (
    LINK_LIVES,
    UNDERTAKING,
    AlreadySigned,
    NotToBeSigned,
    SignerUnnamed,
    SigningLinkNotFound,
    offer_signing_link,
    show_signing,
    show_signing_link,
    sign_by_link,
    sign_claim,
)
from training_admin.subsidy.store import ClaimNotFound

pytestmark = pytest.mark.usefixtures("district")


async def submitted(letter: str, login: str, clock: FixedClock) -> str:
    """The number of a sample claim submitted by somebody of its enterprise."""
    actor = (await sign_in_as(login, clock)).actor
    return (await submit_claim(actor, sample(f"claim_{letter}.xlsx"), readable_only=True, clock=clock)).number


async def without_signatory(clock: FixedClock) -> None:
    """Enterprise B's head has no account: its clerk is no signatory any more."""
    person = await sign_in_as("jingban-b", clock)
    await set_roles(DEMO, person.account.key, {Role.CLAIM_CLERK}, clock=clock)


async def offered(number: str, clock: FixedClock, *, name: str = "王负责") -> str:
    return await offer_signing_link((await sign_in_as("jingban-a", clock)).actor, number, name=name, clock=clock)


async def test_the_signatory_signs_the_very_file_that_was_submitted(clock: FixedClock) -> None:
    number, person = await submitted("A", "jingban-a", clock), await sign_in_as("qianzi-a", clock)
    assert (await show_signing(person.actor, number, clock=clock)).claim.signature is None
    signature = await sign_claim(person.actor, number, clock=clock)
    shown = await show_signing(person.actor, number, clock=clock)
    assert shown.claim.signature == signature
    assert signature.file_sha256 == sha256_hex(sample("claim_A.xlsx"))
    assert (signature.name, signature.signed_by, signature.way) == ("签字人甲", person.actor.key, "account")
    assert (signature.undertaking, signature.same_hand) == (UNDERTAKING, False)
    async with read_transaction():
        told = await fetch_tuples("SELECT actor, subject FROM trail WHERE event = 'subsidy:claim:signed'")
    assert told == [(person.actor.key, number)]
    found, _ = await messages.my_messages((await sign_in_as("jingban-a", clock)).actor, before=None, limit=5)
    assert found[0].title == "申报已签字"


async def test_one_person_may_submit_and_sign_in_a_micro_firm_and_that_is_kept(clock: FixedClock) -> None:
    number = await submitted("B", "jingban-b", clock)
    assert (await sign_claim((await sign_in_as("jingban-b", clock)).actor, number, clock=clock)).same_hand


async def test_a_claim_is_signed_once(clock: FixedClock) -> None:
    number, actor = await submitted("A", "jingban-a", clock), (await sign_in_as("qianzi-a", clock)).actor
    await sign_claim(actor, number, clock=clock)
    with pytest.raises(AlreadySigned):
        await sign_claim(actor, number, clock=clock)
    with pytest.raises(AlreadySigned):
        await offered(number, clock)


async def test_only_the_own_enterprise_s_signatory_signs(clock: FixedClock) -> None:
    number = await submitted("A", "jingban-a", clock)
    with pytest.raises(NotAllowed):
        await sign_claim((await sign_in_as("jingban-a", clock)).actor, number, clock=clock)
    with pytest.raises(NotAllowed):
        await sign_claim((await sign_in_as("chushen", clock)).actor, number, clock=clock)
    stranger = (await sign_in_as("jingban-b", clock)).actor
    for act in (sign_claim(stranger, number, clock=clock), offer_signing_link(stranger, number, name="某人", clock=clock)):
        with pytest.raises(ClaimNotFound):
            await act
    with pytest.raises(ClaimNotFound):
        await show_signing(stranger, number, clock=clock)


async def test_what_is_under_review_is_not_signed_any_more(clock: FixedClock) -> None:
    number = await submitted("A", "jingban-a", clock)
    async with write_transaction():
        await fetch_tuples("UPDATE claim SET state = 'accepted' WHERE number = $1", number)
    with pytest.raises(NotToBeSigned):
        await sign_claim((await sign_in_as("qianzi-a", clock)).actor, number, clock=clock)


async def test_a_link_signs_in_the_name_that_the_clerk_wrote_and_works_once(clock: FixedClock) -> None:
    number = await submitted("A", "jingban-a", clock)
    token = await offered(number, clock)
    shown, name = await show_signing_link(token, clock=clock)
    assert (shown.claim.number, name) == (number, "王负责")
    assert (await show_signing(COMMAND_LINE, number, clock=clock)).waiting_for == "王负责"
    signature = await sign_by_link(token, clock=clock)
    assert (signature.way, signature.name) == ("link", "王负责")
    with pytest.raises(SigningLinkNotFound):
        await sign_by_link(token, clock=clock)
    with pytest.raises(SigningLinkNotFound):
        await show_signing_link(token, clock=clock)
    with pytest.raises(AlreadySigned):
        await sign_claim((await sign_in_as("qianzi-a", clock)).actor, number, clock=clock)
    async with read_transaction():
        stored = await fetch_tuples("SELECT token_hash, one_time_link::text FROM one_time_link")
        told = await fetch_tuples("SELECT string_agg(detail::text, '') FROM trail")
    assert stored[0][0] == token_hash(token)
    assert token not in stored[0][1]
    assert token not in told[0][0]
    assert "王负责" not in told[0][0]


async def test_a_link_ends_after_seven_days_by_a_newer_one_by_a_signature_and_with_its_maker(clock: FixedClock) -> None:
    number = await submitted("A", "jingban-a", clock)
    first = await offered(number, clock)
    second = await offered(number, clock, name="李负责")
    with pytest.raises(SigningLinkNotFound):
        await sign_by_link(first, clock=clock)
    clock.move(LINK_LIVES)
    with pytest.raises(SigningLinkNotFound):
        await sign_by_link(second, clock=clock)
    third = await offered(number, clock)
    person = await sign_in_as("jingban-a", clock)
    await deactivate_account(DEMO, person.actor.key, clock=clock)
    with pytest.raises(SigningLinkNotFound):
        await sign_by_link(third, clock=clock)
    other = await submitted("B", "jingban-b", clock)
    clerk = (await sign_in_as("jingban-b", clock)).actor
    with pytest.raises(NotToBeSigned):  # she can sign herself
        await offer_signing_link(clerk, other, name="赵负责", clock=clock)
    await without_signatory(clock)
    fourth = await offer_signing_link((await sign_in_as("jingban-b", clock)).actor, other, name="赵负责", clock=clock)
    await sign_claim(clerk, other, clock=clock)
    with pytest.raises(SigningLinkNotFound):
        await sign_by_link(fourth, clock=clock)


@pytest.mark.parametrize("name", ["", "  ", "王" * 61, "王310100199001011234"])
async def test_a_link_is_for_a_named_person(name: str, clock: FixedClock) -> None:
    number = await submitted("A", "jingban-a", clock)
    with pytest.raises(SignerUnnamed):
        await offered(number, clock, name=name)


async def test_a_claim_of_an_enterprise_that_is_not_registered_gets_no_link(clock: FixedClock) -> None:
    number = (await submit_claim(DEMO, sample("claim_A.xlsx"), readable_only=True, clock=clock)).number
    with pytest.raises(NotToBeSigned):
        await offer_signing_link(COMMAND_LINE, number, name="某人", clock=clock)


async def test_what_was_written_about_a_claim_stays_with_it(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await submitted("A", "jingban-a", clock)
    await assess_claim(COMMAND_LINE, number, cause=FIRST_TIME, clock=clock)
    await assess_claim(COMMAND_LINE, number, cause="登记数据更新", clock=clock)
    written = await messages.of_case(number, ENTERPRISE_A)
    assert [each.title for each in written] == ["申报已提交", "核验结果已出"]
    assert await messages.of_case(number, ENTERPRISE_B) == []
    await enter(visitor, "chushen", clock)
    assert "核验结果已出" in (await visitor.get(f"/claims/{number}")).text


async def test_the_pages_show_who_has_signed_and_who_has_not(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await submitted("A", "jingban-a", clock)
    await enter(visitor, "qianzi-a", clock)
    assert "待签字" in (await visitor.get(f"/claims/{number}")).text
    page = (await visitor.get(f"/claims/{number}/signature")).text
    assert UNDERTAKING in page
    assert sha256_hex(sample("claim_A.xlsx")) in page
    assert "生成一次性签字链接" not in page
    token = await form_token(visitor, f"/claims/{number}/signature")
    assert_problem(await visitor.post(f"/claims/{number}/signing-link", data={**token, "name": "某人"}), 403, "not-allowed")
    done = await visitor.post(f"/claims/{number}/signature", data=token)
    assert done.headers["location"] == f"/claims/{number}/signature"
    again = await visitor.post(f"/claims/{number}/signature", data=token)
    assert_problem(again, 409, "claim-already-signed")
    assert "签字人甲" in again.text
    await enter(visitor, "jingban-b", clock)
    assert_problem(await visitor.get(f"/claims/{number}/signature"), 404, "claim-not-found")
    assert_problem(await visitor.post(f"/claims/{number}/signature", data=token), 404, "claim-not-found")


async def test_a_head_without_account_signs_behind_a_link_and_sees_no_person(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await submitted("B", "jingban-b", clock)
    await without_signatory(clock)
    await enter(visitor, "jingban-b", clock)
    token = await form_token(visitor, f"/claims/{number}/signature")
    assert_problem(await visitor.post(f"/claims/{number}/signing-link", data={**token, "name": ""}), 422, "signer-unnamed")
    made = await visitor.post(f"/claims/{number}/signing-link", data={**token, "name": "钱负责"})
    found = re.search(r"http://127\.0\.0\.1:8000(/signatures/[\w-]+)", made.text)
    assert found
    assert found[1] not in (await visitor.get(f"/claims/{number}/signature")).text
    visitor.cookies.clear()
    visitor.headers.pop("authorization")
    for _ in range(2):  # looking does not use it up
        shown = (await visitor.get(found[1])).text
    assert "钱负责" in shown
    assert UNDERTAKING in shown
    assert not re.search(r"3101\*|/lines/", shown)
    token = await form_token(visitor, found[1])
    assert "已签字" in (await visitor.post(found[1], data=token)).text
    assert_problem(await visitor.post(found[1], data=token), 404, "signing-link-not-found")
    assert_problem(await visitor.get(found[1]), 404, "signing-link-not-found")
    assert_problem(await visitor.get("/signatures/guess"), 404, "signing-link-not-found")
    await enter(visitor, "chushen", clock)
    assert "一次性链接" in (await visitor.get(f"/claims/{number}")).text


def test_the_undertaking_is_kept_with_each_signature_so_that_it_may_change() -> None:
    assert signing.UNDERTAKING.startswith("本单位承诺")
    assert timedelta(days=7) == LINK_LIVES
