"""AU-034 日课时超限 · the delivered hours do not fit into the days of the class."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, day_text, of_class
from training_admin.audit.facts import ClaimAudit
from training_admin.catalog.facts import CENTIHOURS_PER_HOUR
from training_admin.catalog.parameters import CLASS_DAY_HOURS_MAX
from training_admin.kit.wording import hundredths


@check(id="AU-034", why="虚增课时", needs="开班、结业日期和实际课时（课次表到位前只查全班）", against="开班备案")
def au_034(claim: ClaimAudit) -> Iterator[Found]:
    """Provable without sessions: even with every calendar day full, some day would have more hours than allowed."""
    for klass in claim.classes:
        if klass.start is None or klass.end is None:
            continue
        days = (klass.end - klass.start).days + 1
        most = claim.policy.at(CLASS_DAY_HOURS_MAX, klass.start)
        if klass.delivered_centihours > days * most * CENTIHOURS_PER_HOUR:
            hours = hundredths(klass.delivered_centihours)
            yield of_class(
                claim, klass, 实际课时=hours, 起止日期=f"{day_text(klass.start)}至{day_text(klass.end)}", 最多可授课时=str(days * most)
            )
