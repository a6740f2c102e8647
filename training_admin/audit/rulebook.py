"""The list of audit rules as data: number, title, formula, severity and where the thing was seen (policy.md 7.4)."""

from functools import cache
from importlib.resources import files

import msgspec

from training_admin.audit.check import Severity


class AuditRule(msgspec.Struct, frozen=True):
    """One line of the list; `formula` says when it is a doubt, `standing` how firmly it stands."""

    id: str
    name_zh: str
    name_en: str
    data: str
    formula: str
    severity: str
    seen_in: str
    standing: str

    @property
    def level(self) -> Severity:
        """The severity as it is shown."""
        return Severity[self.severity]


class _List(msgspec.Struct, frozen=True):
    count: int
    rules: tuple[AuditRule, ...]


@cache
def audit_rules() -> dict[str, AuditRule]:
    """All 75 audit rules by number, those that wait for data included."""
    content = files("training_admin.audit").joinpath("data", "audit_rules.json").read_bytes()
    found = msgspec.json.decode(content, type=_List)
    assert found.count == len(found.rules)
    return {each.id: each for each in found.rules}
