"""Mending marked cells on the page: corrected values are typed into the uploaded workbook, which is then pre-checked like any other."""

from collections.abc import Mapping, Sequence

import msgspec

from training_admin.kit.actor import Actor
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import Unreadable
from training_admin.kit.workbook.mending import Mend, mend_workbook
from training_admin.kit.workbook.problems import CellProblem
from training_admin.subsidy.claims import precheck
from training_admin.subsidy.drafts import Draft
from training_admin.subsidy.views import Precheck

# So many cells can be mended on one page; whoever has more is quicker in the workbook itself.
MOST_MENDED = 200
LONGEST_TEXT = 200
APART = "!"


class MendRefused(Unreadable):
    """Nothing was typed, too much, or into a cell that is not marked."""

    code = "mend-refused"
    title = "没有更正"


class MendableCell(msgspec.Struct, frozen=True):
    """A marked cell with everything that is wrong with it; `key` names it in the form."""

    sheet: str
    cell: str
    messages: tuple[str, ...]

    @property
    def key(self) -> str:
        """Sheet and address."""
        return f"{self.sheet}{APART}{self.cell}"


def mendable_cells(problems: Sequence[CellProblem]) -> tuple[MendableCell, ...]:
    """The marked cells that can be typed anew, each once, in reading order; missing sheets and columns are mended in the workbook."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in problems:
        if each.cell:
            found.setdefault((each.sheet, each.cell), []).append(each.message)
    return tuple(MendableCell(sheet, cell, tuple(messages)) for (sheet, cell), messages in found.items())


def mends_of(problems: Sequence[CellProblem], typed: Mapping[str, str]) -> tuple[Mend, ...]:
    """What was typed, by the key of the cell; what was left empty stays as it is. Raises MendRefused."""
    cells = {each.key: each for each in mendable_cells(problems)}
    mends = []
    for key, text in typed.items():
        value = " ".join(text.split())
        if not value:
            continue
        if key not in cells:
            raise MendRefused("所填的单元格不在待更正之列，请从预检结果重新进入。")
        if len(value) > LONGEST_TEXT or not value.isprintable():
            raise MendRefused(f"“{cells[key].sheet}”{cells[key].cell} 的更正内容过长或有不能显示的字符（不超过 {LONGEST_TEXT} 字）。")
        mends.append(Mend(cells[key].sheet, cells[key].cell, value))
    if not mends:
        raise MendRefused("没有填写更正内容。请在单元格旁填写正确的值后再提交。")
    if len(mends) > MOST_MENDED:
        raise MendRefused(f"一次最多更正 {MOST_MENDED} 个单元格，更多的请下载标注后的申报表更正。")
    return tuple(mends)


async def mend_draft(actor: Actor, draft: Draft, typed: Mapping[str, str], *, clock: Clock) -> tuple[bytes, Precheck]:
    """The mended workbook and its pre-check; raises MendRefused and whatever a pre-check raises."""
    content = await mend_workbook(draft.content, mends_of(draft.checked.problems, typed))
    return content, await precheck(actor, content, clock=clock)
