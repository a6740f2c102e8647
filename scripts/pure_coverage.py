# ruff: noqa: INP001 - a script of its own, in no package
"""Fails when a pure module is not wholly covered by the tests just run, and names file and lines.

Which modules are pure is told by tests/test_import_map.py; what ran is told by the data file that `pytest --cov` leaves.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import coverage

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def places(file: dict[str, Any]) -> list[str]:
    """The lines of a file that did not run, and the branches between lines that did, as `from→to`."""
    lines = file["missing_lines"]
    branches = [f"{start}→{max(end, 0) or 'end'}" for start, end in file["missing_branches"] if not {start, end} & set(lines)]
    return [*map(str, lines), *branches]


def main() -> int:
    """Look at each pure module."""
    from tests.test_import_map import is_pure_by_name, modules, path_of

    measured = coverage.Coverage(data_file=str(ROOT / ".coverage"), config_file=str(ROOT / "pyproject.toml"))
    measured.load()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        measured.json_report(outfile=str(report))
        files = json.loads(report.read_bytes())["files"]
    paths = [path.relative_to(ROOT).as_posix() for name in modules() if is_pure_by_name(name) and (path := path_of(name))]
    gaps = {path: places(files[path]) if path in files else ["not measured"] for path in paths}
    for path, found in gaps.items():
        if found:
            sys.stdout.write(f"{path}: {', '.join(found)}\n")
    if any(gaps.values()):
        sys.stdout.write("these lines and branches of pure modules are run by no test\n")
        return 1
    sys.stdout.write(f"every line and branch of the {len(paths)} pure modules is run by a test\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
