"""What the bank said 银行回单: entered by page or by file, all of it or nothing; a failed payment is applied for again by the payee."""

from collections.abc import Sequence
from typing import Any

import msgspec

from training_admin.fund import batch_store as store
from training_admin.fund.batch_plan import BATCH_WORDS, BatchState
from training_admin.fund.batches import BatchMoved
from training_admin.fund.follow import Follow
from training_admin.fund.result_facts import BankResult, KnownItem, Wrong, judge
from training_admin.fund.settling import fail_item, pay_item
from training_admin.kit.actor import Actor, assert_may
from training_admin.kit.clock import Clock, shanghai_day
from training_admin.kit.refusals import Unreadable
from training_admin.kit.rights import Right
from training_admin.kit.workbook.problems import CellProblem
from training_admin.office import trail
from training_admin.office.idempotency import once

MOST_TOLD = 3


class ResultsRefused(Unreadable):
    """Something of the bank's answer is wrong: nothing of it was entered. `cells` lists everything."""

    code = "bank-results-refused"
    title = "银行回单有误，没有登记任何一笔"

    def __init__(self, sentence: str, *, cells: Sequence[CellProblem] = (), **extra: Any) -> None:
        super().__init__(sentence, count=len(cells), cells=msgspec.to_builtins(list(cells)), **extra)


def refused(wrong: Sequence[Wrong], places: dict[str, str], sheet: str) -> ResultsRefused:
    """The refusal of wrong rows; `places` are the letters of the columns in the file, none for what was typed on a page."""
    cells = [
        CellProblem(
            sheet, f"{places[each.column]}{each.row}" if each.column in places else "", each.code, f"“{each.column}”{each.sentence}"
        )
        for each in wrong
    ]
    first = "".join(each.sentence for each in wrong[:MOST_TOLD])
    return ResultsRefused(first if not places else f"共 {len(wrong)} 处有误，请按下表更正后重新上传。", cells=cells)


@once
async def record_results(
    actor: Actor, number: str, results: Sequence[BankResult], *, places: dict[str, str], sheet: str, follow: Follow, clock: Clock
) -> int:
    """Enter what the bank said of payments of a sent batch; returns how many were new. The same answer again changes nothing.

    Raises NotAllowed, BatchNotFound, BatchMoved, ResultsRefused with every wrong cell, PayableMoved.
    """
    assert_may(actor, Right.PAYMENT_MAKE)
    batch = await store.batch_by_number(number)
    if batch.state not in {BatchState.SENT, BatchState.SETTLED}:
        raise BatchMoved(f"拨付批次 {number} 目前为“{BATCH_WORDS[batch.state]}”，送国库后才能登记银行回单。")
    items = {item.code: item for item in await store.items_of(batch)}
    known = {code: KnownItem(item.id, item.fen, item.state, item.bank_reference) for code, item in items.items()}
    taken = await store.references_taken(each.reference for each in results if each.reference)
    assert batch.sent_at is not None, "a batch of this state was sent"
    judged = judge(results, known, taken, clock.today(), sent_on=shanghai_day(batch.sent_at))
    if judged.wrong or not results:
        raise refused(judged.wrong, places, sheet) if results else ResultsRefused("文件中没有任何一行结果，请核对后重新上传。")
    for each in judged.fresh:
        item = items[each.code]
        if each.paid:
            assert each.paid_on is not None, "judged to have a day"
            await pay_item(actor, item, reference=each.reference, paid_on=each.paid_on, follow=follow, clock=clock)
        else:
            await fail_item(actor, item, failure=each.failure, follow=follow, clock=clock)
    await store.note_settled(batch.id, at=clock.now())
    if judged.fresh:
        paid = [each for each in judged.fresh if each.paid]
        detail = {"paid": len(paid), "failed": len(judged.fresh) - len(paid), "fen": sum(items[each.code].fen for each in paid)}
        await trail.record(actor, "fund:batch:results", number, detail, at=clock.now())
    return len(judged.fresh)
