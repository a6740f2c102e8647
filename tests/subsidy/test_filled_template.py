"""The template filled from a form is read back as the same form; nothing that others typed becomes a formula."""

import io
from datetime import date

import msgspec
import openpyxl
import pytest

from tests.catalog.classes import content, roster
from training_admin.catalog.class_facts import Pool, Split, Trainee
from training_admin.catalog.class_store import SealedTrainee
from training_admin.subsidy.class_claims import GROUP_OF, claimed_of
from training_admin.subsidy.filled_template import filled_template, group_words
from training_admin.subsidy.form import ClaimForm, ClassRow, FormHead, RosterRow
from training_admin.subsidy.workbooks import read_claim

DAY = date(2026, 7, 18)
HEAD = FormHead("样例", "91310117X11000017X", 2026, "大型", "样例银行", "6222", "样例", "甲", "021-1", DAY)
KLASS = ClassRow(
    row=4,
    class_no="BJ1",
    stream="职业技能类",
    title="焊工五级",
    item="SJ2026-A-007",
    occupation="6-18-02-04",
    level="五级/初级工",
    institution_name="样例学校",
    institution="91310117X110000370",
    start=date(2026, 7, 6),
    end=date(2026, 7, 17),
    planned_centihours=8_000,
    delivered_centihours=7_933,
    online_centihours=0,
    enrolled=2,
    theory_test=True,
    practical_test=False,
)
LINE = RosterRow(
    row=4,
    readable=True,
    class_no="BJ1",
    name="学员1",
    id_type="居民身份证",
    id_no=roster()[0].identity,
    group="E_EMPLOYEE",
    mobile="13900000000",
    contract_start=date(2024, 1, 1),
    contract_end=None,
    attended_centihours=7_933,
    exam_result="合格",
)


def form(**changes: object) -> ClaimForm:
    whole = ClaimForm(
        head=HEAD, classes=(KLASS,), lines=(LINE, msgspec.structs.replace(LINE, row=5, name="学员2")), costs=(), problems=(), columns={}
    )
    return msgspec.structs.replace(whole, **changes)


def test_what_is_written_is_read_back() -> None:
    read = read_claim(filled_template(form()), today=DAY)
    assert read.problems == ()
    assert (read.head, read.classes, read.lines, read.costs) == (HEAD, (KLASS,), form().lines, ())


def test_tests_that_were_not_filed_and_what_nobody_told_stay_empty() -> None:
    klass = msgspec.structs.replace(KLASS, theory_test=None, delivered_centihours=None)
    line = msgspec.structs.replace(LINE, contract_start=None, exam_result="", mobile="", readable=False)
    read = read_claim(filled_template(form(classes=(klass,), lines=(line,))), today=DAY)
    assert read.classes == (klass,)
    assert [(each.cell, each.code) for each in read.problems] == [("H4", "MISSING"), ("K4", "MISSING")]


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("http://x")'])
def test_a_title_that_looks_like_a_formula_stays_text(text: str) -> None:
    written = filled_template(form(classes=(msgspec.structs.replace(KLASS, title=text),), head=msgspec.structs.replace(HEAD, bank=text)))
    book = openpyxl.load_workbook(io.BytesIO(written))
    assert (book["培训班级"]["D4"].value, book["培训班级"]["D4"].data_type) == (text, "s")
    assert "f" not in {cell.data_type for sheet in book.worksheets for row in sheet.iter_rows() for cell in row}


def test_every_group_of_a_filing_has_a_word_in_claims() -> None:
    assert set(GROUP_OF.values()) <= set(group_words())


def test_of_a_pooled_class_only_the_enterprise_s_own_people_are_claimed() -> None:
    own, other = (SealedTrainee(Trainee("甲", "p", "E", code), b"") for code in ("91310117X11000017X", "91310117X120000174"))
    filed = content(1, 1)
    assert claimed_of(filed, [own, other]) == (own, other)
    assert claimed_of(msgspec.structs.replace(filed, pool=Pool(20, Split.PER_HEAD)), [own, other]) == (own,)
