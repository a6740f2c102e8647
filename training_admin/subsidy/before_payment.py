"""What a claim misses before money may leave, beside the fund's holds: visits, confirmations, unknown facts, objections, appeals.

Handed to the fund's batches, which know nothing of claims. Which unknown facts hold a payment, the policy pack says (`holds`, PAYMENT).
"""

from collections.abc import Sequence
from datetime import date

import msgspec

from training_admin.apprenticeship.facts import Stage
from training_admin.catalog.pooling import plain_number
from training_admin.catalog.visits import visited_classes
from training_admin.database import fetch_tuples
from training_admin.kit.clock import Clock
from training_admin.kit.dated import Policy
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy
from training_admin.subsidy import review_store
from training_admin.subsidy.decided import decided_of
from training_admin.subsidy.determination import LineSaid, LineWord, newest
from training_admin.subsidy.products import stage_of
from training_admin.subsidy.record import AssessmentRecord, Finding
from training_admin.subsidy.review_store import ReviewedClaim

VISITS, CONFIRMATION = "INSP-01/visits", "CONF-01/confirmation"
PAYMENT = "PAYMENT"


class Held(msgspec.Struct, frozen=True):
    """A determined claim as it is asked before payment: its record, the rows that are paid, the newest words on them."""

    claim: ReviewedClaim
    record: AssessmentRecord
    rows: tuple[int, ...]
    said: dict[int, LineSaid]

    @property
    def stage(self) -> Stage | None:
        """What of an apprentice programme's money it is; None for a claim of training."""
        return stage_of(self.record)

    @property
    def classes(self) -> list[str]:
        """The classes of the rows that are paid, which are visited: none of an advance, the programme itself at its settlement."""
        paid = set(self.rows)
        numbers = {line.class_no for line in self.record.lines if line.row in paid}
        if self.stage is None:
            return sorted(numbers)
        # The groups of equal price of a programme are numbered behind it.
        return sorted({each.rpartition("-")[0] for each in numbers}) if self.stage is Stage.SETTLEMENT else []


async def missing_before_payment(case_nos: Sequence[str], *, clock: Clock) -> dict[str, list[str]]:
    """What holds the payment of each case, in words; nothing for one that may be paid or is no claim. In the open transaction.

    The number of queries does not depend on the number of cases.
    """
    claims = await review_store.claims_by_numbers(case_nos)
    if not claims:
        return {}
    decisions = await decided_of([each.id for each in claims])
    words = await review_store.words_of_claims(list(decisions))
    held = [
        Held(each, what.record, what.found.rows, newest(words.get(each.id, [])))
        for each in claims
        for what in (decisions.get(each.id),)
        if what is not None
    ]
    missing = {each.number: [] if each.id in decisions else ["尚未审定"] for each in claims}
    policy = await load_policy(DEFAULT_PACK, known_at=clock.now())
    if policy.holds.get(VISITS) == PAYMENT:
        visited = await visited_classes(sorted({klass for each in held for klass in each.classes}), clock=clock)
        for each in held:
            missing[each.claim.number] += [f"INSP-01：班级 {klass} 尚未现场检查合格" for klass in each.classes if klass not in visited]
    if policy.holds.get(CONFIRMATION) == PAYMENT:
        today = clock.today()
        for number, told in (await _unconfirmed([each for each in held if each.stage is None], today)).items():
            missing[number] += told
        for number, told in (await _silent([each for each in held if each.stage is Stage.SETTLEMENT], today)).items():
            missing[number] += told
    disputed = await _disputed([each.claim for each in held])
    for each in held:
        missing[each.claim.number] += _unknown(each.record, each.rows, each.said, policy, clock.today())
        missing[each.claim.number] += disputed.get(each.claim.number, ())
    return missing


def _cleared(said: LineSaid | None, rule: str, today: date) -> bool:
    """Whether a reviewer has shown another proof for a rule of a row, or let it pass until a day that is not over."""
    if said is None or said.rule != rule:
        return False
    return said.word is LineWord.EVIDENCE or (said.word is LineWord.OVERRIDE and (said.expires_on is None or today <= said.expires_on))


async def _unconfirmed(held: Sequence[Held], today: date) -> dict[str, list[str]]:
    """By claim, classes with people who have not confirmed that it was they who were trained (CONF-01), and with those who deny it.

    A firm's number of a pooled class leads to the class, in which the people were asked.
    """
    classes = sorted({klass for each in held for klass in each.classes})
    found = await fetch_tuples(
        """SELECT l.claim, l.row, l.class_no, coalesce(bool_or(w.answer = 'me'), false), coalesce(bool_or(w.answer = 'not_me'), false)
           FROM unnest($1::bigint[], $2::int[]) paid(claim, row) JOIN claim_line l ON l.claim = paid.claim AND l.row = paid.row
           LEFT JOIN unnest($3::text[], $4::text[]) p(class_no, plain_no) ON p.class_no = l.class_no
           LEFT JOIN training_class c ON c.class_no = p.plain_no
           LEFT JOIN class_witness w ON w.training_class = c.id AND w.person = l.person
           GROUP BY l.claim, l.row, l.class_no ORDER BY l.claim, l.class_no, l.row""",
        *([each.claim.id for each in held for _row in each.rows], [row for each in held for row in each.rows]),
        *(classes, [plain_number(each) for each in classes]),
    )
    by_claim = {each.claim.id: each for each in held}
    open_of: dict[tuple[str, str], int] = {}
    denied_of: dict[tuple[str, str], int] = {}
    for claim, row, class_no, confirmed, denied in found:
        each = by_claim[claim]
        key = (each.claim.number, class_no)
        if denied:
            denied_of[key] = denied_of.get(key, 0) + 1
        elif not confirmed and not _cleared(each.said.get(row), "CONF-01", today):
            open_of[key] = open_of.get(key, 0) + 1
    missing: dict[str, list[str]] = {}
    for counts, words in ((denied_of, "否认参加培训"), (open_of, "尚未确认参训")):
        for (number, class_no), count in counts.items():
            missing.setdefault(number, []).append(f"CONF-01：班级 {class_no} 有 {count} 人{words}")
    return missing


async def _silent(held: Sequence[Held], today: date) -> dict[str, list[str]]:
    """By settlement, how many apprentices have not said that it was they (CONF-01); a denial holds the assessment already."""
    found = await fetch_tuples(
        """SELECT paid.claim, paid.row FROM unnest($1::bigint[], $2::int[]) paid(claim, row)
           JOIN claim_programme x ON x.claim = paid.claim JOIN programme p ON p.number = x.programme
           JOIN apprentice a ON a.programme = p.id AND a.place = paid.row
           WHERE NOT EXISTS (SELECT 1 FROM apprentice_voice v WHERE v.apprentice = a.id AND v.kind = 'me') ORDER BY 1, 2""",
        *([each.claim.id for each in held for _row in each.rows], [row for each in held for row in each.rows]),
    )
    by_claim = {each.claim.id: each for each in held}
    counts: dict[str, int] = {}
    for claim, row in found:
        each = by_claim[claim]
        if not _cleared(each.said.get(row), "CONF-01", today):
            counts[each.claim.number] = counts.get(each.claim.number, 0) + 1
    return {number: [f"CONF-01：有 {count} 名学徒尚未确认本人参加培养"] for number, count in counts.items()}


def _unknown(record: AssessmentRecord, rows: tuple[int, ...], said: dict[int, LineSaid], policy: Policy, today: date) -> list[str]:
    """Facts that were not delivered and that hold a payment, though not the assessment."""
    paid = set(rows)
    classes = {line.class_no for line in record.lines if line.row in paid}
    above = [*record.findings, *(each for klass in record.classes if klass.class_no in classes for each in klass.findings)]
    found = {(each.rule, each.missing): 0 for each in above if _holds(each, policy)}
    for line in record.lines:
        for each in line.findings if line.row in paid else ():
            if _holds(each, policy) and not _cleared(said.get(line.row), each.rule, today):
                found[each.rule, each.missing] = found.get((each.rule, each.missing), 0) + 1
    return [f"{rule}：{missing}待比对" + (f"（{people} 人）" if people else "") for (rule, missing), people in found.items()]


def _holds(finding: Finding, policy: Policy) -> bool:
    return finding.answer == "unknown" and policy.holds.get(f"{finding.rule}/{finding.fact}") == PAYMENT


async def _disputed(claims: Sequence[ReviewedClaim]) -> dict[str, list[str]]:
    """By claim, open objections to its notice, and open appeals; an objection to a whole notice stands against every claim of it."""
    numbers = [each.number for each in claims]
    objections = await fetch_tuples(
        """SELECT c.case_no, n.number FROM notice_objection o JOIN public_notice n ON n.id = o.notice JOIN notice_case c ON c.notice = n.id
           WHERE o.upheld IS NULL AND c.case_no = ANY($1) AND o.case_no IN ('', c.case_no) ORDER BY o.id""",
        numbers,
    )
    appeals = await fetch_tuples(
        """SELECT c.number, a.number FROM claim_appeal a JOIN claim c ON c.id = a.claim
           WHERE c.number = ANY($1) AND a.state = 'asked' ORDER BY a.id""",
        numbers,
    )
    missing: dict[str, list[str]] = {}
    for case_no, number in objections:
        missing.setdefault(case_no, []).append(f"PUB-01：公示 {number} 有异议尚未答复")
    for case_no, number in appeals:
        missing.setdefault(case_no, []).append(f"复核申请 {number} 尚未作出决定")
    return missing
