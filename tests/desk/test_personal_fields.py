"""The register of personal fields against the tables, and its page."""

import csv
import io
import re

import httpx
import pytest
from piccolo.columns import Column, Date, Timestamptz
from piccolo.table import Table

from scripts.personal_data_document import DOCUMENT, document
from training_admin.database import room_registry
from training_admin.desk.personal_fields import personal_register
from training_admin.wiring import SEALED_COLUMNS

# What a column is called that may hold something of a person.
LOOKS_PERSONAL = re.compile(
    r"sealed.*|person|person_.*|subject|name|.*_name|login|birth|sex|.*phone|.*mobile|.*contact|id_no|identity.*|address|email|device|actor|"
    r"reader|recipient|proposer|decider|enterer|handler|hands|.*_by|reason|answer|purpose|.*token_hash|code_hash|password_hash"
)


def columns() -> list[tuple[str, Column]]:
    tables: list[type[Table]] = [table for app in room_registry().app_configs.values() for table in app.table_classes]
    return [(f"{table._meta.tablename}.{column._meta.name}", column) for table in tables for column in table._meta.columns]


def test_every_column_that_may_be_personal_is_in_the_register() -> None:
    suspects = [
        place
        for place, column in columns()
        if LOOKS_PERSONAL.fullmatch(place.partition(".")[2]) and not isinstance(column, (Date, Timestamptz))
    ]
    missing = [place for place in suspects if not personal_register().covers(place)]
    assert not missing, f"say in training_admin/desk/data/personal_fields.json what {missing} hold, or why it is nothing personal"
    assert len(suspects) > 50


def test_the_register_names_no_column_that_is_not_there() -> None:
    there = {place for place, _column in columns()}
    exact = {place for field in personal_register().fields for place in field.places if re.fullmatch(r"[a-z_]+\.[a-z_]+", place)}
    exact |= {place for place, _why in personal_register().not_personal if "*" not in place}
    assert exact <= there
    assert {column.place for column in SEALED_COLUMNS} <= exact


@pytest.mark.parametrize("field", personal_register().fields, ids=lambda field: field.title)
def test_each_entry_says_purpose_basis_retention_and_who_sees_it(field: object) -> None:
    for name in ("title", "places", "content", "purpose", "basis", "retention", "masked", "unmasked", "kept_words", "standing_words"):
        assert getattr(field, name)


def test_an_unknown_column_is_not_covered() -> None:
    assert not personal_register().covers("new_table.mobile")


def test_the_document_is_that_of_the_register() -> None:
    assert DOCUMENT.read_text("utf-8") == document(), "run scripts/personal_data_document.py"


async def test_everybody_may_read_the_register(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/personal-data")
    assert page.status_code == 200
    for words in ("参训人员身份信息", "暂定（非政策规定）", "有据", "您的权利", "个人信息保护法"):
        assert words in page.text
    table = list(csv.reader(io.StringIO((await visitor.get("/personal-data.csv")).content.decode("utf-8-sig"))))
    assert len(table) == len(personal_register().fields) + 1
