"""Online training of the 2020-2022 programme (P-ENT-ONL): one after the other, validity of the filing, platform workers.

The price is the formula ONLINE_CAPPED; the times a year (ONL-02) are rule FREQ-01 with the programme's own limit; the
checks here are those of policy.md 3.4 that the rules of claims do not hold.
"""

from datetime import date

import msgspec

from training_admin.kit.dated import Policy
from training_admin.kit.rulebook import Effect
from training_admin.kit.steps import FailedRule, failed_rule
from training_admin.kit.workdays import Calendar, add_months
from training_admin.subsidy.facts import PLATFORM_WORKER
from training_admin.subsidy.parameters import (
    FREQ_MAX_PER_YEAR,
    ONLINE_CLAIM_WITHIN_WORKDAYS,
    ONLINE_FILING_VALID_MONTHS,
    ONLINE_MAX_TIMES_YEAR,
    ONLINE_SEQUENTIAL,
)

PLATFORM = "PLATFORM"


class OnlineProject(msgspec.Struct, frozen=True):
    """One online project of one person; `previous_end` is the last day of the person's project before it, if any."""

    day: date
    start: date | None = None
    end: date | None = None
    previous_end: date | None = None
    filing_approved: date | None = None
    claimed_on: date | None = None
    relation: str = ""
    claimant_kind: str = ""


def limit_times(policy: Policy) -> Policy:
    """The policy with the programme's times a year as the limit of FREQ-01 (ONL-02)."""
    limits = policy.values.get(ONLINE_MAX_TIMES_YEAR.key, ())
    as_frequency = tuple(msgspec.structs.replace(limit, key=FREQ_MAX_PER_YEAR.key) for limit in limits)
    return msgspec.structs.replace(policy, values={**policy.values, FREQ_MAX_PER_YEAR.key: as_frequency})


def online_failures(project: OnlineProject, policy: Policy, calendar: Calendar) -> tuple[FailedRule, ...]:
    """The rules ONL-03 … ONL-05 that refuse the project, in reading order; raises NotInForce, NoCalendar."""
    failures = [*_person_failures(project, policy), *_filing_failures(project, policy, calendar)]
    if project.relation == PLATFORM_WORKER and project.claimant_kind != PLATFORM:
        failures.append(failed_rule(policy, "ONL-05", Effect.REJECT_LINE, {"claimant": project.claimant_kind}))
    return tuple(failures)


def _person_failures(project: OnlineProject, policy: Policy) -> list[FailedRule]:
    failures: list[FailedRule] = []
    overlapping = project.previous_end is not None and project.start is not None and project.start <= project.previous_end
    if overlapping and policy.at(ONLINE_SEQUENTIAL, project.day):
        start, previous_end = str(project.start), str(project.previous_end)
        failures.append(failed_rule(policy, "ONL-03", Effect.REJECT_LINE, {"start": start, "previous_end": previous_end}))
    return failures


def _filing_failures(project: OnlineProject, policy: Policy, calendar: Calendar) -> list[FailedRule]:
    """Held within the months of validity, claimed within the working days after the end (ONL-04); boundary days count."""
    if project.end is None:
        return []
    limits: dict[str, date] = {}
    if project.filing_approved is not None:
        valid_to = add_months(project.filing_approved, policy.at(ONLINE_FILING_VALID_MONTHS, project.day))
        if project.end > valid_to:
            limits["valid_to"] = valid_to
    if project.claimed_on is not None:
        claim_by = calendar.add_workdays(project.end, policy.at(ONLINE_CLAIM_WITHIN_WORKDAYS, project.day))
        if project.claimed_on > claim_by:
            limits["claim_by"] = claim_by
    if not limits:
        return []
    figures = {"end": project.end.isoformat(), **{name: day.isoformat() for name, day in limits.items()}}
    return [failed_rule(policy, "ONL-04", Effect.REJECT_CLASS, {**figures})]
