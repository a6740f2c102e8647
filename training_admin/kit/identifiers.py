"""Identity numbers, credit codes and certificate numbers: format, check character, birth and sex (policy.md part 8)."""

import re
import unicodedata
from datetime import date
from enum import StrEnum
from operator import mul

import msgspec

_MOD_11_2_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_MOD_11_2_CHARACTERS = "10X98765432"
# What the sum is too large by when the codes of the digits are weighted in place of the digits.
_CODES_OF_ZERO = ord("0") * sum(_MOD_11_2_WEIGHTS)
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(3**place % 31 for place in range(17))
_ID_LENGTH = 18
_LONGEST_PASSPORT_OF_DIGITS = 9
# Digits are those of ASCII: written with others, the same number would be another person.
_CITIZEN = re.compile(r"[1-8]\d{16}[\dX]", re.ASCII)
_PERMANENT_2023 = re.compile(r"9\d{16}[\dX]", re.ASCII)
_PERMANENT_2017 = re.compile(r"[A-Z]{3}\d{12}", re.ASCII)
_PASSPORT = re.compile(r"[A-Z0-9]{5,17}", re.ASCII)
_USCC = re.compile(rf"[{_USCC_ALPHABET}]{{2}}\d{{6}}[{_USCC_ALPHABET}]{{10}}", re.ASCII)
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
# Resident identity (18 or 15 digits), bank card, mobile phone, standing alone in a text.
PERSONAL_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[0-9Xx]|\d{15,19}|1[3-9]\d{9})(?![0-9A-Za-z])")
_NAME_DOTS = str.maketrans({"．": "·", "•": "·", "・": "·", "‧": "·"})
RESIDENCE_AREAS = {"港澳居民居住证": ("810000", "820000"), "台湾居民居住证": ("830000",)}
CITIZEN_CARD = "居民身份证"
PERMANENT_CARD = "外国人永久居留身份证"
PASSPORT = "护照"
ID_TYPES = (CITIZEN_CARD, *RESIDENCE_AREAS, PERMANENT_CARD, PASSPORT)


class IdProblem(StrEnum):
    """Why an identity number is refused; the values are cell codes of the code lists."""

    FORMAT = "ID_FORMAT"
    CHECK = "ID_CHECK"


class IdReading(msgspec.Struct, frozen=True):
    """What a good identity number says; birth and sex are None where the document does not carry them."""

    birth: date | None
    sex: str | None


def halfwidth(text: str) -> str:
    """Text with full-width letters, digits and spaces made half-width (NFKC)."""
    return unicodedata.normalize("NFKC", text)


def clean_number(text: str) -> str:
    """An identifier as typed, made comparable: half-width, without spaces and zero-width marks, upper case."""
    if text.isascii() and text.isalnum():
        return text.upper()
    return "".join(c for c in halfwidth(text) if not c.isspace() and unicodedata.category(c) != "Cf").upper()


def clean_name(text: str) -> str:
    """A person's name made comparable: one kind of middle dot, no spaces (policy.md part 8)."""
    if text.isalpha():
        return text
    return "".join(c for c in text.translate(_NAME_DOTS) if not c.isspace() and unicodedata.category(c) != "Cf")


def mod_11_2(body: str) -> str:
    """The ISO 7064 MOD 11-2 check character of a string of digits."""
    rest = 0
    for digit in body:
        rest = (rest + int(digit)) * 2 % 11
    return "0123456789X"[(12 - rest) % 11]


def _eighteen(number: str, today: date) -> IdReading | IdProblem:
    """What a number of 17 ASCII digits and a check character says."""
    try:
        birth = date.fromisoformat(number[6:14])
    except ValueError:
        return IdProblem.CHECK
    if birth > today or birth.year < 1850:  # noqa: PLR2004 - nobody older is alive
        return IdProblem.CHECK
    total = sum(map(mul, number[:17].encode(), _MOD_11_2_WEIGHTS)) - _CODES_OF_ZERO
    if _MOD_11_2_CHARACTERS[total % 11] != number[17]:
        return IdProblem.CHECK
    return IdReading(birth=birth, sex="M" if number[16] in "13579" else "F")


def _permanent(number: str, today: date) -> IdReading | IdProblem:
    if _PERMANENT_2017.fullmatch(number):
        return IdReading(birth=None, sex=None)
    if not _PERMANENT_2023.fullmatch(number):
        return IdProblem.FORMAT
    return _eighteen(number, today)


def read_identity(id_type: str, number: str, today: date) -> IdReading | IdProblem:
    """Check a cleaned identity number of a document type (GB 11643-1999; 2023 permanent-residence card; part 8).

    `today` bounds the date of birth. An unknown document type is read as a citizen's card.
    """
    if id_type == PASSPORT:
        return IdReading(birth=None, sex=None) if _PASSPORT.fullmatch(number) else IdProblem.FORMAT
    if id_type == PERMANENT_CARD:
        return _permanent(number, today)
    if not _CITIZEN.fullmatch(number):
        return IdProblem.FORMAT
    areas = RESIDENCE_AREAS.get(id_type)
    if areas is not None and number[:6] not in areas:
        return IdProblem.FORMAT
    return _eighteen(number, today)


def likely_id_type(number: str) -> str:
    """The document type a cleaned number without one is checked as: only what cannot be a mistyped citizen's card is a passport."""
    if _PERMANENT_2017.fullmatch(number) or _PERMANENT_2023.fullmatch(number):
        return PERMANENT_CARD
    digits_only = number.removesuffix("X").isdigit()
    return CITIZEN_CARD if len(number) >= _ID_LENGTH or (digits_only and len(number) > _LONGEST_PASSPORT_OF_DIGITS) else PASSPORT


def uscc_problem(code: str) -> IdProblem | None:
    """Why a cleaned unified social credit code is wrong, or None (GB 32100-2015, outer modulus taken)."""
    if len(code) != _ID_LENGTH or not _USCC.fullmatch(code):
        return IdProblem.FORMAT
    total = sum(_USCC_ALPHABET.index(c) * weight for c, weight in zip(code[:17], _USCC_WEIGHTS, strict=True))
    return None if _USCC_ALPHABET[(31 - total % 31) % 31] == code[17] else IdProblem.CHECK


def is_course_certificate(number: str) -> bool:
    """Whether a number of this system's own certificates carries its right check character (policy.md 6.2)."""
    return len(number) == 21 and number.isascii() and number[:20].isdigit() and mod_11_2(number[:20]) == number[20]  # noqa: PLR2004 - 20 + check


def is_mobile(number: str) -> bool:
    """Whether a cleaned number has the form of a mainland mobile phone."""
    return _MOBILE.fullmatch(number) is not None


def holds_personal_number(text: str) -> bool:
    """Whether a text holds what looks like an identity number, a bank card or a mobile phone, also in full-width digits."""
    return PERSONAL_NUMBER.search(halfwidth(text)) is not None


def mask_identity(number: str) -> str:
    """First 4 and last 2 characters, the rest hidden (policy.md part 15, Masks)."""
    return number[:4] + "*" * max(0, len(number) - 6) + number[-2:] if len(number) > 6 else "*" * len(number)  # noqa: PLR2004 - 4 + 2


def mask_phone(number: str) -> str:
    """First 3 and last 4 characters, the rest hidden (policy.md part 15, Masks)."""
    return number[:3] + "*" * max(0, len(number) - 7) + number[-4:] if len(number) > 7 else "*" * len(number)  # noqa: PLR2004 - 3 + 4


def mask_bank(number: str) -> str:
    """Last 4 characters only (policy.md part 15, Masks)."""
    return "*" * max(0, len(number) - 4) + number[-4:] if len(number) > 4 else "*" * len(number)  # noqa: PLR2004 - last 4
