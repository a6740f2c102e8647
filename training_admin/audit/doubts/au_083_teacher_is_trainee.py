"""AU-083 教师与学员关联或教师即学员 · a teacher stands in the roster of his own class."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, of_lines
from training_admin.audit.facts import ClaimAudit


@check(id="AU-083", why="以教师充学员凑人数", needs="任课教师和学员的证件", against="开班备案的任课教师")
def au_083(claim: ClaimAudit) -> Iterator[Found]:
    """Both have one key, by which the same person is found."""
    for klass, run in claim.run():
        if lines := claim.lines_with(klass, run.teaching_trainees):
            yield of_lines(klass.class_no, lines, 既任课又在册的人数=str(len({line.person for line in lines})))
