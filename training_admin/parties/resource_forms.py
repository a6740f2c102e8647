"""Forms of registered things: the fields of each kind with their words, and reading what was typed, every wrong field at once."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from training_admin.kit.identifiers import IdProblem, clean_name, clean_number, likely_id_type, read_identity
from training_admin.kit.refusals import Unreadable
from training_admin.parties.institution_facts import ResourceKind, RoomUse
from training_admin.parties.levels import LEVEL_WORDS

LONGEST = 200
LONGEST_EQUIPMENT = 1000
MOST_PEOPLE = 1000
AREA_DIGITS = 6
KIND_WORDS: Mapping[ResourceKind, str] = {
    ResourceKind.LICENCE: "办学许可证",
    ResourceKind.OCCUPATION: "培训职业（工种）",
    ResourceKind.SITE: "办学场所",
    ResourceKind.ROOM: "教室和实训场地",
    ResourceKind.TEACHER: "教师",
    ResourceKind.QUALIFICATION: "教师资格",
    ResourceKind.PLATFORM: "线上培训平台",
}
USE_WORDS: Mapping[str, str] = {RoomUse.THEORY: "理论教学", RoomUse.PRACTICE: "实训", RoomUse.BOTH: "理论和实训"}
FULL_TIME_WORDS = {"yes": "专职", "no": "兼职"}
OWN_WORDS = {"yes": "自有", "no": "第三方"}


class FieldKind(StrEnum):
    """How a field is typed."""

    TEXT = "text"
    LONG = "long"
    DAY = "day"
    NUMBER = "number"
    CHOICE = "choice"
    LEVELS = "levels"
    IDENTITY = "identity"
    SITE = "site"
    TEACHER = "teacher"


class Field(msgspec.Struct, frozen=True):
    """A field of a form: its name, its words, how it is typed, whether it must be there, and its choices."""

    name: str
    words: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = True
    choices: Mapping[str, str] = {}
    hint: str = ""


_UNTIL = Field("valid_to", "有效期至", FieldKind.DAY, required=False)
FIELDS: Mapping[ResourceKind, tuple[Field, ...]] = {
    ResourceKind.LICENCE: (
        Field("number", "许可证编号"),
        Field("issuer", "发证机关"),
        Field("valid_from", "有效期起", FieldKind.DAY),
        Field("valid_to", "有效期至", FieldKind.DAY),
    ),
    ResourceKind.OCCUPATION: (
        Field("code", "职业编码", hint="按2022年版职业分类大典，如 6-18-02-04"),
        Field("name", "职业（工种）名称"),
        Field("levels", "技能等级", FieldKind.LEVELS),
        _UNTIL,
    ),
    ResourceKind.SITE: (
        Field("name", "场所名称"),
        Field("address", "地址"),
        Field("district", "行政区划代码", hint="6 位数字，如 310117"),
        Field("valid_to", "租赁期至", FieldKind.DAY, required=False, hint="自有场所不填"),
    ),
    ResourceKind.ROOM: (
        Field("site", "所在场所", FieldKind.SITE),
        Field("name", "名称或门牌"),
        Field("capacity", "可容纳人数", FieldKind.NUMBER),
        Field("use", "用途", FieldKind.CHOICE, choices=USE_WORDS),
        Field("equipment", "设施设备", FieldKind.LONG, required=False),
    ),
    ResourceKind.TEACHER: (
        Field("name", "姓名"),
        Field("identity", "证件号码", FieldKind.IDENTITY, hint="加密保存，仅显示首 4 位和末 2 位；变更时不填即不变"),
        Field("full_time", "专职或兼职", FieldKind.CHOICE, choices=FULL_TIME_WORDS),
        Field("valid_to", "聘期至", FieldKind.DAY, required=False),
        Field("education", "学历", required=False),
        Field("major", "专业", required=False),
        Field("rank", "职称", required=False),
    ),
    ResourceKind.QUALIFICATION: (
        Field("teacher", "教师", FieldKind.TEACHER),
        Field("title", "证书或职称名称"),
        Field("number", "证书编号"),
        Field("occupation", "可授职业编码", required=False, hint="不限职业的不填"),
        Field("level", "可授至等级", FieldKind.CHOICE, required=False, choices=LEVEL_WORDS, hint="不限等级的不选"),
        _UNTIL,
    ),
    ResourceKind.PLATFORM: (
        Field("name", "平台名称"),
        Field("address", "网址"),
        Field("own", "自有或第三方", FieldKind.CHOICE, choices=OWN_WORDS),
        Field("provider", "运营单位"),
        Field("tested_on", "测试报告日期", FieldKind.DAY),
        Field("valid_to", "测试报告有效期至", FieldKind.DAY, required=False),
    ),
}
# What the file of each kind is called; of platforms it must be there.
FILE_WORDS: Mapping[ResourceKind, str] = {
    ResourceKind.LICENCE: "许可证扫描件",
    ResourceKind.OCCUPATION: "备案材料",
    ResourceKind.SITE: "产权或租赁证明",
    ResourceKind.ROOM: "照片或平面图",
    ResourceKind.TEACHER: "聘用合同",
    ResourceKind.QUALIFICATION: "证书扫描件",
    ResourceKind.PLATFORM: "测试报告",
}
FILE_REQUIRED = frozenset({ResourceKind.PLATFORM})


class ResourceRefused(Unreadable):
    """The form is not filled in as it must be; every wrong field is named."""

    code = "resource-refused"
    title = "登记内容需要更正"


class Filled(msgspec.Struct, frozen=True):
    """A form as read: the content without personal numbers, the cleaned identity number, and on which entry it depends."""

    content: dict[str, Any]
    identity: str | None
    parent: int | None


def read_form(kind: ResourceKind, typed: Mapping[str, Any], *, today: date, identity_needed: bool) -> Filled:
    """What was typed, as content of the kind; `today` bounds dates of birth. Raises ResourceRefused naming every wrong field."""
    content: dict[str, Any] = {}
    wrong: list[str] = []
    for field in FIELDS[kind]:
        required = field.required and (field.kind is not FieldKind.IDENTITY or identity_needed)
        value, problem = _read(field, typed.get(field.name), today)
        if problem or (value in {None, ()} and required):
            wrong.append(f"{field.words}：{problem or '必填，请补充'}")
        content[field.name] = value
    wrong += _between(content)
    if wrong:
        raise ResourceRefused("请更正后重新提交。" + "；".join(wrong) + "。")
    identity = content.pop("identity", None)
    for name in ("full_time", "own"):
        if name in content:
            content[name] = content[name] == "yes"
    return Filled(content, identity, content.get("site", content.get("teacher")))


def _between(content: Mapping[str, Any]) -> list[str]:
    """What single fields cannot show."""
    first, last = content.get("valid_from") or content.get("tested_on"), content.get("valid_to")
    return ["有效期至：早于起始日期"] if first is not None and last is not None and last < first else []


Reading = tuple[Any, str]


def _read(field: Field, typed: object, today: date) -> Reading:
    if field.kind is FieldKind.LEVELS:
        return _levels(typed)
    text = " ".join(str(typed or "").split())
    if not text:
        return None, ""
    if not text.isprintable():
        return None, "有无法显示的字符"
    if field.kind is FieldKind.IDENTITY:
        return _identity(text, today)
    return _READERS[field.kind](field, text)


def _text(field: Field, text: str) -> Reading:
    longest = LONGEST_EQUIPMENT if field.kind is FieldKind.LONG else LONGEST
    if len(text) > longest:
        return None, f"不超过 {longest} 字"
    if field.name == "district" and not (len(text) == AREA_DIGITS and text.isascii() and text.isdecimal()):
        return None, "应为 6 位行政区划代码，如 310117"
    return clean_name(text) if field.words == "姓名" else text, ""


def _day(_field: Field, text: str) -> Reading:
    try:
        return date.fromisoformat(text), ""
    except ValueError:
        return None, "不是日期，请按 2026-06-01 的写法填写"


def _number(_field: Field, text: str) -> Reading:
    if text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_PEOPLE)) and 0 < int(text) <= MOST_PEOPLE:
        return int(text), ""
    return None, f"应为 1 至 {MOST_PEOPLE} 的整数"


def _choice(field: Field, text: str) -> Reading:
    return (text, "") if text in field.choices else (None, "请从列表中选择")


def _entry(_field: Field, text: str) -> Reading:
    return (int(text), "") if text.isascii() and text.isdecimal() and len(text) <= 15 else (None, "请从列表中选择")  # noqa: PLR2004 - a key


def _levels(typed: object) -> Reading:
    chosen = [typed] if isinstance(typed, str) else list(typed) if isinstance(typed, list | tuple) else []
    levels = tuple(level for level in LEVEL_WORDS if level in chosen)
    return (levels, "") if len(levels) == len([each for each in chosen if each]) else ((), "请从列表中选择")


def _identity(text: str, today: date) -> Reading:
    number = clean_number(text)
    if isinstance(read_identity(likely_id_type(number), number, today), IdProblem):
        return None, "证件号码的位数、字符或校验码不对，请对照证件原件填写"
    return number, ""


_READERS: Mapping[FieldKind, Callable[[Field, str], Reading]] = {
    FieldKind.TEXT: _text,
    FieldKind.LONG: _text,
    FieldKind.DAY: _day,
    FieldKind.NUMBER: _number,
    FieldKind.CHOICE: _choice,
    FieldKind.SITE: _entry,
    FieldKind.TEACHER: _entry,
}
