"""AU-060 同一职业同一等级重复享受 · the same occupation and level was paid before by the same fund."""

from collections.abc import Iterator

from training_admin.audit.check import Found, by_cause, check, of_lines
from training_admin.audit.facts import AuditClass, AuditLine, ClaimAudit
from training_admin.audit.paid_before import paid_before


@check(id="AU-060", why="同一职业同一等级只能享受一次", needs="已享受补贴记录、较早的申报", against="补贴发放记录、其他申报")
def au_060(claim: ClaimAudit) -> Iterator[Found]:
    """Looks at payments delivered and at paying lines of claims submitted before."""
    for klass, source, lines in by_cause(_again(claim)):
        yield of_lines(klass.class_no, lines, 职业编码=klass.occupation or "", 等级=klass.level or "", 已享受记录=source)


def _again(claim: ClaimAudit) -> Iterator[tuple[AuditClass, AuditLine, str]]:
    for klass, line in claim.placed():
        if klass.occupation is None:
            continue
        for each in paid_before(claim, line.person):
            if each.fund == klass.fund and (each.occupation, each.level) == (klass.occupation, klass.level):
                yield klass, line, each.source
                break
