"""Numbers of this system's own certificates (policy.md 6.2): 310117, year, kind, institution, serial, check character, 21 in all."""

import msgspec

from training_admin.certificates.facts import Kind
from training_admin.kit.identifiers import is_course_certificate, mod_11_2

DISTRICT = "310117"
DIGITS_OF_KIND: dict[Kind, str] = {Kind.TRAINING: "1", Kind.COMPLETION: "2", Kind.APPRENTICESHIP: "3"}
KIND_OF_DIGIT = {digit: kind for kind, digit in DIGITS_OF_KIND.items()}
LAST_INSTITUTION, LAST_SERIAL = 9999, 99999


class Parts(msgspec.Struct, frozen=True):
    """What a number says; institution and serial are counted from 1."""

    year: int
    kind: Kind
    institution: int
    serial: int


def number_of(parts: Parts) -> str:
    """The number of a certificate; the parts must fit their places."""
    assert 1000 <= parts.year <= 9999  # noqa: PLR2004 - four digits
    assert 1 <= parts.institution <= LAST_INSTITUTION
    assert 1 <= parts.serial <= LAST_SERIAL
    body = f"{DISTRICT}{parts.year}{DIGITS_OF_KIND[parts.kind]}{parts.institution:04d}{parts.serial:05d}"
    return body + mod_11_2(body)


def parts_of(number: str) -> Parts | None:
    """What a number says; None for one that no certificate of ours can have."""
    if not is_course_certificate(number) or not number.startswith(DISTRICT) or number[10] not in KIND_OF_DIGIT:
        return None
    institution, serial = int(number[11:15]), int(number[15:20])
    return Parts(int(number[6:10]), KIND_OF_DIGIT[number[10]], institution, serial) if institution and serial else None


def spaced(number: str) -> str:
    """A number in groups that can be read aloud."""
    return f"{number[:6]} {number[6:10]} {number[10:15]} {number[15:]}"
