"""The sheet 班级花名册 as it is read (policy.md 7.2 sheet 5): one person a row, nobody twice, numbers that were given out masked kept.

An exported class can be handed in again: a masked number stands for the one person of the class with this name and this mask.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from training_admin.catalog.class_facts import NamedTrainee
from training_admin.catalog.facts import GROUP_WORDS
from training_admin.kit.identifiers import clean_name, clean_number, is_mobile, likely_id_type, mask_identity, mask_phone
from training_admin.kit.workbook.cells import RowReader
from training_admin.kit.workbook.sheet import Cell
from training_admin.kit.workbook.table import Column, sheet_key
from training_admin.kit.workbook.values import compact

NAME, IDENTITY, GROUP, ENTERPRISE, POST = "姓名", "证件号码", "人员类别", "所在单位信用代码", "岗位"
CONTRACT_START, CONTRACT_END, PRIOR, PHONE, NOTE = "合同起始", "合同终止", "培训前等级/证书号", "手机", "备注"
SERIAL = Column("序号", required=False, idle=True)
ROSTER_COLUMNS = (
    SERIAL,
    Column(NAME),
    Column(IDENTITY),
    Column(GROUP, required=False),
    Column(ENTERPRISE, required=False),
    Column(POST, required=False),
    Column(CONTRACT_START, required=False),
    Column(CONTRACT_END, required=False),
    Column(PRIOR, required=False),
    Column(PHONE, required=False),
    Column(NOTE, required=False, idle=True),
)
LONGEST_NAME, LONGEST_PRIOR, LONGEST_NOTE = 100, 60, 200
MASK = "*"
PHONE_SENTENCE = "应为 11 位手机号码，请核对。"
END_SENTENCE = "早于合同起始日，请核对。"
MASKED_SENTENCE = "已隐去的内容不能对应到本班原有的唯一一人，请填写完整。"
_GROUPS = {sheet_key(word): code for code, word in GROUP_WORDS.items()} | {code: code for code in GROUP_WORDS}


class Known(msgspec.Struct, frozen=True):
    """Whom masked cells may stand for: name and masked number, name and masked phone, each of exactly one person of the class."""

    numbers: frozenset[tuple[str, str]] = frozenset()
    phones: frozenset[tuple[str, str]] = frozenset()


def known_of(roster: Iterable[NamedTrainee]) -> Known:
    """Whom masked cells of a workbook of this class may stand for."""
    people = list(roster)
    numbers = [(clean_name(each.name), mask_identity(each.identity)) for each in people if each.identity]
    phones = [(clean_name(each.name), mask_phone(each.phone)) for each in people if each.phone]
    return Known(_single(numbers), _single(phones))


def _single(keys: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    return frozenset(key for key, count in Counter(keys).items() if count == 1)


def in_clear(read: Sequence[NamedTrainee], roster: Iterable[NamedTrainee]) -> tuple[NamedTrainee, ...]:
    """What was read with masked numbers and phones put back from the roster of the class before."""
    people = list(roster)
    numbers = {(clean_name(each.name), mask_identity(each.identity)): each.identity for each in people}
    phones = {(clean_name(each.name), mask_phone(each.phone)): each.phone for each in people}
    return tuple(
        msgspec.structs.replace(
            each,
            identity=numbers[each.name, each.identity] if MASK in each.identity else each.identity,
            phone=phones[each.name, each.phone] if MASK in each.phone else each.phone,
        )
        for each in read
    )


class RosterReading:
    """The rows of one roster, so that nobody stands in it twice; `own` is the employer of everybody who names none.

    In a `pooled` class everybody must name his firm.
    """

    def __init__(self, *, known: Known, own: str, pooled: bool = False, today: date) -> None:
        self._known = known
        self._own = own
        self._pooled = pooled
        self._today = today
        self._seen: set[tuple[str, str]] = set()

    def read(self, reader: RowReader) -> NamedTrainee | None:
        """The person of the row the reader stands at; None when a cell of it is wrong."""
        name = self._name(reader)
        identity = self._identity(reader, name)
        group = reader.word(GROUP, _GROUPS) or "E"
        enterprise = reader.uscc(ENTERPRISE, required=self._pooled) or self._own
        post, note = reader.text(POST, limit=LONGEST_NAME), reader.text(NOTE, limit=LONGEST_NOTE)
        first, last = reader.day(CONTRACT_START), reader.day(CONTRACT_END)
        if first is not None and last is not None and last < first:
            reader.refuse(CONTRACT_END, "DATE", END_SENTENCE)
        prior = reader.text(PRIOR, limit=LONGEST_PRIOR)
        phone = self._phone(reader, name)
        return NamedTrainee(name, identity, group, enterprise, post, note, phone, first, last, prior) if reader.sound else None

    def _name(self, reader: RowReader) -> str:
        name = reader.value(NAME, lambda cell: clean_name(cell.text) or None, "MISSING", required=True) or ""
        if len(name) > LONGEST_NAME:
            reader.refuse(NAME, "TOO_LONG")
        return name

    def _identity(self, reader: RowReader, name: str) -> str:
        cell, before = reader.cell(IDENTITY), reader.problems.count
        number = "" if cell is None else clean_number(compact(cell))
        if MASK not in number:
            number = reader.identity(IDENTITY, likely_id_type(number) if number else "", self._today)
        elif (name, number) not in self._known.numbers:
            reader.refuse(IDENTITY, "UNKNOWN_VALUE", MASKED_SENTENCE)
        key = (name if MASK in number else "", number)
        if number and reader.problems.count == before:
            if key in self._seen:
                reader.refuse(IDENTITY, "DUPLICATE_ROW")
            self._seen.add(key)
        return number

    def _phone(self, reader: RowReader, name: str) -> str:
        def read(cell: Cell) -> str | None:
            number = clean_number(compact(cell))
            return number if is_mobile(number) or (MASK in number and (name, number) in self._known.phones) else None

        return reader.value(PHONE, read, "UNKNOWN_VALUE", sentence=PHONE_SENTENCE) or ""
