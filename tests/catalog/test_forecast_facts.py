"""The forecast of a pooled class: all firms' people in one, and each firm's own part taken out again."""

from datetime import date

import msgspec

from tests.people import ENTERPRISE_A, ENTERPRISE_B
from training_admin.catalog.forecast_facts import Forecast, Hint, PersonForecast, Verdict, joined, newly_refused

HINT = Hint("ENT-12", "课时不足", "")


def part(class_no: str, budget_fen: int, *people: PersonForecast, hints: tuple[Hint, ...] = ()) -> Forecast:
    return Forecast(
        class_no=class_no,
        version=2,
        as_of=date(2026, 7, 17),
        closed=True,
        sessions_left=0,
        budget_fen=budget_fen,
        per_head_fen=budget_fen // 10,
        class_hints=hints,
        people=people,
    )


def person(name: str, verdict: Verdict, fen: int = 100) -> PersonForecast:
    return PersonForecast(name, verdict, "PAY", fen, fen, ())


FIRST = part("BJ1-1", 700, person("p", Verdict.PAYABLE), person("q", Verdict.REFUSED))
SECOND = part("BJ1-2", 300, person("r", Verdict.PAYABLE, 40), hints=(HINT,))
WHOLE = joined("BJ1", 1000, [(ENTERPRISE_A, FIRST), (ENTERPRISE_B, SECOND)])


def test_the_class_has_everybody_and_no_price_per_head_of_its_own() -> None:
    assert [each.person for each in WHOLE.people] == ["p", "q", "r"]
    assert (WHOLE.class_no, WHOLE.budget_fen, WHOLE.per_head_fen, WHOLE.class_hints) == ("BJ1", 1000, 0, ())
    assert (WHOLE.payable_fen, WHOLE.count("refused")) == (140, 1)


def test_a_firm_gets_its_own_part_and_nobody_else_s() -> None:
    own = WHOLE.of_firm(ENTERPRISE_B)
    plain = msgspec.structs.replace(own, people=tuple(msgspec.structs.replace(each, enterprise="") for each in own.people))
    assert plain == SECOND
    assert [each.person for each in WHOLE.of_firm(ENTERPRISE_A).people] == ["p", "q"]
    stranger = WHOLE.of_firm("91310117MA1J1AAA0X")
    assert (stranger.people, stranger.budget_fen, stranger.firms) == ((), 0, ())


def test_a_class_without_pool_is_wholly_its_enterprise_s() -> None:
    assert FIRST.of_firm(ENTERPRISE_B) is FIRST


def test_who_is_newly_refused_is_counted_for_each_firm() -> None:
    later = joined("BJ1", 1000, [(ENTERPRISE_A, FIRST), (ENTERPRISE_B, part("BJ1-2", 300, person("r", Verdict.REFUSED)))])
    assert newly_refused(WHOLE, later) == 1
    told = [newly_refused(WHOLE.of_firm(firm), later.of_firm(firm)) for firm in (ENTERPRISE_A, ENTERPRISE_B)]
    assert told == [0, 1]
