"""AU-036 法定节假日授课 · the class begins or ends on a public holiday."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, day_text, of_class
from training_admin.audit.facts import ClaimAudit


@check(id="AU-036", why="虚构课次常落在节假日", needs="开班、结业日期（课次表到位前只查首末日）", against="节假日安排")
def au_036(claim: ClaimAudit) -> Iterator[Found]:
    """The first session is on the first day and the last one on the last; days in between need the session plan."""
    for klass in claim.classes:
        for name, day in (("开班日期", klass.start), ("结业日期", klass.end)):
            if day in claim.calendar.off_days:
                yield of_class(claim, klass, 放假日=day_text(day), 授课日=name)
