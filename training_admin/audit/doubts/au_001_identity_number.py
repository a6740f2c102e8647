"""AU-001 证件号码校验不通过 · a stored identity number fails its check."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, of_lines
from training_admin.audit.facts import AuditLine, ClaimAudit


@check(id="AU-001", why="冒名、虚构人员常用编造的号码", needs="花名册的证件类型和证件号码", against="GB 11643-1999 校验规则")
def au_001(claim: ClaimAudit) -> Iterator[Found]:
    """Every row with a number, also those that could not be assessed because of it; one doubt for each class."""
    wrong: dict[str, list[AuditLine]] = {}
    for line in claim.lines:
        if not line.number_valid:
            wrong.setdefault(line.class_no, []).append(line)
    for class_no, lines in wrong.items():
        yield of_lines(class_no, lines, 校验不通过的行数=str(len(lines)))
