"""AU-032 同一教室同时两班 · one room is taken by two classes at the same time."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, of_class
from training_admin.audit.facts import ClaimAudit
from training_admin.audit.run_facts import ROOM
from training_admin.audit.run_words import clash_words, clashes_by_class


@check(id="AU-032", why="一间教室不能同时开两班，其中一班为虚构", needs="两个班级的课次表和教室", against="其他班级的课次表")
def au_032(claim: ClaimAudit) -> Iterator[Found]:
    """One other class is one cause."""
    for klass, run in claim.run():
        for other, clashes in clashes_by_class(run, ROOM):
            yield of_class(claim, klass, 另一班级=other, 重叠课次=clash_words(clashes))
