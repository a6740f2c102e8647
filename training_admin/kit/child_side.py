"""The child's side of `kit.child`: bounds itself, does one task, answers, ends. Imports little, because every file waits for its start."""

import gc
import importlib
import resource
import sys

import msgspec

from training_admin.kit.refusals import Refusal

DONE, REFUSED = b"\x00", b"\x01"
OUT_OF_MEMORY = 3


def _limit(memory: int, processor_seconds: int) -> None:
    with open("/proc/self/statm", encoding="ascii") as status:  # noqa: PTH123 - a kernel file
        used = int(status.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + memory, used + memory))
    resource.setrlimit(resource.RLIMIT_CPU, (processor_seconds, processor_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _main(task: str, memory: str, processor_seconds: str) -> int:
    module, _, name = task.partition(":")
    function = getattr(importlib.import_module(module), name)
    _limit(int(memory), int(processor_seconds))
    gc.disable()  # the process lives for one file
    try:
        answer = DONE + function(sys.stdin.buffer.read())
    except Refusal as refusal:
        answer = REFUSED + msgspec.json.encode(refusal.problem())
    except MemoryError:
        return OUT_OF_MEMORY
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
