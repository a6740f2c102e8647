"""AU-061 年度次数超限 · more subsidised trainings in a calendar year than allowed."""

from collections import Counter
from collections.abc import Iterator

from training_admin.audit.check import Found, by_cause, check, of_lines
from training_admin.audit.facts import AuditClass, AuditLine, ClaimAudit
from training_admin.audit.paid_before import paid_before
from training_admin.subsidy.parameters import FREQ_MAX_PER_YEAR


@check(id="AU-061", why="超出年度次数享受补贴", needs="已享受补贴记录、较早的申报", against="补贴发放记录、其他申报")
def au_061(claim: ClaimAudit) -> Iterator[Found]:
    """Payments of the year of class start, paying lines of earlier claims, and all lines of this claim that pay."""
    for klass, times, lines in by_cause(_too_often(claim)):
        count, most = times.split("|")
        year = "" if klass.start is None else str(klass.start.year)
        yield of_lines(klass.class_no, lines, 年度=year, 享受次数=count, 年度上限=most)


def _too_often(claim: ClaimAudit) -> Iterator[tuple[AuditClass, AuditLine, str]]:
    placed = [(klass, line, klass.start) for klass, line in claim.placed() if klass.start is not None and line.payable_fen]
    paying = Counter((line.person, start.year, klass.fund) for klass, line, start in placed)
    for klass, line, start in placed:
        most = claim.policy.at(FREQ_MAX_PER_YEAR, start)
        before = sum(1 for each in paid_before(claim, line.person) if each.fund == klass.fund and each.day.year == start.year)
        count = before + paying[line.person, start.year, klass.fund]
        if count > most:
            yield klass, line, f"{count}|{most}"
