"""AU-026 工资低于最低工资 · an apprentice's net wage of a month is below the minimum wage of that month."""

from collections.abc import Iterator
from datetime import date

from training_admin.apprenticeship.facts import ApprenticeFacts, MonthDone
from training_admin.apprenticeship.parameters import APP_WAGE_MIN_MONTH
from training_admin.audit.check import Found, check, of_lines
from training_admin.audit.facts import ClaimAudit


@check(id="AU-026", why="曾查出学徒实发工资低于最低工资标准", needs="学徒每月实发工资", against="学徒每月记录、最低工资标准")
def au_026(claim: ClaimAudit) -> Iterator[Found]:
    """Months that were employed for whole, against the figure of their first day; all months of an apprentice are one cause."""
    for programme, apprentice, line in claim.apprenticed_lines():
        below = [month.month for month in apprentice.months if _is_below(claim, apprentice, month)]
        if below:
            yield of_lines(programme.number, [line], 低于最低工资的月份="、".join(sorted(below)))


def _is_below(claim: ClaimAudit, apprentice: ApprenticeFacts, month: MonthDone) -> bool:
    first = date.fromisoformat(f"{month.month}-01")
    whole = apprentice.contract_start is None or apprentice.contract_start <= first
    return whole and month.net_wage_fen is not None and month.net_wage_fen < claim.policy.at(APP_WAGE_MIN_MONTH, first)
