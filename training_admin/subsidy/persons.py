"""What claims and classes know of one person: the phone for his sign-in, every row that names him, and what an erasure leaves."""

from datetime import date, datetime

import msgspec

from training_admin.apprenticeship.own_voices import phones_of_apprentice
from training_admin.catalog.class_persons import OwnClass, classes_of_person
from training_admin.catalog.states import STATE_WORDS, ClassState
from training_admin.catalog.witness import phones_of_rosters
from training_admin.database import read_transaction
from training_admin.kit.actor import Actor, assert_may
from training_admin.kit.clock import Clock
from training_admin.kit.dated import NotInForce, Unit
from training_admin.kit.identifiers import clean_number, is_mobile, mask_identity, mask_phone
from training_admin.kit.rights import Right
from training_admin.kit.wording import day
from training_admin.kit.workdays import MONTHS_PER_YEAR, add_months
from training_admin.office.parameters import REC_CLASS_FILE_YEARS
from training_admin.policy.figures import FigureRow, figure_row
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import PackNotAdopted, load_policy
from training_admin.subsidy import own_store
from training_admin.subsidy.erasing import erase_in_transaction
from training_admin.subsidy.explain import OUTCOME_WORDS, reasons_in_short
from training_admin.subsidy.own_store import RosterRow
from training_admin.subsidy.record import LineOutcome


class OwnClaim(msgspec.Struct, frozen=True):
    """One training for which an organisation claimed a subsidy in the person's name; nothing of anybody else."""

    claim_number: str
    enterprise_name: str
    submitted_at: datetime
    state: str
    class_no: str
    stream: str
    start: date | None
    end: date | None
    attended_centihours: int
    exam_result: str
    outcome: str
    outcome_words: str
    payable_fen: int | None
    reasons: tuple[tuple[str, str], ...]
    kept_until: date | None


class OwnTraining(msgspec.Struct, frozen=True):
    """A class whose roster names the person, and until when the row is kept at least."""

    shown: OwnClass
    state_words: str
    kept_until: date | None


class OwnClaims(msgspec.Struct, frozen=True):
    """The person as his newest row tells (number and phone masked), his rows, the figure that says how long, and his classes."""

    name: str
    id_type: str
    masked_number: str
    masked_phone: str
    claims: tuple[OwnClaim, ...]
    retention: FigureRow | None
    classes: tuple[OwnTraining, ...] = ()


async def phone_of_person(person: bytes) -> str | None:
    """The mobile number that all roster rows of claims, classes and apprenticeships agree on; None when there is none, or when they differ.

    A claimant types the phone freely: whoever names another one for a known person must not get that person's code.
    """
    async with read_transaction():
        phones = {clean_number(phone) for phone in await own_store.phones_told(person)}
        phones |= await phones_of_rosters(person) | await phones_of_apprentice(person)
    phone = phones.pop() if len(phones) == 1 else ""
    return phone if is_mobile(phone) else None


async def own_claims(actor: Actor, *, clock: Clock) -> OwnClaims:
    """Everything that claims and classes hold of the person who asks; raises NotAllowed."""
    assert_may(actor, Right.OWN_RECORDS)
    assert actor.person is not None
    person = bytes.fromhex(actor.person)
    async with read_transaction():
        line = await own_store.newest_line(person)
        rows = await own_store.roster_rows(person)
        named = await classes_of_person(person)
        years, retention = await _retention(clock)
    claims = tuple(_own_claim(row, years) for row in rows)
    classes = tuple(OwnTraining(each, STATE_WORDS[ClassState(each.state)], _kept_until(each.ends, years)) for each in named)
    if line is None:
        return OwnClaims("", "", "", "", claims, retention, classes)
    return OwnClaims(line.name, line.id_type, mask_identity(line.id_no), mask_phone(line.mobile), claims, retention, classes)


def _kept_until(ends: date, years: int | None) -> date | None:
    return None if years is None else add_months(ends, years * MONTHS_PER_YEAR)


async def _retention(clock: Clock) -> tuple[int | None, FigureRow | None]:
    """How many years files of classes are kept, with paper and standing; nothing where no policy is in force."""
    try:
        value = (await load_policy(DEFAULT_PACK, known_at=clock.now())).dated(REC_CLASS_FILE_YEARS, clock.today())
    except (PackNotAdopted, NotInForce):
        return None, None
    assert isinstance(value.value, int)
    return value.value, figure_row(REC_CLASS_FILE_YEARS.meaning, Unit.YEARS, value)


def _own_claim(row: RosterRow, years: int | None) -> OwnClaim:
    record = row.record
    line = None if record is None else next((each for each in record.lines if each.row == row.row), None)
    klass = None if record is None else next((each for each in record.classes if each.class_no == row.class_no), None)
    ends = row.as_of if klass is None else klass.end
    return OwnClaim(
        claim_number=row.claim_number,
        enterprise_name=row.enterprise_name,
        submitted_at=row.submitted_at,
        state=row.state,
        class_no=row.class_no,
        stream="" if klass is None else klass.stream,
        start=None if klass is None else klass.start,
        end=None if klass is None else klass.end,
        attended_centihours=row.attended_centihours,
        exam_result=row.exam_result,
        outcome="" if line is None else line.outcome.value,
        outcome_words="待核验" if line is None else OUTCOME_WORDS[line.outcome],
        payable_fen=None if line is None else line.payable_fen,
        reasons=() if record is None or line is None or line.outcome is LineOutcome.CELL else reasons_in_short(record, line),
        kept_until=_kept_until(ends, years),
    )


async def erase_for_request(actor: Actor, person_key: str, *, clock: Clock) -> str:
    """Erase what no longer must be kept, inside the open transaction, and say what was done; raises what `erase_in_transaction` does."""
    done = await erase_in_transaction(actor, person_key, clock=clock)
    rows = [f"{done.lines} 条申报明细"] if done.lines or not done.class_rows + done.apprentice_rows + done.tutor_rows else []
    rows += [f"{done.class_rows} 条班级花名册"] if done.class_rows else []
    rows += [f"{done.apprentice_rows} 条学徒台账"] if done.apprentice_rows else []
    rows += [f"{done.tutor_rows} 条导师登记"] if done.tutor_rows else []
    words = f"已删除 {'和 '.join(rows)}中的个人信息"
    if kept := done.kept + done.class_rows_kept + done.apprentice_rows_kept + done.tutor_rows_kept:
        words += f"，另有 {kept} 条尚在保存期内，保存至 {day(done.kept_until)}"
    return words
