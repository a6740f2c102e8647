"""AU-030 同一人同时在两班 · one person sits in two classes at the same time."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, day_text, of_lines
from training_admin.audit.facts import ClaimAudit
from training_admin.audit.run_facts import TRAINEE
from training_admin.audit.run_words import clashes_by_class


@check(id="AU-030", why="同一时间只能在一处，另一处为虚构或代签", needs="两个班级的课次表和考勤", against="其他班级的课次表")
def au_030(claim: ClaimAudit) -> Iterator[Found]:
    """Sessions that overlap, where the person is not told as absent from either; one other class is one cause."""
    for klass, run in claim.run():
        for other, clashes in clashes_by_class(run, TRAINEE):
            lines = claim.lines_with(klass, {each.key for each in clashes})
            if lines:
                yield of_lines(
                    klass.class_no, lines, 另一班级=other, 首次重叠日期=day_text(clashes[0].day), 人数=str(len({x.person for x in lines}))
                )
