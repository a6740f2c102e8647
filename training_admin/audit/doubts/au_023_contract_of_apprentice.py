"""AU-023 合同期限不足 · an apprentice's employment contract is shorter than the months that are required."""

from collections.abc import Iterator
from datetime import timedelta

from training_admin.apprenticeship.parameters import APP_CONTRACT_MONTHS_MIN
from training_admin.audit.check import Found, check, day_text, of_lines
from training_admin.audit.facts import ClaimAudit
from training_admin.kit.workdays import age_in_months


@check(id="AU-023", why="曾查出学徒合同期限不足一年", needs="学徒劳动合同起止", against="学徒名单、劳动合同")
def au_023(claim: ClaimAudit) -> Iterator[Found]:
    """Whole months, both ends included, of a contract with an end; one with no fixed end is long enough."""
    for programme, apprentice, line in claim.apprenticed_lines():
        start, end = apprentice.contract_start, apprentice.contract_end
        if start is None or end is None:
            continue
        minimum = claim.policy.at(APP_CONTRACT_MONTHS_MIN, programme.day)
        if (months := age_in_months(start, end + timedelta(days=1))) < minimum:
            yield of_lines(
                programme.number, [line], 合同起=day_text(start), 合同止=day_text(end), 合同整月数=f"{months}，至少应为 {minimum}"
            )
