"""Writing behind: what is handed over is packed in a thread of its own while the next is being made; at most one piece waits."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO

# Below this many bytes a thread costs more than it saves.
WORTH_A_THREAD = 64 * 1024


class WriterBehind:
    """Writes into one file after the other, in the order in which pieces are handed over.

    An error of writing is raised by the next call; `settle` waits until everything is written.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(max_workers=1)
        self._last: Future[int] | None = None

    def write(self, file: IO[bytes], content: bytes) -> None:
        """Write a piece: small ones at once, large ones behind."""
        self.settle()
        if len(content) < WORTH_A_THREAD:
            file.write(content)
        else:
            self._last = self._threads.submit(file.write, content)

    def settle(self) -> None:
        """Wait until the last piece is written; raises what its writing raised."""
        last, self._last = self._last, None
        if last is not None:
            last.result()

    def end(self) -> None:
        """Wait without raising anything, and give the thread back."""
        self._last = None
        self._threads.shutdown()
