"""What holds a payment although the claim is determined: visits, confirmations, unknown facts, objections, appeals."""

from datetime import date

import msgspec

from tests.catalog.test_visits import visit
from tests.people import sign_in_as
from tests.subsidy.test_notices import objected, posted
from training_admin.catalog.visits import record_visit
from training_admin.database import fetch_tuples, read_transaction, retried, write_transaction
from training_admin.kit.clock import FixedClock
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy
from training_admin.settings import Settings
from training_admin.subsidy import before_payment, handling_store, review_store
from training_admin.subsidy.assessing import decoded_record
from training_admin.subsidy.before_payment import missing_before_payment
from training_admin.subsidy.determination import LineSaid, LineWord, determined
from training_admin.subsidy.record import AssessmentRecord, Finding


async def missing(case: str, clock: FixedClock) -> list[str]:
    async with read_transaction():
        return (await missing_before_payment([case], clock=clock)).get(case, [])


@retried
async def evidenced(case: str, rule: str, clock: FixedClock) -> None:
    async with write_transaction():
        claim = await review_store.claim_by_number(case, None)
        for row in determined(await _record(claim.id), {}).rows:
            said = LineSaid(row, LineWord.EVIDENCE, rule, "签名确认书", None, "初审员")
            await handling_store.add_words(claim.id, [row], said, by="A1", at=clock.now(), evidence=None)


async def _record(claim: int) -> AssessmentRecord:
    record = await decoded_record(claim, None)
    assert record is not None
    return record


async def test_each_cause_is_told_and_goes_away(database: Settings, clock: FixedClock) -> None:
    case, number = await posted(clock)
    found = await missing(case, clock)
    assert [each for each in found if each.startswith("INSP-01")] == [
        f"INSP-01：班级 SY2026-A0{place} 尚未现场检查合格" for place in (1, 2, 3)
    ]
    assert sum(each.startswith("CONF-01") for each in found) == 3
    inspector = (await sign_in_as("dudao", clock)).actor
    for place in (1, 2, 3):
        await record_visit(inspector, visit(class_no=f"SY2026-A0{place}"), clock=clock)
    await evidenced(case, "CONF-01", clock)
    assert await missing(case, clock) == []
    await objected(number, clock, case)
    assert await missing(case, clock) == [f"PUB-01：公示 {number} 有异议尚未答复"]
    assert await missing("XT20260001", clock) == []


async def test_confirmations_of_trainees_count_and_denials_cannot_be_cleared(database: Settings, clock: FixedClock) -> None:
    case, _number = await posted(clock)
    async with write_transaction():
        claim = await review_store.claim_by_number(case, None)
        rows = determined(await _record(claim.id), {}).rows
        await fetch_tuples(
            """INSERT INTO training_class (class_no, organisation, organisation_name, state, version, moved)
               VALUES ('SY2026-A01', 'X', 'X', 'closed', 1, 0) RETURNING id"""
        )
        people = await fetch_tuples(
            """INSERT INTO class_witness (training_class, person, moment, token_hash, asked_at, answer_by, answer, answered_at, channel)
               SELECT c.id, l.person, 'end', l.person, $2, $3, CASE WHEN l.row = $4 THEN 'not_me' ELSE 'me' END, $2, 'link'
               FROM claim_line l JOIN training_class c ON c.class_no = l.class_no WHERE l.claim = $1 AND l.row = ANY($5) RETURNING id""",
            *(claim.id, clock.now(), clock.today(), rows[0], list(rows[:-1])),
        )
    assert people
    found = [each for each in await missing(case, clock) if each.startswith("CONF-01")]
    assert found[0] == "CONF-01：班级 SY2026-A01 有 1 人否认参加培训"
    assert all("SY2026-A01" not in each for each in found[1:])
    await evidenced(case, "CONF-01", clock)
    assert [each for each in await missing(case, clock) if each.startswith("CONF-01")] == found[:1]


async def test_an_open_appeal_holds(database: Settings, clock: FixedClock) -> None:
    case, _number = await posted(clock)
    async with write_transaction():
        claim = await review_store.claim_by_number(case, None)
        await fetch_tuples(
            """INSERT INTO claim_appeal (number, claim, words, asker, asked_at, state, answer)
               VALUES ('FH20260001', $1, '请复核', '某人', $2, 'asked', '') RETURNING id""",
            *(claim.id, clock.now()),
        )
    assert (await missing(case, clock))[-1] == "复核申请 FH20260001 尚未作出决定"


async def test_unknown_facts_hold_as_the_pack_says(database: Settings, clock: FixedClock) -> None:
    case, _number = await posted(clock)
    async with read_transaction():
        record = await _record((await review_store.claim_by_number(case, None)).id)
        policy = await load_policy(DEFAULT_PACK, known_at=clock.now())
    rows = determined(record, {}).rows
    unknown = Finding("TR-01", 1, "unknown", "", {}, "care_registration", "护理员登记")
    ignored = Finding("TR-01", 1, "unknown", "", {}, "other_fact", "其他")
    lines = tuple(msgspec.structs.replace(line, findings=(unknown, ignored)) if line.row in rows[:2] else line for line in record.lines)
    changed = msgspec.structs.replace(record, lines=lines, findings=(msgspec.structs.replace(unknown, missing="企业登记"),))
    today = clock.today()
    assert before_payment._unknown(changed, rows, {}, policy, today) == ["TR-01：企业登记待比对", "TR-01：护理员登记待比对（2 人）"]
    said = {
        rows[0]: LineSaid(rows[0], LineWord.EVIDENCE, "TR-01", "已核", None, "某人"),
        rows[1]: LineSaid(rows[1], LineWord.OVERRIDE, "TR-01", "已核", date(2026, 5, 31), "某人"),
    }
    assert before_payment._unknown(changed, rows, said, policy, today)[1:] == ["TR-01：护理员登记待比对（1 人）"]
    said[rows[1]] = msgspec.structs.replace(said[rows[1]], expires_on=today)
    assert before_payment._unknown(changed, rows, said, policy, today)[1:] == []
