"""The roster of an organisation's teachers given out, and a filled-in one registered: read in a child, then one act for all rows."""

from datetime import date

import msgspec

from training_admin.catalog.course_store import taught_by
from training_admin.catalog.teacher_workbook import SEX_WORDS, SHEET, TeachersRead, TeachersReading, teachers_workbook
from training_admin.database import read_transaction
from training_admin.kit.actor import Actor, assert_may
from training_admin.kit.child import ChildLimits, run_in_child
from training_admin.kit.clock import Clock
from training_admin.kit.identifiers import IdReading, likely_id_type, mask_identity, read_identity
from training_admin.kit.refusals import Unreadable
from training_admin.kit.rights import Right
from training_admin.kit.vault import vault
from training_admin.kit.workbook.problems import CellProblem
from training_admin.parties import institution_store as store
from training_admin.parties.institution_facts import ResourceKind
from training_admin.parties.institution_store import IDENTITY_PLACE
from training_admin.parties.institutions import show_register
from training_admin.parties.levels import LEVEL_WORDS
from training_admin.parties.resource_bulk import AlreadyThere, register_teachers
from training_admin.parties.resource_forms import FULL_TIME_WORDS

READ_TASK = "training_admin.catalog.teacher_workbook:read_task"
LARGEST = 10 * 1024 * 1024
THERE_SENTENCE = "这位教师已经登记，变更或增加资格请在“办学条件”中逐项办理。"


class TeachersIncomplete(Unreadable):
    """The workbook can be opened, but cells of it are wrong: nothing is registered. `cells` lists them."""

    code = "teachers-incomplete"
    title = "教师花名册有误"


def _incomplete(problems: tuple[CellProblem, ...], count: int) -> TeachersIncomplete:
    return TeachersIncomplete(
        f"工作簿中有 {count} 处有误，没有登记任何教师。请按列出的问题更正后重新上传。",
        count=count,
        cells=[msgspec.to_builtins(problem) for problem in problems],
    )


async def import_teachers(actor: Actor, content: bytes, *, clock: Clock) -> int:
    """Register the teachers of a workbook with their qualifications, or none of them; returns how many things wait for a decision now.

    Raises NotAllowed, NotYetApproved, TeachersIncomplete with every wrong cell, ResourceRefused, the refusals of kit.workbook, ChildFailed.
    """
    assert_may(actor, Right.INSTITUTION_EDIT)
    if not content:
        raise TeachersIncomplete("请先选择填写好的教师花名册（.xlsx），再点击上传。")
    payload = msgspec.msgpack.encode(TeachersReading(content, clock.today()))
    read = msgspec.msgpack.decode(await run_in_child(READ_TASK, payload, limits=ChildLimits()), type=TeachersRead)
    if read.count:
        raise _incomplete(read.problems, read.count)
    try:
        return await register_teachers(actor, read.teachers, clock=clock)
    except AlreadyThere as refusal:
        found = tuple(CellProblem(SHEET, f"{read.identity_column}{row}", "DUPLICATE_ROW", THERE_SENTENCE) for row in refusal.rows)
        raise _incomplete(found, len(found)) from None


async def exported(actor: Actor, organisation: str, *, clock: Clock) -> bytes:
    """The teachers of an organisation that count today, identity numbers masked; raises NotAllowed, ResourceNotFound."""
    shown = await show_register(actor, organisation, clock=clock)
    newest = {each.resource: each.id for each in shown.newest if each.kind is ResourceKind.TEACHER}
    async with read_transaction():
        sealed = await store.sealed_identities(list(newest.values()))
        courses = await taught_by(organisation)
    rows: list[list[object]] = []
    for number, each in enumerate(shown.facts.teachers, start=1):
        identity = vault().decrypt_text(sealed[newest[each.id]], place=IDENTITY_PLACE)
        sex, age = _sex_and_age(identity, clock.today())
        titles = "、".join(courses.get(each.id, [])) or None
        for place, one in enumerate(each.qualifications or (None,)):
            rows.append(
                [
                    *(number if place == 0 else None, each.name, mask_identity(identity), sex, age, each.education, each.major, each.rank),
                    *(None if one is None else one.title, titles, FULL_TIME_WORDS["yes" if each.full_time else "no"]),
                    *((None,) * 4 if one is None else (one.number, one.occupation, LEVEL_WORDS.get(one.level or ""), one.valid_to)),
                    each.valid_to,
                ]
            )
    return teachers_workbook(rows, file_number=organisation)


def _sex_and_age(identity: str, today: date) -> tuple[str | None, int | None]:
    """What an identity number says, as far as it does: sex in words, and full years."""
    read = read_identity(likely_id_type(identity), identity, today)
    if not isinstance(read, IdReading) or read.birth is None:
        return None, None
    birth = read.birth
    years = today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
    return SEX_WORDS.get(read.sex or ""), years


def template(actor: Actor) -> bytes:
    """The empty roster to fill in; raises NotAllowed."""
    assert_may(actor, Right.INSTITUTION_EDIT)
    return teachers_workbook((), file_number="")
