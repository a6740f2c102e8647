# ruff: noqa: INP001 - a script of its own, in no package
"""What we depend on: whether a vulnerability is known (`audit`), and under which licences it comes (`licences [--write]`).

Exit status of `audit`: 0 asked and none known, 1 some known, 3 not asked. pip-audit says "no known vulnerabilities" also when it could not
ask; here a package that was not asked about is never taken for a good one. `make check` stops on 3 as well, unless it is run as
`make check OFFLINE=1`, which still says so.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCK, DOCUMENT = ROOT / "requirements.lock", ROOT / "docs" / "licences.md"
NONE_KNOWN, SOME_KNOWN, NOT_ASKED = 0, 1, 3
AUDIT_SECONDS = 600
# Spelling in the packages' metadata to SPDX. What is not here is refused until somebody has read the licence.
ALLOWED: Mapping[str, str] = {
    "Apache Software License": "Apache-2.0",
    "Apache-2.0": "Apache-2.0",
    "Apache-2.0 AND BSD-2-Clause": "Apache-2.0 AND BSD-2-Clause",
    "Apache-2.0 AND MIT": "Apache-2.0 AND MIT",
    "Apache-2.0 OR BSD-2-Clause": "Apache-2.0 OR BSD-2-Clause",
    "Apache-2.0 OR BSD-3-Clause": "Apache-2.0 OR BSD-3-Clause",
    "Apache Software License; MIT License": "Apache-2.0 OR MIT",
    "BSD License": "BSD-3-Clause",
    "BSD-2-Clause": "BSD-2-Clause",
    "BSD-3-Clause": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "ISC": "ISC",
    "MIT": "MIT",
    "MIT License": "MIT",
    "MIT-0": "MIT-0",
    "MIT-CMU": "MIT-CMU",
    "MIT AND PSF-2.0": "MIT AND PSF-2.0",
    "MIT OR Apache-2.0": "MIT OR Apache-2.0",
    "MPL-2.0": "MPL-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "PSF-2.0": "PSF-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "SIL Open Font License 1.1 (OFL-1.1)": "OFL-1.1",
    "The Unlicense (Unlicense)": "Unlicense",
    # Pyphen lets one choose; we take it under the MPL.
    "GNU General Public License v2 or later (GPLv2+); GNU Lesser General Public License v2 or later (LGPLv2+); "
    "Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1",
}
HEAD = """# Licences

The packages that the service runs with, as locked in `requirements.lock`, and the licences they name in their metadata. Written by
`python scripts/supply_chain.py licences --write`; a test and `make check` compare it with what is installed, and refuse a licence that
nobody has read. Vendored files for browsers have their own manifest (`training_admin/static/vendor/manifest.json`).

| Package | Version | Licence |
| --- | --- | --- |
"""


def locked() -> dict[str, str]:
    """The packages that the service runs with, by canonical name, and their versions."""
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", LOCK.read_text("utf-8"), re.MULTILINE)
    return {canonical(name): version for name, version in found}


def canonical(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def judged(answer: str, wanted: Iterable[str]) -> tuple[int, str]:
    """Exit status and sentence for what pip-audit printed as JSON; whatever is not a whole answer counts as not asked."""
    missing = "the vulnerability service could not be asked: nothing is known about {}. Run it again where the service can be reached."
    try:
        dependencies: list[dict[str, Any]] = json.loads(answer)["dependencies"]
        asked = {canonical(each["name"]): each["vulns"] for each in dependencies if "skip_reason" not in each}
    except (ValueError, KeyError, TypeError):
        return NOT_ASKED, missing.format("any package")
    known = [f"{name}: {', '.join(each['id'] for each in found)}" for name, found in sorted(asked.items()) if found]
    if known:
        return SOME_KNOWN, "known vulnerabilities: " + "; ".join(known)
    unasked = sorted(set(wanted) - set(asked))
    if unasked:
        return NOT_ASKED, missing.format(", ".join(unasked))
    return NONE_KNOWN, f"{len(asked)} packages asked about, no vulnerability known"


def audit() -> int:
    """Ask about every package that is installed of the lock; --strict stops at the first one that cannot be asked about."""
    command = ["pip-audit", "--strict", "--disable-pip", "--require-hashes", "-r", str(LOCK), "-f", "json", "--progress-spinner", "off"]
    try:
        ran = subprocess.run(
            [str(Path(sys.executable).parent / command[0]), *command[1:]],
            capture_output=True,
            text=True,
            check=False,
            timeout=AUDIT_SECONDS,
        )
        answer = ran.stdout
    except subprocess.TimeoutExpired:
        answer = ""
    status, sentence = judged(answer, installed())
    sys.stderr.write(f"pip-audit: {sentence}\n")
    return status


def installed() -> list[str]:
    """The locked packages that this machine has; a lock for every machine also names packages of others."""
    return [canonical(each["Name"]) for each in _told()]


def _told() -> list[dict[str, str]]:
    """Name, version and licence of each locked package, as pip-licenses reads them from the installed metadata."""
    command = [str(Path(sys.executable).parent / "pip-licenses"), "--format=json", "--from=mixed", "--with-system"]
    told: list[dict[str, str]] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    wanted = locked()
    return [each for each in told if canonical(each["Name"]) in wanted]


def document() -> str:
    """The list of licences; raises SystemExit naming packages whose licence is not on the list of those that were read."""
    rows, strange = [], []
    for each in sorted(_told(), key=lambda each: canonical(each["Name"])):
        licence = ALLOWED.get(_first_line(each["License"]))
        if licence is None:
            strange.append(f"{each['Name']} ({_first_line(each['License'])})")
        rows.append(f"| {canonical(each['Name'])} | {locked()[canonical(each['Name'])]} | {licence} |\n")
    if strange:
        raise SystemExit(f"licences that nobody has read yet: {', '.join(strange)}. Read them, then add them to ALLOWED.")
    return HEAD + "".join(rows)


def _first_line(text: str) -> str:
    """Some packages put the whole licence where its name belongs."""
    return text.strip().split("\n")[0].strip()


def licences(*, write: bool) -> int:
    """Compare the list with what is installed, or write it."""
    now = document()
    if write:
        DOCUMENT.write_text(now, "utf-8")
    elif DOCUMENT.read_text("utf-8") != now:
        sys.stderr.write("docs/licences.md is not what is installed: python scripts/supply_chain.py licences --write\n")
        return 1
    sys.stderr.write(f"licences: {now.count(chr(10)) - HEAD.count(chr(10))} packages, each under a licence that was read\n")
    return 0


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("audit").add_argument("--may-be-offline", action="store_true", help="say that it was not asked, but do not fail")
    commands.add_parser("licences").add_argument("--write", action="store_true")
    given = parser.parse_args()
    if given.command == "licences":
        return licences(write=given.write)
    status = audit()
    return NONE_KNOWN if status == NOT_ASKED and given.may_be_offline else status


if __name__ == "__main__":
    sys.exit(main())
