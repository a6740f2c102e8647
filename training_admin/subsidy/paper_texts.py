"""What official papers on a claim say, from its record, its decisions and its timeline; rows of the roster instead of names."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from training_admin.apprenticeship.facts import Stage
from training_admin.kit.money import capital_amount, yuan_grouped
from training_admin.kit.wording import day, moment
from training_admin.office.paper_facts import OFFICE, Block, PaperContent
from training_admin.subsidy.determination import WORDS, Determined, LineSaid, LineWord, programme_shares
from training_admin.subsidy.explain import explain_claim, explain_line
from training_admin.subsidy.form import CellProblem
from training_admin.subsidy.notice_facts import NoticeContent
from training_admin.subsidy.printed import HOLDING, REFUSING
from training_admin.subsidy.products import advance_of, product_words, stage_of
from training_admin.subsidy.record import PAYING, AssessmentRecord, LineOutcome, LineResult
from training_admin.subsidy.review_states import ACT_WORDS, Act
from training_admin.subsidy.review_store import DoneStep, ReviewedClaim

# 60 days and 6 months: 行政复议法 (2023) art. 20, 行政诉讼法 art. 46.
REMEDIES = (
    "如不服本决定，可以自收到本决定书之日起60日内，依照《中华人民共和国行政复议法》第二十条向上海市松江区人民政府申请行政复议；"
    "也可以自收到本决定书之日起6个月内，依照《中华人民共和国行政诉讼法》第四十六条向有管辖权的人民法院提起行政诉讼。"
)
# Stands beside a clause of another place's paper: here it is an assumption.
ASSUMED_HERE = "（参照，本区暂定）"


class ClaimPaper(msgspec.Struct, frozen=True):
    """What papers are made from: the claim, the record decided on with what it came to, words on rows, timeline, wrong cells."""

    claim: ReviewedClaim
    record: AssessmentRecord | None
    found: Determined | None
    said: Mapping[int, LineSaid]
    steps: Sequence[DoneStep]
    problems: Sequence[CellProblem]
    opinion: str
    due_on: date | None
    today: date


def amount(fen: int) -> str:
    """An amount in figures and capitals."""
    return f"{yuan_grouped(fen)}元（{capital_amount(fen)}）"


def rows_words(rows: Iterable[int]) -> str:
    """Rows of the roster, neighbours drawn together: `第10至12、14行`."""
    parts: list[list[int]] = []
    for row in sorted(rows):
        if parts and row == parts[-1][-1] + 1:
            parts[-1].append(row)
        else:
            parts.append([row])
    return "第" + "、".join(str(each[0]) if len(each) == 1 else f"{each[0]}至{each[-1]}" for each in parts) + "行"


def _office(title: str, facts: ClaimPaper, *blocks: Block) -> PaperContent:
    return PaperContent(title, facts.claim.enterprise_name, blocks, OFFICE, facts.today)


def _of(facts: ClaimPaper) -> str:
    claim = facts.claim
    return f"你单位于{day(claim.as_of)}提交的{claim.claim_year}年度{product_words(facts.record)}申报（申报编号{claim.number}）"


def classes_table(record: AssessmentRecord, rows: frozenset[int], fen: int) -> Block:
    """Classes with people and amount, and the whole amount; what words have added beyond the rules' own amounts stands apart."""
    lines = [line for line in record.lines if line.row in rows]
    shares = {line.row: line.payable_fen for line in lines}
    if stage_of(record) is not None and fen != sum(shares.values()):
        shares = programme_shares(record, rows, fen)
    body = []
    for klass in record.classes:
        own = [line for line in lines if line.class_no == klass.class_no]
        part = sum(shares[line.row] for line in own)
        body.append((klass.class_no, klass.stream, f"{day(klass.start)}至{day(klass.end)}", str(len(own)), yuan_grouped(part)))
    if rest := fen - sum(shares[line.row] for line in lines):
        body.append(("其中人工佐证或例外通过", "", "", "", yuan_grouped(rest)))
    return Block(
        header=("班级编号", "类别", "培训期", "人次", "金额（元）"), rows=(*body, ("合计", "", "", str(len(lines)), yuan_grouped(fen)))
    )


def refused_table(record: AssessmentRecord, said: Mapping[int, LineSaid], found: Determined | None = None) -> Block | None:
    """Rows that are not paid, by clause and reason; None when all are."""
    grouped: dict[tuple[str, str, str], list[int]] = {}
    paid_rows = frozenset() if found is None else frozenset(found.rows)
    for line in record.lines:
        word = said.get(line.row)
        if line.row in paid_rows:
            continue
        if word is not None and word.word in {LineWord.REFUSE, LineWord.HOLD}:
            grouped.setdefault((f"审核意见（{WORDS[word.word]}）", word.reason, line.class_no), []).append(line.row)
        elif line.outcome is LineOutcome.CELL:
            grouped.setdefault(("申报表填写", "单元格内容无法识别，见待更正单元格清单", line.class_no), []).append(line.row)
        elif line.outcome not in PAYING:
            clause, reason = _reason(record, line)
            grouped.setdefault((clause, reason, line.class_no), []).append(line.row)
    if not grouped:
        return None
    rows = tuple((rows_words(places), class_no, clause, reason) for (clause, reason, class_no), places in grouped.items())
    return Block(header=("花名册行", "班级编号", "依据", "理由"), rows=rows)


def _reason(record: AssessmentRecord, line: LineResult) -> tuple[str, str]:
    """Clause and reason that decide a row which is not paid; what another place's paper says is an assumption here, and is called so."""
    told = explain_line(record, line).reasons
    reasons = [each for each in told if each.effect in REFUSING] or [each for each in told if each.effect in HOLDING or not each.effect]
    clauses = dict.fromkeys(
        f"{each.rule}：{each.clause.paper}{each.clause.article}{ASSUMED_HERE if each.clause.assumed else ''}" for each in reasons
    )
    return "；".join(clauses), "".join(dict.fromkeys(each.sentence for each in reasons))


def application(facts: ClaimPaper) -> PaperContent:
    """申报表: who claims what; account, contact and persons stay in the workbook."""
    claim, record = facts.claim, facts.record
    head = [
        ("申报单位", claim.enterprise_name),
        ("统一社会信用代码", claim.uscc),
        ("申报编号", claim.number),
        ("申报年度", f"{claim.claim_year}年"),
        ("提交日期", day(claim.as_of)),
        ("申报人次", f"{claim.line_count}人次（名单见所提交的参训人员花名册）"),
    ]
    if record is not None and record.ceiling.payable_fen is not None:
        head.append(("系统测算金额", amount(record.ceiling.payable_fen)))
    blocks = [Block(rows=tuple(head))]
    if record is not None:
        blocks += [Block("培训班级", heading=True), _claimed(record)]
    blocks.append(Block("以上内容与提交的申报工作簿一致。账户、联系人和人员信息以工作簿为准，不在本表重复。"))
    return PaperContent(f"{product_words(record)}申报表", "", tuple(blocks), claim.enterprise_name, facts.today)


def _claimed(record: AssessmentRecord) -> Block:
    return classes_table(record, frozenset(line.row for line in record.lines), sum(line.payable_fen for line in record.lines))


def undertaking(facts: ClaimPaper, text: str, signed: tuple[str, str] | None) -> PaperContent:
    """真实性承诺书 with who signed it when; None while nobody has."""
    claim = facts.claim
    who = "尚未签字。" if signed is None else f"本承诺已由授权签字人{signed[0]}于{signed[1]}在系统中签署。"
    return PaperContent(
        "真实性承诺书",
        OFFICE,
        (Block(f"申报编号{claim.number}，申报年度{claim.claim_year}年。"), Block(text), Block(who)),
        claim.enterprise_name,
        facts.today,
    )


def accepted(facts: ClaimPaper) -> PaperContent:
    """受理通知书 with the day by which the review ends."""
    due = "" if facts.due_on is None else f"审核期限至{day(facts.due_on)}，依法需要补正、核查的时间不计算在内。"
    return _office(
        "受理通知书",
        facts,
        Block(f"{_of(facts)}，经审查，申报材料齐全、符合形式要求，现予受理。"),
        Block(f"{due}办理进度可凭申报编号在系统中查询。"),
        Block("特此通知。"),
    )


def not_accepted(facts: ClaimPaper) -> PaperContent:
    """不予受理通知书 with reason and remedies; it says nothing about whether a subsidy is due."""
    return _office(
        "不予受理通知书",
        facts,
        Block(f"{_of(facts)}，经审查，不符合受理条件，决定不予受理。"),
        Block(f"理由：{facts.opinion}"),
        Block("不予受理不影响你单位在申报期限内就符合条件的培训另行申报。"),
        Block(REMEDIES.replace("决定书", "通知书")),
    )


def mending(facts: ClaimPaper) -> PaperContent:
    """一次性补正告知书: everything at once (行政许可法 art. 32, by analogy), as the officer listed it, else as the check found it."""
    blocks = [
        Block(f"{_of(facts)}，经审查，需要补正下列内容。现一次性告知如下，补正后不再就同一申报另行要求补正："),
        Block(f"审核意见：{facts.opinion}"),
    ]
    asked = next((each.detail.get("asked", ()) for each in reversed(facts.steps) if each.act is Act.RETURN), ())
    if asked:
        blocks.append(Block(header=("序号", "需要补正的内容"), rows=tuple((str(place), each) for place, each in enumerate(asked, start=1))))
    elif facts.problems:
        cells = tuple((each.sheet, each.cell, each.message) for each in facts.problems)
        blocks += [Block("一、需要更正的单元格", heading=True), Block(header=("工作表", "单元格", "更正办法"), rows=cells)]
    open_rows = None if facts.record is None or asked else refused_table(facts.record, facts.said)
    if open_rows is not None:
        blocks += [Block("二、目前不能补贴或尚待比对的人员" if facts.problems else "目前不能补贴或尚待比对的人员", heading=True), open_rows]
    blocks.append(Block("请在系统中下载标注后的申报表，更正后重新提交。补正所需时间不计入办理期限。"))
    return _office("一次性补正告知书", facts, *blocks)


def opinions(facts: ClaimPaper) -> PaperContent:
    """审核意见表: the steps with who, when and which opinion."""
    claim = facts.claim
    assert facts.found is not None
    paid = Block(
        rows=(
            ("申报单位", claim.enterprise_name),
            ("申报编号", claim.number),
            ("申报人次", f"{claim.line_count}人次"),
            ("补贴人次", f"{len(facts.found.rows)}人次"),
            ("审定金额", amount(facts.found.fen)),
        )
    )
    steps = tuple((ACT_WORDS[each.act], each.doer, moment(each.done_at), _opinion(each)) for each in facts.steps)
    left = None if facts.record is None else refused_table(facts.record, facts.said, facts.found)
    blocks = [paid, Block("审核过程", heading=True), Block(header=("环节", "办理人", "时间", "意见"), rows=steps)]
    if left is not None:
        blocks += [Block("未予补贴的人员", heading=True), left]
    return PaperContent(f"{product_words(facts.record)}审核意见表", "", tuple(blocks), OFFICE, facts.today)


def _opinion(step: DoneStep) -> str:
    said = step.opinion or "同意"
    return f"{said}（{step.minutes}）" if step.minutes else said


def granted(facts: ClaimPaper) -> PaperContent:
    """补贴决定书 with amounts in figures and capitals, who is left out by clause, and the remedies."""
    assert facts.record is not None
    assert facts.found is not None
    found = facts.found
    decided = (
        f"审定并公示期满，决定给予补贴{len(found.rows)}人次，补贴金额{amount(found.fen)}。" if found.fen else "审定，本次无须拨付补贴资金。"
    )
    blocks = [
        Block(f"{_of(facts)}，经初审、复审、{decided}"),
        Block("一、补贴明细", heading=True),
        classes_table(facts.record, frozenset(found.rows), found.fen),
    ]
    left = refused_table(facts.record, facts.said, found)
    if left is not None:
        blocks += [Block("二、未予补贴的人员及理由", heading=True), left]
    ceiling = facts.record.ceiling
    if stage_of(facts.record) is not None:
        back_fen = next((each.detail["back_fen"] for each in reversed(facts.steps) if "back_fen" in each.detail), 0)
        blocks += programme_blocks(facts.record, found, back_fen)
    elif ceiling.cut_fen:
        blocks.append(Block(f"因年度补贴限额核减{amount(ceiling.cut_fen)}，已按比例分摊到各人员。"))
    if found.fen:
        blocks.append(Block("补贴资金将在规定的拨付期限内拨付至你单位申报的银行账户。"))
    blocks.append(Block(REMEDIES))
    return _office(f"{product_words(facts.record)}决定书", facts, *blocks)


def programme_blocks(record: AssessmentRecord, found: Determined, back_fen: int = 0) -> list[Block]:
    """How the advance or the settlement of an apprentice programme comes about, in words with every amount.

    `back_fen` is what of the advance came back after the settlement was asked for.
    """
    steps = [f"{each.label}：{each.formula}" for each in explain_claim(record).steps]
    blocks = [Block("；".join(steps) + "。")]
    if stage_of(record) is Stage.SETTLEMENT:
        entitled_fen = advance_of(record) + found.fen - found.clawback_fen
        words = f"经审定，应得补贴{amount(entitled_fen)}，已预拨{amount(advance_of(record))}，本次应拨付{amount(found.fen)}。"
        blocks.append(Block(words))
    if found.clawback_fen:
        already = f"，其中{amount(back_fen)}已在申请结算后决定追回" if back_fen else ""
        words = f"预拨超过应得，应退回{amount(found.clawback_fen)}{already}"
        rest = "，另行作出追回决定；可以退回，也可以在后续补贴中抵扣。" if found.clawback_fen > back_fen else "。"
        blocks.append(Block(words + rest))
    return blocks


def refused(facts: ClaimPaper) -> PaperContent:
    """不予补贴决定书 with reasons by clause and the remedies."""
    left = None if facts.record is None else refused_table(facts.record, facts.said)
    blocks = [Block(f"{_of(facts)}，经审核，决定不予补贴。"), Block("一、理由", heading=True), Block(facts.opinion)]
    if left is not None:
        blocks += [Block("二、各人员的核验结果", heading=True), left]
    return _office("不予补贴决定书", facts, *blocks, Block(REMEDIES))


def paid(facts: ClaimPaper, fen: int) -> PaperContent:
    """拨付通知."""
    return _office(
        f"{product_words(facts.record)}拨付通知",
        facts,
        Block(f"{_of(facts)}的补贴资金{amount(fen)}已经拨付至你单位申报的银行账户，请查收并按财务会计制度入账。"),
        Block("如未到账，请凭申报编号与我局财务部门联系；因账户信息有误退回的，可更正账户后再申请拨付。"),
        Block("特此通知。"),
    )


def recovery(facts: ClaimPaper, fen: int, reason: str, return_by: date | None) -> PaperContent:
    """追回决定书 with amount, reason, the day by which it is to be returned, and remedies."""
    words = reason if reason.endswith("。") else f"{reason}。"
    until = f"于{day(return_by)}前" if return_by is not None else ""
    return _office(
        "追回培训补贴资金决定书",
        facts,
        Block(f"{_of(facts)}已经拨付补贴资金。经查，{words}"),
        Block(f"现决定追回补贴资金{amount(fen)}。请{until}按追回通知载明的账户退回；在后续补贴中抵扣的，抵扣前另行告知。"),
        Block(REMEDIES),
    )


def withheld(facts: ClaimPaper, fen: int, rows: Sequence[int], reason: str) -> PaperContent:
    """不予拨付决定书 on lines whose payment was put off: rows of the roster, amount, reason and remedies."""
    words = reason if reason.endswith("。") else f"{reason}。"
    return _office(
        "不予拨付培训补贴资金决定书",
        facts,
        Block(f"{_of(facts)}中，人员名单{rows_words(rows)}的补贴资金{amount(fen)}此前暂缓拨付。经查，{words}"),
        Block(f"现决定对上述补贴资金{amount(fen)}不予拨付。"),
        Block(REMEDIES),
    )


def notice(title: str, content: NoticeContent, ends_on: date, number: str, today: date) -> PaperContent:
    """公示: what is posted, the days and how to object; the list of persons is joined from the notice itself."""
    body = tuple(
        (each.enterprise, "、".join(each.streams), str(each.classes), str(each.people), yuan_grouped(each.fen)) for each in content.claims
    )
    total = ("合计", "", str(sum(each.classes for each in content.claims)), str(content.people), yuan_grouped(content.fen))
    standing = "（公示天数为暂定）" if content.assumed else ""
    return PaperContent(
        title,
        "",
        (
            Block("下列企业职工培训补贴申报经审核、审定，拟给予补贴，现予公示。"),
            Block(f"公示期{content.workdays}个工作日{standing}，自公示次日起算，至{day(ends_on)}止。"),
            Block(header=("企业", "类别", "班级数", "人次", "金额（元）"), rows=(*body, total)),
            Block(
                f"公示金额合计{amount(content.fen)}。对公示内容有异议的，请在公示期内通过系统公示页面（公示编号{number}）提出，或向我局书面反映。"
            ),
        ),
        OFFICE,
        today,
        notice=number,
    )


def with_persons(content: PaperContent, shown: NoticeContent) -> PaperContent:
    """The paper of a notice with the list of persons as the notice shows it now."""
    rows = tuple(
        (str(place), person.name, person.masked_number, claim.enterprise)
        for place, (claim, person) in enumerate(((claim, person) for claim in shown.claims for person in claim.persons), start=1)
    )
    listed = (Block("附：补贴人员名单", heading=True), Block(header=("序号", "姓名", "证件号码", "企业"), rows=rows))
    return msgspec.structs.replace(content, blocks=(*content.blocks, *listed))
