"""AU-047 出勤率恰在门槛 · attendance clusters just above the threshold."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, of_lines, percent_text
from training_admin.audit.facts import ClaimAudit
from training_admin.catalog.parameters import ATT_PERSON_MIN
from training_admin.kit.money import WHOLE_BP

WIDTH_BP = 200
FEWEST = 5


@check(id="AU-047", why="考勤按门槛倒推编造", needs="出勤课时、实际课时", against="花名册")
def au_047(claim: ClaimAudit) -> Iterator[Found]:
    """More than half of a class between the least attendance and two points above it; fewer than five people prove nothing."""
    for klass in claim.classes:
        lines, delivered = claim.lines_of.get(klass.class_no, []), klass.delivered_centihours
        if klass.start is None or not delivered or len(lines) < FEWEST:
            continue
        least = claim.policy.at(ATT_PERSON_MIN, klass.start)
        near = [line for line in lines if least * delivered <= line.attended_centihours * WHOLE_BP <= (least + WIDTH_BP) * delivered]
        if 2 * len(near) > len(lines):
            limits = f"{percent_text(least)}至{percent_text(least + WIDTH_BP)}"
            yield of_lines(klass.class_no, near, 出勤率区间=limits, 区间内人数=str(len(near)), 全班人数=str(len(lines)))
