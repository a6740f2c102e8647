"""AU-036 法定节假日授课 · a session lies on a public holiday."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, day_text, of_class
from training_admin.audit.facts import ClaimAudit
from training_admin.audit.run_words import session_words


@check(id="AU-036", why="虚构课次常落在节假日", needs="课次表（没有课次表的班级只查开班、结业日期）", against="节假日安排")
def au_036(claim: ClaimAudit) -> Iterator[Found]:
    """Sessions of the approved plan; a class that was not run here has its first and last day alone."""
    for klass in claim.classes:
        run = claim.runs.get(klass.class_no)
        if run is not None and run.sessions:
            off = [each for each in run.sessions if each.day in claim.calendar.off_days]
            if off:
                yield of_class(claim, klass, 放假日的课次=session_words(off), 课次数=str(len(off)))
            continue
        for name, day in (("开班日期", klass.start), ("结业日期", klass.end)):
            if day in claim.calendar.off_days:
                yield of_class(claim, klass, 放假日=day_text(day), 授课日=name)
