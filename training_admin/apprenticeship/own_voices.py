"""What apprentices say: 是我 or 不是我 once and for ever, wages month by month, complaints in sealed words; heard, read and answered.

Denials, wages that are wrong and complaints reach the first reviewer as messages and stand in a list until they are answered. The firm and
the institution learn nothing of them. Whoever opens the words of a complaint is remembered in the trail.
"""

from collections.abc import Sequence

import msgspec

from training_admin.accounts import directory_store
from training_admin.apprenticeship import own_store as store
from training_admin.apprenticeship.own_facts import TO_ANSWER, VOICE_WORDS, WAGE, WHO, Said, Voice, who_said
from training_admin.apprenticeship.own_store import VoiceRow
from training_admin.apprenticeship.record_facts import is_month
from training_admin.apprenticeship.sealing import PHONE_PLACE, VOICE_PLACE
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_may, scope_of
from training_admin.kit.clock import Clock
from training_admin.kit.identifiers import clean_number
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import NotFound, Refusal, Unreadable
from training_admin.kit.rights import OrganisationKind, Right
from training_admin.kit.vault import vault
from training_admin.office import messages, trail
from training_admin.office.messages import Letter

SAID, READ, ANSWERED = "apprenticeship:voice:said", "apprenticeship:voice:read", "apprenticeship:voice:answered"
LONGEST_WORDS, LONGEST_ANSWER = 1000, 300
# So many complaints of one person may wait for an answer at a time.
MOST_OPEN = 5
OWN_PAGE, LIST_PAGE = "/my-apprenticeship", "/apprentice-voices"


class OwnProgrammeNotFound(NotFound):
    """The programme does not name the person who asks."""

    code = "own-programme-not-found"


class VoiceNotFound(NotFound):
    """There is no such voice, or not for this reader."""

    code = "voice-not-found"


class VoiceRefused(Unreadable):
    """What was sent says nothing that can be kept."""

    code = "voice-refused"
    title = "没有保存"


class AlreadySaid(Refusal):
    """The first answer to 是我 or 不是我 is final; too many complaints wait."""

    code = "voice-already-said"
    title = "已经答复"


class AlreadyAnswered(Refusal):
    """The voice was answered before."""

    code = "voice-already-answered"
    title = "已经答复"


def chosen_voice(text: str) -> Voice:
    """What a form says; raises VoiceRefused."""
    if text not in set(Voice):
        raise VoiceRefused("请点选一项。")
    return Voice(text)


@retried
async def say(actor: Actor, number: str, kind: Voice, *, month: str = "", words: str = "", clock: Clock) -> None:
    """Keep what an apprentice says of himself; raises NotAllowed, OwnProgrammeNotFound, VoiceRefused, AlreadySaid."""
    assert_may(actor, Right.OWN_RECORDS)
    assert actor.person is not None
    plain = words.strip()
    if kind in WAGE and not is_month(month):
        raise VoiceRefused("请在要确认的月份后面点选工资是否相符。")
    if kind is Voice.COMPLAINT and not 0 < len(plain) <= LONGEST_WORDS:
        raise VoiceRefused(f"请写明投诉的事情，至多 {LONGEST_WORDS} 字。")
    now = clock.now()
    async with write_transaction():
        apprentice = await store.apprentice_of(actor.person, number)
        if apprentice is None:
            raise OwnProgrammeNotFound("没有找到这个学徒班，请从“我的学徒培养”重新进入。")
        _assert_new(await store.said_by([apprentice]), kind)
        sealed = vault().encrypt_text(plain, place=VOICE_PLACE) if kind is Voice.COMPLAINT else None
        await store.add_voice(apprentice, kind, month=month if kind in WAGE else None, sealed=sealed, at=now)
        if kind in TO_ANSWER:
            await _tell_reviewers(number, kind, clock)
        await trail.record(actor, SAID, number, {"kind": kind}, at=now)


def _assert_new(said: Sequence[Said], kind: Voice) -> None:
    if kind in WHO and who_said(said) is not None:
        raise AlreadySaid("您已经答复过是否本人，答复不能更改。如有误点，请在下面的“投诉和说明”中写明。")
    waiting = sum(each.kind is Voice.COMPLAINT and each.answered_at is None for each in said)
    if kind is Voice.COMPLAINT and waiting >= MOST_OPEN:
        raise AlreadySaid(f"您已有 {MOST_OPEN} 件投诉正在处理，答复后可以再提。")


async def _tell_reviewers(number: str, kind: Voice, clock: Clock) -> None:
    """A message to everybody who decides on programmes; it names no person and repeats no word."""
    letter = Letter(
        number, f"学徒反映：{VOICE_WORDS[kind]}", f"学徒班 {number} 有一名学徒反映“{VOICE_WORDS[kind]}”，请查看并答复。", LIST_PAGE
    )
    for code, _name, _kind, _count in await directory_store.organisations([OrganisationKind.HR_BUREAU]):
        await messages.send(messages.to_organisation(code, Right.PROGRAMME_DECIDE), letter, clock=clock)


async def list_voices(
    actor: Actor, *, everything: bool, open_only: bool, before: int | None, limit: int
) -> tuple[list[VoiceRow], str | None]:
    """A page of what apprentices said, the newest first, and the cursor of the next page; raises NotAllowed."""
    scope = scope_of(actor, Right.VOICE_READ)
    kinds = sorted(Voice if everything else TO_ANSWER)
    async with read_transaction():
        found = await store.voices(scope.codes, kinds, before=before, limit=limit + 1, open_only=open_only)
    page = found[:limit]
    return page, str(page[-1].said.id) if len(found) > limit else None


async def voice_head(actor: Actor, key: int) -> VoiceRow:
    """A voice without its words; raises NotAllowed, VoiceNotFound."""
    async with read_transaction():
        return (await _load(actor, key))[0]


async def _load(actor: Actor, key: int) -> tuple[VoiceRow, bytes | None]:
    found = await store.voice(key, scope_of(actor, Right.VOICE_READ).codes)
    if found is None:
        raise VoiceNotFound("没有找到这一条，请从“学徒异议和投诉”重新进入。")
    return found


@retried
async def read_words(actor: Actor, key: int, *, clock: Clock) -> tuple[VoiceRow, str]:
    """A complaint with its words, whose reading the trail remembers; raises NotAllowed, VoiceNotFound."""
    assert_may(actor, Right.VOICE_READ)
    async with write_transaction():
        found, sealed = await _load(actor, key)
        if sealed is None:
            return found, ""
        await trail.record(actor, READ, found.number, {"voice": key}, at=clock.now())
        return found, vault().decrypt_text(sealed, place=VOICE_PLACE)


@retried
async def answer(actor: Actor, key: int, text: str, *, clock: Clock) -> None:
    """Answer a voice and tell the person; raises NotAllowed, VoiceRefused, VoiceNotFound, AlreadyAnswered."""
    assert_may(actor, Right.PROGRAMME_DECIDE)
    now = clock.now()
    async with write_transaction():
        found, _sealed = await _load(actor, key)
        words = one_line(text, VoiceRefused, what="答复", most=LONGEST_ANSWER)
        if found.said.kind not in TO_ANSWER:
            raise VoiceRefused("这一条不需要答复。")
        if not await store.answer_voice(key, words, by=actor.trail_key, at=now):
            raise AlreadyAnswered("这一条已经答复，不能重复答复。")
        letter = Letter(
            found.number, "您反映的情况已答复", f"您反映的“{VOICE_WORDS[found.said.kind]}”已有答复，请在“我的学徒培养”中查看。", OWN_PAGE
        )
        await messages.send(messages.to_person(found.person), letter, clock=clock)
        await trail.record(actor, ANSWERED, found.number, {"kind": found.said.kind, "voice": key}, at=now)


class Confirmations(msgspec.Struct, frozen=True):
    """How many of a programme's apprentices have confirmed that it is they, and how many have not; for its page."""

    confirmed: int
    unconfirmed: int


async def confirmations(programme: int) -> Confirmations:
    """The two numbers that employer and institution may know; who may see the programme is asked by whoever shows it."""
    async with read_transaction():
        return Confirmations(*await store.confirmed(programme))


async def phones_of_apprentice(person: bytes) -> set[str]:
    """The phones that approved programmes give a person, cleaned; inside an open transaction."""
    keys = vault()
    return {clean_number(keys.decrypt_text(sealed, place=PHONE_PLACE)) for sealed in await store.sealed_phones(person)}
