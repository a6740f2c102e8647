"""What the child does with a workbook. Each task imports only what it needs, because every upload waits for the child's start."""

from datetime import date

import msgspec


class Reading(msgspec.Struct, frozen=True, array_like=True):
    """A workbook to read, and the day on which it is read."""

    content: bytes
    today: date


def read_task(payload: bytes) -> bytes:
    """The child's side of `read_form`."""
    from training_admin.subsidy.workbooks import read_claim

    reading = msgspec.msgpack.decode(payload, type=Reading)
    return msgspec.msgpack.encode(read_claim(reading.content, today=reading.today))


def registers_task(payload: bytes) -> bytes:
    """The child's side of `read_registers`."""
    from training_admin.subsidy.register_workbooks import read_register_workbook

    reading = msgspec.msgpack.decode(payload, type=Reading)
    return msgspec.msgpack.encode(read_register_workbook(reading.content, today=reading.today))
