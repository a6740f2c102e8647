"""AU-060 同一职业同一等级重复享受 · the same occupation and level was paid before by the same fund."""

from collections.abc import Iterator

from training_admin.audit.check import Found, by_cause, check, of_lines
from training_admin.audit.facts import AuditClass, AuditLine, ClaimAudit
from training_admin.audit.paid_before import PaidBefore, paid_before


@check(id="AU-060", why="同一职业同一等级、同一班级只能享受一次", needs="已享受补贴记录、较早的申报", against="补贴发放记录、其他申报")
def au_060(claim: ClaimAudit) -> Iterator[Found]:
    """Looks at payments delivered and at paying lines of claims submitted before."""
    for klass, source, lines in by_cause(_again(claim)):
        yield of_lines(klass.class_no, lines, 职业编码=klass.occupation or "", 等级=klass.level or "", 已享受记录=source)


def _again(claim: ClaimAudit) -> Iterator[tuple[AuditClass, AuditLine, str]]:
    for klass, line in claim.placed():
        for each in paid_before(claim, line.person):
            if each.class_no == klass.class_no or _same_level(each, klass):
                yield klass, line, each.source
                break


def _same_level(paid: PaidBefore, klass: AuditClass) -> bool:
    """A class that teaches no occupation has no level to be the same."""
    return klass.occupation is not None and (paid.fund, paid.occupation, paid.level) == (klass.fund, klass.occupation, klass.level)
