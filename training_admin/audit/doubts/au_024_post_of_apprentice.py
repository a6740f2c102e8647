"""AU-024 学徒非技能岗位 · an apprentice holds a managerial or clerical post."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, of_lines
from training_admin.audit.facts import ClaimAudit


@check(id="AU-024", why="学徒制只补技能岗位人员", needs="学徒岗位是否技能岗位", against="学徒名单")
def au_024(claim: ClaimAudit) -> Iterator[Found]:
    """A post that was told to be no skilled one; all such apprentices of a programme are one cause."""
    found = [(programme, line) for programme, apprentice, line in claim.apprenticed_lines() if apprentice.skilled_post is False]
    if found:
        yield of_lines(found[0][0].number, [line for _programme, line in found], 岗位="名单载明为非技能岗位")
