"""Words that people write and that are kept for ever, in the trail or before other people's eyes: one line, no personal number."""

from training_admin.kit.identifiers import holds_personal_number
from training_admin.kit.refusals import Refusal


def one_line(text: str, refusal: type[Refusal], *, what: str, most: int, needed: bool = True, sentence: str = "") -> str:
    """A text in one line; raises the refusal when it is missing, longer than `most` characters, unprintable, or holds a personal number.

    `sentence` takes the place of the usual one where more is to be said about what is missing.
    """
    words = " ".join(text.split())
    if (needed and not words) or len(words) > most or not words.isprintable():
        raise refusal(sentence or f"请填写{what}（不超过 {most} 字，不能有无法显示的字符）。")
    if holds_personal_number(words):
        raise refusal(f"{what}会长期保存，请不要写证件号码、手机号码或银行账号。")
    return words
