"""Closing a class (结班): its facts are frozen with a digest, and what was delivered becomes a fact of the filing register."""

import msgspec

from training_admin.catalog import class_store, run_store
from training_admin.catalog.checking import figures_on
from training_admin.catalog.filing import enter_filings, filings_of_class, move
from training_admin.catalog.forecast_store import FORECAST_CLASS
from training_admin.catalog.run_checks import closed_class, hinders_closing
from training_admin.catalog.running import running_of
from training_admin.catalog.states import ClassAct, ClassState, next_state
from training_admin.database import retried, write_transaction
from training_admin.kit.actor import Actor, assert_approved, assert_may, scope_of, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.office.jobs import enqueue
from training_admin.office.knowledge import becomes_known_at
from training_admin.office.messages import Letter, send, to_organisation
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy


class ClosingHindered(Refusal):
    """Sessions are not confirmed, results are missing, or the last session is not over; the sentence lists everything."""

    code = "closing-hindered"
    title = "还不能结班"


def _letter(class_no: str, title: str) -> Letter:
    text = (
        f"班级 {class_no}“{title}”已结班。资料齐全的，在“从班级申报”确认收款账户即可领取补贴；"
        "否则从班级生成预填的申报表，补填费用发票和收款账户后申报。"
    )
    return Letter(class_no, "班级已结班，可以申报补贴", text, f"/claims/classes/{class_no}")


@retried
async def close_class(actor: Actor, class_no: str, *, clock: Clock) -> str:
    """Close a class for good; returns the digest of its frozen facts.

    Raises NotAllowed, NotYetApproved, ClassNotFound, IllegalMove, ClosingHindered, ClassMoved.
    """
    assert_may(actor, Right.CLASS_FILE)
    assert_approved(actor)
    async with write_transaction():
        known_at = await becomes_known_at(clock)
        head = await class_store.class_by_number(class_no, scope_of(actor, Right.CLASS_FILE).codes)
        state = next_state(ClassState(head.state), ClassAct.CLOSE)
        running = await running_of(head)
        hindering = hinders_closing(running.plan, running.run, today=clock.today())
        if hindering:
            raise ClosingHindered("还不能结班：" + "".join(hindering), findings=hindering)
        assert running.plan.start is not None
        assert head.approved_version is not None
        hour_minutes = figures_on(await load_policy(DEFAULT_PACK, known_at=clock.now()), running.plan.start).hour_minutes
        closed = closed_class(running.plan, running.run, version=head.approved_version, hour_minutes=hour_minutes)
        digest = await run_store.add_closing(head.id, closed, closer=shown_name(actor), by=actor.trail_key, at=known_at)
        moved = msgspec.structs.replace(head, state=state.value)
        filings = [
            msgspec.structs.replace(each, delivered_centihours=closed.delivered_centihours, online_centihours=closed.online_centihours)
            for each in await filings_of_class(head, running.plan, hour_minutes=hour_minutes)
        ]
        await enter_filings(moved, filings, known_at=known_at, clock=clock)
        await move(head, moved)
        await enqueue(FORECAST_CLASS, f"{class_no}/closed")
        # A firm that has left a pooled class is filed without an approval and has nothing to claim.
        for each in [each for each in filings if each.approved_at is not None]:
            await send(to_organisation(each.enterprise, Right.CLAIM_READ), _letter(each.class_no, running.plan.title), clock=clock)
        detail = {"version": closed.version, "delivered_centihours": closed.delivered_centihours, "sha256": digest}
        await trail.record(actor, "catalog:class:closed", class_no, detail, at=clock.now())
    return digest
