"""勾稽表: totals of an audit workbook that must be equal, both as live references with their stored values, and whether they are."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from training_admin.audit.layouts import COSTS, FIRMS, PAYABLE, PEOPLE, RECOGNISED, TOTAL_OF_FIRM
from training_admin.audit.register_layouts import APPRENTICES, ASKED_BACK, BATCHES, CAME_BACK, DECIDED, LEFT, PAID, RECOVERIES
from training_admin.catalog.facts import PAID_STREAMS
from training_admin.kit.money import yuan
from training_admin.kit.workbook.formulas import link, place_in, reference, verdict
from training_admin.subsidy import apprentice_register

STORED = "系统内已存的数"
TIED, UNTIED = "相符", "不符"
FEN = 100


class Stored(msgspec.Struct, frozen=True):
    """What the database itself says, computed on another way than the sheets: amounts in fen."""

    payable_fen: int
    computed_fen: int
    recognised_fen: int
    people: int
    decided_fen: int
    paid_fen: int
    received_fen: int
    apprentices_paid_fen: int
    apprentices_asked_fen: int


class Figure(msgspec.Struct, frozen=True):
    """One side: where it stands (nothing: in the database), its formula, and its value in fen; counts come in hundredths."""

    where: str
    target: str
    formula: str
    fen: int


class Tie(msgspec.Struct, frozen=True):
    """Two figures that must be equal."""

    words: str
    left: Figure
    right: Figure

    @property
    def holds(self) -> bool:
        """Whether they are."""
        return self.left.fen == self.right.fen


class Sums:
    """The totals of the sheets already written, found by sheet and header."""

    def __init__(self, cells: Mapping[tuple[str, str], str], totals: Mapping[str, Mapping[str, int]]) -> None:
        self.cells, self.totals = cells, totals

    def has(self, sheet: str) -> bool:
        """Whether the sheet is part of the workbook."""
        return sheet in self.totals

    def of(self, sheet: str, *headers: str, less: str = "", unit: int = 1) -> Figure:
        """The sum of some totals of a sheet, less another one; `unit` turns counts into hundredths."""
        places = [f"'{sheet}'!{self.cells[sheet, header]}" for header in headers]
        fen = sum(self.totals[sheet][header] for header in headers)
        formula, words = "+".join(places), "＋".join(headers) if len(headers) <= len(FIRST_TWO) else f"各类{headers[0][-2:]}之和"
        if less:
            formula += f"-'{sheet}'!{self.cells[sheet, less]}"
            fen, words = fen - self.totals[sheet][less], f"{words}－{less}"
        return Figure(f"{sheet}：{words}合计", place_in(sheet, self.cells[sheet, headers[0]].replace("$", "")), formula, fen * unit)


FIRST_TWO = ("", "")


def stored(words: str, fen: int) -> Figure:
    """A figure of the database."""
    return Figure(f"{STORED}：{words}", "", yuan(fen), fen)


def ties_of(sums: Sums, known: Stored) -> list[Tie]:
    """Everything that must be equal in this workbook."""
    paid = sums.of(PEOPLE, PAYABLE)
    found = [
        Tie("人员明细的实发＝各份申报最近一次核验的可补金额", paid, stored("核验记录可补金额", known.payable_fen)),
        Tie("人员明细的应发＝各份申报限额核减前的金额", sums.of(PEOPLE, "应发"), stored("核验记录应发金额", known.computed_fen)),
        Tie("人员明细的应发－扣减＝实发", sums.of(PEOPLE, "应发", less="扣减"), paid),
        Tie("人员明细的实发＝企业汇总的合计", paid, sums.of(FIRMS, TOTAL_OF_FIRM)),
        Tie("企业汇总的各类金额之和＝合计", sums.of(FIRMS, *(f"{s}金额" for s in PAID_STREAMS)), sums.of(FIRMS, TOTAL_OF_FIRM)),
        Tie(
            "企业汇总的各类人次之和＝人员明细的行数（人次）",
            sums.of(FIRMS, *(f"{s}人次" for s in PAID_STREAMS), unit=FEN),
            stored("人员明细行数", known.people * FEN),
        ),
    ]
    if sums.has(COSTS):
        found.append(Tie("费用明细的认定金额＝核验记录的认定费用", sums.of(COSTS, RECOGNISED), stored("认定费用", known.recognised_fen)))
    if sums.has(APPRENTICES):
        paid_fen, asked_fen = known.apprentices_paid_fen, known.apprentices_asked_fen
        advance_and_rest = sums.of(APPRENTICES, apprentice_register.ADVANCE, apprentice_register.SETTLED)
        found += [
            Tie("学徒台账的预拨＋结算＝资金明细账的支付减退票", advance_and_rest, stored("资金明细账中学徒班的支付", paid_fen)),
            Tie(
                "学徒台账的追回＝资金明细账的追回决定减撤销",
                sums.of(APPRENTICES, apprentice_register.ASKED_BACK),
                stored("资金明细账中学徒班的追回", asked_fen),
            ),
        ]
    found += [
        Tie("拨付台账的审定金额＝已进入拨付的申报的可补金额", sums.of(BATCHES, DECIDED), stored("这些申报的可补金额", known.decided_fen)),
        Tie("拨付台账的已拨付＝资金明细账的支付减退票", sums.of(BATCHES, PAID), stored("资金明细账", known.paid_fen)),
        Tie("追回台账的应追回－已追回＝余额", sums.of(RECOVERIES, ASKED_BACK, less=CAME_BACK), sums.of(RECOVERIES, LEFT)),
        Tie("追回台账的已追回＝到账凭证之和", sums.of(RECOVERIES, CAME_BACK), stored("到账凭证", known.received_fen)),
    ]
    return found


def tie_rows(ties: Sequence[Tie], first: int) -> Iterator[tuple[Any, ...]]:
    """The rows of the sheet, the first of which stands in row `first`."""
    for number, tie in enumerate(ties, 1):
        row = first + number - 1
        yield (
            number,
            tie.words,
            link(tie.left.target, tie.left.where),
            reference(tie.left.formula, tie.left.fen),
            link(tie.right.target, tie.right.where),
            reference(tie.right.formula, tie.right.fen),
            reference(f"D{row}-F{row}", tie.left.fen - tie.right.fen),
            verdict(f'IF(ABS(G{row})<0.005,"{TIED}","{UNTIED}")', TIED if tie.holds else UNTIED),
        )
