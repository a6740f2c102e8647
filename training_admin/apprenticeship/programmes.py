"""Programmes (学徒班) from draft to decision: drawn up by the enterprise, signed by both sides, filed, decided by another person.

The plan of a class (一班一方案) and its people are signed as they stand; whoever changes them takes both signatures off.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from training_admin.accounts.facts import OrganisationState
from training_admin.accounts.store import organisation_by_code
from training_admin.apprenticeship import loading, store
from training_admin.apprenticeship.facts import ProgrammeContext, ProgrammeFacts, Stage
from training_admin.apprenticeship.loading import ProgrammeHead
from training_admin.apprenticeship.people_reading import PeopleRead, people_workbook, read_people
from training_admin.apprenticeship.plan_facts import LONGEST_NAME, ProgrammeHeadDraft, ProgrammePlan, faults_of, people_faults
from training_admin.apprenticeship.rules import rules_at
from training_admin.apprenticeship.signed_content import signed_digest
from training_admin.apprenticeship.states import STATE_WORDS, ProgrammeAct, ProgrammeState, next_state
from training_admin.apprenticeship.store import Entered, Filing, ListedProgramme, ShownApprentice, ShownTutor
from training_admin.catalog.parameters import FILE_REVIEW_WORKDAYS
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_approved, assert_may, assert_stepped_up, assert_two_persons, scope_of, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.dated import FiguresOn, NotInForce, Policy
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import OrganisationKind, Right
from training_admin.kit.rulebook import Effect, Failed, Scope
from training_admin.office import messages, trail
from training_admin.office.idempotency import once
from training_admin.office.messages import Letter
from training_admin.office.numbers import next_number
from training_admin.office.workdays import load_calendar
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy

NUMBER_KIND = "programme"
LONGEST_OPINION, LONGEST_CODE = 1000, 20
MOST_SHOWN, MOST_TOLD = 500, 1000


class ProgrammeRefused(Unreadable):
    """A field of the programme is missing or out of bounds."""

    code = "programme-refused"
    title = "学徒班内容有误"


class PeopleWrong(Unreadable):
    """Cells of the people's workbook are wrong: nothing is kept. `cells` lists them."""

    code = "programme-people-wrong"
    title = "学徒名单有误"


class ProgrammeMoved(Refusal):
    """Somebody has moved the programme since the page was opened."""

    code = "programme-moved"
    title = "学徒班已有新的办理"


class FilingHindered(Refusal):
    """Rules of the filing are not met; `findings` names them."""

    status = 422
    code = "programme-filing-hindered"
    title = "暂不能备案"


class RuleFailed(msgspec.Struct, frozen=True):
    """A rule that the programme does not meet as it is filed: for the class (no rows) or for some apprentices."""

    rule: str
    title: str
    effect: Effect
    rows: tuple[int, ...]

    @property
    def hinders(self) -> bool:
        """Whether nothing can be filed with it."""
        return self.effect >= Effect.REJECT_LINE


class ProgrammeShown(msgspec.Struct, frozen=True):
    """A programme as its page shows it."""

    head: ProgrammeHead
    filing: Filing
    tutors: tuple[ShownTutor, ...]
    people: tuple[ShownApprentice, ...]
    failed: tuple[RuleFailed, ...]

    @property
    def state(self) -> ProgrammeState:
        """The state as the table of states knows it."""
        return ProgrammeState(self.head.state)

    @property
    def state_words(self) -> str:
        """The state in words."""
        return STATE_WORDS[self.state]


def failed_rules(facts: ProgrammeFacts, policy: Policy) -> tuple[RuleFailed, ...]:
    """The rules of filing (part 4) that a programme does not meet, by the figures of its day; unknown facts are no failure."""
    context = ProgrammeContext(facts, Stage.ADVANCE, FiguresOn(policy, facts.day))
    found: list[RuleFailed] = []
    for rule in rules_at(Stage.ADVANCE):
        effect = Effect[policy.effects[rule.id]] if rule.id in policy.effects else rule.effect
        subjects: Sequence[Any] = facts.apprentices if rule.scope is Scope.LINE else (facts,)
        try:
            answers = [(each, rule.check(each, context)) for each in subjects]
        except NotInForce:
            continue
        failed = [(each, answer) for each, answer in answers if isinstance(answer, Failed)]
        if failed:
            rows = tuple(each.row for each, _answer in failed) if rule.scope is Scope.LINE else ()
            strongest = max((answer.effect or effect for _each, answer in failed), default=effect)
            found.append(RuleFailed(rule.id, rule.title, strongest, rows))
    return tuple(found)


async def failed_now(head: ProgrammeHead, clock: Clock) -> tuple[RuleFailed, ...]:
    """The rules of filing that a programme does not meet as it stands now; inside an open transaction."""
    policy = await load_policy(DEFAULT_PACK, known_at=clock.now())
    return failed_rules(await loading.load_programme(head.number, as_of=clock.today()), policy)


async def show_programme(actor: Actor, number: str, *, clock: Clock) -> ProgrammeShown:
    """A programme of the actor's scope; raises NotAllowed, ProgrammeNotFound."""
    scope = scope_of(actor, Right.PROGRAMME_READ)
    async with read_transaction():
        head = await loading.programme_head(number, scope.codes)
        return ProgrammeShown(
            head,
            await store.filing_of(head.id),
            tuple(await store.tutors_shown(head.id)),
            tuple(await store.apprentices_shown(head.id)),
            await failed_now(head, clock),
        )


async def page_of_programmes(
    actor: Actor, *, state: str = "", before: int | None = None, limit: int = 50
) -> tuple[list[ListedProgramme], str | None]:
    """A page of programmes of the actor's scope, newest first, and the cursor of the next page; raises NotAllowed."""
    scope = scope_of(actor, Right.PROGRAMME_READ)
    async with read_transaction():
        found = await store.list_programmes(scope.codes, state=state, before=before, most=limit + 1)
    page = found[:limit]
    return page, str(page[-1].id) if len(found) > limit else None


async def list_programmes(actor: Actor, *, state: str = "") -> list[ListedProgramme]:
    """Programmes of the actor's scope, newest first; raises NotAllowed."""
    scope = scope_of(actor, Right.PROGRAMME_READ)
    async with read_transaction():
        return await store.list_programmes(scope.codes, state=state, before=None, most=MOST_SHOWN)


@once
async def save_programme(
    actor: Actor, head: ProgrammeHeadDraft, plan: ProgrammePlan, *, number: str | None = None, moved: int | None = None, clock: Clock
) -> str:
    """Draw up a programme of the actor's enterprise, or change one that is not filed; returns its number.

    `moved` is what whoever changes it has seen, None where nothing was shown.
    Raises NotAllowed, NotYetApproved, ProgrammeNotFound, ProgrammeIllegalMove, ProgrammeMoved, ProgrammeRefused.
    """
    assert_may(actor, Right.PROGRAMME_EDIT)
    assert_approved(actor)
    if faults := faults_of(head, plan):
        raise ProgrammeRefused("；".join(faults) + "。")
    words = {name: _words(getattr(plan, name)) for name in ("cooperation_mode", "cooperation_content", "cooperation_duties", "reason")}
    sound = msgspec.structs.replace(plan, **words)
    title = one_line(head.occupation_name, ProgrammeRefused, what="职业名称", most=LONGEST_NAME)
    code = one_line(head.occupation, ProgrammeRefused, what="职业编码", most=LONGEST_CODE)
    head = msgspec.structs.replace(head, occupation_name=title, occupation=code)
    institution = await organisation_by_code(head.institution)
    if institution is None or (institution.kind, institution.state) != (OrganisationKind.INSTITUTION, OrganisationState.APPROVED):
        raise ProgrammeRefused("没有找到所选的培训机构，请从列表中选择。")
    if number is not None:
        there = await _editable(actor, number)
        if moved not in {None, there.moved}:
            raise ProgrammeMoved("您打开本页后，这个学徒班有了新的办理。请重新打开修改页面，核对后再保存。")
        await store.change_plan(there.id, head, sound, institution=institution.name, hands=actor.hands)
        await _move(there, ProgrammeAct.SAVE)
        await trail.record(actor, "apprenticeship:programme:changed", number, {"level": head.level}, at=clock.now())
        return number
    assert actor.organisation is not None, "an enterprise draws up its own programmes"
    year = clock.today().year
    made = f"XT{year}{await next_number(NUMBER_KIND, year):05d}"
    entered = Entered(actor.organisation, actor.organisation_name, institution.name, shown_name(actor), actor.hands, clock.now())
    await store.add_programme(made, head, sound, entered)
    await trail.record(actor, "apprenticeship:programme:drafted", made, {"level": head.level}, at=clock.now())
    return made


def _words(text: str) -> str:
    return one_line(text, ProgrammeRefused, what="合作协议和原因的文字", most=500, needed=False)


async def _editable(actor: Actor, number: str) -> ProgrammeHead:
    """A programme of the actor's own enterprise, locked, that can still be changed; raises ProgrammeNotFound, ProgrammeIllegalMove."""
    head = await loading.programme_head(number, scope_of(actor, Right.PROGRAMME_EDIT).codes, lock=True)
    next_state(ProgrammeState(head.state), ProgrammeAct.SAVE)
    return head


async def _move(head: ProgrammeHead, act: ProgrammeAct, **columns: Any) -> ProgrammeState:
    target = next_state(ProgrammeState(head.state), act)
    if not await store.move(head.id, head.moved, target, **columns):
        raise ProgrammeMoved("这个学徒班刚刚有新的办理，请刷新页面后再办理。")
    return target


async def import_people(actor: Actor, number: str, content: bytes, *, clock: Clock) -> int:
    """Take mentors, teachers and apprentices from a workbook, in place of those there were; returns how many apprentices there are.

    Raises NotAllowed, ProgrammeNotFound, ProgrammeIllegalMove, PeopleWrong, the refusals of kit.workbook.
    """
    assert_may(actor, Right.PROGRAMME_EDIT)
    async with read_transaction():
        head = await loading.programme_head(number, scope_of(actor, Right.PROGRAMME_EDIT).codes)
        next_state(ProgrammeState(head.state), ProgrammeAct.SAVE)
    read = await read_people(content, today=clock.today())
    if read.count:
        raise PeopleWrong(
            f"名单中有 {read.count} 处有误，没有保存任何内容。请按列出的问题更正后重新上传，或下载标注后的工作簿。",
            count=read.count,
            cells=[msgspec.to_builtins(each) for each in read.problems[:MOST_TOLD]],
        )
    return await _keep_people(actor, number, read, clock=clock)


@retried
async def _keep_people(actor: Actor, number: str, read: PeopleRead, *, clock: Clock) -> int:
    async with write_transaction():
        head = await _editable(actor, number)
        await store.replace_people(head.id, read.tutors, read.people, today=clock.today())
        await _move(head, ProgrammeAct.SAVE)
        detail = {"apprentices": len(read.people), "tutors": len(read.tutors)}
        await trail.record(actor, "apprenticeship:programme:people", number, detail, at=clock.now())
    return len(read.people)


@retried
async def people_file(actor: Actor, number: str, *, clock: Clock) -> bytes:
    """The people of a programme of the actor's own enterprise with their numbers, to be changed and handed in again.

    Raises NotAllowed, ProgrammeNotFound, StepUpNeeded.
    """
    assert_may(actor, Right.PROGRAMME_EDIT)
    assert_stepped_up(actor)
    async with write_transaction():
        head = await loading.programme_head(number, scope_of(actor, Right.PROGRAMME_EDIT).codes)
        tutors, people = await store.people_of(head.id)
        await trail.record(actor, "apprenticeship:programme:people_read", number, {"apprentices": len(people)}, at=clock.now())
    return people_workbook(tutors, people)


@retried
async def offer_programme(actor: Actor, number: str, *, clock: Clock) -> None:
    """Offer a draft to both sides for signature; raises NotAllowed, ProgrammeNotFound, ProgrammeIllegalMove, ProgrammeRefused."""
    assert_may(actor, Right.PROGRAMME_EDIT)
    async with write_transaction():
        head = await loading.programme_head(number, scope_of(actor, Right.PROGRAMME_EDIT).codes, lock=True)
        tutors, people = await store.people_of(head.id)
        if faults := people_faults(tutors, people):
            raise ProgrammeRefused("；".join(faults) + "。")
        await _move(head, ProgrammeAct.OFFER)
        letter = Letter(
            number, "合作协议待签署", f"学徒班 {number}（{head.occupation_name}）的培养方案和合作协议待签署。", f"/programmes/{number}"
        )
        for code in (head.uscc, head.institution):
            await messages.send(messages.to_organisation(code, Right.PROGRAMME_SIGN), letter, clock=clock)
        await trail.record(actor, "apprenticeship:programme:offered", number, {}, at=clock.now())


@retried
async def sign_programme(actor: Actor, number: str, *, moved: int, clock: Clock) -> None:
    """Sign plan and agreement as they stand for the actor's side; `moved` is what the signer has seen.

    Raises NotAllowed, ProgrammeNotFound, ProgrammeIllegalMove, ProgrammeMoved when something was changed meanwhile.
    """
    assert_may(actor, Right.PROGRAMME_SIGN)
    assert_approved(actor)
    async with write_transaction():
        head = await loading.programme_head(number, scope_of(actor, Right.PROGRAMME_SIGN).codes, lock=True)
        if moved != head.moved:
            raise ProgrammeMoved("培养方案刚刚有改动，请刷新页面，核对后再签署。")
        side = "enterprise" if actor.organisation == head.uscc else "institution"
        digest = await signed_digest(head, (await store.filing_of(head.id)).plan)
        columns = {f"{side}_signer": shown_name(actor), f"{side}_signed_at": clock.now(), "signed_sha256": digest}
        await _move(head, ProgrammeAct.SIGN, **columns)
        detail = {"side": side, "moved": moved, "sha256": digest}
        await trail.record(actor, "apprenticeship:programme:signed", number, detail, at=clock.now())


@retried
async def submit_programme(actor: Actor, number: str, *, clock: Clock) -> None:
    """File a programme that both sides have signed and that meets the rules of filing.

    Raises NotAllowed, NotYetApproved, ProgrammeNotFound, ProgrammeIllegalMove, ProgrammeRefused, FilingHindered.
    """
    assert_may(actor, Right.PROGRAMME_EDIT)
    assert_approved(actor)
    async with write_transaction():
        head = await loading.programme_head(number, scope_of(actor, Right.PROGRAMME_EDIT).codes, lock=True)
        next_state(ProgrammeState(head.state), ProgrammeAct.SUBMIT)
        filing = await store.filing_of(head.id)
        if not filing.signed:
            raise ProgrammeRefused("企业和培训机构双方签署后才能提交备案。")
        if filing.signed_sha256 != await signed_digest(head, filing.plan):
            raise ProgrammeRefused("培养方案或名单与双方签署的内容不一致，请修改方案后重新提请双方签署。")
        wrong = [each for each in await failed_now(head, clock) if each.hinders]
        if wrong:
            names = "；".join(f"{each.rule} {each.title}" for each in wrong)
            raise FilingHindered(f"有 {len(wrong)} 项不符合规定，更正后才能提交：{names}。", findings=[each.rule for each in wrong])
        today = clock.today()
        policy = await load_policy(DEFAULT_PACK, known_at=clock.now())
        decide_by = (await load_calendar()).add_workdays(today, policy.at(FILE_REVIEW_WORKDAYS, today))
        await _move(head, ProgrammeAct.SUBMIT, filed_on=today, decide_by=decide_by)
        detail = {"decide_by": decide_by.isoformat(), "sha256": filing.signed_sha256}
        await trail.record(actor, "apprenticeship:programme:submitted", number, detail, at=clock.now())


@retried
async def withdraw_programme(actor: Actor, number: str, *, clock: Clock) -> None:
    """Take back a programme that was not approved; raises NotAllowed, ProgrammeNotFound, ProgrammeIllegalMove."""
    assert_may(actor, Right.PROGRAMME_EDIT)
    async with write_transaction():
        head = await loading.programme_head(number, scope_of(actor, Right.PROGRAMME_EDIT).codes, lock=True)
        await _move(head, ProgrammeAct.WITHDRAW, decide_by=None)
        await trail.record(actor, "apprenticeship:programme:withdrawn", number, {}, at=clock.now())


DECISIONS = {"approve": ProgrammeAct.APPROVE, "return": ProgrammeAct.RETURN, "refuse": ProgrammeAct.REFUSE}


@retried
async def decide_programme(actor: Actor, number: str, decision: str, *, moved: int, opinion: str, clock: Clock) -> None:
    """Approve, return or refuse a filed programme; what is approved takes its figures from this day (VER-01).

    Raises NotAllowed, ProgrammeNotFound, ProgrammeIllegalMove, ProgrammeMoved, ProgrammeRefused without opinion, SamePersonTwice.
    """
    assert_may(actor, Right.PROGRAMME_DECIDE)
    act = DECISIONS.get(decision)
    if act is None:
        raise ProgrammeRefused("请选择审核结论。")
    words = one_line(opinion, ProgrammeRefused, what="审核意见", most=LONGEST_OPINION, needed=act is not ProgrammeAct.APPROVE)
    async with write_transaction():
        head = await loading.programme_head(number, scope_of(actor, Right.PROGRAMME_DECIDE).codes, lock=True)
        if moved != head.moved:
            raise ProgrammeMoved("这个学徒班刚刚有新的办理，请刷新页面后再审核。")
        assert_two_persons((await store.filing_of(head.id)).hands, actor)
        columns: dict[str, Any] = {"decider": shown_name(actor), "decided_at": clock.now(), "opinion": words, "decide_by": None}
        if act is ProgrammeAct.APPROVE:
            columns["approved_on"] = clock.today()
        target = await _move(head, act, **columns)
        text = f"学徒班 {number}（{head.occupation_name}）{STATE_WORDS[target]}{'：' + words if words else '。'}"
        letter = Letter(number, f"学徒班备案：{STATE_WORDS[target]}", text, f"/programmes/{number}")
        for code in (head.uscc, head.institution):
            await messages.send(messages.to_organisation(code, Right.PROGRAMME_READ), letter, clock=clock)
        await trail.record(actor, f"apprenticeship:programme:{decision}", number, {"opinion": words}, at=clock.now())


async def assert_there(actor: Actor, number: str, right: Right) -> None:
    """Raises ProgrammeNotFound for a programme outside the actor's scope, before anything else is said of what was sent."""
    async with read_transaction():
        await loading.programme_head(number, scope_of(actor, right).codes)


async def institutions_now(actor: Actor) -> list[tuple[str, str]]:
    """Code and name of every institution that can be chosen; raises NotAllowed."""
    assert_may(actor, Right.PROGRAMME_EDIT)
    async with read_transaction():
        return await store.institutions()
