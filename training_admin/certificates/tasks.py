"""What is done in a child process: one certificate as PDF or picture, or a whole print run with its progress told line by line."""

import os
import sys

import msgspec

from training_admin.certificates.orders import Order
from training_admin.certificates.picture import picture_of
from training_admin.certificates.stamping import print_file
from training_admin.kit.child_side import DONE, REFUSED
from training_admin.kit.refusals import Refusal


def one_pdf(payload: bytes) -> bytes:
    """The file of an order; raises TemplateUnusable."""
    return print_file(msgspec.json.decode(payload, type=Order))


def one_picture(payload: bytes) -> bytes:
    """The first page of an order as PNG; raises TemplateUnusable."""
    return picture_of(one_pdf(payload))


def _report(done: int) -> None:
    sys.stdout.buffer.write(b"%d\n" % done)
    sys.stdout.buffer.flush()


def _run(descriptor: int) -> bytes:
    """Write the file of the order on standard input; the last line tells how it ended."""
    try:
        content = print_file(msgspec.json.decode(sys.stdin.buffer.read(), type=Order), report=_report)
    except Refusal as refusal:
        return REFUSED + msgspec.json.encode(refusal.problem())
    with os.fdopen(descriptor, "wb") as target:
        target.write(content)
    return DONE


if __name__ == "__main__":
    sys.stdout.buffer.write(_run(int(sys.argv[1])))
