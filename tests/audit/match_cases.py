"""Cases of the checks that compare with lists of other departments: what must be a doubt, and what must not."""

from datetime import date

from tests.audit.ordinary import changed, claim, line
from training_admin.audit.facts import ClaimAudit
from training_admin.audit.match_facts import MatchEntry, MatchKind
from training_admin.audit.run_facts import RunAudit, RunSession

# A class that was run here on its first day only.
ONE_DAY = {"C1": RunAudit(sessions=(RunSession(date(2026, 3, 9), 540, 720),))}
FIRST, LAST = date(2026, 3, 9), date(2026, 4, 24)


def told(
    kind: MatchKind,
    starts: date | None,
    ends: date | None = None,
    *,
    group: str = "E_EMPLOYEE",
    runs: dict[str, RunAudit] | None = None,
) -> ClaimAudit:
    found = claim(lines=(line(0, group=group),), said={"p0": ((kind, MatchEntry("p0", starts, ends)),)})
    return found if runs is None else changed(found, runs=runs)


RAISED: list[tuple[str, str, ClaimAudit, tuple[int, ...]]] = [
    ("AU-003", "开班前已死亡", told(MatchKind.DEATH, date(2026, 3, 8)), (4,)),
    ("AU-004", "结业日在境外", told(MatchKind.ABROAD, date(2026, 4, 20), date(2026, 4, 30)), (4,)),
    ("AU-004", "出境后未入境", told(MatchKind.ABROAD, date(2026, 4, 20)), (4,)),
    ("AU-005", "开班日住院", told(MatchKind.HOSPITAL, date(2026, 3, 1), date(2026, 3, 20)), (4,)),
    ("AU-006", "入所当日", told(MatchKind.DETENTION, FIRST, FIRST), (4,)),
    ("AU-007", "开班日已领取", told(MatchKind.PENSION, FIRST), (4,)),
    ("AU-008", "在校生列为职工", told(MatchKind.SCHOOL, date(2025, 9, 1), date(2028, 6, 30)), (4,)),
    ("AU-009", "开班日在编", told(MatchKind.PAYROLL, date(2020, 1, 1)), (4,)),
    ("AU-012", "残疾证后发", told(MatchKind.STATUS, date(2026, 3, 10), group="D_DISABLED"), (4,)),
]
SILENT: list[tuple[str, str, ClaimAudit]] = [
    ("AU-003", "结业后死亡", told(MatchKind.DEATH, date(2026, 4, 25))),
    ("AU-003", "死亡日期未载", told(MatchKind.DEATH, None)),
    ("AU-004", "出境当日和入境当日", told(MatchKind.ABROAD, LAST, date(2026, 5, 1))),
    ("AU-005", "出院当日", told(MatchKind.HOSPITAL, date(2026, 3, 1), FIRST)),
    ("AU-005", "住院期间没有课", told(MatchKind.HOSPITAL, FIRST, LAST, runs=ONE_DAY)),
    ("AU-006", "开班前已解除", told(MatchKind.DETENTION, date(2025, 1, 1), date(2026, 3, 8))),
    ("AU-007", "开班后才领取", told(MatchKind.PENSION, date(2026, 3, 10))),
    ("AU-008", "已离校", told(MatchKind.SCHOOL, date(2022, 9, 1), date(2025, 6, 30))),
    ("AU-008", "不是职工", told(MatchKind.SCHOOL, date(2025, 9, 1), group="M_VOC_GRAD_YEAR")),
    ("AU-009", "已离编", told(MatchKind.PAYROLL, date(2020, 1, 1), date(2026, 3, 8))),
    ("AU-012", "不看身份的人员", told(MatchKind.STATUS, date(2026, 3, 10))),
    ("AU-012", "开班日已有身份", told(MatchKind.STATUS, FIRST, group="V_VETERAN")),
]
