"""Workbooks of a running class given out: 考勤表 with 签到记录, 线上学习记录 and 考核成绩 to be filled in and handed back."""

import io
from collections.abc import Iterable, Sequence

from training_admin.catalog.attendance_reading import ATTENDED_HOURS, DELIVERED_HOURS, RATE, SHEET_ATTENDANCE, SHEET_SIGNED, session_header
from training_admin.catalog.class_facts import ClassPlan, PlannedSession, clock_text
from training_admin.catalog.online_reading import BEGAN, DAY, MINUTES, PLATFORM, REAL_NAME, RECORD, SHEET_ONLINE, TESTED, TUTORED
from training_admin.catalog.result_reading import CERTIFICATE, ISSUED, OVERALL, PRACTICE, SHEET_RESULTS, THEORY
from training_admin.catalog.roster_reading import NAME, NUMBER, SERIAL
from training_admin.catalog.run_facts import MARK_SIGNS, OUTCOME_WORDS, WAY_WORDS, Attended, ClassRun, Mark, centihours, key_of, tallies
from training_admin.kit import wording
from training_admin.kit.workbook.sheets import Column, Kind, Sheet, Stamp, write_workbook

DEVICE_SHOWN = 8
PERSON_CELLS = (Column(SERIAL, Kind.INTEGER, 7), Column(NAME, Kind.TEXT, 12), Column(NUMBER, Kind.TEXT, 22))
ATTENDANCE_LINES = (
    "登记符号：√ 出勤，△ 迟到，○ 请假，× 缺勤；未登记的留空。迟到可在 △ 后写实际学习分钟，如 △60；不写的按整次课计。",
    "序号、姓名和课次表头用于核对，请勿改动；出勤课时和出勤率由系统计算，不需填写。没有变动的格可以保持原样。",
)
SIGNED = Sheet(
    name=SHEET_SIGNED,
    title="签到记录",
    lines=("本表由系统生成，供核查使用，导入时不读取。设备标识相同的签到出自同一台设备。",),
    columns=(
        *PERSON_CELLS[:2],
        Column("课次日期", Kind.DATE, 13),
        Column("时段", Kind.TEXT, 14),
        Column("登记", Kind.TEXT, 8),
        Column("计入分钟", Kind.INTEGER, 10),
        Column("方式", Kind.TEXT, 18),
        Column("设备标识", Kind.TEXT, 12),
        Column("登记时间", Kind.TEXT, 22),
        Column("登记人", Kind.TEXT, 18),
    ),
)
ONLINE = Sheet(
    name=SHEET_ONLINE,
    title="线上学习记录",
    lines=(
        "一行一条学习记录。平台须与“办学条件”中登记的名称一致；记录编号为平台自己的编号，不能重复；开始时间按 09:05 填写。",
        "未实名登录的记录不能计入（CLS-04）。不需要的行可以不填。",
    ),
    columns=(
        *PERSON_CELLS,
        Column(PLATFORM, Kind.TEXT, 20),
        Column(RECORD, Kind.TEXT, 22),
        Column(DAY, Kind.DATE, 13),
        Column(BEGAN, Kind.TEXT, 10),
        Column(MINUTES, Kind.INTEGER, 10),
        Column(REAL_NAME, Kind.TEXT, 10),
        Column(TUTORED, Kind.TEXT, 8),
        Column(TESTED, Kind.TEXT, 8),
    ),
    frozen=2,
)
RESULTS = Sheet(
    name=SHEET_RESULTS,
    title="考核成绩",
    lines=("填合格、不合格或缺考；备案不含的考核项留空。证书编号按文本填写，等级证书编号按编码规则核对省份、年份和等级。",),
    columns=(
        *PERSON_CELLS,
        Column(THEORY, Kind.TEXT, 11),
        Column(PRACTICE, Kind.TEXT, 11),
        Column(OVERALL, Kind.TEXT, 11),
        Column(CERTIFICATE, Kind.TEXT, 28),
        Column(ISSUED, Kind.DATE, 13),
    ),
    frozen=2,
)


def sign_of(told: Attended | None, session: PlannedSession) -> str | None:
    """How attendance is written in a cell; None when nothing was told."""
    if told is None:
        return None
    if told.mark is Mark.LATE and told.minutes < session.minutes:
        return f"{MARK_SIGNS[Mark.LATE]}{told.minutes}"
    return MARK_SIGNS[told.mark]


def attendance_sheet(sessions: Sequence[PlannedSession]) -> Sheet:
    """The sheet of a plan: one column a session."""
    return Sheet(
        name=SHEET_ATTENDANCE,
        title="考勤表",
        lines=ATTENDANCE_LINES,
        columns=(
            *PERSON_CELLS,
            *(Column(session_header(each.day, clock_text(each.starts)), Kind.TEXT, 11) for each in sessions),
            Column(ATTENDED_HOURS, Kind.HOURS, 11),
            Column(DELIVERED_HOURS, Kind.HOURS, 11),
            Column(RATE, Kind.PERCENT, 10),
        ),
        frozen=2,
    )


def attendance_workbook(plan: ClassPlan, run: ClassRun, *, masked: Sequence[str], hour_minutes: int) -> bytes:
    """Attendance of everybody with totals, and behind it every sign-in with way, device and time."""
    found = tallies(plan, run)
    rows: list[list[object]] = []
    for number, (one, shown) in enumerate(zip(plan.trainees, masked, strict=True), start=1):
        tally = found[one.person]
        signs = [sign_of(run.attended.get((*key_of(each), one.person)), each) for each in plan.sessions]
        hours = [centihours(minutes, hour_minutes) for minutes in (tally.attended_minutes, tally.delivered_minutes)]
        rows.append([number, one.name, shown, *signs, *hours, tally.rate_bp])
    return _written(plan.class_no, [(attendance_sheet(plan.sessions), rows), (SIGNED, list(_signed(plan, run)))])


def _signed(plan: ClassPlan, run: ClassRun) -> Iterable[list[object]]:
    for each in plan.sessions:
        for number, one in enumerate(plan.trainees, start=1):
            told = run.attended.get((*key_of(each), one.person))
            if told is not None:
                yield [
                    *(
                        number,
                        one.name,
                        each.day,
                        f"{clock_text(each.starts)}-{clock_text(each.ends)}",
                        MARK_SIGNS[told.mark],
                        told.minutes,
                    ),
                    *(WAY_WORDS[told.way], told.device[:DEVICE_SHOWN] or None, wording.moment(told.told_at), told.told_by),
                ]


def online_workbook(plan: ClassPlan, run: ClassRun, *, masked: Sequence[str]) -> bytes:
    """A row for everybody in every online session that nothing was told of, to be filled in."""
    rows: list[list[object]] = [
        [number, one.name, shown, None, None, each.day, None, None, None, None, None]
        for each in plan.sessions
        if each.online
        for number, (one, shown) in enumerate(zip(plan.trainees, masked, strict=True), start=1)
        if (*key_of(each), one.person) not in run.attended
    ]
    return _written(plan.class_no, [(ONLINE, rows or [[None] * len(ONLINE.columns)])])


def results_workbook(plan: ClassPlan, run: ClassRun, *, masked: Sequence[str]) -> bytes:
    """A row for everybody with what is known of his result."""
    rows: list[list[object]] = []
    for number, (one, shown) in enumerate(zip(plan.trainees, masked, strict=True), start=1):
        known = run.results.get(one.person)
        if known is None:
            rows.append([number, one.name, shown, None, None, None, None, None])
            continue
        parts = [None if part is None else OUTCOME_WORDS[part] for part in (known.theory, known.practice)]
        rows.append([number, one.name, shown, *parts, OUTCOME_WORDS[known.outcome], known.certificate_no or None, known.certified_on])
    return _written(plan.class_no, [(RESULTS, rows)])


def _written(class_no: str, tables: list[tuple[Sheet, list[list[object]]]]) -> bytes:
    target = io.BytesIO()
    write_workbook(target, tables, Stamp(file_number=class_no, check_code="", version="1"))
    return target.getvalue()
