"""The later claim of classes, as a form in memory: from the filing register, the roster, attendance and results, without any voucher.

The claim draft writes this form as a workbook, the dry run assesses it; so both say the same.
"""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from training_admin.catalog.checking import figures_on
from training_admin.catalog.class_store import ClassContent, SealedTrainee, plan_of
from training_admin.catalog.facts import LEVEL_WORDS, Filing
from training_admin.catalog.firm_classes import ClassOfFirm
from training_admin.catalog.forecast_store import rosters_of
from training_admin.catalog.run_store import load_closed, load_run
from training_admin.catalog.sealing import PHONE_PLACE, ROSTER_PLACE
from training_admin.catalog.store import load_filings
from training_admin.kit.dated import Policy
from training_admin.kit.identifiers import IdReading, likely_id_type, read_identity
from training_admin.kit.vault import vault
from training_admin.kit.workbook.sheet import column_letters
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy
from training_admin.subsidy.forecasting import Course, closed_course, running_course
from training_admin.subsidy.form import SHEET_ROSTER, ClaimForm, ClassRow, CostRow, FormHead, RosterRow
from training_admin.subsidy.form_sheets import FIRST_ROW
from training_admin.subsidy.layout import ROSTER_COLUMNS

# The groups of filings as claims name them; agency workers are told by nobody before the claim.
GROUP_OF = {
    "E": "E_EMPLOYEE",
    "U": "U_UNEMPLOYED",
    "D": "D_DISABLED",
    "H": "H_HARDSHIP",
    "V": "V_VETERAN",
    "G": "G_UNIV_GRAD_YEAR",
    "M": "M_VOC_GRAD_YEAR",
}
BUDGET_CATEGORY, BUDGET_VOUCHER = "培训费", "预算"


class ClassForClaim(msgspec.Struct, frozen=True):
    """One class with everything a claim says of it; the filing carries the hours of the course instead of those filed so far."""

    approved: ClassOfFirm
    filing: Filing
    roster: tuple[SealedTrainee, ...]
    course: Course

    @property
    def claimed(self) -> tuple[SealedTrainee, ...]:
        """Whom the enterprise claims."""
        return claimed_of(self.approved.content, self.roster)


def claimed_of(content: ClassContent, roster: Sequence[SealedTrainee]) -> tuple[SealedTrainee, ...]:
    """Whom the enterprise of a class claims: of a pooled class (集中培训班) only its own people, otherwise everybody."""
    if content.pool is None:
        return tuple(roster)
    return tuple(each for each in roster if each.trainee.enterprise == content.enterprise)


async def load_class_claims(classes: Sequence[ClassOfFirm], *, known_at: datetime) -> list[ClassForClaim]:
    """The classes as they can be claimed now; rosters, filings and closings in one query each, the run of those not closed in three each.

    Inside an open transaction; raises PackNotAdopted, NotInForce.
    """
    filings = await load_filings([each.class_no for each in classes], known_at)
    closed = await load_closed([each.plain_no for each in classes], known_at)
    rosters = await rosters_of([each.version_key for each in classes])
    policy = await load_policy(DEFAULT_PACK, known_at=known_at)
    found = []
    for each in classes:
        filing = filings.get(each.class_no)
        if filing is None:
            continue
        roster, frozen = rosters[each.version_key], closed.get(each.plain_no)
        course = await _running(each, roster, policy) if frozen is None else closed_course(frozen)
        told = msgspec.structs.replace(filing, delivered_centihours=course.delivered_centihours, online_centihours=course.online_centihours)
        found.append(ClassForClaim(each, told, tuple(roster), course))
    return found


async def _running(each: ClassOfFirm, roster: Sequence[SealedTrainee], policy: Policy) -> Course:
    plan = plan_of(each.plain_no, each.content, [one.trainee for one in roster])
    assert plan.start is not None, "an approved class has sessions"
    return running_course(plan, await load_run(each.id), hour_minutes=figures_on(policy, plan.start).hour_minutes)


def year_of(classes: Sequence[ClassForClaim]) -> int:
    """The year a claim of these classes is for: that of the last day of training."""
    return max(each.filing.end for each in classes).year


def claim_form(head: FormHead, classes: Sequence[ClassForClaim], *, today: date, budget: bool) -> ClaimForm:
    """The form of a claim for the classes; with `budget` their budgets stand in for the vouchers nobody has entered yet."""
    lines: list[RosterRow] = []
    for each in classes:
        for sealed in each.claimed:
            lines.append(_line(each, sealed, FIRST_ROW + len(lines), today))
    costs = [
        CostRow(FIRST_ROW + place, readable=True, class_no=each.approved.class_no, category=BUDGET_CATEGORY, invoice_no=BUDGET_VOUCHER)
        for place, each in enumerate(classes)
    ]
    return ClaimForm(
        head=head,
        classes=tuple(_class_row(each, FIRST_ROW + place) for place, each in enumerate(classes)),
        lines=tuple(lines),
        costs=tuple(
            msgspec.structs.replace(cost, amount_fen=each.approved.content.budget_fen) for cost, each in zip(costs, classes, strict=True)
        )
        if budget
        else (),
        problems=(),
        columns={SHEET_ROSTER: _letters()},
    )


def _letters() -> dict[str, str]:
    return {column.header: column_letters(place) for place, column in enumerate(ROSTER_COLUMNS, start=1)}


def _class_row(each: ClassForClaim, row: int) -> ClassRow:
    content, filing = each.approved.content, each.filing
    return ClassRow(
        row=row,
        class_no=each.approved.class_no,
        stream=filing.stream,
        title=content.title,
        item=filing.item,
        occupation=content.occupation,
        level=LEVEL_WORDS.get(content.level or ""),
        institution_name=each.approved.organisation_name,
        institution=filing.institution,
        start=filing.start,
        end=filing.end,
        planned_centihours=filing.planned_centihours,
        delivered_centihours=filing.delivered_centihours,
        online_centihours=filing.online_centihours,
        enrolled=filing.enrolled,
        theory_test=filing.theory_test,
        practical_test=filing.practical_test,
    )


def _line(each: ClassForClaim, sealed: SealedTrainee, row: int, today: date) -> RosterRow:
    """One person as the claim's roster names him; whoever lacks what a claim demands is not readable, as in a workbook."""
    one, keys = sealed.trainee, vault()
    number = keys.decrypt_text(sealed.sealed, place=ROSTER_PLACE)
    kind = likely_id_type(number)
    result = each.course.results.get(one.person, "")
    sound = one.contract_start is not None and bool(result) and isinstance(read_identity(kind, number, today), IdReading)
    return RosterRow(
        row=row,
        readable=sound,
        class_no=each.approved.class_no,
        name=one.name,
        id_type=kind,
        id_no=number,
        group=GROUP_OF[one.group],
        mobile="" if sealed.sealed_phone is None else keys.decrypt_text(sealed.sealed_phone, place=PHONE_PLACE),
        contract_start=one.contract_start,
        contract_end=one.contract_end,
        attended_centihours=each.course.attended.get(one.person, 0),
        exam_result=result,
    )
