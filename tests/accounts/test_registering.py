"""Self-registration: what is accepted waits for its decision, what is wrong is named at once, nothing personal is stored in clear."""

from datetime import UTC, date, datetime

import httpx
import pytest

from tests.accounts.registrations import HERE, JPEG, PASSWORD, PDF, PHONE, PNG, registered, registration
from tests.people import account
from tests.web.conftest import assert_problem, form_token
from training_admin.accounts import store
from training_admin.accounts.facts import LOCKED, OrganisationState
from training_admin.accounts.licences import LARGEST, LicenceRefused, media_type_of
from training_admin.accounts.opening import LoginTaken, OrganisationTaken
from training_admin.accounts.organisations import decide_registration
from training_admin.accounts.rates import TooOften
from training_admin.accounts.registering import TRIES, Contact, RegistrationRefused, register_organisation
from training_admin.accounts.sessions import actor_of_token
from training_admin.accounts.signing_in import Attempt, SignInRefused, sign_in
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.actor import DEMO, NotYetApproved, assert_approved
from training_admin.kit.clock import FixedClock
from training_admin.kit.rights import OrganisationKind, Role

pytestmark = pytest.mark.usefixtures("database")


async def test_a_registration_waits_five_working_days_at_most_and_its_account_signs_in_but_does_not_submit(clock: FixedClock) -> None:
    receipt = await registered(clock)
    assert receipt.decide_by == date(2026, 6, 8)
    token = await sign_in(Attempt("xinban", PASSWORD, "", HERE, "测试"), clock=clock)
    actor = await actor_of_token(token, clock=clock)
    assert actor is not None
    assert actor.organisation == receipt.code
    assert actor.roles == {Role.CLAIM_CLERK, Role.SIGNATORY}
    with pytest.raises(NotYetApproved):
        assert_approved(actor)


async def test_holidays_and_worked_weekends_are_counted_by_the_calendar(clock: FixedClock) -> None:
    spring = FixedClock(datetime(2026, 2, 12, 1, 30, tzinfo=UTC))
    assert (await registered(spring)).decide_by == date(2026, 2, 26)
    unpublished = FixedClock(datetime(2026, 12, 30, 1, 30, tzinfo=UTC))
    assert (await registered(unpublished, login="xinban2")).decide_by is None


async def test_an_institution_begins_with_its_registrar(clock: FixedClock) -> None:
    await registered(clock, kind=OrganisationKind.INSTITUTION)
    async with read_transaction():
        found = await store.account_by_login("xinban")
    assert found is not None
    assert found[0].roles == {Role.REGISTRAR}


async def test_contact_licence_and_password_are_stored_sealed_and_the_trail_holds_nothing_personal(clock: FixedClock) -> None:
    await registered(clock)
    async with read_transaction():
        rows = await fetch_tuples("SELECT sealed_contact FROM organisation")
        files = await fetch_tuples("SELECT sealed, media_type FROM stored_file")
        told = await fetch_tuples("SELECT actor || event || subject || detail::text FROM trail ORDER BY number")
    assert PHONE.encode() not in rows[0][0]
    assert PDF not in files[0][0]
    assert files[0][1] == "application/pdf"
    text = "".join(row[0] for row in told)
    assert "accounts:organisation:registered" in text
    for word in (PHONE, "王样例", "xinban", PASSWORD):
        assert word not in text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({"kind": OrganisationKind.STREET}, "单位类型", id="an office does not register itself"),
        pytest.param({"code": "91310117X11000017Y"}, "统一社会信用代码", id="check character"),
        pytest.param({"code": ""}, "统一社会信用代码", id="no code"),
        pytest.param({"name": " "}, "名称", id="no name"),
        pytest.param({"contact": Contact("", PHONE)}, "联系人姓名", id="no contact"),
        pytest.param({"contact": Contact("王样例", "12345")}, "手机号码", id="no phone"),
        pytest.param({"licence": b""}, "请选择", id="no licence"),
        pytest.param({"licence": b"MZ\x90\x00"}, "PDF、JPG 或 PNG", id="a program called licence"),
        pytest.param({"licence": PDF[:20]}, "不完整", id="cut off"),
        pytest.param({"licence": PDF + b"\0" * LARGEST}, "超过 5 MB", id="too large"),
        pytest.param({"login": "a b"}, "用户名", id="login"),
        pytest.param({"password": "short"}, "密码长度", id="password"),
    ],
)
async def test_what_is_wrong_is_named(clock: FixedClock, changes: dict[str, object], told: str) -> None:
    with pytest.raises(RegistrationRefused) as refusal:
        await registered(clock, **changes)
    assert told in refusal.value.sentence


async def test_all_faults_are_named_at_once_and_none_repeats_what_was_typed(clock: FixedClock) -> None:
    with pytest.raises(RegistrationRefused) as refusal:
        await registered(clock, code="123", password="geheim", contact=Contact("李四", "555"))
    for words in ("统一社会信用代码", "手机号码", "密码"):
        assert words in refusal.value.sentence
    for typed in ("123", "geheim", "李四", "555"):
        assert typed not in refusal.value.sentence


@pytest.mark.parametrize(("content", "kind"), [(PDF, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg")])
def test_the_type_of_a_licence_is_what_its_content_says(content: bytes, kind: str) -> None:
    assert media_type_of(content) == kind
    with pytest.raises(LicenceRefused):
        media_type_of(content[1:])


@pytest.mark.parametrize("size", [pytest.param(LARGEST, id="equal"), pytest.param(LARGEST + 1, id="one above")])
def test_the_size_of_a_licence_is_bounded(size: int) -> None:
    content = PDF[:-7] + b" " * (size - len(PDF)) + PDF[-7:]
    if size <= LARGEST:
        assert media_type_of(content) == "application/pdf"
    else:
        with pytest.raises(LicenceRefused):
            media_type_of(content)


async def test_a_code_registers_once_and_the_second_is_told_what_to_do(clock: FixedClock) -> None:
    receipt = await registered(clock)
    with pytest.raises(OrganisationTaken, match="邀请链接"):
        await registered(clock, code=receipt.code.lower(), login="another")


async def test_a_login_name_is_taken_once(clock: FixedClock) -> None:
    await account("jingban-b", clock)
    with pytest.raises(LoginTaken):
        await registered(clock, login="Jingban-B")


async def test_who_was_refused_may_register_again_and_his_earlier_account_ends(clock: FixedClock) -> None:
    receipt = await registered(clock)
    await decide_registration(DEMO, receipt.code, approve=False, reason="证照不清晰", clock=clock)
    with pytest.raises(SignInRefused):
        await sign_in(Attempt("xinban", PASSWORD, "", HERE, "测试"), clock=clock)
    again = await registered(clock, code=receipt.code, login="xinban-2")
    assert again.code == receipt.code
    async with read_transaction():
        found = await store.organisation_by_code(receipt.code)
    assert found is not None
    assert found.state is OrganisationState.WAITING
    assert await sign_in(Attempt("xinban-2", PASSWORD, "", HERE, "测试"), clock=clock)
    with pytest.raises(SignInRefused):
        await sign_in(Attempt("xinban", PASSWORD, "", HERE, "测试"), clock=clock)


async def test_an_address_may_not_try_without_end(clock: FixedClock) -> None:
    for _ in range(TRIES):
        with pytest.raises(RegistrationRefused):
            await registered(clock, code="")
    with pytest.raises(TooOften):
        await registered(clock)
    await register_organisation(registration(), address="192.0.2.41", profile="modern", clock=clock)
    clock.move(LOCKED)
    await registered(clock, login="later")


def fields(**changes: str) -> dict[str, str]:
    asked = registration()
    form = {"kind": asked.kind.value, "code": asked.code, "name": asked.name, "login": asked.login, "password": PASSWORD}
    return form | {"contact_name": asked.contact.name, "contact_phone": PHONE} | changes


async def test_the_page_takes_a_registration_without_anybody_signed_in(visitor: httpx.AsyncClient) -> None:
    token = await form_token(visitor, "/register")
    answer = await visitor.post("/register", data=token | fields(), files={"file": ("执照.pdf", PDF, "application/octet-stream")})
    assert answer.status_code == 200
    assert "注册已提交" in answer.text
    assert "2026年6月8日" in answer.text


async def test_the_page_tells_faults_with_what_was_typed_but_never_the_password(visitor: httpx.AsyncClient) -> None:
    token = await form_token(visitor, "/register")
    answer = await visitor.post("/register", data=token | fields(code="1"), files={"file": ("执照.pdf", b"x", "application/pdf")})
    assert_problem(answer, 422, "registration-refused")
    assert "上海松江样例新办企业有限公司" in answer.text
    assert PASSWORD not in answer.text


async def test_a_form_without_token_registers_nobody(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.post("/register", data=fields())
    assert answer.status_code == 403
    async with read_transaction():
        assert await fetch_tuples("SELECT 1 FROM organisation") == []
