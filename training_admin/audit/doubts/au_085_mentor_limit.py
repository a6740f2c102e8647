"""AU-085 导师带徒超限 · an enterprise mentor has more apprentices than allowed, over all running programmes of the district."""

from collections.abc import Iterator

from training_admin.apprenticeship.parameters import APP_MENTOR_MAX
from training_admin.audit.check import Found, check, of_lines
from training_admin.audit.facts import AuditLine, ClaimAudit


@check(id="AU-085", why="曾查出导师带徒人数超过规定", needs="全区学徒班的导师和学徒", against="各学徒班名单")
def au_085(claim: ClaimAudit) -> Iterator[Found]:
    """One mentor is one cause, with the apprentices whom he has in this programme."""
    of_mentor: dict[str, list[AuditLine]] = {}
    for _programme, apprentice, line in claim.apprenticed_lines():
        if apprentice.mentor:
            of_mentor.setdefault(apprentice.mentor, []).append(line)
    if claim.apprenticed is None:
        return
    most = claim.policy.at(APP_MENTOR_MAX, claim.apprenticed.day)
    for mentor, lines in of_mentor.items():
        if (heads := claim.apprenticed.mentor_heads.get(mentor, 0)) > most:
            yield of_lines(claim.apprenticed.number, lines, 导师带徒=f"全区同期 {heads} 人，上限 {most} 人")
