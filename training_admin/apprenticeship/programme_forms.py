"""What the pages of programmes are sent, and how it is read; every refusal says which field and how to mend it."""

from datetime import date

import msgspec
from litestar.datastructures import UploadFile

from training_admin.apprenticeship.facts import Hours
from training_admin.apprenticeship.plan_facts import ChangeContent, ProgrammeHeadDraft, ProgrammePlan
from training_admin.apprenticeship.programmes import ProgrammeRefused
from training_admin.kit.money import fen_from_text


class ProgrammeForm(msgspec.Struct, frozen=True):
    """Head and plan as typed; hours as numbers with at most two decimals. `moved` counts the moves that the form was opened over."""

    institution: str = ""
    occupation: str = ""
    occupation_name: str = ""
    level: str = ""
    starts: str = ""
    months: str = ""
    general: str = ""
    basics: str = ""
    practice: str = ""
    online: str = ""
    video: str = ""
    cooperation_on: str = ""
    cooperation_mode: str = ""
    cooperation_content: str = ""
    cooperation_duties: str = ""
    fees: str = ""
    reason: str = ""
    exam_on: str = ""
    credit_system: bool = False
    student_status: bool = False
    moved: int | None = None

    def head(self) -> ProgrammeHeadDraft:
        """The head; raises ProgrammeRefused."""
        return ProgrammeHeadDraft(
            institution=self.institution.strip(),
            occupation=self.occupation.strip()[:20],
            occupation_name=self.occupation_name.strip()[:100],
            level=self.level,
            starts=typed_day(self.starts, "开班日期"),
            months=typed_count(self.months, "培养期限"),
        )

    def plan(self) -> ProgrammePlan:
        """The plan; raises ProgrammeRefused."""
        return ProgrammePlan(
            planned=Hours(*(typed_hours(each) for each in (self.general, self.basics, self.practice, self.online))),
            video_centihours=typed_hours(self.video) if self.video.strip() else None,
            cooperation_on=typed_day(self.cooperation_on, "合作协议签订日期") if self.cooperation_on.strip() else None,
            cooperation_mode=self.cooperation_mode,
            cooperation_content=self.cooperation_content,
            cooperation_duties=self.cooperation_duties,
            fees_fen=typed_fen(self.fees),
            reason=self.reason,
            exam_on=typed_day(self.exam_on, "考核日期") if self.exam_on.strip() else None,
            credit_system=self.credit_system,
            student_status=self.student_status,
        )


class PeopleForm(msgspec.Struct, frozen=True):
    """The people's workbook."""

    file: UploadFile | None = None


class SeenForm(msgspec.Struct, frozen=True):
    """An act over what was shown; `moved` counts its moves."""

    moved: int = 0
    decision: str = ""
    opinion: str = ""


class ChangeForm(msgspec.Struct, frozen=True):
    """A change as typed."""

    kind: str = ""
    row: str = ""
    day: str = ""
    reason: str = ""
    tutor: str = ""
    months: str = ""
    general: str = ""
    basics: str = ""
    practice: str = ""
    online: str = ""
    outcome: str = ""
    level: str = ""
    certificate_no: str = ""
    certified_on: str = ""

    def content(self) -> ChangeContent:
        """What is asked for; raises ProgrammeRefused."""
        hours = (self.general, self.basics, self.practice, self.online)
        return ChangeContent(
            tutor=typed_count(self.tutor, "导师或教师") if self.tutor.strip() else None,
            months=typed_count(self.months, "期限") if self.months.strip() else None,
            planned=Hours(*map(typed_hours, hours)) if any(each.strip() for each in hours) else None,
            outcome=self.outcome,
            level=self.level,
            certificate_no=self.certificate_no.strip(),
            certified_on=typed_day(self.certified_on, "发证日期") if self.certified_on.strip() else None,
        )


class DecideForm(msgspec.Struct, frozen=True):
    """The decision on a change."""

    approve: bool = False
    opinion: str = ""


def typed_day(text: str, what: str) -> date:
    """A day as typed; raises ProgrammeRefused."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ProgrammeRefused(f"请填写{what}，如 2026-03-01。") from None


def typed_count(text: str, what: str) -> int:
    """A whole number as typed; raises ProgrammeRefused."""
    words = text.strip()
    if not words.isascii() or not words.isdecimal() or len(words) > 9:  # noqa: PLR2004 - more than there is
        raise ProgrammeRefused(f"{what}应为整数。")
    return int(words)


def typed_hours(text: str) -> int:
    """Hours as typed, in hundredths; nothing is 0. Raises ProgrammeRefused."""
    if not text.strip():
        return 0
    found = fen_from_text("".join(text.split()))
    if found is None or found < 0:
        raise ProgrammeRefused("课时应为最多两位小数的数字，如 120 或 120.5。")
    return found


def typed_fen(text: str) -> int:
    """An amount in yuan as typed, in fen; nothing is 0. Raises ProgrammeRefused."""
    if not text.strip():
        return 0
    found = fen_from_text("".join(text.split()))
    if found is None or found < 0:
        raise ProgrammeRefused("金额应为最多两位小数的数字，如 31920.00。")
    return found
