"""AU-090 电话回访否认参训 · the person denies to have taken part, by link, signed in, or when called back by sample."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, of_lines
from training_admin.audit.facts import ClaimAudit


@check(id="AU-090", why="名单中的人员没有参加培训", needs="学员本人的答复、电话回访", against="本申报的花名册")
def au_090(claim: ClaimAudit) -> Iterator[Found]:
    """One class is one cause; whoever answered at enrolment or at the end that it is not he counts once."""
    for klass in claim.classes:
        lines = [line for line in claim.lines_of.get(klass.class_no, ()) if (klass.class_no, line.person) in claim.denied]
        if lines:
            yield of_lines(klass.class_no, lines, 否认参训人数=str(len({line.person for line in lines})))
