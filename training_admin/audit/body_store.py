"""Queries of the evaluation bodies whose certificates stand in results: how many they issued at once, and who of the examined passed."""

from collections.abc import Iterable

from training_admin.audit.run_facts import IssuingBody, RunAudit
from training_admin.catalog.certificate_numbers import issuing_body
from training_admin.database import fetch_tuples

# The body of a class is that of most of its certificates: who failed there was examined by it too.
_BODIES = """
    WITH newest AS (
        SELECT DISTINCT ON (training_class, person) training_class, outcome, upper(certificate_no) AS number, certified_on
        FROM class_result ORDER BY training_class, person, id DESC
    ), issued AS (
        SELECT training_class, left(number, 13) AS body, certified_on FROM newest WHERE number ~ '^[YS][0-9]{21}$'
    ), windows AS (
        SELECT body, certified_on, count(*) OVER (
            PARTITION BY body ORDER BY certified_on RANGE BETWEEN CURRENT ROW AND INTERVAL '59 days' FOLLOWING) AS many FROM issued
    ), busiest AS (
        SELECT DISTINCT ON (body) body, certified_on AS since, many FROM windows ORDER BY body, many DESC, certified_on
    ), of_class AS (
        SELECT training_class, mode() WITHIN GROUP (ORDER BY body) AS body FROM issued GROUP BY training_class
    ), examined AS (
        SELECT o.body, count(*) AS people, count(*) FILTER (WHERE n.outcome = 'passed') AS passed
        FROM newest n JOIN of_class o USING (training_class) WHERE n.outcome <> 'absent' GROUP BY o.body
    )
    SELECT b.body, b.since, b.many::int, (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY many) FROM busiest)::int,
           coalesce(e.people, 0)::int, coalesce(e.passed, 0)::int
    FROM busiest b LEFT JOIN examined e USING (body) WHERE b.body = ANY($1) ORDER BY b.body
"""


async def load_bodies(runs: Iterable[RunAudit]) -> dict[str, IssuingBody]:
    """The bodies that issued a certificate of these classes, by their code; all their certificates in the district count."""
    codes = {issuing_body(result.certificate_no) for run in runs for result in run.results.values()} - {""}
    found = await fetch_tuples(_BODIES, sorted(codes)) if codes else []
    return {code: IssuingBody(code, *counted) for code, *counted in found}
