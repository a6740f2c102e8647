"""Money is a whole number of fen, shares are basis points; every rounding is named where it happens."""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

WHOLE_BP = 10_000
FEN_PER_YUAN = 100
LARGEST_FEN = 10**15
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
_AMOUNT = re.compile(r"-?\d{1,3}(,\d{3})*(\.\d{1,2})?|-?\d+(\.\d{1,2})?")


def ratio_down(amount: int, numerator: int, denominator: int) -> int:
    """`amount x numerator / denominator` rounded down, so a part never exceeds its whole (MONEY-02)."""
    return amount * numerator // denominator


def ratio_half_up(amount: int, numerator: int, denominator: int) -> int:
    """`amount x numerator / denominator` rounded half up for non-negative amounts (MONEY-01)."""
    return (2 * amount * numerator + denominator) // (2 * denominator)


def share_down(amount_fen: int, share_bp: int) -> int:
    """A share of an amount in fen, rounded down: costs, ceilings, advances (MONEY-02)."""
    return ratio_down(amount_fen, share_bp, WHOLE_BP)


def share_half_up(amount_fen: int, share_bp: int) -> int:
    """A share of an amount in fen, rounded half up: standard-based amounts (MONEY-01)."""
    return ratio_half_up(amount_fen, share_bp, WHOLE_BP)


def spread(total_fen: int, weights_fen: Sequence[int]) -> list[int]:
    """Spread a total over weights: pro rata, rounded down, missing fen to the largest remainders.

    Equal remainders go to the earlier place and weights of 0 take no part (CEIL-03); the result sums to `total_fen`.
    """
    whole = sum(weights_fen)
    if whole == 0:
        assert total_fen == 0, "nothing to spread over"
        return [0] * len(weights_fen)
    parts = [total_fen * weight // whole for weight in weights_fen]
    missing = total_fen - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda place: (-(total_fen * weights_fen[place] % whole), place))
    for place in by_remainder[:missing]:
        parts[place] += 1
    assert sum(parts) == total_fen
    return parts


def yuan(amount_fen: int) -> str:
    """An amount in fen as plain yuan with two decimals: `-1234.50`."""
    sign = "-" if amount_fen < 0 else ""
    whole, fen = divmod(abs(amount_fen), FEN_PER_YUAN)
    return f"{sign}{whole}.{fen:02d}"


def yuan_grouped(amount_fen: int) -> str:
    """An amount in fen as yuan with thousands separators, for screens and papers: `1,234.50`."""
    sign = "-" if amount_fen < 0 else ""
    whole, fen = divmod(abs(amount_fen), FEN_PER_YUAN)
    return f"{sign}{whole:,}.{fen:02d}"


def fen_from_decimal(value: Decimal) -> int | None:
    """Fen of an amount in yuan, or None when it has more than two decimals or is out of bounds."""
    if not value.is_finite():
        return None
    scaled = value * FEN_PER_YUAN
    if scaled != scaled.to_integral_value() or abs(scaled) > LARGEST_FEN:
        return None
    return int(scaled)


def fen_from_text(text: str) -> int | None:
    """Fen of a plain amount in yuan such as `31,920.00` or `1409.5`; None when it is not an amount with at most two decimals."""
    if not _AMOUNT.fullmatch(text):
        return None
    return fen_from_decimal(Decimal(text.replace(",", "")))


def decimal_from_text(text: str) -> Decimal | None:
    """A finite decimal number from plain text, or None."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _capital_group(value: int) -> str:
    words, pending_zero = "", False
    for place in range(3, -1, -1):
        digit = value // 10**place % 10
        if digit == 0:
            pending_zero = bool(words)
            continue
        words += ("零" if pending_zero else "") + _DIGITS[digit] + _PLACES[place]
        pending_zero = False
    return words


def _capital_yuan(whole: int) -> str:
    words, gap = "", False
    for group in range(len(_GROUPS) - 1, -1, -1):
        value = whole // 10_000**group % 10_000
        if value == 0:
            gap = gap or bool(words)
            continue
        if words and (gap or value < 1000):  # noqa: PLR2004 - a group below one thousand leaves an empty place
            words += "零"
        words += _capital_group(value) + _GROUPS[group]
        gap = False
    return words


def capital_amount(amount_fen: int) -> str:
    """An amount in fen in capital letters as bank forms ask (正楷大写, 支付结算办法 annex 1; policy.md part 8)."""
    assert 0 <= amount_fen <= LARGEST_FEN
    whole, rest = divmod(amount_fen, FEN_PER_YUAN)
    jiao, fen = divmod(rest, 10)
    words = _capital_yuan(whole) + "元" if whole else ""
    if rest == 0:
        return f"人民币{words or '零元'}整"
    # Where the yuan end in a zero, some forms need 零 before the jiao and none forbids it; skipped jiao always need it.
    if words and (whole % 10 == 0 or not jiao):
        words += "零"
    if jiao:
        words += _DIGITS[jiao] + "角"
    if fen:
        words += _DIGITS[fen] + "分"
    return f"人民币{words}"
