"""Run every benchmark, or those named, and write bench/results.json."""

import asyncio
import sys
from pathlib import Path

import msgspec

from bench import certificates, claims, conflicts, doubts, exports, growth, loops, pages, replay, trail
from bench.measuring import Result

RESULTS = Path(__file__).with_name("results.json")
PARTS = {
    "certificates": certificates.measured,
    "claims": claims.measured,
    "conflicts": conflicts.measured,
    "doubts": doubts.measured,
    "exports": exports.measured,
    "growth": growth.measured,
    "loops": loops.measured,
    "pages": pages.measured,
    "replay": replay.measured,
    "trail": trail.measured,
}


async def main(names: list[str]) -> int:
    """Measure, keep, show; the exit status tells whether every promise holds."""
    known = msgspec.json.decode(RESULTS.read_bytes(), type=dict[str, Result]) if RESULTS.exists() else {}
    for name in names or list(PARTS):
        known.update(await PARTS[name]())
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(known)) + b"\n")
    for name, result in sorted(known.items()):
        sys.stdout.write(f"{name:20} {result.value:10.3f}  {result.target:40} {'holds' if result.holds else 'MISSED'}\n")
    return 0 if all(result.holds for result in known.values()) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
