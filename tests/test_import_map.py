"""Rooms stand in a row and import only to the left; what is pure reaches nothing that is not."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "training_admin"
FLOOR = ("settings", "clocks", "logs", "database", "upgrade", "errors", "web")
ROW = (
    ("kit",),
    FLOOR,
    *(("office",), ("policy",), ("parties",), ("accounts",), ("fund",), ("catalog",), ("apprenticeship",), ("certificates",)),
    *(("subsidy",), ("audit",), ("desk",), ("wiring",), ("routers",), ("app",), ("doctor",), ("demo",)),
    # The command line starts everything and is imported by nothing.
    *(("commands",), ("__main__",)),
)
ROOMS = frozenset(room for rooms in ROW for room in rooms) - {*FLOOR, "wiring", "routers", "app", "doctor", "demo", "commands", "__main__"}
PLACE = {room: place for place, rooms in enumerate(ROW) for room in rooms}
PURE_STEMS = frozenset({"facts", "parameters", "states", "amounts", "assess"})
# Files of single rooms that decide or explain and are pure as well.
PURE_OF_ROOMS = {
    "policy": frozenset({"canonical", "comparing", "figure_forms", "rounding", "wording"}),
    "apprenticeship": frozenset({"own_facts", "plan_facts", "record_facts"}),
    "catalog": frozenset(
        {
            *("certificate_numbers", "changes", "class_facts", "columns", "course_facts", "demand_facts", "drawing"),
            *("filing_checks", "forecast_facts", "plan_facts", "pooling", "proposal_states", "run_checks", "run_facts"),
            *("scheduling", "sign_codes", "version_changes", "versions", "witness_facts"),
            "visit_facts",
        }
    ),
    "certificates": frozenset({"numbers", "orders", "printed"}),
    "fund": frozenset({"batch_plan", "closing_facts", "ledger_facts", "line_facts", "result_facts"}),
    "parties": frozenset({"institution_facts", "ladder", "levels", "list_facts", "retirement_age", "sanction_states"}),
    "audit": frozenset(
        {
            "asking_facts",
            "steering_meanings",
            "steering_facts",
            "performance_facts",
            "record_changes",
            "dossier_facts",
            "certificate_words",
            "check",
            "district_facts",
            "doubt_facts",
            "finding",
            "inspection_facts",
            "lots",
            "match_facts",
            "paid_before",
            "rectification_states",
            "run_facts",
            "run_words",
        }
    ),
    "subsidy": frozenset(
        {
            *("answers", "ceiling", "certificate", "context", "contradictions", "determination", "explain", "figures", "gather", "levy"),
            *("forecasting", "online", "other_districts", "phrases", "pricing", "record", "review_states"),
            *("notice_facts", "prompt_facts", "quality_facts"),
            *("apprentice_money", "asked", "causes", "programme_assess", "programme_facts", "review_facts", "rounds"),
        }
    ),
}
PURE_FOLDERS = frozenset({"rules", "doubts"})
PURE_KIT = frozenset({"actor", "dated", "digest", "identifiers", "money", "refusals", "rights", "rulebook", "steps", "wording", "workdays"})
PURE_LIBRARIES = frozenset({"msgspec"})
IMPURE_STANDARD = frozenset({"os", "time", "random", "asyncio", "subprocess", "socket", "threading", "multiprocessing", "secrets", "uuid"})


def modules() -> list[str]:
    """Every module of the package by its dotted name; generated migrations are no room's code."""
    files = [file for file in PACKAGE.rglob("*.py") if "piccolo_migrations" not in file.parts]
    return sorted(".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files)


def path_of(module: str) -> Path | None:
    """The file of one of our modules, a package's own file included; None when there is no such module."""
    file = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    if file.is_file():
        return file
    own = file.with_suffix("") / "__init__.py"
    return own if own.is_file() else None


@cache
def imports(module: str) -> frozenset[str]:
    """The dotted names that a module imports anywhere in it; `from package import module` counts as the module."""
    file = path_of(module)
    assert file is not None
    return frozenset(_names(ast.parse(file.read_text("utf-8"))))


def _names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            assert node.module is not None
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            yield from (name if name.startswith("training_admin") and path_of(name) else node.module for name in inner)


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def is_pure_by_name(module: str) -> bool:
    parts = module.split(".")
    if room_of(module) == "kit":
        return parts[-1] in PURE_KIT
    of_room = PURE_STEMS | PURE_OF_ROOMS.get(room_of(module), frozenset())
    return room_of(module) in ROOMS and (parts[-1] in of_room or (len(parts) > 3 and parts[2] in PURE_FOLDERS))


def impurity_reached(module: str, seen: set[str]) -> str | None:
    """The first chain from a module to something that is not pure."""
    seen.add(module)
    for name in sorted(imports(module)):
        top = name.split(".")[0]
        if top != "training_admin":
            if top in PURE_LIBRARIES or (top in sys.stdlib_module_names and top not in IMPURE_STANDARD):
                continue
            return f"{module} → {name}"
        if name not in seen and (found := impurity_reached(name, seen)):
            return f"{module} → {found}"
    return None


@pytest.mark.parametrize("module", modules())
def test_a_room_imports_only_from_rooms_to_its_left(module: str) -> None:
    room = room_of(module)
    if room == "__init__":
        return
    for name in imports(module):
        if name.startswith("training_admin.") and (other := room_of(name)) != room:
            assert PLACE[other] < PLACE[room] or {other, room} <= set(FLOOR), f"{module} imports {name} from the right"


@pytest.mark.parametrize("module", [name for name in modules() if is_pure_by_name(name)])
def test_a_pure_file_reaches_no_database_no_clock_and_no_chance(module: str) -> None:
    assert impurity_reached(module, set()) is None


def test_every_top_level_name_has_its_place_in_the_row() -> None:
    assert {room_of(name) for name in modules()} - {"__init__"} <= set(PLACE)
