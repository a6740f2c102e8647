"""Each check against cases that must raise it and cases that must not."""

from datetime import date
from pathlib import Path

import pytest

from tests.audit import apprentice_cases, match_cases, run_cases
from tests.audit.ordinary import (
    COST,
    ENTERPRISE,
    FIRM,
    ITEM,
    KLASS,
    OTHER,
    OTHER_FIRM,
    PAID,
    PEOPLE,
    SCHOOL,
    changed,
    claim,
    insured,
    line,
    with_class,
    with_insurance,
    with_line,
)
from training_admin.audit import doubts
from training_admin.audit.doubts import CHECKS_BY_ID, LISTED, OF_PROGRAMMES
from training_admin.audit.facts import ClaimAudit
from training_admin.audit.finding import search
from training_admin.audit.rulebook import audit_rules
from training_admin.kit.dated import with_overrides
from training_admin.parties.facts import Coverage, Institution
from training_admin.subsidy.form import ClassRow

NOTHING_COVERED = Coverage(frozenset(), frozenset())
UNDATED = changed(KLASS, filing=None, row=ClassRow(4, "C1"))
ANOTHER = changed(KLASS, row=ClassRow(5, "C2"), filing=changed(KLASS.filing, class_no="C2", start=date(2026, 5, 6), end=date(2026, 5, 20)))
STD_ONLY = changed(KLASS, eligible_cost_fen=1_000_000, cost_share_bp=5_000)
SCHOOL_OF = {SCHOOL: Institution(SCHOOL, "样例学校", None, ())}


def paid(**changes: object) -> ClaimAudit:
    return claim(payments={"p0": (changed(PAID, **changes),)})


def other(**changes: object) -> ClaimAudit:
    return claim(others={"p0": (changed(OTHER, **changes),)})


def cost(**changes: object) -> ClaimAudit:
    return claim(costs=(changed(COST, **changes),))


def firm(**changes: object) -> ClaimAudit:
    return claim(enterprise=changed(ENTERPRISE, **changes))


RAISED: list[tuple[str, str, ClaimAudit, tuple[int, ...]]] = [
    ("AU-001", "校验不通过", with_line(number_valid=False, readable=False, person=""), (4,)),
    ("AU-002", "同一证件两个姓名", claim(lines=(line(0), line(1, person="p0"))), (4, 5)),
    ("AU-002", "他处另一姓名", other(name_key="x"), (4,)),
    ("AU-002", "同名同手机两个证件", claim(lines=(line(0), line(1, name_key="n0", phone_key="t0"))), (4, 5)),
    ("AU-010", "不满十六周岁", with_line(birth=date(2010, 3, 10)), (4,)),
    ("AU-010", "到达退休月", with_line(birth=date(1965, 12, 20)), (4,)),
    ("AU-010", "女，已超过高档", with_line(birth=date(1969, 1, 15), sex="F"), (4,)),
    ("AU-011", "失业人员已参保", with_line(group="U_UNEMPLOYED"), (4,)),
    ("AU-011", "职工未参保", with_insurance("p0", ()), (4,)),
    ("AU-011", "派遣人员未参保", with_insurance("p0", (), lines=(line(0, group="E_DISPATCHED_HERE"),)), (4,)),
    ("AU-020", "一个月在他处", with_insurance("p0", (*insured("p0", "2026-03"), *insured("p0", "2026-04", payer=OTHER_FIRM))), (4,)),
    ("AU-021", "合同先终止", with_line(contract_end=date(2026, 4, 23)), (4,)),
    ("AU-021", "社保先停缴", with_insurance("p0", insured("p0", "2026-02", "2026-03")), (4,)),
    ("AU-022", "只在培训期参保", with_insurance("p0", insured("p0", "2026-03", "2026-04")), (4,)),
    ("AU-025", "两单位同期申报", other(), (4,)),
    ("AU-027", "参训多于参保", firm(insured_headcount=5), ()),
    ("AU-034", "课时超出天数", with_class(filing_end=date(2026, 3, 9)), ()),
    ("AU-036", "首日放假", with_class(filing_start=date(2026, 5, 1), filing_end=date(2026, 5, 20)), ()),
    ("AU-036", "末日放假", with_class(filing_end=date(2026, 5, 1)), ()),
    ("AU-038", "开班早于审核", with_class(filing_approved_at=date(2026, 3, 10)), ()),
    ("AU-038", "尚未审核", with_class(filing_approved_at=None), ()),
    ("AU-038", "没有备案", with_class(filing=None), ()),
    ("AU-038", "他人备案", with_class(filing_enterprise=OTHER_FIRM), ()),
    ("AU-047", "多数恰在门槛", claim(lines=tuple(line(n, attended_centihours=9_600 + 60 * n) for n in range(6))), (4, 5, 6, 7, 8)),
    ("AU-060", "已发放过", paid(), (4,)),
    ("AU-060", "较早申报", other(occupation="6-18-02-04", level="4", uscc=FIRM), (4,)),
    ("AU-061", "一年四次", claim(payments={"p0": tuple(changed(PAID, paid_on=date(2026, m, 1)) for m in (1, 2, 3))}), (4,)),
    ("AU-062", "他项资金已补", paid(fund="UI"), (4,)),
    ("AU-063", "高级已补", paid(level="3"), (4,)),
    ("AU-064", "三人同一手机", claim(lines=tuple(line(n, phone_key="t") for n in range(3))), (4, 5, 6)),
    ("AU-066", "户名不同", claim(account_holder="别的公司"), ()),
    ("AU-068", "超过费用比例", claim(classes=(STD_ONLY,)), ()),
    ("AU-068", "没有费用", with_class(eligible_cost_fen=0), ()),
    ("AU-069", "他处用过", cost(elsewhere=(("SJ2", 7),)), ()),
    ("AU-069", "同号同额两行", claim(costs=(COST, changed(COST, row=5))), ()),
    ("AU-070", "开票方不是学校", cost(issuer=OTHER_FIRM), ()),
    ("AU-071", "晚于申报", cost(invoiced_on=date(2026, 6, 2)), ()),
    ("AU-071", "早于备案", cost(invoiced_on=date(2026, 2, 9)), ()),
    ("AU-073", "合计超限额", claim(other_payable_fen=17_500_000), ()),
    ("AU-080", "未登记的职业", claim(institutions=SCHOOL_OF), ()),
    ("AU-081", "许可到期", claim(institutions={SCHOOL: changed(SCHOOL_OF[SCHOOL], licence_to=date(2026, 4, 23))}), ()),
    ("AU-084", "备案超员", with_class(filing_enrolled=51), ()),
    ("AU-084", "花名册超员", claim(lines=tuple(line(n) for n in range(51))), ()),
    ("AU-089", "非正常户", firm(status="非正常户"), ()),
    ("AU-090", "本人否认", claim(denied=frozenset({("C1", "p0"), ("C1", "p2")})), (4, 6)),
    *run_cases.RAISED,
    *match_cases.RAISED,
    *apprentice_cases.RAISED,
]
SILENT: list[tuple[str, str, ClaimAudit]] = [
    ("AU-001", "没有号码的行不算", with_line(person="")),
    ("AU-002", "没有手机", claim(lines=(line(0, phone_key=""), line(1, phone_key="", name_key="n0")))),
    ("AU-002", "不能识别的行", claim(lines=(line(0), line(1, person="p0", readable=False)))),
    ("AU-002", "没有证件", claim(lines=(line(0), line(1, person="", name_key="n0", phone_key="t0")))),
    ("AU-002", "他处同一姓名", other()),
    ("AU-002", "他处姓名已删除", other(name_key="")),
    ("AU-002", "本处姓名已删除", claim(lines=(line(0), line(1, person="p0", name_key="")))),
    ("AU-010", "没有出生日期", with_line(birth=None)),
    ("AU-010", "女，两档之间", with_line(birth=date(1973, 6, 15), sex="F")),
    ("AU-010", "班级没有日期", claim(classes=(UNDATED,), lines=(line(0, birth=date(2015, 1, 1)),))),
    ("AU-010", "不能识别的行", with_line(readable=False, birth=date(2015, 1, 1))),
    ("AU-010", "没有证件", with_line(person="", birth=date(2015, 1, 1))),
    ("AU-011", "未交付的月份", with_insurance("p0", (), coverage=NOTHING_COVERED)),
    ("AU-011", "失业未参保", with_insurance("p0", (), lines=(line(0, group="U_UNEMPLOYED"),))),
    ("AU-011", "其他类别", with_insurance("p0", (), lines=(line(0, group="V_VETERAN"),))),
    (
        "AU-020",
        "派遣人员由派遣单位参保",
        with_insurance("p0", insured("p0", "2026-03", payer=OTHER_FIRM), lines=(line(0, group="E_DISPATCHED_HERE"),)),
    ),
    ("AU-020", "培训之外的月份", with_insurance("p0", insured("p0", "2026-02", payer=OTHER_FIRM))),
    ("AU-021", "无固定期限", with_line(contract_end=None)),
    ("AU-021", "终止于结业日", with_line(contract_end=date(2026, 4, 24))),
    ("AU-021", "结业月份未交付", with_insurance("p0", insured("p0", "2026-03"), coverage=Coverage(frozenset({"2026-03"}), frozenset()))),
    ("AU-021", "从未由本单位参保", with_insurance("p0", ())),
    ("AU-021", "后来又参保", with_insurance("p0", insured("p0", "2026-03", "2026-05"))),
    ("AU-021", "派遣人员", with_insurance("p0", insured("p0", "2026-03"), lines=(line(0, group="E_DISPATCHED_HERE"),))),
    ("AU-022", "前后未交付", with_insurance("p0", insured("p0", "2026-03"), coverage=Coverage(frozenset({"2026-03"}), frozenset()))),
    ("AU-022", "不在培训期", with_insurance("p0", insured("p0", "2026-02"))),
    ("AU-022", "派遣人员", with_insurance("p0", insured("p0", "2026-03"), lines=(line(0, group="E_DISPATCHED_HERE"),))),
    ("AU-025", "同一单位", other(uscc=FIRM)),
    ("AU-025", "先后不重叠", other(start=date(2026, 4, 25))),
    ("AU-025", "他处没有日期", other(start=None, end=None)),
    ("AU-027", "参保人数未交付", firm(insured_headcount=None)),
    ("AU-027", "企业未交付", claim(enterprise=None)),
    ("AU-034", "没有日期", claim(classes=(UNDATED,))),
    ("AU-036", "没有日期", claim(classes=(UNDATED,))),
    ("AU-038", "没有日期", claim(classes=(UNDATED,))),
    ("AU-038", "当日审核", with_class(filing_approved_at=date(2026, 3, 9))),
    ("AU-047", "四个人", claim(lines=tuple(line(n, attended_centihours=9_600) for n in range(4)))),
    ("AU-047", "恰好一半", claim(lines=tuple(line(n, attended_centihours=9_600 if n < 3 else 12_000) for n in range(6)))),
    ("AU-047", "没有课时", with_class(filing_delivered_centihours=0)),
    ("AU-047", "没有日期", claim(classes=(UNDATED,))),
    ("AU-060", "另一等级", paid(level="5")),
    ("AU-060", "另一资金", paid(fund="UI")),
    ("AU-060", "没有职业的班级", claim(classes=(changed(KLASS, item=None),), payments={"p0": (PAID,)})),
    ("AU-060", "后来的申报", other(occupation="6-18-02-04", level="4", earlier=False)),
    ("AU-060", "未获补的申报", other(occupation="6-18-02-04", level="4", paying=False)),
    ("AU-060", "较早申报没有日期", other(occupation="6-18-02-04", level="4", start=None)),
    ("AU-061", "一年三次", claim(payments={"p0": tuple(changed(PAID, paid_on=date(2026, m, 1)) for m in (1, 2))})),
    ("AU-061", "本次不补", claim(lines=(line(0, payable_fen=0),), payments={"p0": (changed(PAID, paid_on=date(2026, 1, 1)),) * 3})),
    ("AU-062", "同一资金", paid()),
    ("AU-062", "没有职业的班级", claim(classes=(changed(KLASS, item=None),), payments={"p0": (changed(PAID, fund="UI"),)})),
    ("AU-063", "低级已补", paid(level="5")),
    ("AU-063", "没有次序的等级", paid(level="专项")),
    ("AU-063", "另一职业", paid(level="3", occupation="4-01-01-01")),
    (
        "AU-063",
        "本班没有等级",
        claim(classes=(changed(KLASS, item=changed(ITEM, level=None)),), payments={"p0": (changed(PAID, level="3"),)}),
    ),
    ("AU-064", "两人同一手机", claim(lines=tuple(line(n, phone_key="t") for n in range(2)))),
    ("AU-064", "没有手机", claim(lines=tuple(line(n, phone_key="") for n in range(3)))),
    ("AU-066", "没有填户名", claim(account_holder="")),
    ("AU-066", "全角与空格", claim(account_holder="样例精密机械 有限公司", enterprise=None)),
    ("AU-066", "登记名称", claim(account_holder="登记名", enterprise=changed(ENTERPRISE, name="登记名"))),
    ("AU-068", "按标准定价且无需凭证", claim(classes=(changed(KLASS, eligible_cost_fen=0, cost_share_bp=None),), costs=())),
    ("AU-068", "没有获补", claim(lines=(line(0, payable_fen=0),), classes=(changed(KLASS, eligible_cost_fen=0),))),
    ("AU-068", "没有日期", claim(classes=(UNDATED,))),
    ("AU-069", "没有发票号码", claim(costs=(changed(COST, invoice_no=""), changed(COST, invoice_no="", row=5)))),
    ("AU-069", "一张发票分摊", claim(costs=(COST, changed(COST, row=5, amount_fen=1)))),
    ("AU-070", "没有开票方", cost(issuer="")),
    ("AU-070", "没有备案", with_class(filing=None)),
    ("AU-070", "不认识的班级", cost(class_no="C9", issuer=OTHER_FIRM)),
    ("AU-071", "没有日期", cost(invoiced_on=None)),
    ("AU-071", "没有备案", claim(classes=(changed(KLASS, filing=None),), costs=(changed(COST, invoiced_on=date(2020, 1, 1)),))),
    ("AU-071", "不认识的班级", cost(class_no="C9", invoiced_on=date(2020, 1, 1))),
    ("AU-073", "恰为限额", claim(other_payable_fen=17_040_000)),
    ("AU-073", "没有限额", claim(ceiling_fen=None, payable_fen=None)),
    ("AU-073", "企业未交付", claim(enterprise=None)),
    ("AU-080", "没有机构资料", claim(institutions={})),
    ("AU-080", "没有备案", with_class(filing=None)),
    ("AU-080", "备案没有机构", with_class(filing_institution=None)),
    ("AU-080", "没有职业", claim(classes=(changed(KLASS, item=None),), institutions=SCHOOL_OF)),
    ("AU-081", "没有机构资料", claim(institutions={})),
    ("AU-081", "没有备案", with_class(filing=None)),
    ("AU-081", "没有期限", claim(institutions=SCHOOL_OF)),
    ("AU-084", "恰为上限", with_class(filing_enrolled=50)),
    ("AU-084", "没有日期", claim(classes=(UNDATED,))),
    ("AU-089", "状态未交付", firm(status=None)),
    ("AU-089", "企业未交付", claim(enterprise=None)),
    ("AU-090", "否认另一班级", claim(denied=frozenset({("C2", "p0")}))),
    ("AU-090", "不能识别的行", claim(lines=(line(0, readable=False),), denied=frozenset({("C1", "p0")}))),
    *run_cases.SILENT,
    *match_cases.SILENT,
    *apprentice_cases.SILENT,
]


def found(check: str, facts: ClaimAudit) -> list[tuple[int, ...]]:
    return [each.rows for each in CHECKS_BY_ID[check].find(facts)]


def test_an_ordinary_claim_raises_no_doubt() -> None:
    assert search(claim()) == search(claim(others={"p0": (changed(OTHER, uscc=FIRM, earlier=False),)}))
    assert search(claim()).doubts == ()
    assert search(claim()).unasked == ()
    assert search(run_cases.ordinary_run()).doubts == ()


@pytest.mark.parametrize(("check", "label", "facts", "rows"), RAISED, ids=[f"{check} {label}" for check, label, *_ in RAISED])
def test_a_case_raises_one_doubt_with_its_rows_and_evidence(check: str, label: str, facts: ClaimAudit, rows: tuple[int, ...]) -> None:
    assert found(check, facts) == [rows]
    (one,) = CHECKS_BY_ID[check].find(facts)
    assert one.evidence
    assert all(name and value and name.isprintable() and isinstance(value, str) for name, value in one.evidence)
    if rows:
        assert one.amount_fen == sum(each.payable_fen for each in facts.lines if each.row in rows)


@pytest.mark.parametrize(("check", "label", "facts"), SILENT, ids=[f"{check} {label}" for check, label, _ in SILENT])
def test_a_case_raises_no_such_doubt(check: str, label: str, facts: ClaimAudit) -> None:
    assert found(check, facts) == []


def test_every_check_has_cases_of_both_kinds_or_is_silent_on_the_ordinary_claim() -> None:
    assert {check for check, *_ in RAISED} == set(CHECKS_BY_ID)
    assert {check for check, *_ in SILENT} == set(CHECKS_BY_ID)


def test_one_cause_is_one_doubt_however_many_rows_it_touches() -> None:
    facts = claim(insurance={person: insured(person, "2026-03", "2026-04", payer=OTHER_FIRM) for person in PEOPLE})
    assert found("AU-020", facts) == [(4, 5, 6, 7, 8, 9)]


def test_two_classes_are_two_causes() -> None:
    lines = (line(0, number_valid=False), line(1, number_valid=False, class_no="C2"))
    assert found("AU-001", claim(classes=(KLASS, ANOTHER), lines=lines)) == [(4,), (5,)]


def test_a_person_in_two_paying_classes_counts_twice_a_year() -> None:
    lines = (line(0), line(1, person="p0", class_no="C2"))
    payments = {"p0": tuple(changed(PAID, paid_on=date(2026, month, 1)) for month in (1, 2))}
    facts = claim(classes=(KLASS, ANOTHER), lines=lines, payments=payments)
    assert found("AU-061", facts) == [(4,), (5,)]


def test_a_check_whose_figure_was_not_in_force_is_told_apart() -> None:
    early = changed(KLASS, filing=changed(KLASS.filing, start=date(1990, 1, 8), end=date(1990, 3, 1)))
    assert set(search(claim(classes=(early,))).unasked) >= {"AU-010", "AU-034", "AU-084"}


def test_a_programme_of_apprentices_is_not_asked_what_only_a_filed_class_can_answer() -> None:
    programme = claim(programme=True, classes=(changed(KLASS, filing=None, eligible_cost_fen=0),), account_holder="别的公司")
    searched = search(programme)
    assert [each.check for each in searched.doubts] == ["AU-066"]
    assert set(searched.asked) == OF_PROGRAMMES


def test_the_limits_are_those_of_the_policy() -> None:
    stricter = with_overrides(claim().policy, {"class.size_max": 5}, date(2000, 1, 1))
    assert found("AU-084", claim(policy=stricter)) == [()]


def test_the_list_of_checks_and_the_folder_agree() -> None:
    folder = Path(str(doubts.__file__)).parent
    files = sorted(file.stem for file in folder.glob("au_*.py"))
    assert [f"AU-{name.split('_')[1]}" for name in files] == list(LISTED)
    for name in files:
        text = (folder / f"{name}.py").read_text("utf-8")
        rule = audit_rules()[f"AU-{name.split('_')[1]}"]
        assert text.startswith(f'"""{rule.id} {rule.name_zh} · ')


def test_every_check_says_what_it_needs_and_stands_in_the_list_with_a_severity() -> None:
    for check in LISTED.values():
        assert check.why
        assert check.needs
        assert check.against
        assert audit_rules()[check.id].level in {"阻断", "高", "中"}
    assert len(audit_rules()) == 75


def test_the_docs_list_every_check_and_every_one_that_waits() -> None:
    text = (Path(__file__).parents[2] / "docs" / "doubts.md").read_text("utf-8")
    checked, _, waiting = text.partition("## Waiting for data")
    assert [each for each in audit_rules() if f"| {each} |" in checked] == list(LISTED)
    assert [each for each in audit_rules() if f"| {each} |" in waiting] == [each for each in audit_rules() if each not in LISTED]
