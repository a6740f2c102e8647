"""The register of personal fields 个人信息登记册: what is kept of people, where, why, on what basis, how long, and who sees it.

The entries are data (`data/personal_fields.json`); a test compares them with the columns of all tables.
"""

from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files

import msgspec

from training_admin.kit.dated import Standing


class Kept(StrEnum):
    """In what form a field is kept."""

    SEALED = "sealed"
    KEYED = "keyed"
    HASHED = "hashed"
    CLEAR = "clear"


KEPT_WORDS = {Kept.SEALED: "加密", Kept.KEYED: "密钥摘要", Kept.HASHED: "摘要或加密", Kept.CLEAR: "明文"}
STANDING_WORDS = {
    Standing.FOUND: "有据",
    Standing.FOUND_OLD: "旧规",
    Standing.KNOWN: "已知",
    Standing.ASSUMED: "暂定（非政策规定）",
}


class PersonalField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry. `places` are columns (`table.column`, `*` for any) or files; `standing` says how firm the retention is."""

    title: str
    places: tuple[str, ...]
    content: str
    kept: Kept
    purpose: str
    basis: tuple[str, ...]
    retention: str
    standing: Standing
    masked: str
    unmasked: str

    @property
    def kept_words(self) -> str:
        """The form in words."""
        return KEPT_WORDS[self.kept]

    @property
    def standing_words(self) -> str:
        """The standing of the retention in words."""
        return STANDING_WORDS[self.standing]


class PersonalRegister(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All entries, and the columns that only look like personal ones, each with the reason."""

    fields: tuple[PersonalField, ...]
    not_personal: tuple[tuple[str, str], ...]

    def covers(self, place: str) -> bool:
        """Whether a column is an entry's, or named as not personal."""
        patterns = [pattern for field in self.fields for pattern in field.places] + [pattern for pattern, _why in self.not_personal]
        return any(fnmatchcase(place, pattern) for pattern in patterns)


@cache
def personal_register() -> PersonalRegister:
    """The register as it comes with the program."""
    content = files("training_admin.desk").joinpath("data", "personal_fields.json").read_bytes()
    return msgspec.json.decode(content, type=PersonalRegister)
