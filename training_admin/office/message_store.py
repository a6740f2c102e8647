"""Queries of messages: whose they are, which of them are read, and whether they left the house."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from training_admin.database import fetch_tuples

# A reader's own keys, the code of his organisation, and the rights by which he reads what is addressed to it.
_MINE = """
    m.recipient = ANY($1) AND (m.recipient_kind = 'organisation' AND m.recipient = $2 AND m.needs = ANY($3)
    OR m.recipient_kind <> 'organisation' AND m.recipient = $4::text)
"""
_UNREAD = "NOT EXISTS (SELECT 1 FROM message_read r WHERE r.message = m.id AND r.reader = $4::text)"


class Reader(msgspec.Struct, frozen=True):
    """Who reads: the key of his account or of his own records, the code of his organisation, and his rights."""

    key: str
    organisation: str
    rights: tuple[str, ...]

    @property
    def arguments(self) -> tuple[Sequence[str], str, Sequence[str], str]:
        """The first four arguments of every query about one reader."""
        return [self.key, self.organisation], self.organisation, list(self.rights), self.key


class MessageShown(msgspec.Struct, frozen=True):
    """One message in a list."""

    id: int
    subject: str
    title: str
    text: str
    link: str
    at: datetime
    read: bool


class CaseMessage(msgspec.Struct, frozen=True):
    """A message as its case shows it; `sent_at` is when it left the house, None while it is in the inbox only."""

    at: datetime
    title: str
    text: str
    sent_at: datetime | None


class Outgoing(msgspec.Struct, frozen=True):
    """A message about to leave the house."""

    recipient_kind: str
    recipient: str
    title: str
    text: str


async def add_message(
    *, recipient_kind: str, recipient: str, needs: str | None, subject: str, title: str, text: str, link: str, at: datetime
) -> int:
    """A new message; returns its key."""
    found = await fetch_tuples(
        """INSERT INTO message (recipient_kind, recipient, needs, subject, title, text, link, at, channel)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '') RETURNING id""",
        *(recipient_kind, recipient, needs, subject, title, text, link, at),
    )
    return int(found[0][0])


async def messages_of(reader: Reader, *, before: int | None, limit: int, unread_only: bool) -> list[MessageShown]:
    """A reader's messages before a key, newest first."""
    found = await fetch_tuples(
        f"SELECT m.id, m.subject, m.title, m.text, m.link, m.at, NOT ({_UNREAD}) FROM message m "  # noqa: S608 - our own texts
        f"WHERE {_MINE} AND ($5::bigint IS NULL OR m.id < $5) AND (NOT $6 OR {_UNREAD}) ORDER BY m.id DESC LIMIT $7",
        *(*reader.arguments, before, unread_only, limit),
    )
    return [MessageShown(*row) for row in found]


async def count_unread(reader: Reader, *, most: int) -> int:
    """How many messages a reader has not read, counted up to a limit."""
    found = await fetch_tuples(
        f"SELECT count(*) FROM (SELECT 1 FROM message m WHERE {_MINE} AND {_UNREAD} LIMIT $5) few",  # noqa: S608 - our own texts
        *(*reader.arguments, most),
    )
    return int(found[0][0])


async def link_of(reader: Reader, message: int) -> str | None:
    """Where a message leads; None when it is not the reader's."""
    found = await fetch_tuples(f"SELECT m.link FROM message m WHERE {_MINE} AND m.id = $5", *(*reader.arguments, message))  # noqa: S608 - our own texts
    return None if not found else str(found[0][0])


async def mark_read(reader: Reader, message: int | None, *, at: datetime) -> int:
    """Mark one message of a reader, or with None all of them, as read; returns how many were not."""
    found = await fetch_tuples(
        f"INSERT INTO message_read (message, reader, at) SELECT m.id, $4::text, $5::timestamptz FROM message m "  # noqa: S608 - our own texts
        f"WHERE {_MINE} AND {_UNREAD} AND ($6::bigint IS NULL OR m.id = $6) ON CONFLICT (message, reader) DO NOTHING RETURNING id",
        *(*reader.arguments, at, message),
    )
    return len(found)


async def messages_of_case(subject: str, organisation: str) -> list[CaseMessage]:
    """What was written to an organisation about a case, oldest first."""
    found = await fetch_tuples(
        """SELECT at, title, text, sent_at FROM message
           WHERE subject = $1 AND recipient_kind = 'organisation' AND recipient = $2 ORDER BY id""",
        *(subject, organisation),
    )
    return [CaseMessage(*row) for row in found]


async def load_outgoing(message: int) -> Outgoing | None:
    """A message as it is sent; None when there is none."""
    found = await fetch_tuples("SELECT recipient_kind, recipient, title, text FROM message WHERE id = $1", message)
    return Outgoing(*found[0]) if found else None


async def mark_sent(message: int, channel: str, *, at: datetime) -> None:
    """The message has left the house by a channel."""
    await fetch_tuples("UPDATE message SET sent_at = $2, channel = $3 WHERE id = $1", message, at, channel)
