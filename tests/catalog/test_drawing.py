"""Drawing experts: repeatable from the seed, never somebody of the proposers; points added up in whole numbers."""

import pytest

from training_admin.catalog.drawing import CRITERIA, Expert, TooFewExperts, draw, mean_points, wrong_points

POOL = [Expert(f"ZJ{number}", f"专家{number}", f"单位{number % 4}", "机械") for number in range(12)]


def test_the_same_seed_draws_the_same_whatever_the_order_of_the_pool() -> None:
    drawn = draw("seed", POOL, ())
    assert draw("seed", reversed(POOL), ()) == drawn
    assert len(set(drawn)) == 3
    assert {draw(f"seed {number}", POOL, ()) for number in range(20)} != {drawn}


def test_nobody_of_the_proposing_organisations_is_drawn_however_the_name_is_written() -> None:
    pool = [Expert("ZJ99", "甲", "样例（上海） 公司", "机械"), *POOL]
    for number in range(50):
        drawn = draw(str(number), pool, ("样例(上海)公司", "单位0", ""))
        assert not {expert.organisation for expert in drawn} & {"样例（上海） 公司", "单位0"}


def test_too_small_a_pool_is_told_with_its_number() -> None:
    with pytest.raises(TooFewExperts) as refused:
        draw("seed", POOL[:3], ("单位0",))
    assert refused.value.extra == {"free": 2, "seats": 3}


@pytest.mark.parametrize(
    ("points", "wrong"),
    [
        pytest.param(30, False, id="most"),
        pytest.param(31, True, id="one above"),
        pytest.param(0, False, id="none"),
        pytest.param(-1, True, id="below none"),
        pytest.param(None, True, id="missing"),
    ],
)
def test_points_stay_within_their_criterion(points: int | None, wrong: bool) -> None:
    sheet = {key: most for key, _words, most in CRITERIA} | {"need": points}
    assert wrong_points(sheet) == (["产业和岗位需求（0 至 30 分）"] if wrong else [])


def test_the_mean_is_rounded_half_up_in_hundredths() -> None:
    assert mean_points([{"need": 20, "price": 10}, {"need": 21, "price": 10}, {"need": 20, "price": 10}]) == 3033
    assert sum(most for _key, _words, most in CRITERIA) == 100
