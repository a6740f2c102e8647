"""AU-064 共用手机号 · one phone for three or more trainees."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, of_lines
from training_admin.audit.facts import AuditLine, ClaimAudit

FEWEST = 3


@check(id="AU-064", why="名单由他人代填或人员虚构", needs="花名册的手机号码", against="本申报的花名册")
def au_064(claim: ClaimAudit) -> Iterator[Found]:
    """Counts persons, not rows; the phone itself is not shown."""
    by_phone: dict[str, list[AuditLine]] = {}
    for line in claim.lines:
        if line.readable and line.person and line.phone_key:
            by_phone.setdefault(line.phone_key, []).append(line)
    for lines in by_phone.values():
        people = {line.person for line in lines}
        if len(people) >= FEWEST:
            yield of_lines(lines[0].class_no, lines, 共用同一手机号码的人数=str(len(people)))
