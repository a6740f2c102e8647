"""AU-034 日课时超限 · more hours on one day than allowed: by the plan, for a person over all classes, or as the days of the class show."""

from collections.abc import Iterator
from datetime import date

from training_admin.audit.check import Found, by_cause, check, day_text, of_class, of_lines
from training_admin.audit.facts import AuditClass, ClaimAudit
from training_admin.audit.run_facts import RunAudit
from training_admin.catalog.facts import CENTIHOURS_PER_HOUR
from training_admin.catalog.parameters import CLASS_DAY_HOURS_MAX, CLASS_HOUR_MINUTES
from training_admin.kit.wording import hundredths

MOST_NAMED = 8


@check(id="AU-034", why="虚增课时", needs="课次表（没有课次表的班级查起止日期和实际课时）", against="开班备案、其他班级的课次表")
def au_034(claim: ClaimAudit) -> Iterator[Found]:
    """Provable without sessions: even with every calendar day full, some day would have more hours than allowed."""
    for klass in claim.classes:
        if klass.start is None or klass.end is None:
            continue
        days = (klass.end - klass.start).days + 1
        most = claim.policy.at(CLASS_DAY_HOURS_MAX, klass.start)
        if klass.delivered_centihours > days * most * CENTIHOURS_PER_HOUR:
            hours = hundredths(klass.delivered_centihours)
            yield of_class(
                claim, klass, 实际课时=hours, 起止日期=f"{day_text(klass.start)}至{day_text(klass.end)}", 最多可授课时=str(days * most)
            )
    for klass, run in claim.run():
        yield from _planned(claim, klass, run)
        yield from _of_people(claim, klass, run)


def _planned(claim: ClaimAudit, klass: AuditClass, run: RunAudit) -> Iterator[Found]:
    minutes: dict[date, int] = {}
    for each in run.sessions:
        minutes[each.day] = minutes.get(each.day, 0) + each.minutes
    full = sorted(day for day, taught in minutes.items() if taught > _most(claim, day))
    if full:
        named = "、".join(map(day_text, full[:MOST_NAMED])) + ("等" if len(full) > MOST_NAMED else "")
        yield of_class(claim, klass, 课时超限的日期=named, 天数=str(len(full)), 每日上限=f"{_hours(claim, full[0])}课时")


def _of_people(claim: ClaimAudit, klass: AuditClass, run: RunAudit) -> Iterator[Found]:
    """Somebody taught in several classes on one day; the same classes on the same day are one cause."""
    found = [
        (klass, line, f"{day_text(each.day)}|{each.other_classes}")
        for each in run.full_days
        if each.minutes > _most(claim, each.day)
        for line in claim.lines_with(klass, {each.person})
    ]
    for _klass, cause, lines in by_cause(found):
        day, _bar, others = cause.partition("|")
        limit = _hours(claim, date.fromisoformat(day))
        yield of_lines(klass.class_no, lines, 日期=day, 同日另有班级=others, 每日上限=f"{limit}课时")


def _hours(claim: ClaimAudit, day: date) -> int:
    return claim.policy.at(CLASS_DAY_HOURS_MAX, day)


def _most(claim: ClaimAudit, day: date) -> int:
    """The taught minutes of a full day."""
    return _hours(claim, day) * claim.policy.at(CLASS_HOUR_MINUTES, day)
