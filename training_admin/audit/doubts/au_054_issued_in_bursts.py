"""AU-054 评价机构集中突击发证 · an evaluation body issues in bursts, or nobody whom it examines fails."""

from collections.abc import Iterator
from datetime import timedelta

from training_admin.audit.check import Found, by_cause, check, day_text, of_lines
from training_admin.audit.facts import AuditClass, AuditLine, ClaimAudit
from training_admin.audit.run_facts import IssuingBody
from training_admin.catalog.certificate_numbers import issuing_body

# The list's own formula: within sixty days more than five times the median of all bodies, or everybody of thirty passes.
DAYS, TIMES, FEWEST = 60, 5, 30


@check(
    id="AU-054",
    why="曾查出评价机构获批后两个月内分二十五批发证两千六百余本",
    needs="考核结果中的证书编号（载明评价机构）、发证日期",
    against="全区各评价机构的发证数和合格率",
)
def au_054(claim: ClaimAudit) -> Iterator[Found]:
    """Rows whose certificate was issued in the burst, or by a body that nobody fails; fewer than thirty certificates prove nothing.

    The counts move with every certificate: they are not told, so that what an officer decided stays decided.
    """
    for klass, cause, lines in by_cause(_suspicious(claim)):
        code, _bar, found = cause.partition("|")
        yield of_lines(klass.class_no, lines, 评价机构=code, 异常情况=found, 涉及人数=str(len(lines)))


def _suspicious(claim: ClaimAudit) -> Iterator[tuple[AuditClass, AuditLine, str]]:
    for klass, run in claim.run():
        for line in claim.lines_of.get(klass.class_no, ()):
            result = run.results.get(line.person)
            body = None if result is None else claim.bodies.get(issuing_body(result.certificate_no))
            if result is None or result.certified_on is None or body is None:
                continue
            if _bursts(body) and body.since <= result.certified_on < body.since + timedelta(days=DAYS):
                yield klass, line, f"{body.code}|{day_text(body.since)}起{DAYS}日内发证数超过各机构中位数的{TIMES}倍"
            elif body.examined >= FEWEST and body.passed == body.examined:
                yield klass, line, f"{body.code}|参加考核的{FEWEST}人以上全部合格"


def _bursts(body: IssuingBody) -> bool:
    return body.issued >= FEWEST and body.issued > TIMES * body.median
