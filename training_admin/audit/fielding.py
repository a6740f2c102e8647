"""Visits told from a phone (现场检查表): filled in without a network, sent later, once however often; photos follow by their digests.

The key is made on the phone when the form is opened. The visit comes first and names the digest of every photo, so that what was taken
is fixed before any file is sent.
"""

from datetime import date, datetime

import msgspec

from training_admin.audit import field_store as store
from training_admin.audit.field_store import Earlier, FieldClass, Photo
from training_admin.catalog.pooling import plain_number
from training_admin.catalog.visit_facts import FINDINGS, Visit, VisitWay
from training_admin.catalog.visits import VisitRefused, keep_visit
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_may, scope_of
from training_admin.kit.clock import Clock
from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.kit.identifiers import holds_personal_number
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.kit.wording import moment
from training_admin.office import trail
from training_admin.office.files import keep_file, load_file
from training_admin.office.idempotency import KeyReused
from training_admin.office.papers import JPEG, LARGEST, PNG, PaperRefused, paper_type

MOST_CLASSES, MOST_PHOTOS = 200, 20
SHORTEST_KEY, LONGEST_KEY, DIGEST = 20, 80, 64
ENDINGS = {JPEG: "jpg", PNG: "png"}


class VisitEntered(Refusal):
    """Somebody has told a visit of this class and day already; both are shown, and it can be told as another one."""

    code = "visit-entered-before"
    title = "该班级当日已有检查记录"


class FieldVisitNotFound(NotFound):
    """There is no such visit told from a phone, or not for this actor."""

    code = "field-visit-not-found"


class PhotoUnknown(Refusal):
    """The photo is not one of those that were told with the visit."""

    status = 422
    code = "photo-hash-unknown"
    title = "照片与登记的校验值不符"


class SentPhoto(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A photo as the phone tells it: SHA-256 of the file, its bytes, when it was taken."""

    sha256: str
    size: int
    taken_at: datetime


class SentVisit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A visit as the phone sends it; `another` is set where the inspector has seen an earlier one of the same day and sends his too."""

    key: str
    plan: str
    class_no: str
    opened_at: datetime
    day: date
    starts: int
    inspectors: tuple[str, ...]
    expected: int
    present: int
    teacher_fits: bool
    plan_fits: bool
    textbooks: bool
    order_kept: bool
    safe: bool
    passed: bool
    words: str = ""
    photos: tuple[SentPhoto, ...] = ()
    another: bool = False

    def visit(self) -> Visit:
        """The visit itself."""
        findings = {name: getattr(self, name) for name, _words in FINDINGS}
        return Visit(
            class_no=self.class_no.strip(),
            visited_on=self.day,
            starts=self.starts,
            way=VisitWay.ONSITE,
            inspectors=self.inspectors,
            expected=self.expected,
            present=self.present,
            passed=self.passed,
            words=self.words,
            **findings,
        )


class Receipt(msgspec.Struct, frozen=True):
    """What the phone is told: the visit's number, whether it was told late, and the digests of photos that are still to come."""

    visit: int
    late: bool
    again: bool
    wanted: tuple[str, ...]


class FieldVisitShown(msgspec.Struct, frozen=True):
    """A visit told from a phone with its photos."""

    plan: str
    class_no: str
    photos: tuple[Photo, ...]


async def drawn_on(actor: Actor, day: date) -> list[FieldClass]:
    """The drawn classes that are held on a day, without any trainee's name; raises NotAllowed."""
    assert_may(actor, Right.CLASS_VISIT)
    async with read_transaction():
        return await store.drawn_on(day, most=MOST_CLASSES)


@retried
async def receive_visit(actor: Actor, sent: SentVisit, *, clock: Clock) -> Receipt:
    """Keep a visit from a phone, once for its key; the same again answers with what is still to come.

    Raises NotAllowed, VisitRefused, VisitEntered, KeyReused.
    """
    assert_may(actor, Right.CLASS_VISIT)
    _assert_sound(sent)
    digest = sha256_hex(canonical_json(msgspec.to_builtins(msgspec.structs.replace(sent, another=False))))
    async with write_transaction():
        there = await store.by_key(sent.key)
        if there is not None:
            if there.sha256 != digest:
                raise KeyReused("这份检查表已经同步过，手机上的内容后来有改动。同步后的检查记录不能改写，需要更正的请另行登记一次。")
            return Receipt(there.visit, late=False, again=True, wanted=await _wanted(there.id))
        class_no = plain_number(sent.class_no.strip())
        if not await store.is_drawn(sent.plan, class_no):
            raise VisitRefused("这次抽查没有抽中该班级，请在“班级检查”页面登记。")
        earlier = await store.earlier(class_no, sent.day)
        if earlier is not None and not sent.another:
            raise _entered(earlier)
        visit, late = await keep_visit(actor, sent.visit(), clock=clock)
        row = await store.add(sent.key, digest, plan=sent.plan, visit=visit, opened_at=sent.opened_at, by=actor.trail_key, at=clock.now())
        for each in sent.photos:
            await store.add_photo(row, sha256=each.sha256, size=each.size, taken_at=each.taken_at)
        detail = {"visit": visit, "plan": sent.plan, "photos": [each.sha256 for each in sent.photos], "another": earlier is not None}
        await trail.record(actor, "audit:field_visit:received", class_no, detail, at=clock.now())
        return Receipt(visit, late=late, again=False, wanted=await _wanted(row))


def _assert_sound(sent: SentVisit) -> None:
    """Raises VisitRefused for what no phone of ours sends, and for personal numbers in the words."""
    if not SHORTEST_KEY <= len(sent.key) <= LONGEST_KEY or not sent.key.isascii() or not sent.key.isprintable():
        raise VisitRefused("检查表编号无法识别，请在手机上重新打开检查表。")
    instants = [sent.opened_at, *(each.taken_at for each in sent.photos)]
    if any(each.tzinfo is None for each in instants):
        raise VisitRefused("检查表的时间无法识别，请核对手机的日期和时间后重新同步。")
    if len(sent.photos) > MOST_PHOTOS or any(
        len(each.sha256) != DIGEST or set(each.sha256) - set("0123456789abcdef") or not 0 < each.size <= LARGEST for each in sent.photos
    ):
        raise VisitRefused(f"照片至多 {MOST_PHOTOS} 张，每张不超过 {LARGEST // 2**20} MB。")
    if holds_personal_number(sent.words):
        raise VisitRefused("意见会长期保存，请不要写证件号码、手机号码或银行账号。")


def _entered(earlier: Earlier) -> VisitEntered:
    conclusion = "合格" if earlier.passed else "不合格"
    sentence = (
        f"{earlier.teller}已于{moment(earlier.told_at)}登记了这个班级当日的现场检查：应到 {earlier.expected} 人，"
        f"实到 {earlier.present} 人，{conclusion}。请核对；确为另一次检查的，选择“作为另一次检查提交”，否则放弃本机的记录。"
    )
    told = {"teller": earlier.teller, "told_at": earlier.told_at.isoformat(), "expected": earlier.expected}
    return VisitEntered(sentence, earlier={**told, "present": earlier.present, "passed": earlier.passed, "words": earlier.words})


async def _wanted(row: int) -> tuple[str, ...]:
    return tuple(each.sha256 for each in await store.photos_of(row) if not each.arrived)


@retried
async def receive_photo(actor: Actor, key: str, content: bytes, *, clock: Clock) -> Receipt:
    """Keep a photo of a visit that was received, sealed, when its SHA-256 is one of those told with the visit; again changes nothing.

    Raises NotAllowed, FieldVisitNotFound, PhotoUnknown, PaperRefused.
    """
    assert_may(actor, Right.CLASS_VISIT)
    media_type = paper_type(content, what="照片")
    if media_type not in ENDINGS:
        raise PaperRefused("照片应为 JPG 或 PNG。")
    digest = sha256_hex(content)
    async with write_transaction():
        there = await store.by_key(key)
        if there is None:
            raise FieldVisitNotFound("没有找到这次检查，请先同步检查表，再上传照片。")
        photo = next((each for each in await store.photos_of(there.id) if each.sha256 == digest), None)
        if photo is None:
            raise PhotoUnknown("这张照片的校验值不在随检查表登记的校验值之中，没有保存。照片在手机上可能被改动或压缩过。")
        if not photo.arrived:
            kept = await keep_file(content, media_type=media_type, at=clock.now())
            await store.keep_photo(photo.id, kept.id)
            detail = {"visit": there.visit, "sha256": digest, "size": kept.size}
            await trail.record(actor, "audit:field_visit:photo", there.class_no, detail, at=clock.now())
        return Receipt(there.visit, late=False, again=photo.arrived, wanted=await _wanted(there.id))


async def show_field_visit(actor: Actor, visit: int) -> FieldVisitShown:
    """A visit told from a phone with its photos, in the scope of who reads doubts; raises NotAllowed, FieldVisitNotFound."""
    codes = scope_of(actor, Right.DOUBT_READ).codes
    async with read_transaction():
        found = await store.of_visit(visit, codes)
        if found is None:
            raise FieldVisitNotFound("没有找到这次现场检查，请从“班级检查”进入。")
        row, plan, class_no, _key = found
        return FieldVisitShown(plan, class_no, tuple(await store.photos_of(row)))


@retried
async def open_photo(actor: Actor, visit: int, photo: int, *, clock: Clock) -> tuple[str, str, bytes]:
    """File name without personal data, type and content of a photo, whose reading the trail remembers.

    Raises NotAllowed, FieldVisitNotFound, FileErased.
    """
    codes = scope_of(actor, Right.DOUBT_READ).codes
    async with write_transaction():
        found = await store.of_visit(visit, codes)
        photos = [] if found is None else await store.photos_of(found[0])
        there = next(((place, each) for place, each in enumerate(photos, 1) if each.id == photo and each.arrived), None)
        if found is None or there is None:
            raise FieldVisitNotFound("没有找到这张照片，可能还没有同步。")
        place, one = there
        content = await load_file(one.sha256)
        await trail.record(actor, "audit:field_visit:read", found[2], {"visit": visit, "sha256": one.sha256}, at=clock.now())
    return f"现场检查{visit}-照片{place}.{ENDINGS[one.media_type]}", one.media_type, content
