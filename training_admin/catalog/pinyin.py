"""Names as they are typed on a Latin keyboard: full pinyin and initials, for finding an item without a Chinese input method."""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin

MOST_KEPT = 20_000


@lru_cache(maxsize=MOST_KEPT)
def search_key(name: str) -> str:
    """The name, its full pinyin and its initials in lower case, parted by spaces: `焊工（四级）` is also `hangong` and `hg`.

    Brackets, numbers of levels and spaces stand in no key, so that `hgsj` finds 焊工（四级） too.
    """
    bare = "".join(letter for letter in name if letter.isalnum())
    full = "".join(lazy_pinyin(bare))
    initials = "".join(lazy_pinyin(bare, style=Style.FIRST_LETTER))
    return f"{name} {full} {initials}".lower()
