"""What can be wrong with the trail, each with the first row concerned and a sentence."""

from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """How the trail was changed from outside."""

    EDITED = "edited"
    MISSING = "missing"
    ADDED = "added"
    MOVED = "moved"
    TRUNCATED = "truncated"
    HEAD = "head"
    ROLLED_BACK = "rolled_back"
    REWRITTEN = "rewritten"
    PRINTED_OTHERWISE = "printed_otherwise"
    ANCHORS_LOST = "anchors_lost"
    ANCHOR_DAMAGED = "anchor_damaged"


# After these the rows still form one whole chain: an operator who can explain it may go on from here, and the trail says so.
EXPLICABLE = frozenset({Kind.ROLLED_BACK, Kind.REWRITTEN, Kind.ANCHORS_LOST})


class Fault(msgspec.Struct, frozen=True):
    """One fault. `row` is the first row concerned, `kept` the last one before it that is vouched for by an anchor or the chain."""

    kind: Kind
    row: int
    sentence: str
    kept: int | None = None


def edited(row: int) -> Fault:
    return Fault(Kind.EDITED, row, f"第 {row} 行的内容被改动：重新计算的摘要与所存的不符。", row - 1)


def missing(row: int) -> Fault:
    return Fault(Kind.MISSING, row, f"第 {row} 行缺失：被删除，或编号被改动。", row - 1)


def added(row: int, pushed: int) -> Fault:
    return Fault(Kind.ADDED, row, f"第 {row} 行是插入的：现在的第 {pushed} 行原为第 {row} 行。", row - 1)


def moved(row: int, original: int) -> Fault:
    return Fault(Kind.MOVED, row, f"第 {row} 行的位置被改动：现在的内容原为第 {original} 行。", row - 1)


def beside_head(row: int) -> Fault:
    return Fault(Kind.ADDED, row, f"第 {row} 行不在末行记录之内：绕过程序添加，或末行记录被改动。", row - 1)


def truncated(row: int, told: int) -> Fault:
    return Fault(Kind.TRUNCATED, row, f"第 {row} 行起缺失：末行记录为第 {told} 行，其后被截去。", row - 1)


def head_changed(row: int) -> Fault:
    return Fault(Kind.HEAD, row, f"末行记录与第 {row} 行不符：末行记录或第 {row} 行被改动。", max(row - 1, 0))


def rolled_back(row: int, *, anchored: int, kept: int) -> Fault:
    words = f"第 {row} 行起缺失：锚定文件证明曾有第 {anchored} 行。数据库被恢复为较早的备份，或末尾被截去。"
    if kept < row - 1:
        words += f"最后与锚定相符的是第 {kept} 行，其后各行可能是回退后新办的。"
    return Fault(Kind.ROLLED_BACK, row, words, kept)


def rewritten(row: int, kept: int) -> Fault:
    words = f"第 {row} 行与锚定文件不符（最后相符的是第 {kept} 行）：其间被整体改写，或恢复为较早的备份后又继续办理。"
    return Fault(Kind.REWRITTEN, row, words, kept)


def printed_otherwise(row: int) -> Fault:
    return Fault(Kind.PRINTED_OTHERWISE, row, f"第 {row} 行与给出的（导出文件上打印的）摘要不符。")


def anchors_lost() -> Fault:
    words = "锚定文件缺失：曾经有过，现在没有，无法判断末尾是否被截去。请从备份取回锚定文件。"
    return Fault(Kind.ANCHORS_LOST, 0, words)


def anchor_damaged(line: int) -> Fault:
    return Fault(Kind.ANCHOR_DAMAGED, 0, f"锚定文件第 {line} 行被改动，或由另一套密钥签名。请从备份取回锚定文件。")
