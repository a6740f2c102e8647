"""Call-backs by sample (电话回访抽样, INSP-01): drawn from the roster by a published seed, each call recorded, a contradiction is a doubt.

The list that is drawn from is the places of the roster, without names, so that it can be published and verified by anybody.
"""

import msgspec

from training_admin.audit import callback_store as store
from training_admin.audit.callback_store import CallResult, Drawn, Sample, SampleNotFound
from training_admin.audit.lots import Lot, digest_of, drawn
from training_admin.audit.searching import search_cases
from training_admin.catalog.pooling import plain_number
from training_admin.catalog.sealing import PHONE_PLACE
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_may, assert_stepped_up, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.identifiers import mask_phone
from training_admin.kit.kept_words import one_line
from training_admin.kit.money import WHOLE_BP
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.kit.vault import vault
from training_admin.office import trail
from training_admin.office.idempotency import once
from training_admin.office.numbers import next_number
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy
from training_admin.subsidy.parameters import INSP_PHONE_RATIO

NUMBER_KIND = "callback"
LONGEST_WORDS, LONGEST_RECORDING, LONGEST_REASON, LONGEST_CLASS = 500, 40, 200, 40
MOST_SAMPLES = 500


class CallbackRefused(Unreadable):
    """A field is missing or out of bounds."""

    code = "callback-refused"
    title = "电话回访无法办理"


class SampledBefore(Refusal):
    """A roster is drawn from once: who draws until he likes the result draws nothing by lot."""

    code = "callback-sampled-before"
    title = "已经抽样"


class CallMade(Refusal):
    """Whoever was reached is not recorded a second time."""

    code = "callback-made-before"
    title = "已有回访结果"


class DrawnShown(msgspec.Struct, frozen=True):
    """Somebody who was drawn as the caller sees him: the phone masked, "" where the roster gives none."""

    drawn: Drawn
    phone: str


def needed_of(people: int, ratio_bp: int) -> int:
    """How many of a roster are called: the share rounded up, at least one."""
    return max(1, -(-people * ratio_bp // WHOLE_BP))


@once
async def draw_sample(actor: Actor, class_no: str, *, clock: Clock) -> str:
    """Draw who of a class is called, with the head of the trail after the list was recorded as seed; returns the sample's number.

    Raises NotAllowed, CallbackRefused, SampledBefore.
    """
    assert_may(actor, Right.CLASS_VISIT)
    plain = plain_number(one_line(class_no, CallbackRefused, what="班级编号", most=LONGEST_CLASS))
    found = await store.roster_of(plain)
    if found is None:
        raise CallbackRefused("没有找到这个已通过备案、有花名册的班级，请核对班级编号。")
    version, roster = found
    if earlier := await store.number_of(version):
        raise SampledBefore(f"这个班级的花名册已经抽样（{earlier}），结果不能更改。")
    ratio = (await load_policy(DEFAULT_PACK, known_at=clock.now())).at(INSP_PHONE_RATIO, clock.today())
    lots = tuple(Lot(f"{place:04d}", 1, "花名册行") for place, _person in roster)
    year = clock.today().year
    number = f"HF{year}{await next_number(NUMBER_KIND, year):05d}"
    digest = digest_of(lots, [])
    await trail.record(actor, "audit:callback:listed", number, {"class": plain, "list": digest, "people": len(roster)}, at=clock.now())
    head = await trail.head()
    assert head is not None, "the list was recorded"
    chosen, persons = drawn(head[1], lots, needed_of(len(roster), ratio)), dict(roster)
    sample = Sample(0, number, plain, "", "", lots, digest, head[1], shown_name(actor), clock.now())
    await store.add(sample, version, [(int(key), persons[int(key)]) for key in chosen], by=actor.trail_key)
    detail = {"seed": head[1], "trail": head[0], "places": list(chosen)}
    await trail.record(actor, "audit:callback:drawn", number, detail, at=clock.now())
    return number


async def list_samples(actor: Actor) -> list[tuple[Sample, int, int, int]]:
    """Samples, newest first, with how many were drawn, were reached, and contradicted; raises NotAllowed."""
    assert_may(actor, Right.CALLBACK_READ)
    async with read_transaction():
        return await store.samples(most=MOST_SAMPLES)


async def show_sample(actor: Actor, number: str) -> tuple[Sample, list[DrawnShown]]:
    """A sample with who was drawn and the calls, phones masked; raises NotAllowed, SampleNotFound."""
    assert_may(actor, Right.CALLBACK_READ)
    async with read_transaction():
        sample = await store.by_number(number)
        people = await store.drawn_of(sample.id)
    return sample, [DrawnShown(each, mask_phone(_phone(each))) for each in people]


def _phone(each: Drawn) -> str:
    return "" if each.sealed_phone is None else vault().decrypt_text(each.sealed_phone, place=PHONE_PLACE)


async def _person(number: str, turn: int) -> tuple[Sample, Drawn]:
    sample = await store.by_number(number)
    found = next((each for each in await store.drawn_of(sample.id) if each.turn == turn), None)
    if found is None:
        raise SampleNotFound("这次电话回访没有抽中这一人，请从列表重新进入。")
    return sample, found


@retried
async def unmask_phone(actor: Actor, number: str, turn: int, *, reason: str, clock: Clock) -> str:
    """The whole phone of one who was drawn, for the call; told in the trail with the reason.

    Raises NotAllowed, StepUpNeeded, SampleNotFound, CallbackRefused.
    """
    assert_may(actor, Right.CLASS_VISIT)
    assert_stepped_up(actor)
    said = one_line(reason, CallbackRefused, what="查看的原因", most=LONGEST_REASON)
    async with write_transaction():
        _sample, one = await _person(number, turn)
        await trail.record(actor, "audit:callback:unmasked", number, {"turn": turn, "reason": said}, at=clock.now())
    return _phone(one)


@once
async def record_call(actor: Actor, number: str, turn: int, result: str, *, words: str, recording: str, clock: Clock) -> list[str]:
    """Record what came of a call; a contradiction is looked at as a doubt at once (AU-090). Returns the numbers of new doubts.

    Whoever was not reached may be called again. Raises NotAllowed, SampleNotFound, CallbackRefused, CallMade.
    """
    assert_may(actor, Right.CLASS_VISIT)
    if result not in set(CallResult):
        raise CallbackRefused("请选择回访结果。")
    word = CallResult(result)
    said = one_line(words, CallbackRefused, what="回访内容", most=LONGEST_WORDS, needed=word is CallResult.CONTRADICTS)
    tape = one_line(recording, CallbackRefused, what="录音编号", most=LONGEST_RECORDING, needed=False)
    sample, one = await _person(number, turn)
    if one.result not in {None, CallResult.MISSED}:
        raise CallMade("这一人已经接通并登记结果，不能改写；有误的，在审计疑点中写明。")
    await store.add_call(one.id, word, words=said, recording=tape, caller=shown_name(actor), by=actor.trail_key, at=clock.now())
    detail = {"turn": turn, "result": word.value, "recording": tape}
    await trail.record(actor, "audit:callback:called", number, detail, at=clock.now())
    if word is not CallResult.CONTRADICTS:
        return []
    return await search_cases(await store.claims_of(sample.class_no), clock=clock)


def published_file(sample: Sample, people: list[DrawnShown]) -> bytes:
    """What may be published of a sample, as `verify_draw.py` reads it: places of the roster, no name."""
    told = {
        "number": sample.number,
        "title": f"电话回访抽样 {sample.class_no}",
        "lots": sample.places,
        "inspectors": [],
        "list_sha256": sample.list_sha256,
        "seed": sample.seed,
        "classes": len(people),
        "people": 0,
        "drawn": [{"key": f"{each.drawn.place:04d}", "inspectors": []} for each in people],
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=1)
