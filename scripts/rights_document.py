# ruff: noqa: INP001 - a script of its own, in no package
"""Write docs/rights.md: who may do what, and which right each address asks for, as the program declares it.

Run it after a right or an address has changed, and read the difference: the matrix test believes the document.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from training_admin.app import create_app
from training_admin.kit.rights import GRANTS, Reach, Right, Role
from training_admin.kit.role_words import REACH_WORDS, RIGHT_WORDS, ROLE_WORDS
from training_admin.settings import Settings
from training_admin.web import PUBLIC, RIGHT

DOCUMENT = Path(__file__).parents[1] / "docs" / "rights.md"
HEAD = """# Rights

Who may do what. Deny by default: what is not in these tables nobody may do. `scripts/rights_document.py` writes this page from the
program; `tests/test_rights_matrix.py` asks every address as every role, with own and foreign objects, and believes this page.
A foreign object answers 404, as if it did not exist. Incompatible duties are refused by the services (`SamePersonTwice`).

## Roles and rights
"""


def declared_routes(app: Litestar) -> Iterator[tuple[str, str, Right | None]]:
    """Method, address and right of every handler in order of addresses; None is public. Static files and the schema are left out."""
    yield from sorted(_declared(app), key=lambda each: (each[1], each[0]))


def _declared(app: Litestar) -> Iterator[tuple[str, str, Right | None]]:
    for route in app.routes:
        for handler in getattr(route, "route_handlers", []):
            if not isinstance(handler, HTTPRouteHandler) or route.path.startswith(("/static", "/schema")):
                continue
            for method in handler.http_methods - {"OPTIONS"}:
                yield method, route.path, None if handler.opt.get(PUBLIC) else handler.opt[RIGHT]


def document(app: Litestar) -> str:
    """The page."""
    lines = [HEAD]
    lines.append("| right | what | " + " | ".join(REACH_WORDS[reach] for reach in Reach) + " |")
    lines.append("|---|---|" + "---|" * len(Reach))
    for right in Right:
        cells = ["、".join(ROLE_WORDS[role] for role in Role if GRANTS[role].get(right) is reach) for reach in Reach]
        lines.append(f"| `{right}` | {RIGHT_WORDS[right]} | " + " | ".join(cells) + " |")
    lines += ["", "## Addresses", "", "| method | address | right |", "|---|---|---|"]
    lines += [f"| {method} | `{path}` | {right or 'public'} |" for method, path, right in declared_routes(app)]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the page."""
    with tempfile.TemporaryDirectory() as folder:
        DOCUMENT.write_text(document(create_app(Settings(data=Path(folder)))), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
