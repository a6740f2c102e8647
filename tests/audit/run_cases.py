"""Cases of the checks that look at classes as they were run and at how a claim was handled."""

from datetime import date, timedelta
from typing import Any

from tests.audit.ordinary import ITEM, KLASS, changed, claim, line
from training_admin.audit.facts import ClaimAudit
from training_admin.audit.match_facts import MatchEntry, MatchKind
from training_admin.audit.run_facts import (
    Clash,
    FullDay,
    Handled,
    IssuingBody,
    OnlineStudy,
    PaidOut,
    RunAudit,
    RunResult,
    RunSession,
    SignedSession,
)

DAY, END = date(2026, 3, 9), date(2026, 4, 24)
MORNING = RunSession(DAY, 540, 720)
CLASH = Clash("trainee", "p0", DAY, 540, 720, "D1")
# A number that fits a certificate of the fourth level issued in Shanghai in 2026.
NUMBER = "S000031000000264000001"
RESULT = RunResult(NUMBER, END)


def run(**changes: Any) -> ClaimAudit:
    """The ordinary claim whose class was run here, with something else about it."""
    return claim(runs={"C1": changed(RunAudit(sessions=(MORNING,), results={"p0": RESULT}), **changes)})


def result(**changes: Any) -> ClaimAudit:
    return run(results={"p0": changed(RESULT, **changes)})


def handled(**changes: Any) -> ClaimAudit:
    return claim(handled=Handled(**changes))


def paid(**changes: Any) -> ClaimAudit:
    return handled(payments=(changed(PaidOut(date(2026, 7, 1), date(2026, 6, 30), 0, 960_000), **changes),))


def acts(*steps: str) -> ClaimAudit:
    return handled(hands=tuple((act, frozenset({who})) for act, who in (step.split(":") for step in steps)))


def signed(seconds: int, people: int, *, device: str = "") -> tuple[SignedSession, ...]:
    told = [number * seconds for number in range(people)]
    together = (tuple(f"p{number}" for number in range(people)),) if device else ()
    return (SignedSession(DAY, 540, people, sum(told), sum(each * each for each in told), together),)


STUDY = OnlineStudy("p0", "R1", 1000, 45)
UNDATED_ITEM = claim(classes=(changed(KLASS, item=changed(ITEM, std_centihours=0)),), runs={"C1": RunAudit(results={"p0": RESULT})})

FULL = tuple(RunSession(DAY, starts, starts + 180, 60, 120) for starts in (540, 780))
FULL_DAY = FullDay("p0", DAY, 361, "D1")
BODY = IssuingBody(NUMBER[:13], END, 30, 5, 30, 29)


def issued(**changes: Any) -> ClaimAudit:
    """The certificate of the first person is of a body that issues many."""
    body = changed(BODY, **changes)
    return changed(result(), bodies={body.code: body})  # type: ignore[no-any-return] # it is a claim


def listed(word: str, *, number: str = NUMBER, kind: MatchKind = MatchKind.OTHER_FUND) -> ClaimAudit:
    """A list names a certificate of the first person."""
    told = (kind, MatchEntry("p0", date(2026, 5, 1), None, word))
    found = result(certificate_no=number, certified_on=END if number else None)
    return changed(found, said={"p0": (told,)})  # type: ignore[no-any-return] # it is a claim


RAISED: list[tuple[str, str, ClaimAudit, tuple[int, ...]]] = [
    ("AU-030", "同时在另一班", run(clashes=(CLASH, changed(CLASH, day=END))), (4,)),
    ("AU-031", "教师同时在另一班", run(clashes=(changed(CLASH, taken="teacher", key="t"),)), ()),
    ("AU-032", "教室同时被占", run(clashes=(changed(CLASH, taken="room", key="01"),)), ()),
    (
        "AU-034",
        "一日三课",
        run(
            sessions=(*FULL, RunSession(DAY, 1020, 1021, 0, 1)),
        ),
        (),
    ),
    ("AU-034", "同日在两班满课", run(full_days=(FULL_DAY, changed(FULL_DAY, person="x"))), (4,)),
    ("AU-054", "突击发证", issued(issued=31, median=6), (4,)),
    ("AU-054", "窗口末日", issued(issued=30, since=END - timedelta(days=59)), (4,)),
    ("AU-054", "全部合格", issued(passed=30, median=9), (4,)),
    ("AU-062", "名单所列同一证书", listed(f" {NUMBER.lower()}"), (4,)),
    ("AU-052", "查询系统没有", listed(NUMBER, kind=MatchKind.NOT_FOUND), (4,)),
    ("AU-035", "清晨", run(sessions=(MORNING, changed(MORNING, starts=419))), ()),
    ("AU-035", "深夜", run(sessions=(changed(MORNING, ends=1321),)), ()),
    ("AU-036", "课次在假日", run(sessions=(MORNING, changed(MORNING, day=date(2026, 5, 1)))), ()),
    ("AU-039", "计划外的课次", run(unplanned=(MORNING,) * 9), ()),
    ("AU-039", "检查发现教师不符", run(unfit_visits=((DAY, "教师不符"),)), ()),
    ("AU-040", "结业前取证", result(certified_on=date(2026, 4, 23)), (4,)),
    ("AU-041", "开班十天取证", result(certified_on=date(2026, 3, 18)), (4,)),
    ("AU-042", "十人同时", run(signed=signed(0, 10)), ()),
    ("AU-043", "四人一机", run(signed=signed(40, 4, device="d")), (4, 5, 6, 7)),
    ("AU-046", "前一记录未满", run(online=(STUDY, changed(STUDY, record_no="R2", second=1000 + 45 * 60 - 1))), (4,)),
    ("AU-046", "同一秒", run(online=(STUDY, changed(STUDY, record_no="R2"))), (4,)),
    ("AU-050", "他人同号", result(shared_with=("D1",)), (4,)),
    ("AU-051", "不合编码", result(certificate_no="123"), (4,)),
    ("AU-051", "省份不符", result(certificate_no="S000011000000264000001"), (4,)),
    ("AU-053", "等级不符", result(certificate_no="S000031000000265000001"), (4,)),
    ("AU-056", "结班后修改", result(changed_after=date(2026, 5, 1)), (4,)),
    ("AU-065", "另一单位同账户", handled(same_account=("91310117X110000282",)), ()),
    ("AU-074", "公示期内拨付", paid(paid_on=date(2026, 6, 30)), ()),
    ("AU-074", "没有公示", paid(notice_ends=None), ()),
    ("AU-074", "有异议", paid(open_objections=1), ()),
    ("AU-075", "一人两审", acts("accept:a", "first:a", "second:a"), ()),
    ("AU-075", "受理人审定", acts("accept:a", "first:b", "second:c", "determine:a"), ()),
    ("AU-083", "教师在册", run(teaching_trainees=("p1",)), (5,)),
]
SILENT: list[tuple[str, str, ClaimAudit]] = [
    ("AU-030", "不在册的人", run(clashes=(changed(CLASH, key="x"),))),
    ("AU-030", "教师", run(clashes=(changed(CLASH, taken="teacher"),))),
    ("AU-031", "学员", run(clashes=(CLASH,))),
    ("AU-032", "学员", run(clashes=(CLASH,))),
    ("AU-034", "恰为八课时", run(sessions=FULL)),
    ("AU-034", "同日两班恰为八课时", run(full_days=(changed(FULL_DAY, minutes=360),))),
    ("AU-054", "未超过五倍", issued(issued=30, median=6)),
    ("AU-054", "不满三十份", issued(issued=29, median=1, examined=29, passed=29)),
    ("AU-054", "窗口之外", issued(since=END - timedelta(days=60))),
    ("AU-054", "窗口之前", issued(since=END + timedelta(days=1))),
    ("AU-054", "有人不合格", issued(median=9)),
    ("AU-054", "另一机构", issued(code="S000031999999")),
    ("AU-054", "没有编号", changed(result(certificate_no="", certified_on=None), bodies={"": BODY})),
    ("AU-062", "名单所列另一证书", listed(f"{NUMBER[:-1]}2")),
    ("AU-062", "没有证书", listed("", number="")),
    ("AU-052", "查无的是另一证书", listed(f"{NUMBER[:-1]}2", kind=MatchKind.NOT_FOUND)),
    ("AU-052", "其他资金的名单", listed(NUMBER)),
    ("AU-062", "没有成绩", changed(run(results={}), said=listed(NUMBER).said)),
    ("AU-035", "恰在区间", run(sessions=(changed(MORNING, starts=420, ends=1320),))),
    ("AU-036", "课次都在平日", run()),
    ("AU-039", "按计划", run()),
    ("AU-040", "结业日取证", run()),
    ("AU-040", "不在册的人", run(results={"x": changed(RESULT, certified_on=DAY)})),
    ("AU-041", "第十一天", result(certified_on=date(2026, 3, 19))),
    ("AU-041", "没有标准课时", UNDATED_ITEM),
    ("AU-041", "没有发证日期", result(certificate_no="", certified_on=None)),
    ("AU-042", "九人", run(signed=signed(0, 9))),
    ("AU-042", "相隔数秒", run(signed=signed(2, 10))),
    ("AU-043", "三人一机", run(signed=signed(40, 3, device="d"))),
    ("AU-043", "没有设备", run(signed=signed(40, 9))),
    ("AU-046", "前后相接", run(online=(STUDY, changed(STUDY, record_no="R2", second=1000 + 45 * 60)))),
    ("AU-046", "两人同时", run(online=(STUDY, changed(STUDY, person="p1")))),
    ("AU-050", "各人一号", run()),
    ("AU-050", "没有成绩", run(results={})),
    ("AU-051", "合规", run()),
    ("AU-051", "没有编号", result(certificate_no="", certified_on=None)),
    ("AU-051", "没有成绩", run(results={})),
    ("AU-053", "等级相符", run()),
    ("AU-056", "结班前登记", run()),
    ("AU-056", "没有成绩", run(results={})),
    ("AU-065", "自己的账户", handled()),
    ("AU-074", "公示期满次日", paid()),
    ("AU-075", "三人", acts("accept:a", "first:a", "second:b", "post:b", "determine:c")),
    ("AU-075", "退回后重审", acts("accept:a", "first:a", "second:b", "send_back:b", "first:b", "second:c")),
    ("AU-083", "学员不任课", run()),
]


def ordinary_run() -> ClaimAudit:
    """A claim whose class was run here without anything to doubt."""
    return changed(  # type: ignore[no-any-return] # it is a claim
        run(signed=signed(40, 6, device=""), results={f"p{number}": RunResult(f"{NUMBER[:-1]}{number + 1}", END) for number in range(6)}),
        lines=tuple(line(number) for number in range(6)),
        handled=acts("accept:a", "first:a", "second:b", "determine:c").handled,
    )
