"""AU-031 同一教师同时两处授课 · one teacher teaches two classes at the same time."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, of_class
from training_admin.audit.facts import ClaimAudit
from training_admin.audit.run_facts import TEACHER
from training_admin.audit.run_words import clash_words, clashes_by_class


@check(id="AU-031", why="教师不可能同时在两处，其中一处未授课", needs="两个班级的课次表和任课教师", against="其他班级的课次表")
def au_031(claim: ClaimAudit) -> Iterator[Found]:
    """Two classes that share the session in one room are one session of a pooled class, not two."""
    for klass, run in claim.run():
        for other, clashes in clashes_by_class(run, TEACHER):
            yield of_class(claim, klass, 另一班级=other, 重叠课次=clash_words(clashes))
