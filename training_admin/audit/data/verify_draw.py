# ruff: noqa: INP001 - handed out as a file of its own, in no package
"""随机抽查核验程序：只用公布的名单和种子，重做一遍抽签，与公布的结果比对。

用法：python3 verify_draw.py 抽查名单.json
只用 Python 标准库，不连接网络，不需要本系统。
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

SPACE = 1 << 256


def sha256(text: str) -> str:
    """SHA-256, as 64 hexadecimal characters."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def number_below(seed: str, turn: int, limit: int) -> int:
    """An even number below the limit; a value that would favour anybody is taken again."""
    attempt = 0
    while True:
        value = int(sha256(f"{seed}:{turn}:{attempt}"), 16)
        if value < SPACE - SPACE % limit:
            return value % limit
        attempt += 1


def drawn(seed: str, lots: list[dict[str, Any]], count: int) -> list[str]:
    """The keys drawn, in their order."""
    left = sorted(lots, key=lambda each: each["key"])
    found = []
    for turn in range(min(count, len(left))):
        rest = number_below(seed, turn, sum(each["weight"] for each in left))
        for place, each in enumerate(left):
            if rest < each["weight"]:
                found.append(left.pop(place)["key"])
                break
            rest -= each["weight"]
    return found


def faults_of(told: dict[str, Any]) -> list[str]:
    """What of the published file does not follow from its list and its seed."""
    listed = {"lots": told["lots"], "inspectors": told["inspectors"]}
    plain = json.dumps(listed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    faults = [] if sha256(plain) == told["list_sha256"] else ["名单与公布的摘要不一致"]
    again = []
    for key in drawn(told["seed"], told["lots"], told["classes"]):
        even = [{"key": each, "weight": 1} for each in told["inspectors"]]
        again.append({"key": key, "inspectors": drawn(told["seed"] + ":" + key, even, told["people"])})
    return faults if again == told["drawn"] else [*faults, "重新抽签的结果与公布的结果不一致"]


def main() -> int:
    """Verify the file that is named."""
    try:
        told = json.loads(Path(sys.argv[1]).read_text("utf-8"))
        faults = faults_of(told)
        count, digest, seed = len(told["drawn"]), told["list_sha256"], told["seed"]
    except (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError):
        sys.stdout.write("文件无法识别，或缺少应有的栏目，未能核验\n")
        return 1
    # A file made up as a whole fits together as well: its digest and seed are those that were published.
    good = f"核验通过：{count} 个班级及检查人员与公布的一致。请与公布页面核对：名单摘要 {digest}，种子 {seed}"
    sys.stdout.write(("；".join(faults) or good) + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
