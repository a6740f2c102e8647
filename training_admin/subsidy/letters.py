"""What claims write to their enterprise: that something happened and where to read it, no amounts and nobody's name."""

from training_admin.kit.wording import row_ranges
from training_admin.office.messages import Letter


def submitted_letter(number: str, lines: int, left_out: tuple[int, ...] = ()) -> Letter:
    """The claim was submitted; rows that the enterprise itself left out are named, so that it can claim them later (补报)."""
    dropped = f"花名册第 {row_ranges(left_out)} 行由贵单位剔除，未随本次提交，可在申请期限内补报。" if left_out else ""
    return Letter(
        number,
        "申报已提交",
        f"申报 {number} 已提交，共 {lines} 行，正在自动核验。{dropped}请由授权签字人签署真实性承诺。",
        f"/claims/{number}",
    )


def assessed_letter(number: str) -> Letter:
    """The first result is there."""
    return Letter(number, "核验结果已出", f"申报 {number} 已完成自动核验，可以查看每个人逐条的核验结果。", f"/claims/{number}")


def signed_letter(number: str) -> Letter:
    """The undertaking was signed."""
    return Letter(number, "申报已签字", f"申报 {number} 的真实性承诺已经签署。", f"/claims/{number}")


def class_refused_letter(class_no: str, people: int, link: str) -> Letter:
    """The dry run of a class expects people not to be paid who were not among them before."""
    text = f"班级 {class_no} 按目前登记的情况测算，新增 {people} 人将不可补。请尽早查看原因和最晚更正日期（测算不是核验结果）。"
    return Letter(class_no, "有学员将不可补", text, link)
