"""AU-076 拨付金额与名册不符 · the total of a batch is not that of its payments or of the cases in them."""

from collections.abc import Iterator

from training_admin.audit.district_facts import DistrictAudit, WideFound, about, wide_check
from training_admin.audit.doubt_facts import Subject
from training_admin.kit.money import yuan_grouped


@wide_check(id="AU-076", why="批次金额被改动", needs="批次、支付明细、应付款", against="拨付批次的明细")
def au_076(district: DistrictAudit) -> Iterator[WideFound]:
    """Three sums that must be one."""
    for each in district.batches:
        if not each.total_fen == each.items_fen == each.cases_fen:
            sums = {"批次金额": each.total_fen, "支付明细合计": each.items_fen, "应付款合计": each.cases_fen}
            told = {name: yuan_grouped(fen) for name, fen in sums.items()}
            yield about(Subject.BATCH, each.number, "", max(sums.values()) - min(sums.values()), **told)
