"""Claims: pre-check as often as one likes, submit once, look at the result. The only door for pages, API and commands."""

import asyncio

import msgspec

from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_approved, assert_may, assert_stepped_up, scope_of
from training_admin.kit.clock import Clock
from training_admin.kit.identifiers import mask_identity
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.kit.vault import vault
from training_admin.kit.wording import row_ranges
from training_admin.kit.workbook.marking import mark_workbook
from training_admin.office import messages, trail
from training_admin.office.files import keep_file, load_file
from training_admin.office.knowledge import knowledge_transaction, still_known_at
from training_admin.office.numbers import next_number
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.subsidy import store
from training_admin.subsidy.assess import assess
from training_admin.subsidy.assessing import FIRST_TIME, decoded_record, enqueue_assessment
from training_admin.subsidy.claim_contradictions import load_filed
from training_admin.subsidy.contradictions import contradictions_of, people_contradictions
from training_admin.subsidy.form import ClaimForm
from training_admin.subsidy.gather import gather, key_claim
from training_admin.subsidy.intake import read_workbook
from training_admin.subsidy.letters import submitted_letter
from training_admin.subsidy.prompts import in_errors
from training_admin.subsidy.record import AssessmentRecord
from training_admin.subsidy.roster_store import ERASED
from training_admin.subsidy.unmasking import PersonErased
from training_admin.subsidy.views import ClaimDetail, ClaimReceipt, ClaimSummary, PersonShown, Precheck
from training_admin.subsidy.world import load_world

WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CLAIM_KIND = "claim"
SUBMITTED = "submitted"
LONGEST_PAGE = 200


class UnreadableRows(Refusal):
    """Some rows cannot be read and the enterprise has not chosen to submit the readable ones only."""

    status = 409
    code = "unreadable-rows"
    title = "有无法识别的行"


class NothingReadable(Unreadable):
    """Not a single row of the claim can be assessed."""

    code = "nothing-readable"
    title = "没有可识别的行"


class ForeignEnterprise(Refusal):
    """The workbook speaks for an enterprise that the actor does not belong to and does not stand in for."""

    status = 403
    code = "foreign-enterprise"
    title = "不是贵单位的申报表"


class ClassClaimed(Refusal):
    """A class stands in another claim already."""

    code = "class-already-claimed"
    title = "班级已经申报"


class RowsClaimedLater(Refusal):
    """The workbook is that of a claim already, which leaves out rows that are to be claimed now (补报)."""

    code = "workbook-rows-left-out"
    title = "这份申报表已经提交过"


class MarkedForClaimant(Refusal):
    """The marked workbook is the enterprise's own file and is handed back to nobody else."""

    status = 403
    code = "marked-for-claimant"
    title = "只交还申报单位"


def assert_for_own_enterprise(actor: Actor, right: Right, form: ClaimForm) -> None:
    """Raises NotAllowed, ForeignEnterprise."""
    assert form.head is not None
    if not scope_of(actor, right).covers(form.head.uscc):
        raise ForeignEnterprise("申报表中的统一社会信用代码不是贵单位的。请核对后用本单位的申报表办理；街镇帮办请先切换到被代办的企业。")


def person_of(id_no: str) -> str:
    """The opaque key of a person: a keyed hash of the cleaned identity number, as hexadecimal."""
    return vault().keyed_hash(id_no, place=store.PERSON_PLACE).hex()


async def read_prompted(content: bytes, *, clock: Clock) -> ClaimForm:
    """The form of a workbook, its problems ending with what officers ask of the fields; raises what `read_workbook` raises."""
    form = await read_workbook(content, today=clock.today())
    return msgspec.structs.replace(form, problems=await in_errors(form.problems))


async def precheck(actor: Actor, content: bytes, *, clock: Clock) -> Precheck:
    """Read and assess a workbook without storing anything of it; raises NotAllowed, ForeignEnterprise."""
    assert_may(actor, Right.CLAIM_PRECHECK)
    form = await read_prompted(content, clock=clock)
    assert_for_own_enterprise(actor, Right.CLAIM_PRECHECK, form)
    if not actor.approved:
        return _only_the_form(form)
    keyed = key_claim(form, claim_number="", as_of=clock.today(), person_of=person_of)
    async with knowledge_transaction():
        known_at = await still_known_at(clock)
        world = await load_world(keyed, known_at=known_at, pack=DEFAULT_PACK)
        filed = await load_filed(keyed.classes, keyed.uscc, known_at)
    facts = gather(keyed, world)
    record = await asyncio.to_thread(assess, facts)
    assert form.head is not None
    await _note_precheck(actor, form, clock)
    unreadable = sum(1 for line in facts.lines if not line.readable)
    return Precheck(
        record=record,
        problems=(*form.problems, *facts.cells),
        people={row.row: PersonShown(row.name, row.id_type, mask_identity(row.id_no)) for row in form.lines},
        readable_lines=len(facts.lines) - unreadable,
        unreadable_lines=unreadable,
        contradictions=(
            *contradictions_of(form.head, form.classes, facts.enterprise, world.registers.filings),
            *people_contradictions(keyed.lines, filed),
        ),
    )


def _only_the_form(form: ClaimForm) -> Precheck:
    """What an enterprise is told whose registration waits: its cells, nothing that the registers know of anybody."""
    unreadable = sum(1 for row in form.lines if not row.readable)
    return Precheck(
        record=None,
        problems=form.problems,
        people={row.row: PersonShown(row.name, row.id_type, mask_identity(row.id_no)) for row in form.lines},
        readable_lines=len(form.lines) - unreadable,
        unreadable_lines=unreadable,
    )


@retried
async def _note_precheck(actor: Actor, form: ClaimForm, clock: Clock) -> None:
    assert form.head is not None
    detail = {"lines": len(form.lines), "problems": len(form.problems)}
    async with write_transaction():
        await trail.record(actor, "subsidy:claim:prechecked", form.head.uscc, detail, at=clock.now())


async def precheck_marked(actor: Actor, content: bytes, *, clock: Clock) -> bytes:
    """The enterprise's own workbook handed back with wrong cells marked, also those that only registers show."""
    checked = await precheck(actor, content, clock=clock)
    return await mark_workbook(content, checked.problems)


async def submit_claim(
    actor: Actor, content: bytes, *, readable_only: bool, left_out: frozenset[int] = frozenset(), clock: Clock
) -> ClaimReceipt:
    """Submit a claim; the same workbook submitted again gives the same receipt. Roster rows `left_out` (剔除后提交) are not claimed.

    Raises UnreadableRows unless every row is readable or `readable_only` is chosen, NothingReadable when no row is, NotAllowed,
    NotYetApproved, ForeignEnterprise, RowsClaimedLater when the workbook was submitted without rows that are claimed now.
    """
    assert_may(actor, Right.CLAIM_SUBMIT)
    assert_approved(actor)
    form = await read_prompted(content, clock=clock)
    assert_for_own_enterprise(actor, Right.CLAIM_SUBMIT, form)
    dropped = tuple(row.row for row in form.lines if row.row in left_out)
    form = msgspec.structs.replace(form, lines=tuple(row for row in form.lines if row.row not in left_out))
    assert_readable(form, readable_only=readable_only)
    return await store_claim(actor, content, form, readable_only=readable_only, left_out=dropped, clock=clock)


def assert_readable(form: ClaimForm, *, readable_only: bool) -> None:
    """Raises NothingReadable, UnreadableRows."""
    unreadable = sum(1 for row in form.lines if not row.readable)
    if unreadable == len(form.lines):
        raise NothingReadable("花名册中没有一行可以提交，请下载标注后的申报表，更正后重新上传。")
    if unreadable and not readable_only:
        raise UnreadableRows(f"有 {unreadable} 行无法识别。请更正标红单元格后重新上传，或选择“仅提交可识别的行”。", count=unreadable)


@retried
async def store_claim(
    actor: Actor,
    content: bytes,
    form: ClaimForm,
    *,
    readable_only: bool,
    left_out: tuple[int, ...] = (),
    confirmed: bool = False,
    clock: Clock,
) -> ClaimReceipt:
    """Store a claim whose workbook has been read, and stage its assessment, in one transaction.

    A claim that was only `confirmed` must be the first of its classes; raises ClassClaimed, RowsClaimedLater.
    """
    assert form.head is not None
    async with write_transaction():
        file = await keep_file(content, media_type=WORKBOOK_TYPE, at=clock.now())
        known = await store.claim_of_file(file.id)
        if known is not None:
            await _assert_same_rows(form, file.id, known)
            return _receipt(known)
        if confirmed:
            await _assert_unclaimed(form)
        year = form.head.claim_year
        number = f"SJ{year}{await next_number(CLAIM_KIND, year):06d}"
        keyed = key_claim(form, claim_number=number, as_of=clock.today(), person_of=person_of)
        new = store.NewClaim(
            number=number,
            keyed=keyed,
            form=form,
            file_id=file.id,
            readable_only=readable_only,
            submitted_at=clock.now(),
            submitted_by=actor.trail_key,
            state=SUBMITTED,
        )
        await store.add_claim(new, vault())
        await enqueue_assessment(number, round_key=FIRST_TIME)
        to = messages.to_organisation(form.head.uscc, Right.CLAIM_READ)
        await messages.send(to, submitted_letter(number, len(keyed.lines), left_out), clock=clock)
        detail = {"lines": len(keyed.lines), "readable_only": readable_only, "sha256": file.sha256, "left_out": list(left_out)}
        await trail.record(actor, "subsidy:claim:submitted", number, detail | ({"confirmed": True} if confirmed else {}), at=clock.now())
    return ClaimReceipt(number, SUBMITTED, len(keyed.lines), clock.now())


async def _assert_same_rows(form: ClaimForm, file_id: int, known: ClaimSummary) -> None:
    """Raises RowsClaimedLater when rows that were left out of the claim of this very file are to be claimed now: nothing would be kept."""
    later = {row.row for row in form.lines} - await store.rows_of_file(file_id)
    if later:
        raise RowsClaimedLater(
            f"这份申报表已作为 {known.number} 提交，当时剔除的第 {row_ranges(later)} 行没有提交。"
            "补报请另存一份申报表，花名册只保留这些人员，再上传提交。"
        )


async def _assert_unclaimed(form: ClaimForm) -> None:
    standing = await store.standing_claims([each.class_no for each in form.classes])
    if standing:
        raise ClassClaimed(f"班级 {'、'.join(standing)} 已在 {'、'.join(sorted(set(standing.values())))} 中申报，没有再次提交。")


def _receipt(claim: ClaimSummary) -> ClaimReceipt:
    return ClaimReceipt(claim.number, claim.state, claim.lines, claim.submitted_at)


async def list_claims(actor: Actor, *, cursor: str | None, limit: int, state: str | None) -> tuple[list[ClaimSummary], str | None]:
    """A page of the claims in the actor's scope, newest first, and the cursor of the next page (None at the end)."""
    organisations = scope_of(actor, Right.CLAIM_READ).codes
    size = max(1, min(limit, LONGEST_PAGE))
    before = int(cursor) if cursor and cursor.isdecimal() else None
    async with read_transaction():
        found = await store.claim_summaries(before=before, limit=size + 1, state=state, organisations=organisations)
    page = found[:size]
    following = str(page[-1][0]) if len(found) > size else None
    return [summary for _key, summary in page], following


async def claim_detail(actor: Actor, number: str) -> ClaimDetail:
    """A claim with its newest record, all record heads, cell problems and masked people; raises ClaimNotFound."""
    organisations = scope_of(actor, Right.CLAIM_READ).codes
    async with read_transaction():
        claim_id, summary, problems, _file = await store.claim_summary(number, organisations=organisations)
        found = await store.load_record(claim_id, None)
        heads = await store.record_heads(claim_id)
        people = await store.people_shown(claim_id, vault(), mask_identity)
    record = None if found is None else msgspec.json.decode(found[0], type=AssessmentRecord)
    late = () if record is None else record.cells
    return ClaimDetail(summary, record, heads, (*problems, *late), people)


async def claim_marked(actor: Actor, number: str, *, clock: Clock) -> bytes:
    """The workbook of a submitted claim with its wrong cells marked.

    It holds full numbers and cannot lose a single row, therefore only the enterprise's own people have it back, after a fresh proof
    of identity and with a trace, and nobody after an erasure. Raises ClaimNotFound, MarkedForClaimant, StepUpNeeded, PersonErased,
    FileErased.
    """
    detail = await claim_detail(actor, number)
    if not actor.is_program and (actor.organisation != detail.summary.uscc or actor.acts_for is not None):
        raise MarkedForClaimant("标注后的申报表含完整证件号码，只交还申报单位。其他人员请在页面上查看，确需号码的在人员明细中逐人查看。")
    if any(person.name == ERASED.name for person in detail.people.values()):
        raise PersonErased("这份申报表中有人员的信息已按本人申请删除，原表不再提供下载。核验结果仍可在页面上查看。")
    assert_stepped_up(actor)
    return await mark_workbook(await _opened_file(actor, number, clock), detail.problems)


@retried
async def _opened_file(actor: Actor, number: str, clock: Clock) -> bytes:
    """The uploaded workbook, whose reading the trail remembers."""
    async with write_transaction():
        _claim_id, _summary, _problems, sha256 = await store.claim_summary(number)
        content = await load_file(sha256)
        await trail.record(actor, "subsidy:claim:marked_read", number, {"sha256": sha256}, at=clock.now())
    return content


async def claim_record(actor: Actor, number: str, place: int | None) -> AssessmentRecord:
    """One stored record of a claim, the newest when no place is given; raises ClaimNotFound."""
    organisations = scope_of(actor, Right.CLAIM_READ).codes
    async with read_transaction():
        claim_id, _summary, _problems, _file = await store.claim_summary(number, organisations=organisations)
        record = await decoded_record(claim_id, place)
    if record is None:
        raise store.ClaimNotFound("这份申报还没有核验记录，请稍后再看。")
    return record
