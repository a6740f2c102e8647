"""From a running class to what its later claim can become at best, and from the claim's assessment to what a person is told of it.

Sessions that are not confirmed yet count as held and attended by everybody: what fails even so will fail. Minutes are taught minutes.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from training_admin.catalog.class_facts import ClassPlan, PlannedSession
from training_admin.catalog.forecast_facts import Hint, Verdict
from training_admin.catalog.run_facts import (
    ClassRun,
    ClosedClass,
    Outcome,
    centihours,
    delivered_minutes,
    delivered_online_minutes,
    key_of,
    tallies,
)
from training_admin.kit.money import WHOLE_BP
from training_admin.kit.wording import hundredths
from training_admin.kit.workdays import add_months
from training_admin.subsidy.record import PAYING, LineOutcome

RESULT_WORDS = {Outcome.PASSED.value: "合格", Outcome.FAILED.value: "不合格", Outcome.ABSENT.value: "缺考", "": ""}
# What the enterprise or the institution can still bring about after the class, as long as the claim can be handed in.
MENDABLE = frozenset({"TR-01", "EXAM-01", "CEIL-01"})


class Course(msgspec.Struct, frozen=True):
    """What a claim says of a class, hours in hundredths: by person what was attended and the result's word, "" while there is none.

    `behind` are the hundredths of an hour somebody has attended and that were delivered so far, for the share on the way.
    """

    delivered_centihours: int
    online_centihours: int
    attended: Mapping[str, int]
    results: Mapping[str, str]
    closed: bool
    left: tuple[PlannedSession, ...] = ()
    behind: Mapping[str, tuple[int, int]] = {}


def closed_course(closed: ClosedClass) -> Course:
    """A closed class is what was frozen."""
    return Course(
        delivered_centihours=closed.delivered_centihours,
        online_centihours=closed.online_centihours,
        attended={each.person: each.attended_centihours for each in closed.trainees},
        results={each.person: RESULT_WORDS[each.outcome] for each in closed.trainees},
        closed=True,
    )


def running_course(plan: ClassPlan, run: ClassRun, *, hour_minutes: int) -> Course:
    """A running class at best: the sessions that are not confirmed are held as planned, and everybody attends them wholly."""
    left = tuple(each for each in plan.sessions if key_of(each) not in run.held)
    more = sum(each.minutes for each in left)
    online = sum(each.minutes for each in left if each.online)
    told = tallies(plan, run)
    return Course(
        delivered_centihours=centihours(delivered_minutes(plan, run) + more, hour_minutes),
        online_centihours=centihours(delivered_online_minutes(plan, run) + online, hour_minutes),
        attended={person: centihours(each.attended_minutes + more, hour_minutes) for person, each in told.items()},
        results={person: "" if each.result is None else RESULT_WORDS[each.result.outcome.value] for person, each in told.items()},
        closed=False,
        left=left,
        behind={
            person: (centihours(each.attended_minutes, hour_minutes), centihours(each.delivered_minutes, hour_minutes))
            for person, each in told.items()
        },
    )


def last_claim_day(end: date, *, months: int, year_end: str) -> date:
    """The last day for the claim of a class (CLAIM-01): so many months after its end, not later than a day of the next year."""
    month, day = (int(part) for part in year_end.split("-"))
    return min(add_months(end, months), date(end.year + 1, month, day))


def behind_hint(course: Course, person: str, minimum_bp: int) -> Hint | None:
    """What somebody must still attend who is below the minimum share so far and can still reach it (ATT-01)."""
    attended, delivered = course.behind.get(person, (0, 0))
    if not course.left or attended * WHOLE_BP >= delivered * minimum_bp:
        return None
    needed = -(-course.delivered_centihours * minimum_bp // WHOLE_BP) - attended
    remaining = course.attended[person] - attended
    if needed > remaining:
        return None
    return Hint(
        "ATT-01",
        f"目前出勤 {hundredths(attended)} 课时，低于已授课的规定比例。",
        f"其余 {hundredths(remaining)} 课时中至少再出勤 {hundredths(needed)} 课时时可通过。",
        max(each.day for each in course.left),
    )


def open_hints(*, contract: bool, result: bool, claim_by: date) -> tuple[Hint, ...]:
    """What the claim demands and nobody has told yet: contract start (`contract` missing), assessment result (`result` missing)."""
    hints = []
    if contract:
        hints.append(Hint("TR-01", "没有登记劳动合同起始日期。", "在申报表中填写劳动合同起始日期后核验。", claim_by))
    if result:
        hints.append(Hint("EXAM-01", "考核结果尚未登记。", "结班前登记考核结果，合格时可通过。", claim_by))
    return tuple(hints)


def mend_by(rule: str, claim_by: date) -> date | None:
    """The last day on which something about a rule can be brought about; None where nothing can be done any more."""
    return claim_by if rule in MENDABLE else None


def verdict_of(outcome: LineOutcome, waiting: Sequence[Hint]) -> Verdict:
    """What a person is told: what is refused stays refused; what waits for a fact, or can still be missed, is not sure yet."""
    if outcome in PAYING:
        return Verdict.PENDING if waiting else Verdict.PAYABLE
    return Verdict.PENDING if outcome in {LineOutcome.HOLD, LineOutcome.CELL} else Verdict.REFUSED
