"""AU-046 线上学习速度异常 · online learning is credited faster than time passes."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, of_lines
from training_admin.audit.facts import ClaimAudit
from training_admin.audit.run_facts import OnlineStudy

SECONDS_PER_MINUTE = 60


@check(id="AU-046", why="外挂软件刷课", needs="线上平台的学习记录", against="学习记录的开始时刻")
def au_046(claim: ClaimAudit) -> Iterator[Found]:
    """A record that begins before the credited minutes of the one before are over: the same minute was credited twice."""
    for klass, run in claim.run():
        by_person: dict[str, list[OnlineStudy]] = {}
        for each in run.online:
            by_person.setdefault(each.person, []).append(each)
        fast = {person: doubled for person, studied in by_person.items() if (doubled := _doubled(studied))}
        if lines := claim.lines_with(klass, fast):
            records = sum(fast[person] for person in sorted({line.person for line in lines}))
            yield of_lines(klass.class_no, lines, 重叠的学习记录=str(records), 涉及人数=str(len({line.person for line in lines})))


def _doubled(studied: list[OnlineStudy]) -> int:
    """How many records begin before the one that ran longest so far has ended."""
    count, over = 0, None
    for each in sorted(studied, key=lambda one: (one.second, one.record_no)):
        count += over is not None and each.second < over
        over = max(over or 0, each.second + each.minutes * SECONDS_PER_MINUTE)
    return count
