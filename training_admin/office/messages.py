"""Messages 消息: written in the act's own transaction, kept on the case they belong to, sent by a job afterwards.

Texts hold no personal data: they say that something happened and where it can be read after signing in.
"""

from collections.abc import Awaitable, Callable
from enum import StrEnum

import msgspec

from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_may, may
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import NotFound
from training_admin.kit.rights import Right
from training_admin.office import message_store
from training_admin.office.channels import Channel
from training_admin.office.jobs import JobRun, enqueue
from training_admin.office.message_store import CaseMessage, MessageShown, Reader

DELIVER_MESSAGE = "deliver_message"
MOST_COUNTED = 100


class RecipientKind(StrEnum):
    """Whom a message may be addressed to."""

    ACCOUNT = "account"
    PERSON = "person"
    ORGANISATION = "organisation"


class Recipient(msgspec.Struct, frozen=True):
    """An account key, a person key, or an organisation's code with the right by which its people read the message."""

    kind: RecipientKind
    key: str
    needs: Right | None = None


class Letter(msgspec.Struct, frozen=True):
    """What is written: `case` is the business number it belongs to, `link` a path of ours where more is to be seen."""

    case: str
    title: str
    text: str
    link: str = ""


class MessageNotFound(NotFound):
    """There is no such message, or not for this reader."""

    code = "message-not-found"


# The phone number or mail address of a recipient; None when none is known.
ContactOf = Callable[[RecipientKind, str], Awaitable[str | None]]


def to_account(key: str) -> Recipient:
    """One person who has an account."""
    return Recipient(RecipientKind.ACCOUNT, key)


def to_person(key: str) -> Recipient:
    """A trainee, by the key of his own records."""
    return Recipient(RecipientKind.PERSON, key)


def to_organisation(code: str, needs: Right) -> Recipient:
    """Everybody of an organisation who has a right."""
    return Recipient(RecipientKind.ORGANISATION, code, needs)


async def send(recipient: Recipient, letter: Letter, *, by_channel: bool = True, clock: Clock) -> int:
    """Write a message and stage its delivery, inside the act's open write transaction; returns its key.

    Without `by_channel` it stays in the inbox: whoever sends something better by the channel himself needs no second text.
    """
    assert not letter.link or (letter.link.startswith("/") and not letter.link.startswith("//")), "a link is a path of ours"
    message = await message_store.add_message(
        recipient_kind=recipient.kind.value,
        recipient=recipient.key,
        needs=None if recipient.needs is None else recipient.needs.value,
        subject=letter.case,
        title=letter.title,
        text=letter.text,
        link=letter.link,
        at=clock.now(),
    )
    if by_channel:
        await enqueue(DELIVER_MESSAGE, str(message))
    return message


async def deliver(run: JobRun, *, channel: Channel | None, contact_of: ContactOf) -> None:
    """The job staged by `send`; its key is the message's. Whoever has no known contact, or no channel, finds it in the inbox.

    A worker that dies between sending and marking sends a second time: a message twice is better than none.
    """
    key = int(run.key)
    async with read_transaction():
        message = await message_store.load_outgoing(key)
    sent = False
    if message is not None and channel is not None:
        contact = await contact_of(RecipientKind(message.recipient_kind), message.recipient)
        if contact is not None:
            await channel.send(contact, f"{message.title}：{message.text}")
            sent = True
    await _note_delivery(run, key, channel.name if sent and channel is not None else "")


@retried
async def _note_delivery(run: JobRun, message: int, channel: str) -> None:
    async with write_transaction():
        if await run.first_time() and channel:
            await message_store.mark_sent(message, channel, at=run.clock.now())


def reader_of(actor: Actor) -> Reader:
    """Whose inbox it is: his own messages, and those of the organisation he belongs to or stands in for."""
    assert_may(actor, Right.INBOX)
    return Reader(actor.person or actor.key, actor.organisation or "", tuple(right.value for right in Right if may(actor, right)))


async def my_messages(actor: Actor, *, before: int | None, limit: int, unread_only: bool = False) -> tuple[list[MessageShown], str | None]:
    """A page of the inbox, newest first, and the cursor of the next page; raises NotAllowed."""
    reader = reader_of(actor)
    async with read_transaction():
        found = await message_store.messages_of(reader, before=before, limit=limit + 1, unread_only=unread_only)
    page = found[:limit]
    return page, str(page[-1].id) if len(found) > limit else None


async def unread(actor: Actor) -> int:
    """How many messages wait to be read, counted up to a hundred; raises NotAllowed."""
    reader = reader_of(actor)
    async with read_transaction():
        return await message_store.count_unread(reader, most=MOST_COUNTED)


async def of_case(case: str, organisation: str) -> list[CaseMessage]:
    """What was written to an organisation about one of its cases; who may see the case is asked by whoever shows it."""
    async with read_transaction():
        return await message_store.messages_of_case(case, organisation)


@retried
async def read_message(actor: Actor, message: int, *, clock: Clock) -> str:
    """Mark a message as read and say where it leads; raises NotAllowed, MessageNotFound for another's."""
    reader = reader_of(actor)
    async with write_transaction():
        link = await message_store.link_of(reader, message)
        if link is None:
            raise MessageNotFound("没有找到这条消息。")
        await message_store.mark_read(reader, message, at=clock.now())
    return link


@retried
async def read_all(actor: Actor, *, clock: Clock) -> int:
    """Mark everything as read; returns how many were not. Raises NotAllowed."""
    reader = reader_of(actor)
    async with write_transaction():
        return await message_store.mark_read(reader, None, at=clock.now())
