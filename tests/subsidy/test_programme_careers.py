"""Words on a programme, and a thousand random careers through advance, settlement and return: what is paid is what is due."""

import random
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from tests.apprenticeship.ordinary import POLICY, PROGRAMME
from tests.subsidy.programmes import apprentice, claim_of
from training_admin.apprenticeship.amounts import LEVELS
from training_admin.apprenticeship.facts import ApprenticeFacts, Hours, PersonOutcome, Stage
from training_admin.apprenticeship.parameters import APP_COMPLETION_ONLY_FACTOR
from training_admin.fund.ledger_facts import Account, LedgerAct, Part, sides_of
from training_admin.kit.money import ratio_half_up
from training_admin.subsidy.determination import (
    Determined,
    LineSaid,
    LineWord,
    cleared_rows,
    determined,
    newest,
    programme_shares,
)
from training_admin.subsidy.programme_assess import assess_programme
from training_admin.subsidy.record import AssessmentRecord, LineOutcome

TODAY = date(2027, 4, 1)
PAYS = (LineOutcome.PAY, LineOutcome.HOLD)


def said(row: int, word: LineWord, rule: str = "") -> LineSaid:
    return LineSaid(row, word, rule, "已核", TODAY, "某人")


def with_words(record: AssessmentRecord, *words: LineSaid) -> tuple[Determined, int]:
    """What is determined after words, and what comes back."""
    cleared = cleared_rows(words, today=TODAY)
    found = determined(record, newest(words), cleared)
    return found, found.clawback_fen


def test_words_change_the_plan_of_an_advance_and_it_is_halved_once() -> None:
    people = (*(apprentice(row) for row in (1, 2, 3)), apprentice(4, skilled_post=None))
    record = assess_programme(claim_of(people, Stage.ADVANCE, level="5", months=13))
    each_fen = 541_667
    assert [line.computed_fen for line in record.lines] == [each_fen] * 4
    plain, nothing = with_words(record)
    assert (plain.fen, plain.rows, nothing) == (record.ceiling.payable_fen, (1, 2, 3), 0)
    assert plain.fen == 3 * each_fen // 2
    fewer, _ = with_words(record, said(2, LineWord.REFUSE))
    assert (fewer.fen, fewer.rows, fewer.refused) == (each_fen, (1, 3), (2,))
    one, _ = with_words(record, said(2, LineWord.REFUSE), said(1, LineWord.HOLD))
    assert (one.fen, one.held) == (each_fen // 2, (1,))
    more, _ = with_words(record, said(4, LineWord.EVIDENCE, "APP-01"))
    assert (more.fen, more.rows, more.added) == (2 * each_fen, (1, 2, 3, 4), (4,))
    assert more.fen_of_added == more.fen - plain.fen
    assert sum(programme_shares(record, more.rows, more.fen).values()) == more.fen
    assert set(programme_shares(record, fewer.rows, fewer.fen)) == {1, 3}


def test_a_row_left_out_at_the_settlement_loses_its_entitlement_never_the_advance() -> None:
    people = (apprentice(1), apprentice(2), apprentice(3, months=()), apprentice(4, outcome=PersonOutcome.FAILED))
    record = assess_programme(claim_of(people, advance_fen=1_000_000))
    assert [line.outcome.value for line in record.lines] == ["PAY", "PAY", "HOLD", "PAY"]
    plain, back = with_words(record)
    assert (plain.fen, plain.fen_by_stream, plain.rows, back) == (200_000, {"新型学徒制": 200_000}, (1, 2), 0)
    fewer, back = with_words(record, said(1, LineWord.REFUSE))
    assert (fewer.fen, fewer.fen_by_stream, fewer.rows, back) == (0, {}, (2,), 400_000)
    assert programme_shares(record, fewer.rows, fewer.fen) == {2: 0}
    proved = (said(3, LineWord.EVIDENCE, "APP-05"), said(3, LineWord.OVERRIDE, "APP-15"))
    more, back = with_words(record, *proved)
    assert (more.fen, more.added, more.fen_of_added, back) == (800_000, (3,), 600_000, 0)
    both, back = with_words(record, *proved, said(1, LineWord.REFUSE))
    assert (both.fen, both.fen_of_added, back) == (200_000, 200_000, 0)
    only_proved, _ = with_words(record, proved[0])
    assert only_proved.added == ()


def test_other_claims_return_nothing() -> None:
    record = assess_programme(claim_of((apprentice(1),), Stage.ADVANCE))
    assert determined(record, {}).clawback_fen == 0


OUTCOMES = [PersonOutcome.CERTIFIED] * 6 + [PersonOutcome.COMPLETED, PersonOutcome.FAILED, PersonOutcome.LEFT, PersonOutcome.OPEN]


def career(chance: random.Random, row: int, level: str) -> ApprenticeFacts:
    """An apprentice as life has it: outcome, level, wages, posts, records, denial."""
    outcome = chance.choice(OUTCOMES)
    left = outcome is PersonOutcome.LEFT
    made = apprentice(
        row,
        contract_end=None,
        outcome=outcome,
        obtained_level=chance.choice([level, level, level, *LEVELS]) if outcome is PersonOutcome.CERTIFIED else "",
        left_on=PROGRAMME.start + timedelta(days=chance.randrange(360)) if left else None,
        excused=left and chance.random() < 0.5,
        months_done=chance.choice([None, *range(13)]) if left else None,
        denied=chance.random() < 0.004,
        skilled_post=chance.choice([True] * 20 + [False, None]),
    )
    low = tuple(msgspec.structs.replace(each, net_wage_fen=200_000) for each in made.months)
    return chance.choice([made] * 15 + [apprentice(row, contract_end=None, obtained_level=level, months=low)])


def due_fen(person: ApprenticeFacts, level: str) -> int:
    """What an apprentice is due by plain arithmetic, whatever the rules say of him."""
    yearly = {"5": 500_000, "4": 600_000, "3": 800_000, "2": 850_000, "1": 850_000}
    if person.outcome is PersonOutcome.CERTIFIED:
        return yearly[person.obtained_level if int(person.obtained_level) > int(level) else level]
    if person.outcome is PersonOutcome.COMPLETED:
        return ratio_half_up(yearly[level], POLICY.at(APP_COMPLETION_ONLY_FACTOR, PROGRAMME.day), 10_000)
    if person.outcome is PersonOutcome.LEFT and person.excused:
        return ratio_half_up(yearly[level], person.months_done or 0, 12)
    return 0


def kept(record: AssessmentRecord) -> Iterable[int]:
    return (line.computed_fen for line in record.lines if line.outcome is LineOutcome.PAY)


GRANTED_FEN = 10**12


def moved(balances: dict[Account, int], act: LedgerAct, fen: int) -> None:
    """One act on the budget's accounts, after which they sum to zero and none but the grant is negative."""
    for side in sides_of(act, [Part(1, fen)]) if fen else ():
        balances[side.account] += side.fen
    assert sum(balances.values()) == 0
    assert all(value >= 0 for account, value in balances.items() if account is not Account.GRANTED)


def assert_ledger_ends_with(entitled_fen: int, advance_fen: int, pays_fen: int, back_fen: int) -> None:
    """Advance, settlement and what comes back, entered one after the other: what is paid in the end is what is due."""
    balances = dict.fromkeys(Account, 0)
    moved(balances, LedgerAct.GRANT, GRANTED_FEN)
    for fen in (advance_fen, pays_fen):
        for act in (LedgerAct.COMMIT, LedgerAct.DUE, LedgerAct.PAY):
            moved(balances, act, fen)
    for act in (LedgerAct.RECOVER, LedgerAct.RETURN):
        moved(balances, act, back_fen)
    assert (balances[Account.PAID], balances[Account.RECOVERED]) == (entitled_fen, back_fen)
    assert balances[Account.AVAILABLE] == GRANTED_FEN - entitled_fen - back_fen


@pytest.mark.parametrize("seed", range(4))
def test_a_thousand_careers_end_with_what_is_due(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - seeded on purpose
    careers = 0
    while careers < 250:
        level = chance.choice(LEVELS)
        people = [career(chance, row, level) for row in range(1, chance.randrange(2, 30))]
        careers += len(people)
        heads: dict[str, Any] = {"level": level, "mentor_heads": {"m": 1}, "planned": Hours(9000, 12000, 39000)}
        advance = assess_programme(claim_of(people, Stage.ADVANCE, **heads, taught=None))
        advance_fen = advance.ceiling.payable_fen
        assert advance_fen is not None
        assert advance_fen == sum(kept(advance)) // 2 == sum(line.payable_fen for line in advance.lines)
        settled = assess_programme(claim_of(people, **heads, taught=heads["planned"], advance_fen=advance_fen))
        for line, person in zip(settled.lines, people, strict=True):
            assert line.computed_fen == (due_fen(person, level) if line.outcome in PAYS else 0)
        entitled_fen, words = sum(kept(settled)), [said(row, chance.choice(list(LineWord)), "APP-15") for row in (1, 2, 3)]
        found, back_fen = with_words(settled)
        assert advance_fen + found.fen - back_fen == entitled_fen, "balance = entitled − paid"
        assert min(found.fen, back_fen) == 0
        assert_ledger_ends_with(entitled_fen, advance_fen, found.fen, back_fen)
        assert found.fen == settled.ceiling.payable_fen == sum(line.payable_fen for line in settled.lines)
        assert all(line.payable_fen >= 0 for line in settled.lines)
        assert sum(each.computed_fen for each in settled.classes) == settled.ceiling.computed_fen == entitled_fen
        changed, changed_back = with_words(settled, *words)
        assert sum(programme_shares(settled, changed.rows, changed.fen).values()) == changed.fen >= 0
        due = sum(line.computed_fen for line in settled.lines if line.row in changed.rows)
        assert advance_fen + changed.fen - changed_back == due
        chance.shuffle(people)
        turned = assess_programme(claim_of(people, **heads, taught=heads["planned"], advance_fen=advance_fen))
        assert (turned.lines, turned.classes, turned.ceiling) == (settled.lines, settled.classes, settled.ceiling)
