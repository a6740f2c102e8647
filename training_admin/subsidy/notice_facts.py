"""What a public notice (公示) shows of each claim, as pure data: of a person nothing but name and masked number (part 15, Masks)."""

from collections.abc import Mapping

import msgspec

from training_admin.subsidy.determination import Determined
from training_admin.subsidy.record import AssessmentRecord
from training_admin.subsidy.views import PersonShown

SUBSIDY = "subsidy"


class PersonListed(msgspec.Struct, frozen=True):
    """A person as the public sees him: full name and the number with first four and last two left."""

    name: str
    masked_number: str


class ClaimListed(msgspec.Struct, frozen=True):
    """One claim of a notice."""

    case_no: str
    enterprise: str
    streams: tuple[str, ...]
    classes: int
    people: int
    fen: int
    persons: tuple[PersonListed, ...]


class TakenOut(msgspec.Struct, frozen=True):
    """A claim that an upheld objection or appeal (`objection`, by its number) took out; the public does not see it any more."""

    case_no: str
    enterprise: str
    objection: str
    by_appeal: bool = False


class NoticeContent(msgspec.Struct, frozen=True):
    """What a notice says: its claims, and the figure its length follows from, with paper and both standings."""

    claims: tuple[ClaimListed, ...]
    workdays: int
    paper: str
    standing: str
    local_standing: str
    assumed: bool
    taken_out: tuple[TakenOut, ...] = ()

    @property
    def people(self) -> int:
        """Lines of all claims; a person of two claims counts twice (人次)."""
        return sum(each.people for each in self.claims)

    @property
    def fen(self) -> int:
        """The amount of all claims."""
        return sum(each.fen for each in self.claims)


def listed(case_no: str, enterprise: str, record: AssessmentRecord, found: Determined, people: Mapping[int, PersonShown]) -> ClaimListed:
    """A determined claim as the notice lists it: only who is paid for, in the order of the roster."""
    paid = frozenset(found.rows)
    lines = [line for line in record.lines if line.row in paid]
    return ClaimListed(
        case_no=case_no,
        enterprise=enterprise,
        streams=tuple(sorted(found.fen_by_stream)),
        classes=len({line.class_no for line in lines}),
        people=len(lines),
        fen=found.fen,
        persons=tuple(PersonListed(people[line.row].name, people[line.row].masked_number) for line in lines),
    )


def without(content: NoticeContent, case_no: str, objection: str, *, by_appeal: bool = False) -> NoticeContent:
    """The content after an objection to one of its claims, or an appeal of its enterprise, was upheld."""
    gone = next(each for each in content.claims if each.case_no == case_no)
    return msgspec.structs.replace(
        content,
        claims=tuple(each for each in content.claims if each.case_no != case_no),
        taken_out=(*content.taken_out, TakenOut(case_no, gone.enterprise, objection, by_appeal)),
    )
