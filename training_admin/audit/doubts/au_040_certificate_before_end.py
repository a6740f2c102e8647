"""AU-040 培训时间在取证之后 · the certificate was issued before the class ended."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, day_text, of_lines
from training_admin.audit.facts import ClaimAudit


@check(id="AU-040", why="先有证书后补培训，培训为虚构", needs="证书的发证日期", against="开班备案的结业日期")
def au_040(claim: ClaimAudit) -> Iterator[Found]:
    """A certificate of the last day is issued at the end; one day of issue is one cause."""
    for klass, run in claim.run():
        early: dict[str, set[str]] = {}
        for person, result in run.results.items():
            if result.certified_on is not None and klass.end is not None and result.certified_on < klass.end:
                early.setdefault(day_text(result.certified_on), set()).add(person)
        for day, persons in sorted(early.items()):
            if lines := claim.lines_with(klass, persons):
                yield of_lines(klass.class_no, lines, 发证日期=day, 结业日期=day_text(klass.end))
