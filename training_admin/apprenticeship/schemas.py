"""What goes over the wire of programmes: hours are hundredths of 45 minutes, amounts fen, days ISO dates, numbers of people masked."""

from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from litestar.datastructures import UploadFile
from msgspec import Meta

from training_admin.apprenticeship.facts import Hours
from training_admin.apprenticeship.plan_facts import (
    LONGEST_NAME,
    LONGEST_WORDS,
    MOST_CENTIHOURS,
    MOST_MONTHS,
    MOST_PEOPLE,
    OUTCOME_WORDS,
    ChangeContent,
    ProgrammeHeadDraft,
    ProgrammePlan,
)
from training_admin.apprenticeship.programmes import ProgrammeRefused, ProgrammeShown
from training_admin.apprenticeship.record_facts import Field
from training_admin.apprenticeship.sealing import APPRENTICE_PLACE
from training_admin.apprenticeship.states import ChangeKind
from training_admin.apprenticeship.store import ListedProgramme
from training_admin.kit.identifiers import mask_identity
from training_admin.kit.kept_words import one_line
from training_admin.kit.vault import Vault

LARGEST_FEN = 10**13
MOST_ROWS = 32_767
Centihours = Annotated[int, Meta(ge=0, le=MOST_CENTIHOURS)]
Fen = Annotated[int, Meta(ge=0, le=LARGEST_FEN)]
Level = Literal["5", "4", "3", "2", "1"]
Words = Annotated[str, Meta(max_length=LONGEST_WORDS)]
Seen = Annotated[int, Meta(ge=0, le=2**53)]


class HoursBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hours of the whole term by block, in hundredths of 45 minutes; `online` are part of the first two."""

    general: Centihours = 0
    basics: Centihours = 0
    practice: Centihours = 0
    online: Centihours = 0


class ProgrammeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Head and plan of a programme as the enterprise draws it up; `moved` is what it was when whoever changes it has read it."""

    institution: Annotated[str, Meta(pattern="^[0-9A-Z-]{1,40}$")]
    occupation: Annotated[str, Meta(pattern="^[0-9A-Z-]{1,20}$")]
    occupation_name: Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]
    level: Level
    starts: date
    months: Annotated[int, Meta(ge=1, le=MOST_MONTHS)]
    planned: HoursBody = HoursBody()
    video_centihours: Centihours | None = None
    cooperation_on: date | None = None
    cooperation_mode: Words = ""
    cooperation_content: Words = ""
    cooperation_duties: Words = ""
    fees_fen: Fen = 0
    reason: Words = ""
    exam_on: date | None = None
    credit_system: bool = False
    student_status: bool = False
    moved: Annotated[int, Meta(ge=0)] | None = None

    def head(self) -> ProgrammeHeadDraft:
        """The head; raises ProgrammeRefused."""
        return ProgrammeHeadDraft(
            institution=self.institution,
            occupation=self.occupation,
            occupation_name=one_line(self.occupation_name, ProgrammeRefused, what="职业名称", most=LONGEST_NAME),
            level=self.level,
            starts=self.starts,
            months=self.months,
        )

    def plan(self) -> ProgrammePlan:
        """The plan."""
        hours = self.planned
        return ProgrammePlan(
            planned=Hours(hours.general, hours.basics, hours.practice, hours.online),
            **{name: getattr(self, name) for name in ProgrammePlan.__struct_fields__ if name != "planned"},
        )


class PeopleUpload(msgspec.Struct, frozen=True):
    """The workbook of mentors, teachers and apprentices (.xlsx) as a multipart form."""

    file: UploadFile | None = None


class DecisionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The decision on a filing, over what was seen; an opinion is needed unless it is approved."""

    decision: Literal["approve", "return", "refuse"]
    moved: Seen
    opinion: Annotated[str, Meta(max_length=1000)] = ""


class ChangeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A change of a running programme; which fields are needed depends on its kind."""

    kind: ChangeKind
    happened_on: date
    reason: Words
    row: Annotated[int, Meta(ge=1, le=MOST_ROWS)] | None = None
    tutor: Annotated[int, Meta(ge=1, le=2**53)] | None = None
    months: Annotated[int, Meta(ge=1, le=MOST_MONTHS)] | None = None
    planned: HoursBody | None = None
    outcome: Literal["", "certified", "completed", "failed"] = ""
    level: Literal["", "5", "4", "3", "2", "1"] = ""
    certificate_no: Annotated[str, Meta(pattern="^[0-9A-Za-z]{0,40}$")] = ""
    certified_on: date | None = None

    def content(self) -> ChangeContent:
        """What is asked for."""
        told = {name: getattr(self, name) for name in ChangeContent.__struct_fields__ if name != "planned"}
        return ChangeContent(**told, planned=None if self.planned is None else msgspec.convert(self.planned, Hours, from_attributes=True))


class ChangeDecisionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The decision on a change; an opinion is needed when it is refused."""

    approve: bool
    opinion: Annotated[str, Meta(max_length=1000)] = ""


class MonthPerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one side tells of an apprentice's month: hours in hundredths, the wage in fen; what it does not tell is left out."""

    serial: Annotated[int, Meta(ge=1, le=MOST_ROWS)]
    general: Centihours | None = None
    basics: Centihours | None = None
    online: Centihours | None = None
    practice: Centihours | None = None
    mentor: Centihours | None = None
    wage: Fen | None = None

    def values(self) -> dict[Field, int]:
        """What is told, by field."""
        return {field: value for field in Field if (value := getattr(self, field.value)) is not None}


class MonthBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One side's part of a month over what was seen (`seen` as the month's answer told it)."""

    seen: Seen
    people: Annotated[tuple[MonthPerson, ...], Meta(min_length=1, max_length=MOST_PEOPLE)]


class ProgrammeItem(msgspec.Struct, frozen=True):
    """A programme in a list; `running` counts the apprentices without a final result."""

    number: str
    enterprise_name: str
    institution_name: str
    state: str
    state_words: str
    occupation_name: str
    level: str
    starts: date
    months: int
    decide_by: date | None
    people: int
    running: int


class ProgrammePage(msgspec.Struct, frozen=True):
    """A page of programmes, newest first; `next_cursor` is null on the last one."""

    programmes: tuple[ProgrammeItem, ...]
    next_cursor: str | None


class TutorAnswer(msgspec.Struct, frozen=True):
    """A mentor or teacher; `id` names him in a change, `all_heads` counts his apprentices in all running programmes."""

    id: int
    kind: str
    name: str
    level: str
    qualification: str
    allowance_fen: int
    heads: int
    all_heads: int


class ApprenticeAnswer(msgspec.Struct, frozen=True):
    """An apprentice with his number masked and what was recorded of him."""

    row: int
    name: str
    masked_number: str
    joined_as: str
    joined_on: date | None
    contract_start: date | None
    contract_end: date | None
    agreement_on: date | None
    post: str
    mentor: str
    teacher: str
    outcome: str
    outcome_words: str
    left_on: date | None
    obtained_level: str
    certificate_no: str
    months_told: int
    lowest_wage_fen: int | None
    general_centihours: int
    basics_centihours: int
    practice_centihours: int


class FailedRule(msgspec.Struct, frozen=True):
    """A rule of filing that is not met: for the class, or for the apprentices of some rows."""

    rule: str
    title: str
    rows: tuple[int, ...]
    hinders: bool


class ProgrammeAnswer(msgspec.Struct, frozen=True):
    """A programme whole; `moved` is what signing and deciding are asked over, `signed_sha256` the digest of what was signed."""

    number: str
    state: str
    state_words: str
    moved: int
    uscc: str
    enterprise_name: str
    institution: str
    institution_name: str
    occupation: str
    occupation_name: str
    level: str
    starts: date
    months: int
    plan: ProgrammePlan
    enterprise_signer: str | None
    institution_signer: str | None
    signed_sha256: str | None
    filed_on: date | None
    decide_by: date | None
    approved_on: date | None
    ended_on: date | None
    opinion: str
    tutors: tuple[TutorAnswer, ...]
    people: tuple[ApprenticeAnswer, ...]
    failed: tuple[FailedRule, ...]


class PeopleTaken(msgspec.Struct, frozen=True):
    """How many apprentices a workbook named."""

    number: str
    people: int


class ChangeAnswer(msgspec.Struct, frozen=True):
    """A change with its decision, null while it waits; `row` is null where the whole class is meant.

    `content_words` tell what is asked for.
    """

    id: int
    kind: str
    kind_words: str
    row: int | None
    name: str
    happened_on: date
    reason: str
    asker: str
    decision: str | None
    decider: str | None
    opinion: str
    content_words: str


class ChangeAsked(msgspec.Struct, frozen=True):
    """The key of a change that now waits for its decision."""

    number: str
    change: int


class MonthStateAnswer(msgspec.Struct, frozen=True):
    """How far a month is told, by side, and by which day it should be."""

    month: str
    due: date
    expected: int
    missing: dict[str, int]
    late: bool
    contradictions: int


class MonthsAnswer(msgspec.Struct, frozen=True):
    """The months of a programme that are over; `sides` are those that the reader tells."""

    number: str
    sides: tuple[str, ...]
    months: tuple[MonthStateAnswer, ...]


class MonthRow(msgspec.Struct, frozen=True):
    """An apprentice's month as last told, hours in hundredths and the wage in fen, null where nobody has told."""

    serial: int
    name: str
    masked_number: str
    values: dict[str, int]
    contradictions: tuple[str, ...]
    records: int


class MonthAnswer(msgspec.Struct, frozen=True):
    """A month of a programme; `seen` is what it is written over, `open` whether it may still be told."""

    number: str
    month: str
    seen: int
    open: bool
    sides: tuple[str, ...]
    people: tuple[MonthRow, ...]


class MonthSaved(msgspec.Struct, frozen=True):
    """How many records are new."""

    number: str
    month: str
    records: int


def programme_item(each: ListedProgramme, state_words: str) -> ProgrammeItem:
    """A programme of a list for the wire."""
    return ProgrammeItem(
        *(each.number, each.enterprise_name, each.institution_name, each.state.value, state_words, each.occupation_name, each.level),
        *(each.starts, each.months, each.decide_by, each.people, each.running),
    )


def programme_answer(shown: ProgrammeShown, keys: Vault) -> ProgrammeAnswer:
    """A programme for the wire."""
    head, filing = shown.head, shown.filing
    same = ("number", "moved", "uscc", "enterprise_name", "institution", "institution_name", "occupation", "occupation_name", "level")
    told = ("enterprise_signer", "institution_signer", "signed_sha256", "filed_on", "decide_by", "approved_on", "ended_on", "opinion")
    fields: dict[str, Any] = {name: getattr(head, name) for name in same} | {name: getattr(filing, name) for name in told}
    people = []
    for each in shown.people:
        plain: dict[str, Any] = {name: getattr(each, name) for name in ApprenticeAnswer.__struct_fields__ if hasattr(each, name)}
        general, basics, practice = each.centihours
        hours: dict[str, Any] = {"general_centihours": general, "basics_centihours": basics, "practice_centihours": practice}
        number = mask_identity(keys.decrypt_text(each.sealed, place=APPRENTICE_PLACE))
        people.append(ApprenticeAnswer(**plain, **hours, masked_number=number, outcome_words=OUTCOME_WORDS[each.outcome]))
    return ProgrammeAnswer(
        **fields,
        state=shown.state.value,
        state_words=shown.state_words,
        starts=head.starts,
        months=head.months,
        plan=filing.plan,
        tutors=tuple(TutorAnswer(**{name: getattr(each, name) for name in TutorAnswer.__struct_fields__}) for each in shown.tutors),
        people=tuple(people),
        failed=tuple(FailedRule(each.rule, each.title, each.rows, each.hinders) for each in shown.failed),
    )
