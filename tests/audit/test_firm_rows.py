"""Sums of a firm that had classes and apprentices in one year: each stream in its columns, the ceiling for classes alone."""

from datetime import UTC, date, datetime

import msgspec

from tests.subsidy.ordinary import claim_of as class_claim
from tests.subsidy.programmes import apprentice, claim_of
from training_admin.audit.layouts import FIRM_COLUMNS
from training_admin.audit.papers import Paper, Surroundings
from training_admin.audit.store import ClaimHead
from training_admin.audit.table_rows import FirmSums, add_to_firm, firm_rows
from training_admin.parties.facts import Coverage
from training_admin.subsidy.assess import assess
from training_admin.subsidy.form import FormHead
from training_admin.subsidy.programme_assess import assess_programme
from training_admin.subsidy.record import AssessmentRecord

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def paper(record: AssessmentRecord) -> Paper:
    head = ClaimHead(*(1, record.claim_number, record.uscc, "样例企业", 2026, date(2026, 6, 1), 1, b"", 1, NOW, "", "", 0, 0, 0))
    return Paper(head, FormHead("样例企业", record.uscc, 2026), record, (), (), {})


def test_apprentices_have_their_own_columns_and_take_no_part_of_the_ceiling() -> None:
    classes = class_claim()
    around = Surroundings(NOW, {}, {}, (), {}, {}, Coverage(frozenset(), frozenset()), classes.policy, classes.calendar)
    settled = assess_programme(msgspec.structs.replace(claim_of((apprentice(1), apprentice(2)), advance_fen=600_000), claim_year=2026))
    sums: dict[tuple[str, int], FirmSums] = {}
    add_to_firm(sums, paper(assess(classes)), around)
    add_to_firm(sums, paper(settled), around)
    (row,) = firm_rows(sums, {})
    shown = dict(zip((column.header for column in FIRM_COLUMNS), row, strict=True))
    assert (shown["新型学徒制班级"], shown["新型学徒制人次"], shown["新型学徒制金额"]) == (1, 2, 600_000)
    assert shown["合计"] == shown["职业技能类金额"] + 600_000
    assert shown["补贴限额"] == 18_000_000
    assert shown["占补贴限额%"] == 10_000 * shown["职业技能类金额"] // 18_000_000
