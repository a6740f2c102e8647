"""AU-063 高级后享受低级 · a lower level after a higher one was paid in the same occupation."""

from collections.abc import Iterator

from training_admin.audit.check import Found, by_cause, check, of_lines
from training_admin.audit.facts import AuditClass, AuditLine, ClaimAudit
from training_admin.audit.paid_before import paid_before
from training_admin.catalog.facts import LEVEL_WORDS, level_rank


@check(id="AU-063", why="高等级补贴后不再享受同职业低等级补贴", needs="已享受补贴记录、较早的申报", against="补贴发放记录、其他申报")
def au_063(claim: ClaimAudit) -> Iterator[Found]:
    """The same fund only; a level without rank is left out."""
    for klass, paid, lines in by_cause(_lower(claim)):
        level = LEVEL_WORDS.get(klass.level or "", "")
        yield of_lines(klass.class_no, lines, 职业编码=klass.occupation or "", 本次等级=level, 已享受等级=LEVEL_WORDS.get(paid, paid))


def _lower(claim: ClaimAudit) -> Iterator[tuple[AuditClass, AuditLine, str]]:
    for klass, line in claim.placed():
        rank = level_rank(klass.level or "")
        if klass.occupation is None or rank is None:
            continue
        ranks = {
            found: each.level or ""
            for each in paid_before(claim, line.person)
            if each.fund == klass.fund and each.occupation == klass.occupation and (found := level_rank(each.level or "")) is not None
        }
        if ranks and max(ranks) > rank:
            yield klass, line, ranks[max(ranks)]
