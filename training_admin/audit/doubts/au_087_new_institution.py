"""AU-087 新设机构突增 · an institution licensed shortly before teaches more than nearly all others."""

from collections.abc import Iterator

from training_admin.audit.check import percent_text
from training_admin.audit.district_facts import DistrictAudit, WideFound, about, wide_check
from training_admin.audit.doubt_facts import Subject
from training_admin.kit.money import WHOLE_BP
from training_admin.kit.workdays import add_months

# The list's own formula: younger than six months, and among the largest five of a hundred.
MONTHS, TOP_BP = 6, 500
# Where few institutions teach, one of them is always the largest.
FEWEST = 5


@wide_check(
    id="AU-087",
    why="曾查出新设机构获批后短期内集中申领",
    needs="机构首个办学许可的起始日、期间内申报班级的费用",
    against="办学许可、其他机构的申报费用",
)
def au_087(district: DistrictAudit) -> Iterator[WideFound]:
    """The age counts on the first day of its first claimed class; the amount is the cost claimed for its classes."""
    taught = sorted(district.volumes, key=lambda each: (-each.fen, each.institution))
    if len(taught) < FEWEST:
        return
    for each in taught[: -(-len(taught) * TOP_BP // WHOLE_BP)]:
        if each.licensed_from is not None and each.first_class < add_months(each.licensed_from, MONTHS):
            told = {
                "许可起始日": each.licensed_from.isoformat(),
                "首个班级开班日": each.first_class.isoformat(),
                "申报费用排名": f"前{percent_text(TOP_BP)}",
            }
            yield about(Subject.INSTITUTION, each.institution, each.institution, 0, **told)
