"""The claim workbook: four sheets by header names into a typed form, with every wrong cell at once."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files

import msgspec

from training_admin.kit.identifiers import ID_TYPES, clean_name, clean_number, halfwidth
from training_admin.kit.workbook.cells import Problems, RowReader, table_reader
from training_admin.kit.workbook.package import Package
from training_admin.kit.workbook.parts import Parts, read_parts
from training_admin.kit.workbook.sheet import Row, column_letters, read_rows
from training_admin.kit.workbook.table import Column, Table, find_sheet
from training_admin.kit.workbook.values import to_centihours, to_count, to_fen, to_switch
from training_admin.subsidy.form import (
    SHEET_CLASSES,
    SHEET_COSTS,
    SHEET_HEAD,
    SHEET_ROSTER,
    ClaimForm,
    ClassRow,
    CostRow,
    RosterRow,
)
from training_admin.subsidy.head import read_head
from training_admin.subsidy.layout import CLASS_COLUMNS, CLASS_NO, COST_COLUMNS, ROSTER_COLUMNS, TEXT_LIMITS

SHEETS = (SHEET_HEAD, SHEET_CLASSES, SHEET_ROSTER, SHEET_COSTS)
ID_HEADER = "证件号码"
NAME_HEADER = "姓名"
AMOUNT_HEADER = "金额（元）"


class Lists(msgspec.Struct, frozen=True):
    """The words a claim may use, each with its code."""

    groups: dict[str, str]
    id_types: dict[str, str]
    results: dict[str, str]
    categories: dict[str, str]


@cache
def lists() -> Lists:
    """The code lists with their words made comparable."""
    content = msgspec.json.decode(files("training_admin.subsidy").joinpath("data", "code_lists.json").read_bytes())
    return Lists(
        groups={_key(word): code for word, code in content["trainee_groups"]},
        id_types={_key(word): word for word in ID_TYPES},
        results={_key(word): word for word in content["exam_results"]},
        categories={_key(word): word for word, _eligible in content["cost_categories"]},
    )


def _key(word: str) -> str:
    return halfwidth(word).replace(" ", "")


def read_claim(content: bytes, *, today: date) -> ClaimForm:
    """Read a claim workbook; raises the refusals of kit.workbook when it cannot be opened at all.

    `today` bounds dates of birth. Wrong cells never raise: they are listed in reading order.
    """
    package = Package(content)
    parts = read_parts(package)
    problems = Problems()
    sheets = {name: _sheet_rows(package, parts, name, problems) for name in SHEETS}
    head = read_head(sheets[SHEET_HEAD], SHEET_HEAD, problems, from_1904=parts.from_1904)
    tables: dict[str, Table] = {}
    classes = _classes(_reader(sheets, SHEET_CLASSES, CLASS_COLUMNS, tables, problems, parts))
    numbers = {row.class_no for row in classes}
    lines = _lines(_reader(sheets, SHEET_ROSTER, ROSTER_COLUMNS, tables, problems, parts), numbers, today)
    costs = _costs(_reader(sheets, SHEET_COSTS, COST_COLUMNS, tables, problems, parts), numbers)
    if _is_broken(tables.get(SHEET_ROSTER), ROSTER_COLUMNS):
        lines = tuple(msgspec.structs.replace(line, readable=False) for line in lines)
    return ClaimForm(
        head=head,
        classes=classes,
        lines=lines,
        costs=costs,
        problems=tuple(problems.found),
        columns={name: {header: column_letters(place) for header, place in table.places.items()} for name, table in tables.items()},
        cells_read=problems.cells_read,
    )


def _sheet_rows(package: Package, parts: Parts, name: str, problems: Problems) -> list[Row] | None:
    entry = find_sheet(parts, name)
    if entry is None:
        problems.note(name, "", "MISSING_SHEET", name)
        return None
    return read_rows(package, parts, entry.name)


def _reader(
    sheets: Mapping[str, list[Row] | None],
    name: str,
    columns: Sequence[Column],
    tables: dict[str, Table],
    problems: Problems,
    parts: Parts,
) -> RowReader | None:
    """A reader for the table of a sheet that is there; its table is kept by name."""
    rows = sheets[name]
    if rows is None:
        return None
    reader = table_reader(rows, name, columns, problems, from_1904=parts.from_1904, limits=TEXT_LIMITS)
    if reader is not None:
        tables[name] = reader.table
    return reader


def _is_broken(table: Table | None, columns: Sequence[Column]) -> bool:
    """Whether rows cannot be trusted: a required column is missing or a known one stands twice."""
    if table is None:
        return True
    return bool(table.repeated) or any(column.required and column.header not in table.places for column in columns)


def _classes(reader: RowReader | None) -> tuple[ClassRow, ...]:
    if reader is None:
        return ()
    rows = []
    for number, cells in reader.table.rows:
        reader.turn_to(number, cells)
        rows.append(
            ClassRow(
                row=number,
                class_no=reader.text(CLASS_NO, required=True, spaced=False),
                stream=reader.text("培训类别", spaced=False) or None,
                title=reader.text("培训项目") or None,
                item=reader.text("项目编码", spaced=False) or None,
                occupation=reader.text("职业编码", spaced=False) or None,
                level=reader.text("技能等级", spaced=False) or None,
                institution_name=reader.text("培训机构名称") or None,
                institution=clean_number(reader.text("培训机构信用代码", spaced=False)) or None,
                start=reader.day("开班日期"),
                end=reader.day("结业日期"),
                planned_centihours=reader.value("计划课时", to_centihours, "NUMBER"),
                delivered_centihours=reader.value("实际课时", to_centihours, "NUMBER"),
                online_centihours=reader.value("线上课时", to_centihours, "NUMBER"),
                enrolled=reader.value("备案人数", to_count, "NUMBER"),
                theory_test=reader.value("理论考核", to_switch, "UNKNOWN_VALUE"),
                practical_test=reader.value("操作考核", to_switch, "UNKNOWN_VALUE"),
            )
        )
    return tuple(rows)


def _lines(reader: RowReader | None, class_numbers: set[str], today: date) -> tuple[RosterRow, ...]:
    if reader is None:
        return ()
    words = lists()
    class_no = reader.remembered(CLASS_NO, lambda: _class_number(reader, class_numbers))
    id_type = reader.remembered("证件类型", lambda: reader.word("证件类型", words.id_types, required=True))
    group = reader.remembered("人员类别", lambda: reader.word("人员类别", words.groups, required=True))
    contract_start = reader.remembered("劳动合同起始", lambda: reader.day("劳动合同起始", required=True))
    contract_end = reader.remembered("劳动合同终止", lambda: reader.day("劳动合同终止"))
    attended = reader.remembered("出勤课时", lambda: reader.value("出勤课时", to_centihours, "NUMBER", required=True))
    exam_result = reader.remembered("考核结果", lambda: reader.word("考核结果", words.results, required=True))
    rows = []
    for number, cells in reader.table.rows:
        reader.turn_to(number, cells)
        class_of_row, name, type_of_row = class_no(), _name(reader), id_type()
        rows.append(
            RosterRow(
                row=number,
                class_no=class_of_row,
                name=name,
                id_type=type_of_row,
                id_no=reader.identity(ID_HEADER, type_of_row, today),
                group=group(),
                mobile=clean_number(reader.text("手机号码", spaced=False)),
                contract_start=contract_start(),
                contract_end=contract_end(),
                attended_centihours=attended(),
                exam_result=exam_result(),
                note="",
                readable=reader.sound,
            )
        )
    return tuple(rows)


def _name(reader: RowReader) -> str:
    """The name as written: compatibility forms of characters are kept, only spaces and dots are made one."""
    name = reader.value(NAME_HEADER, lambda cell: clean_name(cell.text) or None, "MISSING", required=True) or ""
    if len(name) > TEXT_LIMITS[NAME_HEADER]:
        reader.refuse(NAME_HEADER, "TOO_LONG")
        return ""
    return name


def _class_number(reader: RowReader, class_numbers: set[str]) -> str:
    class_no = reader.text(CLASS_NO, required=True, spaced=False)
    if class_no and class_no not in class_numbers:
        reader.refuse(CLASS_NO, "UNKNOWN_CLASS")
    return class_no


def _costs(reader: RowReader | None, class_numbers: set[str]) -> tuple[CostRow, ...]:
    if reader is None:
        return ()
    categories = lists().categories
    rows = []
    for number, cells in reader.table.rows:
        reader.turn_to(number, cells)
        class_no = _class_number(reader, class_numbers)
        category = reader.word("费用类别", categories, required=True)
        invoice_no = clean_number(reader.text("发票号码", spaced=False))
        issuer_name = reader.text("开票单位")
        issuer = clean_number(reader.text("开票单位信用代码", spaced=False))
        invoiced_on = reader.day("开票日期")
        amount = reader.value(AMOUNT_HEADER, to_fen, "MONEY", required=True)
        rows.append(
            CostRow(
                row=number,
                readable=bool(class_no in class_numbers and category and amount is not None),
                class_no=class_no,
                category=category,
                invoice_no=invoice_no,
                issuer_name=issuer_name,
                issuer=issuer,
                invoiced_on=invoiced_on,
                amount_fen=amount,
                voucher_no=reader.text("付款凭证号"),
            )
        )
    return tuple(rows)
