"""Messages: written with the act or not at all, read by whom they are for, sent by a job, shown without an address."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.people import ENTERPRISE_A, ENTERPRISE_B, enter, sign_in_as
from tests.web.conftest import assert_problem, form_token
from tests.web.test_pages import table
from training_admin.app import contact_of, job_handlers
from training_admin.database import fetch_tuples, read_transaction, write_transaction
from training_admin.kit.actor import VISITOR, NotSignedIn
from training_admin.kit.clock import FixedClock
from training_admin.kit.rights import Right
from training_admin.office import messages
from training_admin.office.channels import ConsoleChannel, channel_of
from training_admin.office.jobs import JobRun, run_job
from training_admin.office.messages import DELIVER_MESSAGE, Letter, MessageNotFound, RecipientKind
from training_admin.settings import Settings

pytestmark = pytest.mark.usefixtures("database")
LETTER = Letter("SJ2026000001", "办理结果", "您的申报已办结。", "/claims")
PHONE = "13800138000"


class Line:
    """A telephone line that remembers what went over it."""

    name = "line"

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    async def send(self, address: str, text: str) -> None:
        self.sent.append((address, text))


def contacts(phone: str | None) -> Callable[[RecipientKind, str], Awaitable[str | None]]:
    async def contact(kind: RecipientKind, key: str) -> str | None:
        del kind, key
        return phone

    return contact


async def written(recipient: messages.Recipient, clock: FixedClock, letter: Letter = LETTER) -> int:
    async with write_transaction():
        return await messages.send(recipient, letter, clock=clock)


async def titles(login: str, clock: FixedClock) -> list[str]:
    found, _ = await messages.my_messages((await sign_in_as(login, clock)).actor, before=None, limit=10)
    return [each.title for each in found]


async def state_of(message: int) -> tuple[bool, str]:
    async with read_transaction():
        found = await fetch_tuples("SELECT sent_at IS NOT NULL, channel FROM message WHERE id = $1", message)
    return found[0][0], found[0][1]


async def test_a_message_to_one_account_is_read_by_nobody_else(clock: FixedClock) -> None:
    mine = await sign_in_as("jingban-b", clock)
    key = await written(messages.to_account(mine.actor.key), clock)
    assert await titles("jingban-b", clock) == ["办理结果"]
    assert await titles("chushen", clock) == []
    with pytest.raises(MessageNotFound):
        await messages.read_message((await sign_in_as("chushen", clock)).actor, key, clock=clock)


async def test_an_organisation_s_message_is_read_by_those_of_it_who_have_the_right(clock: FixedClock) -> None:
    await written(messages.to_organisation(ENTERPRISE_A, Right.CLAIM_READ), clock)
    assert await titles("jingban-a", clock) == ["办理结果"]
    assert await titles("qianzi-a", clock) == ["办理结果"]
    assert await titles("daoshi-a", clock) == []
    assert await titles("jingban-b", clock) == []
    assert await titles("chushen", clock) == []


async def test_a_key_of_one_kind_is_none_of_another(clock: FixedClock) -> None:
    person = await sign_in_as("jingban-a", clock)
    await written(messages.to_person(person.actor.organisation or ""), clock)
    await written(messages.to_organisation(person.actor.key, Right.CLAIM_READ), clock)
    assert await titles("jingban-a", clock) == []


async def test_each_reader_has_his_own_read_marks(clock: FixedClock) -> None:
    one, other = await sign_in_as("jingban-a", clock), await sign_in_as("qianzi-a", clock)
    key = await written(messages.to_organisation(ENTERPRISE_A, Right.CLAIM_READ), clock)
    assert await messages.read_message(one.actor, key, clock=clock) == "/claims"
    assert await messages.read_message(one.actor, key, clock=clock) == "/claims"
    assert (await messages.unread(one.actor), await messages.unread(other.actor)) == (0, 1)
    await written(messages.to_account(other.actor.key), clock)
    assert await messages.read_all(other.actor, clock=clock) == 2
    assert await messages.unread(other.actor) == 0


async def test_the_inbox_is_read_by_pages_and_unread_ones_alone(clock: FixedClock) -> None:
    actor = (await sign_in_as("jingban-b", clock)).actor
    keys = [await written(messages.to_account(actor.key), clock) for _ in range(3)]
    first, cursor = await messages.my_messages(actor, before=None, limit=2)
    assert [each.id for each in first] == keys[:0:-1]
    assert cursor is not None
    rest, end = await messages.my_messages(actor, before=int(cursor), limit=2)
    assert ([each.id for each in rest], end) == ([keys[0]], None)
    await messages.read_message(actor, keys[1], clock=clock)
    waiting, _ = await messages.my_messages(actor, before=None, limit=9, unread_only=True)
    assert [each.id for each in waiting] == [keys[2], keys[0]]


async def test_nobody_who_is_not_signed_in_has_an_inbox() -> None:
    with pytest.raises(NotSignedIn):
        await messages.unread(VISITOR)


async def test_an_act_that_fails_leaves_neither_message_nor_job(clock: FixedClock) -> None:
    async def act() -> None:
        async with write_transaction():
            await messages.send(messages.to_account("U1"), LETTER, clock=clock)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await act()
    async with read_transaction():
        assert await fetch_tuples("SELECT 1 FROM message") == []
        assert await fetch_tuples("SELECT 1 FROM pgqueuer") == []


async def test_a_job_sends_a_message_once_to_the_known_contact(clock: FixedClock) -> None:
    line, key = Line(), await written(messages.to_account("U1"), clock)
    run = JobRun(DELIVER_MESSAGE, str(key), clock)

    async def handler(each: JobRun) -> None:
        await messages.deliver(each, channel=line, contact_of=contacts(PHONE))

    await run_job(run, handler)
    await run_job(run, handler)
    assert line.sent == [(PHONE, "办理结果：您的申报已办结。")]
    assert await state_of(key) == (True, "line")


@pytest.mark.parametrize(("channel", "phone"), [pytest.param(None, PHONE, id="no channel"), pytest.param(Line(), None, id="no contact")])
async def test_what_cannot_be_sent_stays_in_the_inbox(channel: Line | None, phone: str | None, clock: FixedClock) -> None:
    key = await written(messages.to_account("U1"), clock)
    await messages.deliver(JobRun(DELIVER_MESSAGE, str(key), clock), channel=channel, contact_of=contacts(phone))
    assert await state_of(key) == (False, "")


async def test_a_job_about_no_message_sends_nothing(clock: FixedClock) -> None:
    line = Line()
    await messages.deliver(JobRun(DELIVER_MESSAGE, "77", clock), channel=line, contact_of=contacts(PHONE))
    assert line.sent == []


async def test_the_terminal_shows_neither_address_nor_numbers_of_persons(capsys: pytest.CaptureFixture[str]) -> None:
    await ConsoleChannel().send(PHONE, "验证码 123456，证件 310100199001011234")
    told = capsys.readouterr().err
    assert "123456，" in told
    assert PHONE not in told
    assert "310100199001011234" not in told


async def test_the_demo_sends_to_the_terminal_and_nothing_else_does(clock: FixedClock, capsys: pytest.CaptureFixture[str]) -> None:
    assert channel_of(Settings()) is None
    key = await written(messages.to_organisation(ENTERPRISE_B, Right.CLAIM_READ), clock)
    await job_handlers(Settings(demo=True))[DELIVER_MESSAGE](JobRun(DELIVER_MESSAGE, str(key), clock))
    assert capsys.readouterr().err == ""  # the demo's own enterprises gave no contact
    assert await contact_of(RecipientKind.ACCOUNT, "U1") is None
    assert await contact_of(RecipientKind.ORGANISATION, ENTERPRISE_B) is None


async def test_the_inbox_is_a_page_with_a_number_in_every_head(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    person = await enter(visitor, "jingban-b", clock)  # whose new API token has told him so
    await written(messages.to_account(person.actor.key), clock)
    assert "有 <b>2</b> 条未读消息" in (await visitor.get("/")).text
    shown = (await visitor.get("/messages")).text
    assert "您的申报已办结" in shown
    assert "已建立接口令牌" in shown
    assert '<span class="count">2<' in shown
    found = await messages.my_messages(person.actor, before=None, limit=1)
    address = f"/messages/{found[0][0].id}/read"
    assert_problem(await visitor.get(address), 405, "method-not-allowed")
    token = await form_token(visitor, "/messages")
    assert (await visitor.post(address, data=token)).headers["location"] == "/claims"
    assert '<span class="count">1<' in (await visitor.get("/messages", params={"unread_only": "true"})).text
    assert_problem(await visitor.post("/messages/999999/read", data=token), 404, "message-not-found")
    assert (await visitor.post("/messages/read-all", data=token)).headers["location"] == "/messages"
    after = (await visitor.get("/messages", params={"unread_only": "true"})).text
    assert "没有未读消息" in after
    assert 'class="count"' not in after
    rows = table(await visitor.get("/messages.csv"))
    assert [(row[2], row[4]) for row in rows[1:]] == [("办理结果", "已读"), ("已建立接口令牌", "已读")]
    assert_problem(await visitor.get("/messages", params={"cursor": "x"}), 400, "bad-cursor")


async def test_a_long_inbox_has_a_second_page(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    person = await enter(visitor, "shenji", clock)
    for _ in range(31):
        await written(messages.to_account(person.actor.key), clock)
    page = (await visitor.get("/messages")).text
    following = page.split("/messages?cursor=")[1].split('"')[0]
    assert "回到第一页" in (await visitor.get("/messages", params={"cursor": following})).text
