"""AU-039 擅自变更时间地点教师 · what was held differs from what was approved."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, day_text, of_class
from training_admin.audit.facts import ClaimAudit
from training_admin.audit.run_words import session_words


@check(id="AU-039", why="未经批准变更，实际授课无法核实", needs="备案的课次表、确认的课次、检查记录", against="批准的开班备案")
def au_039(claim: ClaimAudit) -> Iterator[Found]:
    """Confirmed sessions that no approved plan has, and visits that found another teacher or another plan."""
    for klass, run in claim.run():
        if run.unplanned:
            yield of_class(claim, klass, 计划外课次=session_words(run.unplanned), 课次数=str(len(run.unplanned)))
        if run.unfit_visits:
            found = "；".join(f"{day_text(day)} {words}" for day, words in run.unfit_visits)
            yield of_class(claim, klass, 检查发现=found)
