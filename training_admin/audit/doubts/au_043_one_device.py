"""AU-043 签到设备相同 · many people sign in on one device."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, of_lines
from training_admin.audit.facts import ClaimAudit
from training_admin.audit.parameters import AUDIT_DEVICE_PEOPLE


@check(id="AU-043", why="代签、外挂刷课", needs="扫码签到的设备", against="签到记录")
def au_043(claim: ClaimAudit) -> Iterator[Found]:
    """More persons on one device in one session than allowed; one class is one cause, the device itself is not shown."""
    for klass, run in claim.run():
        persons: set[str] = set()
        sessions = most = 0
        for each in run.signed:
            crowded = [device for device in each.together if len(device) > claim.policy.at(AUDIT_DEVICE_PEOPLE, each.day)]
            sessions += bool(crowded)
            most = max([most, *map(len, crowded)])
            persons.update(*crowded)
        if lines := claim.lines_with(klass, persons):
            yield of_lines(klass.class_no, lines, 课次数=str(sessions), 同一设备最多人数=str(most), 涉及人数=str(len(persons)))
