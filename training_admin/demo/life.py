"""Claims in each state of their life, as May has left them: reviewed, noticed, paid, failed, recovered, by different made-up hands.

Everything goes the way of the services that the pages call, on days that lie before the demo's own; a second start finds it there.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec

from training_admin.accounts.store import account_by_login
from training_admin.audit.deciding import decide_doubt, doubts_shown
from training_admin.audit.doubt_facts import DoubtState
from training_admin.audit.doubt_store import DoubtFilter
from training_admin.audit.searching import search_period
from training_admin.database import read_transaction
from training_admin.demo.apprentices import to
from training_admin.demo.filling import assess_first
from training_admin.demo.hands import hand
from training_admin.demo.life_claims import LifeClaim, life_claims, life_registers
from training_admin.demo.life_classes import Taught
from training_admin.fund import bank_results, batches, closing, recoveries
from training_admin.fund.batch_store import batch_by_number, due_rows, items_of
from training_admin.fund.closing_store import paid_between
from training_admin.fund.result_facts import BankResult
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.office import messages
from training_admin.subsidy import appeals, notices, review_store
from training_admin.subsidy.claims import submit_claim
from training_admin.subsidy.deliveries import receive_registers
from training_admin.subsidy.resubmitting import resubmit_claim
from training_admin.subsidy.review_states import Act
from training_admin.subsidy.reviewing import act_on_claim
from training_admin.wiring import follow_claim, lines_of_claims, missing_of_claim

RETURN_WITHIN = timedelta(days=30)
# The month in which the apprentices' settlement was paid, and the first day after it.
LAST_MONTH = (date(2025, 12, 1), date(2026, 1, 1))
REGISTERED, GROUND = date(2026, 5, 6), "演示纪要〔2026〕3号"
# Claims by how far they go together.
PAYING = ("held", "paid", "recovering", "recovered", "payable", "changed", "failed", "batched", "checked")
WAITING = ("payable", "changed", "batched", "checked")
LATER = ("noticed", "noticed_too", "determined", "second", "joint", "refused", "appealed", "sharing", "mended")
LAST = ("withdrawn", "returned", "not_accepted", "submitted", "waiting")
ACCEPTOR, FIRST, SECOND, DETERMINER = "演示受理员", "演示初审员", "演示复审员", "演示审定人"
CASHIER, CHECKER, LEADER, INSPECTOR, AUDITOR = "演示财务经办", "演示财务复核", "演示分管领导", "演示督导检查员", "演示审计人员"
OPINIONS = {
    Act.ACCEPT: (ACCEPTOR, "申报材料齐全，符合受理条件，予以受理"),
    Act.FIRST: (FIRST, "已核对开班备案、花名册、社保记录和费用凭证，核算无误，同意"),
    Act.SECOND: (SECOND, "复核核验结果和初审意见，无异议，同意提交审定"),
    Act.DETERMINE: (DETERMINER, "经集体审定，同意按核定金额补贴"),
    Act.JOIN: (SECOND, "参训人员岗位与培训内容是否相符存在不同意见，提请教育、工会共同会审"),
}
REFUSAL = "经核查，参训人员培训期间的考勤显示其在外地出差，签到记录与考勤不符，不予补贴"
ASKED = ("请补充花名册第4行人员的劳动合同", "请核对花名册第5行人员的出勤课时，并附签到表")


class Desk(msgspec.Struct):
    """The claims with their numbers, newest round first, and the clock of the past, which moves on with what happens."""

    claims: dict[str, LifeClaim]
    past: FixedClock
    numbers: dict[str, str] = {}

    async def submit(self, names: Sequence[str]) -> None:
        """Hand in workbooks and assess them."""
        for name in names:
            claim = self.claims[name]
            content = claim.workbook(self.past.today())
            receipt = await submit_claim(claim.clerk, content, readable_only=True, clock=self.past)
            await assess_first(receipt.number, self.past)
            self.numbers[name] = receipt.number

    async def do(self, act: Act, names: Sequence[str], *, opinion: str = "", asked: Sequence[str] = ()) -> None:
        """One act on several claims, by the hand whose act it is; a claimant withdraws himself."""
        doer, words = OPINIONS.get(act, (DETERMINER if act is Act.REFUSE else ACCEPTOR if act is Act.NOT_ACCEPT else FIRST, ""))
        minutes = GROUND if act in {Act.DETERMINE, Act.REFUSE} else ""
        for name in names:
            actor = self.claims[name].clerk if act is Act.WITHDRAW else hand(doer)
            number = self.numbers[name]
            version = await self.version(name)
            await act_on_claim(actor, number, act, version=version, opinion=opinion or words, minutes=minutes, asked=asked, clock=self.past)

    async def version(self, name: str) -> int:
        """The version of a claim as its page shows it."""
        async with read_transaction():
            return (await review_store.claim_by_number(self.numbers[name], None)).version

    def of(self, names: Sequence[str]) -> list[str]:
        """The numbers of claims."""
        return [self.numbers[name] for name in names]

    def to(self, month: int, day: int, hour: int = 9) -> None:
        """Go on to a day of the demo's year."""
        to(self.past, date(REGISTERED.year, month, day), hour)


async def found_life(taught: Sequence[Taught], past: FixedClock) -> dict[str, str]:
    """What has become of the claims of the closed classes by the eve of the demo's own day; returns their numbers by name."""
    to(past, REGISTERED)
    await receive_registers(DEMO, life_registers(taught, REGISTERED), clock=past)
    desk = Desk(life_claims(taught), past)
    await _to_notice(desk)
    await _later_reviewed(desk)
    await _paid(desk)
    await _recovered(desk)
    await _decided(desk)
    await _eve(desk)
    return desk.numbers


async def _to_notice(desk: Desk) -> None:
    """The first claims, from submitted to on notice."""
    desk.to(5, 7)
    await desk.submit(PAYING)
    for day, act in ((8, Act.ACCEPT), (11, Act.FIRST), (12, Act.SECOND), (13, Act.DETERMINE)):
        desk.to(5, day)
        await desk.do(act, PAYING)
    desk.to(5, 14)
    await notices.post_notice(hand(FIRST), desk.of(PAYING), clock=desk.past)


async def _later_reviewed(desk: Desk) -> None:
    """Claims that came in a week later; one of them returned and mended."""
    desk.to(5, 15)
    await desk.submit(LATER)
    desk.to(5, 18)
    await desk.do(Act.RETURN, ["mended"], opinion="出勤课时与点名册不符，请更正后重新提交", asked=ASKED[1:])
    await desk.do(Act.ACCEPT, [each for each in LATER if each != "mended"])
    desk.to(5, 20)
    await desk.do(Act.FIRST, [each for each in LATER if each != "mended"])
    claim = desk.claims["mended"]
    content = claim.mended(desk.past.today())
    receipt = await resubmit_claim(
        claim.clerk, desk.numbers["mended"], content, readable_only=True, version=await desk.version("mended"), clock=desk.past
    )
    await assess_first(receipt.number, desk.past)
    desk.numbers["mended"] = receipt.number


async def _paid(desk: Desk) -> None:
    """The first notice is over: a doubt of one claim is found true, and the first batch is paid, but what the bank sends back."""
    desk.to(5, 22)
    await notices.close_over(DEMO, clock=desk.past)
    await search_period(hand(AUDITOR), desk.past.today().replace(day=1), desk.past.today(), clock=desk.past)
    found, _counts = await doubts_shown(hand(AUDITOR), DoubtFilter(rule="AU-064", wanted=desk.numbers["held"]), after=0, most=1)
    for each in found:
        reason = "三人共用同一手机号码，本人电话均无法接通，待现场核实身份"
        await decide_doubt(hand(AUDITOR), each.number, DoubtState.CONFIRMED.value, reason=reason, before="", clock=desk.past)
    desk.to(5, 25)
    batch = await _sent(desk, [each for each in PAYING if each not in WAITING])
    desk.to(5, 26)
    async with read_transaction():
        items = await items_of(await batch_by_number(batch))
    back = desk.claims["failed"].made.firm.uscc
    results = [
        BankResult(item.code, item.fen, True, f"演示回单{item.code}", desk.past.today())
        if item.payee != back
        else BankResult(item.code, item.fen, False, "", None, "户名与账号不符，款项退回")
        for item in items
    ]
    await bank_results.record_results(hand(CASHIER), batch, results, places={}, sheet="", follow=follow_claim, clock=desk.past)


async def _called_back(desk: Desk, names: Sequence[str]) -> list[str]:
    """The subjects of what is due for claims, whose payees were called back where their account is another than before."""
    wanted = set(desk.of(names))
    async with read_transaction():
        dues = [row.due for row in await due_rows() if row.due.case_no in wanted]
    for each in dues:
        if each.changed:
            await batches.call_back(hand(CHECKER), each.subject, clock=desk.past)
    return [each.subject for each in dues]


async def _made(desk: Desk, names: Sequence[str]) -> str:
    """A draft batch of claims; returns its number."""
    subjects = await _called_back(desk, names)
    return await batches.make_batch(
        hand(CASHIER), subjects, follow=follow_claim, missing=missing_of_claim, lines=lines_of_claims, clock=desk.past
    )


async def _checked(desk: Desk, names: Sequence[str]) -> str:
    """A batch that a second person has checked."""
    number = await _made(desk, names)
    await batches.check_batch(hand(CHECKER), number, missing=missing_of_claim, lines=lines_of_claims, clock=desk.past)
    return number


async def _sent(desk: Desk, names: Sequence[str]) -> str:
    """A batch checked, approved and sent by three people."""
    number = await _checked(desk, names)
    await batches.approve_batch(hand(LEADER), number, missing=missing_of_claim, lines=lines_of_claims, clock=desk.past)
    await batches.send_batch(hand(CASHIER), number, follow=follow_claim, missing=missing_of_claim, lines=lines_of_claims, clock=desk.past)
    return number


async def _recovered(desk: Desk) -> None:
    """For one person each, what was paid is taken back: one firm's money has come back, the other is still owed."""
    for name, reason in (("recovered", "企业自查：一人培训期间请假，未按规定剔除"), ("recovering", "回访核实：一人未参加培训，由他人代签")):
        desk.to(5, 27)
        case = desk.numbers[name]
        paid = await recoveries.recoverable(hand(INSPECTOR), case)
        fen = paid.left_fen // desk.claims[name].made.people
        number = await recoveries.propose_recovery(hand(INSPECTOR), case, people=1, fen=fen, reason=reason, clock=desk.past)
        until = desk.past.today() + RETURN_WITHIN
        await recoveries.decide_recovery(hand(DETERMINER), number, confirm=True, return_by=until, follow=follow_claim, clock=desk.past)
        if name == "recovered":
            await recoveries.receive_return(
                hand(CASHIER),
                number,
                fen=fen,
                reference="演示收款0001",
                received_on=desk.past.today(),
                follow=follow_claim,
                clock=desk.past,
            )


async def _decided(desk: Desk) -> None:
    """The later claims go their different ways."""
    desk.to(5, 27, 14)
    await desk.do(Act.SECOND, ("noticed", "noticed_too", "determined", "second", "joint", "refused", "appealed"))
    desk.to(5, 28)
    await desk.do(Act.JOIN, ["joint"])
    await desk.do(Act.DETERMINE, ("noticed", "noticed_too", "determined"))
    await desk.do(Act.REFUSE, ("refused", "appealed"), opinion=REFUSAL)
    desk.to(5, 28, 14)
    await notices.post_notice(hand(FIRST), desk.of(("noticed", "noticed_too")), clock=desk.past)
    desk.to(5, 29)
    words = "两名人员出差日期在培训结束之后，考勤系统日期有误，现附出差审批单，请予复核"
    await appeals.make_appeal(desk.claims["appealed"].clerk, desk.numbers["appealed"], words, clock=desk.past)


async def _eve(desk: Desk) -> None:
    """The newest claims, two batches under way, and the books of last year waiting for their second signature."""
    desk.to(5, 29, 10)
    await _messages_read(desk, {"jingban-a": "submitted", "jingban-b": "waiting"})
    await desk.submit(LAST)
    await desk.do(Act.WITHDRAW, ["withdrawn"])
    await desk.do(Act.RETURN, ["returned"], opinion="请一次性补正下列材料后重新提交", asked=ASKED)
    words = "申报人员不属于本单位在岗职工，应由其用人单位申报，不予受理"
    await desk.do(Act.NOT_ACCEPT, ["not_accepted"], opinion=words)
    await desk.do(Act.ACCEPT, ["mended"])
    desk.to(5, 29, 14)
    await _called_back(desk, ["payable"])
    await _checked(desk, ["checked"])
    await _made(desk, ["batched"])
    await closing.propose_carry(hand(CASHIER), desk.past.today().year - 1, clock=desk.past)
    async with read_transaction():
        statement = await paid_between(*LAST_MONTH)
    await closing.reconcile(hand(CASHIER), LAST_MONTH[0], statement, words="", clock=desk.past)


async def _messages_read(desk: Desk, clerks: Mapping[str, str]) -> None:
    """Who signs in as a clerk has read what was written to his firm so far; a claim of each stands for the firm."""
    for login, name in clerks.items():
        async with read_transaction():
            found = await account_by_login(login)
        if found is not None:
            reader = msgspec.structs.replace(desk.claims[name].clerk, key=found[0].key)
            await messages.read_all(reader, clock=desk.past)
