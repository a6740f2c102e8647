"""Monthly and quarterly reports as papers: the same figures as on the leader's page, computed at the moment of making, without a name."""

from collections.abc import Iterable, Sequence

from training_admin.audit.steering import YearShown
from training_admin.audit.steering_facts import COLOUR_WORDS, shown
from training_admin.kit.money import yuan_grouped
from training_admin.kit.wording import percent
from training_admin.office.paper_facts import OFFICE, Block, PaperContent

QUARTER_WORDS = "一二三四"
MONTHS = 12


def period_words(year: int, months: Sequence[int]) -> str:
    """One month, a quarter, or the whole year, in words."""
    if len(months) == 1:
        return f"{year}年{months[0]}月"
    return f"{year}年" if len(months) == MONTHS else f"{year}年第{QUARTER_WORDS[months[0] // 3]}季度"


def indicator_rows(found: YearShown) -> Iterable[tuple[str, ...]]:
    """Each indicator of the whole district with its target and state."""
    for row in found.whole:
        unit = row.meaning.unit
        if row.colour is not None:
            state = COLOUR_WORDS[row.colour]
        else:
            state = "规划目标已到期" if row.plan_over else "未设目标" if row.target is None else "尚无数据"
        target = "—" if row.target is None else shown(row.target.value, unit)
        yield row.meaning.name, shown(row.figure.done, unit), target, shown(row.expected, unit), state


def report_content(found: YearShown, months: Sequence[int], *, held: int) -> PaperContent:
    """The report of one month or quarter, with the year so far beside it."""
    spending = {month: (committed, paid) for month, committed, paid in found.spending}
    money, whole = found.money, found.counted.whole
    executed = "—" if not money.granted_fen else percent(money.paid_fen * 10_000 // money.granted_fen)
    rows = []
    for month in months:
        committed, paid = spending.get(month, (0, 0))
        one = found.counted.of(month=month)
        rows.append((f"{month}月", str(one.people), str(one.enrolled), str(one.passed), yuan_grouped(committed), yuan_grouped(paid)))
    assumed = [row.meaning.name for row in found.whole if row.target is not None and row.target.standing.value == "A"]
    words = period_words(found.year, months)
    return PaperContent(
        title=f"职业培训补贴工作{'月' if len(months) == 1 else '季'}报（{words}）",
        addressee="",
        blocks=(
            Block("一、总体情况", heading=True),
            Block(
                f"截至{found.today.year}年{found.today.month}月{found.today.day}日，{found.year}年全区培训 {whole.people} 人"
                f"（本系统 {whole.own} 人，其他渠道 {whole.others} 人，重复 {whole.both} 人只计一次），"
                f"在册学徒 {found.rest.apprentices} 人；预算指标 {yuan_grouped(money.granted_fen)} 元，"
                f"已拨付 {yuan_grouped(money.paid_fen)} 元，"
                f"已审定待拨付 {yuan_grouped(money.committed_fen)} 元，预算执行率 {executed}；受益企业 {money.firms} 家；"
                f"暂缓拨付 {held} 件。"
            ),
            Block("二、本期情况", heading=True),
            Block(header=("月份", "培训人数", "备案人次", "合格人次", "审定（元）", "拨付（元）"), rows=tuple(rows)),
            Block("三、年度目标完成情况", heading=True),
            Block(header=("指标", "完成值", "目标值", "按进度应达", "状态"), rows=tuple(indicator_rows(found))),
            *((Block(f"“{'、'.join(assumed)}”的目标值为系统暂定，不是政策规定。"),) if assumed else ()),
            Block("四、各类别资金", heading=True),
            Block(
                header=("类别", "预算指标（元）", "审定（元）", "拨付（元）"),
                rows=tuple((name or "各类通用", *map(yuan_grouped, amounts)) for name, *amounts in found.streams) or (("—",) * 4,),
            ),
            Block("五、各街镇培训人数", heading=True),
            Block(
                header=("街镇", "培训人数", "合格人次"),
                rows=tuple(
                    (each or "未登记街镇", str(found.counted.of(street=each).people), str(found.counted.of(street=each).passed))
                    for each in found.counted.streets
                )
                or (("—",) * 3,),
            ),
            Block("数据由系统按办理记录计算，未作人工填写。"),
        ),
        signed_by=OFFICE,
        day=found.today,
    )
