"""AU-012 残疾/退役等身份时间倒挂 · a status dated after the training."""

from collections.abc import Iterator

from training_admin.audit.check import Found, by_cause, check, day_text, of_lines
from training_admin.audit.facts import ClaimAudit
from training_admin.audit.match_facts import MatchKind

# Groups that are what they are by a certificate with a date.
STATUS_GROUPS = frozenset({"D_DISABLED", "V_VETERAN"})


@check(id="AU-012", why="身份在培训之后才取得，培训时不属于该类人员", needs="身份取得日期、人员类别", against="残联、退役军人事务部门名单")
def au_012(claim: ClaimAudit) -> Iterator[Found]:
    """The status of the group was obtained after the first day of the class; one cause for each day of the list."""
    found = (
        (klass, line, day_text(entry.starts))
        for klass, line in claim.placed()
        for entry in claim.said_of(line, MatchKind.STATUS)
        if klass.start is not None and line.group in STATUS_GROUPS and entry.starts is not None and entry.starts > klass.start
    )
    for klass, cause, lines in by_cause(found):
        yield of_lines(klass.class_no, lines, 身份取得日期=cause)
