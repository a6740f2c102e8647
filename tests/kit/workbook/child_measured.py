"""Runs a task as the server does, and says what it cost."""

import subprocess
import sys
from datetime import date

import msgspec

from training_admin.kit.child import MEGABYTE
from training_admin.kit.child_side import DONE, REFUSED
from training_admin.subsidy.intake import READ_TASK

TODAY = date(2026, 6, 1)
# The peak is read by the child itself: what wait4 tells includes the memory of the process that started it.
MEASURED = """
import re, resource, sys
from training_admin.kit.child_side import _main
status = _main(*sys.argv[1:])
usage = resource.getrusage(resource.RUSAGE_SELF)
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) * 1024
sys.stderr.write(f"{usage.ru_utime + usage.ru_stime} {peak}")
sys.exit(status)
"""


class Cost(msgspec.Struct, frozen=True):
    """How a child ended: its answer, processor seconds and peak memory in bytes."""

    answer: bytes
    seconds: float
    peak: int

    @property
    def refusal(self) -> dict[str, str] | None:
        """The refusal it gave; None when it read the file."""
        assert self.answer[:1] in {DONE, REFUSED}
        return msgspec.json.decode(self.answer[1:]) if self.answer[:1] == REFUSED else None


def read_in_child(content: bytes) -> Cost:
    """Read a claim in a child with the limits of the server; the child must end by itself."""
    command = [sys.executable, "-c", MEASURED, READ_TASK, str(512 * MEGABYTE), "30"]
    payload = msgspec.msgpack.encode((content, TODAY))
    ended = subprocess.run(command, input=payload, capture_output=True, timeout=90, check=False)
    assert ended.returncode == 0, f"the child died: {ended.returncode} {ended.stderr[-300:]!r}"
    seconds, peak = ended.stderr.split()
    return Cost(ended.stdout, float(seconds), int(peak))
