"""A claim with everything behind it: its first class filed and held here, visited, paid and partly asked back."""

from datetime import date, timedelta
from typing import Any

import msgspec

from tests.audit.conftest import stored_sample
from tests.catalog.running import held_all, started
from tests.catalog.test_visits import visit
from tests.fund.ledger_world import enter, granted
from tests.fund.payment_world import ACCOUNT, Followed, make_due, paid, payable, person
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog
from training_admin.catalog.visits import record_visit
from training_admin.database import fetch_tuples, write_transaction
from training_admin.fund import recoveries
from training_admin.kit.actor import COMMAND_LINE, DEMO
from training_admin.kit.clock import FixedClock
from training_admin.subsidy.claims import claim_record

BY = date(2026, 12, 31)


async def paid_claim(clock: FixedClock) -> str:
    """The number of sample claim A, paid; 7 yuan of it are asked back, 3 returned."""
    number = await stored_claim(clock)
    record = await claim_record(COMMAND_LINE, number, None)
    await _class_held(record.classes[0].class_no, clock)
    await _paid_and_asked_back(number, record, clock)
    return number


async def stored_claim(clock: FixedClock) -> str:
    """The number of sample claim A, submitted and assessed."""
    await publish_items(DEMO, sample_catalog(), paper="样例目录", clock=clock)
    return await stored_sample("A", clock)


async def _class_held(class_no: str, clock: FixedClock) -> None:
    filed = await started(clock)
    await held_all(clock, filed, absent=1)
    # The register of the sample knows the class by its own number.
    async with write_transaction():
        await fetch_tuples("UPDATE training_class SET class_no = $1 WHERE class_no = $2 RETURNING id", class_no, filed)
        await fetch_tuples(
            """INSERT INTO class_witness (training_class, person, moment, token_hash, asked_at, answer_by, answer, answered_at, channel)
               SELECT c.id, t.person, 'end', sha256(t.person), $1, $2, CASE t.place WHEN 1 THEN 'not_me' END,
                      CASE t.place WHEN 1 THEN $1::timestamptz END, 'link'
               FROM training_class c JOIN class_version v ON v.training_class = c.id JOIN class_trainee t ON t.class_version = v.id
               WHERE c.class_no = $3 ORDER BY t.place RETURNING id""",
            *(clock.now(), BY, class_no),
        )
    for present, passed in ((19, True), (10, False)):
        await record_visit(DEMO, visit(class_no=class_no, present=present, passed=passed, words="=1+1 请整改"), clock=clock)


async def _paid_and_asked_back(number: str, record: Any, clock: FixedClock) -> None:
    streams: dict[str, int] = {}
    by_class = {klass.class_no: klass.stream for klass in record.classes}
    for line in record.lines:
        if line.payable_fen:
            streams[by_class[line.class_no]] = streams.get(by_class[line.class_no], 0) + line.payable_fen
    whole = sum(streams.values())
    await granted(whole, clock)
    plain = payable(1, whole, payee=record.uscc, account=ACCOUNT)
    new = msgspec.structs.replace(plain, subject=f"{number}/1", case_no=number, fen_by_stream=streams)
    await enter(new, clock)
    await make_due(new.subject, clock, notice_ends=clock.today() - timedelta(days=1))
    followed = Followed()
    await paid([new.subject], clock, followed)
    asked = await recoveries.propose_recovery(await person("dudao", clock), number, people=1, fen=700, reason="冒名参训", clock=clock)
    await recoveries.decide_recovery(await person("shending", clock), asked, confirm=True, return_by=BY, follow=followed, clock=clock)
    clerk = await person("caijing", clock)
    await recoveries.receive_return(clerk, asked, fen=300, reference="回单1", received_on=clock.today(), follow=followed, clock=clock)
