"""Pages of steering: indicators of a year against their targets, targets with history, alarms, files of other channels."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromQuery, MultipartBody, QueryParameter, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.audit import channels, steering, targets
from training_admin.audit.channel_workbooks import FILE_WORDS, PEOPLE_COLUMNS, STREET_COLUMNS, FileKind
from training_admin.audit.channels import ChannelRefused
from training_admin.audit.steering import SCOPED, Reached, YearShown, cell_figures
from training_admin.audit.steering_charts import meter
from training_admin.audit.steering_facts import COLOUR_WORDS, DEPARTMENT_WORDS, Counted, Department, Indicator, Paid, Target, shown
from training_admin.audit.steering_meanings import MEANINGS
from training_admin.audit.targets import TargetRefused
from training_admin.kit.dated import Standing, Unit
from training_admin.kit.money import fen_from_text, yuan
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.kit.wording import moment
from training_admin.web import RowKey, clock_of, csv_download, current_actor, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
YearQuery = Annotated[int | None, QueryParameter(ge=2000, le=2999)]
UNKNOWN_STREET, ALL = "未登记街镇", "全区"
OTHER_DEPARTMENT = "其他"
ROW_HEADER = ("指标", "部门", "街镇", "完成值", "目标值", "按进度应达", "单位", "状态", "计算数据", "算法", "目标依据", "效力", "责任人")
PEOPLE_HEADER = (
    "范围",
    "名称",
    "备案人次",
    "合格人次",
    "培训人数（去重）",
    "其中本系统",
    "其中其他渠道",
    "重复",
    "等级证书",
    "其中高级工以上",
)
TARGET_HEADER = ("指标", "部门", "街镇", "目标值", "依据文件", "效力", "责任人", "理由", "登记人", "登记时间")
ALARM_HEADER = ("指标", "部门", "街镇", "预警", "完成值", "按进度应达", "责任人", "预警日期", "处置情况", "处置人", "处置时间")
CHANNEL_HEADER = ("序号", "内容", "来源", "部门", "年度", "行数", "导入人", "导入时间")
PERCENT_OF = 10_000


class TargetForm(msgspec.Struct, frozen=True):
    """A target as typed."""

    year: str = ""
    indicator: str = Indicator.TRAINED.value
    department: str = ""
    street: str = ""
    value: str = ""
    paper: str = ""
    standing: str = Standing.FOUND.value
    responsible: str = ""
    account: str = ""
    why: str = ""
    act: str = "enter"


class DisposalForm(msgspec.Struct, frozen=True):
    """How an alarm was disposed of."""

    words: str = ""


class ChannelForm(msgspec.Struct, frozen=True):
    """A file of another channel."""

    kind: str = FileKind.PEOPLE.value
    channel: str = ""
    department: str = ""
    year: str = ""
    file: UploadFile | None = None


def department_words(code: str) -> str:
    """A department in words; "" is the whole district."""
    return DEPARTMENT_WORDS[Department(code)] if code else ALL


def unit_words(indicator: Indicator) -> str:
    """The unit of an indicator as people write it."""
    return {Unit.SHARE_BP: "%", Unit.FEN: "元", Unit.TIMES: "家"}.get(MEANINGS[indicator].unit, "人")


def words_of(refusal: Refusal | None) -> dict[str, Any]:
    """How a page tells a refusal."""
    if refusal is None:
        return {"status_code": HTTPStatus.OK, "problem": None}
    return {"status_code": refusal.status, "problem": refusal.problem()}


def typed_value(indicator: Indicator, text: str) -> int:
    """A target in its indicator's own unit; raises TargetRefused."""
    plain = "".join(text.split()).removesuffix("%")
    unit = MEANINGS[indicator].unit
    if unit in {Unit.SHARE_BP, Unit.FEN}:
        hundredths = fen_from_text(plain)
        if hundredths is None or (unit is Unit.SHARE_BP and hundredths > PERCENT_OF):
            raise TargetRefused("目标值应为最多两位小数的数字；百分比填 90 或 90.5，不超过 100。")
        return hundredths
    if not plain.isascii() or not plain.isdecimal() or len(plain) > 9:  # noqa: PLR2004 - more than there are people
        raise TargetRefused("目标值应为整数。")
    return int(plain)


def typed_year(text: str) -> int:
    """A year as typed; raises TargetRefused."""
    plain = text.strip()
    if not plain.isascii() or not plain.isdecimal() or len(plain) != 4:  # noqa: PLR2004 - a year
        raise TargetRefused("年度应为四位数字，如 2026。")
    return int(plain)


def target_of(form: TargetForm) -> Target:
    """The target of a form; raises TargetRefused."""
    if form.indicator not in set(Indicator) or form.standing not in set(Standing):
        raise TargetRefused("请从列表中选择指标和效力。")
    indicator = Indicator(form.indicator)
    value = 0 if form.act == "take_back" else typed_value(indicator, form.value)
    standing = Standing(form.standing)
    return Target(indicator, value, form.paper, standing, form.responsible, form.account or None, form.department, form.street.strip())


def row_cells(row: Reached) -> tuple[object, ...]:
    """One indicator as a row of a table."""
    unit, target = row.meaning.unit, row.target
    return (
        *(row.meaning.name, department_words(row.department), row.street or ALL, shown(row.figure.done, unit)),
        *("" if target is None else shown(target.value, unit), shown(row.expected, unit), unit_words(row.figure.indicator)),
        *(state_words(row), row.figure.data, row.meaning.formula, "" if target is None else target.paper),
        *("" if target is None else target.standing.words, "" if target is None else target.responsible),
    )


def state_words(row: Reached) -> str:
    """How an indicator stands, in words."""
    if row.colour is not None:
        return COLOUR_WORDS[row.colour]
    if row.target is not None:
        return "尚无数据"
    return (
        f"规划已于{row.plan_over.year}年{row.plan_over.month}月{row.plan_over.day}日到期，尚未录入本年目标" if row.plan_over else "未设目标"
    )


class CellRow(msgspec.Struct, frozen=True):
    """One month, department or street of a year, or the whole of it, with its indicators."""

    kind: str
    name: str
    counted: Counted
    paid: Paid
    figures: dict[str, int | None]


def _cell_row(found: YearShown, kind: str, name: str, month: int | None, department: str | None, street: str | None) -> CellRow:
    figures = {each.indicator.value: each.done for each in cell_figures(found.counted, department, street, month)}
    cell = {"month": month, "department": department, "street": street}
    return CellRow(kind, name, found.counted.of(**cell), found.counted.paid(**cell), figures)  # type: ignore[arg-type]


def people_rows(found: YearShown) -> list[CellRow]:
    """What a year adds up to: in all, by month, department and street."""
    keys = {*found.counted.cells, *found.counted.payments}
    last = 12 if found.year < found.today.year else found.today.month
    known = {department for month, department, street in keys if month is None and street is None and department is not None}
    rows = [_cell_row(found, ALL, f"{found.year}年", None, None, None)]
    rows += [_cell_row(found, "月份", f"{month}月", month, None, None) for month in range(1, last + 1)]
    rows += [
        _cell_row(found, "部门", department_words(each) if each else OTHER_DEPARTMENT, None, each, None)
        for each in sorted(known, reverse=True)
    ]
    return rows + [_cell_row(found, "街镇", each or UNKNOWN_STREET, None, None, each) for each in found.counted.streets]


def _context(found: YearShown) -> dict[str, Any]:
    return {
        "found": found,
        "people": people_rows(found),
        "shown": shown,
        "share": Unit.SHARE_BP,
        "unit_words": unit_words,
        "state_words": state_words,
        "department_words": department_words,
        "meter": meter,
        "colours": COLOUR_WORDS,
    }


async def _steering(request: Asked, year: int | None, *, typed: TargetForm | None = None, refusal: Refusal | None = None) -> Template:
    actor, clock = current_actor(request), clock_of(request)
    wanted = year or clock.today().year
    return page(
        "steering/steering.html",
        **words_of(refusal),
        **_context(await steering.show_year(actor, wanted, clock=clock)),
        history=await targets.show_targets(actor, wanted),
        typed=typed or TargetForm(year=str(wanted)),
        indicators=[(each.value, MEANINGS[each].name, each in SCOPED) for each in Indicator],
        departments=DEPARTMENT_WORDS,
        standings=[(each.value, each.words) for each in Standing],
        meanings=MEANINGS,
    )


@get("/steering", include_in_schema=False, right=Right.TOTALS_READ)
async def steering_page(request: Asked, year: YearQuery = None) -> Template:
    return await _steering(request, year)


@get("/steering.csv", include_in_schema=False, right=Right.TOTALS_READ)
async def steering_csv(request: Asked, year: YearQuery = None) -> Response[bytes]:
    clock = clock_of(request)
    found = await steering.show_year(current_actor(request), year or clock.today().year, clock=clock)
    return csv_download(ROW_HEADER, (row_cells(each) for each in found.rows), filename=f"{found.year}年指标.csv")


@get("/steering/people.csv", include_in_schema=False, right=Right.TOTALS_READ)
async def people_csv(request: Asked, year: YearQuery = None) -> Response[bytes]:
    clock = clock_of(request)
    found = await steering.show_year(current_actor(request), year or clock.today().year, clock=clock)
    rows = (
        (
            *(row.kind, row.name, each.enrolled, each.passed, each.people, each.own, each.others, each.both, each.certified, each.high),
            *(shown(row.figures[name], Unit.SHARE_BP) for name in ("pass_rate", "certificate_rate")),
            *(row.figures["apprentices"], yuan(row.paid.fen), row.paid.firms),
            *(shown(row.figures["paid_in_time"], Unit.SHARE_BP), shown(row.figures["average"], Unit.FEN)),
        )
        for row in people_rows(found)
        for each in (row.counted,)
    )
    return csv_download(PEOPLE_HEADER, rows, filename=f"{found.year}年培训人数.csv")


@get("/steering/targets.csv", include_in_schema=False, right=Right.TOTALS_READ)
async def targets_csv(request: Asked, year: YearQuery = None) -> Response[bytes]:
    wanted = year or clock_of(request).today().year
    rows = (
        (
            *(MEANINGS[one.indicator].name, department_words(one.department), one.street or ALL),
            *("撤回" if each.taken_back else shown(one.value, MEANINGS[one.indicator].unit), one.paper, one.standing.words),
            *(one.responsible, each.why, each.enterer, moment(each.entered_at)),
        )
        for each in (await targets.show_targets(current_actor(request), wanted)).entries
        for one in (each.target,)
    )
    return csv_download(TARGET_HEADER, rows, filename=f"{wanted}年目标登记.csv")


@post("/steering/targets", include_in_schema=False, right=Right.TARGET_EDIT)
async def target_act(request: Asked, data: URLEncodedBody[TargetForm]) -> Template | Redirect:
    try:
        year = typed_year(data.year)
        taken_back = data.act == "take_back"
        await targets.enter_target(
            current_actor(request), year, target_of(data), taken_back=taken_back, why=data.why, clock=clock_of(request)
        )
    except Refusal as refusal:
        return await _steering(request, None, typed=data, refusal=refusal)
    return Redirect(f"/steering?year={year}#targets", status_code=SEE_OTHER)


async def _alarms(request: Asked, year: int | None, refusal: Refusal | None = None) -> Template:
    wanted = year or clock_of(request).today().year
    found = await targets.show_alarms(current_actor(request), wanted)
    return page(
        "steering/alarms.html",
        **words_of(refusal),
        year=wanted,
        alarms=found,
        meanings=MEANINGS,
        colours=COLOUR_WORDS,
        department_words=department_words,
        shown=shown,
    )


@get("/steering/alarms", include_in_schema=False, right=Right.TOTALS_READ)
async def alarms_page(request: Asked, year: YearQuery = None) -> Template:
    return await _alarms(request, year)


@get("/steering/alarms.csv", include_in_schema=False, right=Right.TOTALS_READ)
async def alarms_csv(request: Asked, year: YearQuery = None) -> Response[bytes]:
    wanted = year or clock_of(request).today().year
    rows = (
        (
            *(MEANINGS[each.indicator].name, department_words(each.department), each.street or ALL, COLOUR_WORDS[each.colour]),
            *(shown(each.done, MEANINGS[each.indicator].unit), shown(each.expected, MEANINGS[each.indicator].unit), each.responsible),
            *(each.raised_on, each.disposal, each.disposer, None if each.disposed_at is None else moment(each.disposed_at)),
        )
        for each in await targets.show_alarms(current_actor(request), wanted)
    )
    return csv_download(ALARM_HEADER, rows, filename=f"{wanted}年指标预警.csv")


@post("/steering/alarms/{alarm:int}/dispose", include_in_schema=False, right=Right.TARGET_EDIT)
async def dispose_act(request: Asked, alarm: RowKey, data: URLEncodedBody[DisposalForm]) -> Template | Redirect:
    try:
        await targets.dispose_alarm(current_actor(request), alarm, data.words, clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _alarms(request, None, refusal)
    return Redirect("/steering/alarms", status_code=SEE_OTHER)


async def _channels(
    request: Asked, *, typed: ChannelForm | None = None, refusal: Refusal | None = None, done: tuple[int, int] | None = None
) -> Template:
    return page(
        "steering/channels.html",
        **words_of(refusal),
        found=await channels.list_imports(current_actor(request)),
        typed=typed or ChannelForm(year=str(clock_of(request).today().year)),
        done=done,
        kinds=FILE_WORDS,
        departments=DEPARTMENT_WORDS,
        department_words=department_words,
        limit_mb=request.app.state.settings.upload_limit // 2**20,
    )


@get("/steering/channels", include_in_schema=False, right=Right.DELIVERY_READ)
async def channels_page(request: Asked, rows: FromQuery[int | None] = None, different: FromQuery[int | None] = None) -> Template:
    return await _channels(request, done=None if rows is None or different is None else (rows, different))


@get("/steering/channels.csv", include_in_schema=False, right=Right.DELIVERY_READ)
async def channels_csv(request: Asked) -> Response[bytes]:
    rows = (
        (
            *(each.id, FILE_WORDS[each.kind], each.channel, department_words(each.department), each.year, each.rows, each.importer),
            moment(each.imported_at),
        )
        for each in await channels.list_imports(current_actor(request))
    )
    return csv_download(CHANNEL_HEADER, rows, filename="其他渠道数据.csv")


@get("/steering/channels/template.csv", include_in_schema=False, right=Right.DELIVERY_READ, sync_to_thread=False)
def channel_template(kind: FromQuery[str] = FileKind.PEOPLE.value) -> Response[bytes]:
    known = FileKind(kind) if kind in set(FileKind) else FileKind.PEOPLE
    columns: Iterable[Any] = PEOPLE_COLUMNS if known is FileKind.PEOPLE else STREET_COLUMNS
    return csv_download([column.header for column in columns], [], filename=f"{FILE_WORDS[known]}-模板.csv")


@post("/steering/channels", include_in_schema=False, right=Right.DELIVERY_RECEIVE)
async def channel_act(request: Asked, data: MultipartBody[ChannelForm]) -> Template | Redirect:
    try:
        if data.kind not in set(FileKind):
            raise ChannelRefused("请选择文件的内容。")
        content = b"" if data.file is None else await data.file.read()
        rows, different = await channels.import_file(
            current_actor(request),
            content,
            kind=FileKind(data.kind),
            channel=data.channel,
            department=data.department,
            year=typed_year(data.year),
            clock=clock_of(request),
        )
    except Refusal as refusal:
        return await _channels(request, typed=data, refusal=refusal)
    return Redirect(f"/steering/channels?rows={rows}&different={different}", status_code=SEE_OTHER)


def steering_pages(*, upload_limit: int) -> Router:
    """The pages of this file; only a file of another channel may be large."""
    upload = Router("/", route_handlers=[channel_act], request_max_body_size=upload_limit)
    handlers: list[Any] = [
        *(upload, steering_page, steering_csv, people_csv, targets_csv, target_act, alarms_page, alarms_csv, dispose_act),
        *(channels_page, channels_csv, channel_template),
    ]
    return Router("/", route_handlers=handlers)
