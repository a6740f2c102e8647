"""The port through which messages leave the house: SMS and mail later, the terminal in the demo, nothing where none is set up."""

import sys
from typing import Protocol

from training_admin.logs import MASKED, PERSONAL
from training_admin.settings import Settings


class Channel(Protocol):
    """Something that can bring a text to a phone number or a mail address."""

    name: str

    async def send(self, address: str, text: str) -> None:
        """Hand the text over; raises whatever the line raises, and the job tries again."""
        ...


class ConsoleChannel:
    """Shows the text where the program runs, for the demo: never the address, and no number that names a person."""

    name = "console"

    async def send(self, address: str, text: str) -> None:
        del address
        sys.stderr.write(f"【短信（演示）】{PERSONAL.sub(MASKED, text)}\n")
        sys.stderr.flush()


def channel_of(settings: Settings) -> Channel | None:
    """The channel of an installation; None where messages stay in the inbox."""
    return ConsoleChannel() if settings.message_channel == "console" else None
