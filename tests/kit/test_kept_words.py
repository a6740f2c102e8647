"""Words that are kept for ever are one printable line of bounded length and hold no personal number."""

import pytest

from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import Unreadable


class Refused(Unreadable):
    code = "refused-here"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(" \n ", "请填写原因（不超过 5 字", id="nothing"),
        pytest.param("一二三四五六", "请填写原因（不超过 5 字", id="too long"),
        pytest.param("a\x00b", "请填写原因（不超过 5 字", id="unprintable"),
    ],
)
def test_what_cannot_be_kept_is_refused(text: str, told: str) -> None:
    with pytest.raises(Refused, match=told):
        one_line(text, Refused, what="原因", most=5)


@pytest.mark.parametrize("number", ["310100199001010010", "１３８００１３８０００", "6222021234567890123"])
def test_a_personal_number_is_refused_however_it_is_written(number: str) -> None:
    with pytest.raises(Refused, match="请不要写证件号码"):
        one_line(f"见 {number}", Refused, what="原因", most=100)


def test_words_come_back_as_one_line() -> None:
    assert one_line(" 台风\n停课 ", Refused, what="原因", most=5) == "台风 停课"
    assert one_line("", Refused, what="原因", most=5, needed=False) == ""
    with pytest.raises(Refused, match="退回须写明"):
        one_line("", Refused, what="原因", most=5, sentence="退回须写明原因。")
