"""AU-041 考试距开班过短 · the certificate came sooner than the hours could have been taught."""

from collections.abc import Iterator
from datetime import timedelta

from training_admin.audit.check import Found, check, day_text, of_lines
from training_admin.audit.facts import ClaimAudit
from training_admin.audit.parameters import AUDIT_EXAM_SHARE
from training_admin.catalog.facts import CENTIHOURS_PER_HOUR
from training_admin.catalog.parameters import CLASS_DAY_HOURS_MAX
from training_admin.kit.money import WHOLE_BP
from training_admin.kit.wording import hundredths


@check(id="AU-041", why="课时未满即考试，培训走过场", needs="证书的发证日期、标准课时", against="开班备案、补贴目录")
def au_041(claim: ClaimAudit) -> Iterator[Found]:
    """The day of the certificate stands for that of the exam, which is never later; every calendar day may be full."""
    for klass, run in claim.run():
        if klass.start is None or klass.item is None or not klass.item.std_centihours:
            continue
        hours, share = claim.policy.at(CLASS_DAY_HOURS_MAX, klass.start), claim.policy.at(AUDIT_EXAM_SHARE, klass.start)
        needed = klass.item.std_centihours * share
        per_day = hours * CENTIHOURS_PER_HOUR * WHOLE_BP
        first = klass.start + timedelta(days=-(-needed // per_day) - 1)
        soon = {person for person, each in run.results.items() if each.certified_on is not None and each.certified_on < first}
        if lines := claim.lines_with(klass, soon):
            day = min(run.results[line.person].certified_on or first for line in lines)
            std = hundredths(klass.item.std_centihours)
            yield of_lines(klass.class_no, lines, 开班日期=day_text(klass.start), 最早发证日期=day_text(day), 标准课时=std)
