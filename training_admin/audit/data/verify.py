"""Stand-alone verifier of a claim's dossier: Python's standard library only, nothing of the system that wrote the file.

    python3 verify.py DOSSIER.zip [--code CODE] [--json]

Checks every byte of the archive and every hash, then computes every amount again: the price per head of each class step by step, each
row, the ceiling and how a cut is spread, what was determined with the reviewers' words, what is paid and recovered.
Exit status 0: everything holds. 2: not, and each difference is named.
"""

# ruff: noqa: INP001, T201, C901, PLR0911, PLR0912 - the kinds of steps are one table; it is data of the package, handed out as a file of its own, and speaks on the terminal
from __future__ import annotations

import argparse
import hashlib
import json
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

Json = dict[str, Any]
FORMAT = "training-admin/dossier/1"
MANIFEST = "manifest.json"
CODE_LENGTH = 16
DIFFERENT = 2
WHOLE_BP = 10_000
MONTHS = 12
APPRENTICES = "新型学徒制"
CENTIHOURS = 100
MIDNIGHT_1980 = (0, 33)
UTF8_NAME = 0x800
OWNER_ONLY = 0o600 << 16
UNIX, VERSION = 3, 20
LOCAL, CENTRAL, END = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I"), struct.Struct("<4s4H2IH")
DETERMINE, DECISIONS = "determine", {"subsidy:claim:determine", "subsidy:claim:refuse"}
# What the trail tells of a determination, and how the dossier calls it.
DETERMINED = {"payable_fen": "fen", "paid": "rows", "added": "added", "fen_of_added": "fen_of_added", "refused": "refused", "held": "held",
              "clawback_fen": "clawback_fen"}  # fmt: skip
STRENGTH = {"": 0, "WARN": 1, "HOLD": 2, "REJECT_LINE": 3, "REJECT_CLASS": 4, "REJECT_CLAIM": 5}
HOLD = 2
STANDARD_ROUNDING, COST_ROUNDING, BASE_FACTOR = "money.rounding.standard", "money.rounding.cost", "ent.base_price.factor"
# Which policy figures the numbers of a step are, in the order of the step's keys.
FIGURES_OF = {
    "hours_factor": ("minimum_bp", None, "factor_bp"),
    "pilot_uplift": ("uplift_bp",),
    "by_standard": ("share_bp",),
    "by_cost": ("share_bp",),
    "hours_capped": ("most_centihours",),
    "post_amount": ("rate_fen", "theory_fen", "practical_fen"),
    "person_year_cap": ("cap_fen",),
    "online_capped": ("share_bp", "cap_fen"),
    "hour_rate_capped": ("rate_fen", "cap_fen", "least_centihours"),
    "hour_rate_too_short": ("rate_fen", "cap_fen", "least_centihours"),
    "app_completed_only": ("factor_bp",),
    "app_advance": ("share_bp",),
    "ceiling_by_surcharge": ("ratio_bp",),
    "ceiling_floor": ("floor_fen",),
}
# A test that was not held costs nothing, whatever the policy says it would.
MAY_BE_NOTHING = {"theory_fen", "practical_fen"}


class Report:
    """What differs, and how much was computed again."""

    def __init__(self) -> None:
        self.differences: list[tuple[str, str]] = []
        self.hashes = self.amounts = 0

    def say(self, where: str, sentence: str) -> None:
        self.differences.append((where, sentence))

    def same(self, where: str, what: str, stored: Any, computed: Any) -> None:
        """An amount that is computed again must be the one stored."""
        self.amounts += 1
        if stored != computed or type(stored) is not type(computed):
            self.say(where, f"{what}：所载 {shown(stored)}，重算 {shown(computed)}")


def shown(value: Any) -> str:
    """An amount in fen, or whatever else it is."""
    return "无" if value is None else f"{value}" if isinstance(value, str | bool | list) else f"{value} 分（{value / 100:.2f}）"


# ── the archive ──────────────────────────────────────────────────────────────────────────────────────────────────────


def archive_of(files: list[tuple[str, bytes]]) -> bytes:
    """The only spelling of an archive of these files: stored, no extras, no times."""
    body, directory = b"", b""
    parts, offset = [], 0
    for name, content in files:
        label = name.encode()
        flags = 0 if name.isascii() else UTF8_NAME
        sums = (zlib.crc32(content), len(content), len(content), len(label))
        header = LOCAL.pack(b"PK\3\4", VERSION, flags, 0, *MIDNIGHT_1980, *sums, 0) + label
        directory += (
            CENTRAL.pack(b"PK\1\2", UNIX << 8 | VERSION, VERSION, flags, 0, *MIDNIGHT_1980, *sums, 0, 0, 0, 0, OWNER_ONLY, offset) + label
        )
        parts += [header, content]
        offset += len(header) + len(content)
    body = b"".join(parts)
    return body + directory + END.pack(b"PK\5\6", 0, 0, len(files), len(files), len(directory), len(body), 0)


def read_archive(content: bytes, report: Report) -> dict[str, bytes]:
    """The files of an archive that is spelled as it must be; otherwise the first byte that differs is named."""
    files: list[tuple[str, bytes]] = []
    place = 0
    try:
        while content[place : place + 4] == b"PK\3\4":
            header = LOCAL.unpack_from(content, place)
            start = place + LOCAL.size + header[9]
            name = content[place + LOCAL.size : start].decode()
            place = start + header[7]
            files.append((name, content[start:place]))
    except (struct.error, UnicodeDecodeError):
        report.say("压缩包", f"第 {place} 字节处的文件头无法识别，压缩包被改动或不完整")
        return dict(files)
    spelled = archive_of(files)
    if spelled != content:
        first = next((at for at, (one, other) in enumerate(zip(spelled, content, strict=False)) if one != other), len(spelled))
        report.say("压缩包", f"从第 {first} 字节起与应有的写法不同，压缩包被改动")
    if len(dict(files)) != len(files):
        report.say("压缩包", "有同名文件")
    return dict(files)


# ── hashes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def canonical(content: Any) -> bytes:
    """JSON with sorted keys and no spaces."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def sha256(content: bytes) -> str:
    """SHA-256 as 64 hexadecimal characters."""
    return hashlib.sha256(content).hexdigest()


def code_of(head: str) -> str:
    """The check code of a dossier, short enough for paper."""
    code = head[:CODE_LENGTH].upper()
    return "-".join(code[place : place + 4] for place in range(0, CODE_LENGTH, 4))


def chained(manifest: Json) -> list[str]:
    """The links of the chain: the head of the manifest, then each file with its size and hash."""
    link = sha256("\n".join([FORMAT, *(manifest[each] for each in ("file_number", "claim_number", "made_at", "made_by"))]).encode())
    links = [link]
    for each in manifest["files"]:
        link = sha256(f"{link}\n{each['name']}\n{each['size']}\n{each['sha256']}".encode())
        links.append(link)
    return links


def check_hashes(files: dict[str, bytes], report: Report) -> Json | None:
    """The manifest, when it can be read; every file, its hash, and the chain."""
    try:
        manifest: Json = json.loads(files[MANIFEST])
        links = chained(manifest)
    except (KeyError, TypeError, ValueError):
        report.say(MANIFEST, "没有清单，或清单无法识别")
        return None
    if canonical(manifest) != files[MANIFEST] or manifest.get("format") != FORMAT:
        report.say(MANIFEST, "清单被改动：与应有的写法不同")
    if [*(each["name"] for each in manifest["files"]), MANIFEST] != list(files):
        report.say(MANIFEST, "压缩包中的文件与清单所列不一致")
    for each, link in zip(manifest["files"], links[1:], strict=True):
        content = files.get(each["name"], b"")
        report.hashes += 1
        if sha256(content) != each["sha256"] or len(content) != each["size"]:
            report.say(each["name"], "内容被改动：校验值或长度与清单不符")
        if link != each.get("chain"):
            report.say(MANIFEST, f"清单的校验链在“{each['name']}”处断开")
    if links[-1] != manifest.get("head"):
        report.say(MANIFEST, "清单的校验链末值不符")
    return manifest


# ── amounts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def part(amount: int, numerator: int, denominator: int, rounding: str) -> int:
    """A part of an amount, rounded half up or down, without a fraction in between."""
    if rounding == "HALF_UP":
        return (2 * amount * numerator + denominator) // (2 * denominator)
    return amount * numerator // denominator


def spread(total: int, weights: list[int]) -> list[int]:
    """A total over weights: pro rata, rounded down, what is missing to the largest remainders, the earlier row first."""
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(parts)), key=lambda place: (-(total * weights[place] % whole), place))
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return parts


def step_result(step: Json, steps: Json, klass: Json, figures: Json) -> Any:
    """The result of one step of a price; None for a kind of step this file does not know. `steps` are the earlier ones by code."""
    code, f = step["code"], step["figures"]
    standard, cost = figures.get(STANDARD_ROUNDING, "HALF_UP"), figures.get(COST_ROUNDING, "DOWN")
    if code == "hours_factor":
        return 0 if f["factor_bp"] is None else int(step["result_fen"])
    if code == "pilot_uplift":
        return part(f["amount_fen"], WHOLE_BP + f["uplift_bp"], WHOLE_BP, standard)
    if code == "by_standard":
        return part(f["amount_fen"], f["factor_bp"] * f["share_bp"], WHOLE_BP * WHOLE_BP, standard)
    if code in {"by_cost", "online_capped"}:
        by_cost = part(klass["eligible_cost_fen"], f["share_bp"], f["heads"] * WHOLE_BP, cost)
        return by_cost if code == "by_cost" else min(by_cost, f["cap_fen"])
    if code in {"standard_only", "cost_only"}:
        return int(f["by_standard_fen" if code == "standard_only" else "by_cost_fen"])
    if code == "lower_of":
        return min(f["by_standard_fen"], f["by_cost_fen"])
    if code == "hours_capped":
        rate = next(each["figures"]["rate_fen"] for each in klass["steps"] if each["code"] == "post_amount")
        return part(rate, f["paid_centihours"], CENTIHOURS, standard)
    if code == "post_amount":
        return int(steps["hours_capped"]["result_fen"]) + f["theory_fen"] + f["practical_fen"]
    if code == "person_year_cap":
        return min(f["by_cost_fen"], f["cap_fen"])
    if code == "hour_rate_capped":
        return min(part(f["rate_fen"], f["counted_centihours"], CENTIHOURS, standard), f["cap_fen"])
    if code == "app_standard":
        return figures.get(step["keys"][0])
    if code in {"app_months", "app_excused", "app_completed_only"}:
        return part(f["yearly_fen"], f["term"] * f.get("factor_bp", WHOLE_BP), MONTHS * WHOLE_BP, standard)
    return 0 if code in {"hour_rate_too_short", "app_not_completed"} else None


def check_numbers(step: Json, steps: Json, klass: Json, figures: Json, where: str, report: Report) -> None:
    """The numbers that a step takes from elsewhere: policy figures, the class, earlier steps."""
    f, code = step["figures"], step["code"]
    for key, name in zip(step["keys"], FIGURES_OF.get(code, ()), strict=False):
        if name is None or (name in MAY_BE_NOTHING and f[name] == 0):
            continue
        expected = figures.get(key)
        if name.endswith("_centihours") and isinstance(expected, int):
            expected *= CENTIHOURS
        report.same(where, f"政策参数 {key}", f[name], expected)
    if "yearly_fen" in f:
        report.same(where, "年度标准", f["yearly_fen"], steps["app_standard"]["result_fen"])
    if code == "hours_factor":
        check_hours(f, step, klass, figures, where, report)
    if "eligible_cost_fen" in f:
        report.same(where, "认定费用", f["eligible_cost_fen"], klass["eligible_cost_fen"])
    if code == "online_capped":
        computed = part(f["eligible_cost_fen"], f["share_bp"], f["heads"] * WHOLE_BP, figures.get(COST_ROUNDING, "DOWN"))
        report.same(where, "按费用计算", f["by_cost_fen"], computed)
    if code.startswith("hour_rate"):
        computed = part(f["rate_fen"], f["counted_centihours"], CENTIHOURS, figures.get(STANDARD_ROUNDING, "HALF_UP"))
        report.same(where, "按课时计算", f["by_hours_fen"], computed)
        enough = f["counted_centihours"] >= f["least_centihours"]
        report.same(where, "是否达到最低课时", code, "hour_rate_capped" if enough else "hour_rate_too_short")
    if code == "hours_capped":
        report.same(where, "补贴课时", f["paid_centihours"], min(f["counted_centihours"], f["most_centihours"]))
    if code == "post_amount":
        report.same(where, "补贴课时", f["paid_centihours"], steps["hours_capped"]["figures"]["paid_centihours"])
    if code in {"pilot_uplift", "by_standard"}:
        before = steps.get("pilot_uplift") if code == "by_standard" else None
        report.same(where, "标准补贴", f["amount_fen"], (before or steps["hours_factor"])["result_fen"])
    if code == "by_standard":
        report.same(where, "系数", f["factor_bp"], steps["hours_factor"]["figures"]["factor_bp"])
    if code in {"standard_only", "cost_only", "lower_of"}:
        before = steps.get("by_standard") or steps["post_amount"]
        report.same(where, "按标准计算", f["by_standard_fen"], before["result_fen"])
    if code in {"cost_only", "lower_of", "person_year_cap"}:
        report.same(where, "按费用计算", f["by_cost_fen"], steps["by_cost"]["result_fen"])


def check_hours(f: Json, step: Json, klass: Json, figures: Json, where: str, report: Report) -> None:
    """Full price at full hours, base price from the least share on, no price below it."""
    counted, full = f["counted_centihours"], f["standard_centihours"]
    if counted >= full:
        factor, base = WHOLE_BP, False
    elif counted * WHOLE_BP < full * f["minimum_bp"]:
        factor, base = None, True
    else:
        factor, base = figures.get(BASE_FACTOR, WHOLE_BP) if BASE_FACTOR in step["keys"] else WHOLE_BP, True
    report.same(where, "课时系数", f["factor_bp"], factor)
    report.same(where, "是否取基本价", f["base"], base)
    if counted > klass["delivered_centihours"]:
        report.say(where, "计入课时多于实际授课课时")


def check_class(klass: Json, record: Json, where: str, report: Report) -> None:
    """The price per head step by step, and the sum of a class."""
    figures = {each["key"]: each["value"] for each in klass["figures"]}
    steps: Json = {}
    for number, step in enumerate(klass["steps"], start=1):
        at = f"{where} 第 {number} 步"
        check_numbers(step, steps, klass, figures, at, report)
        result = step_result(step, steps, klass, figures)
        if result is None:
            report.say(at, f"不认识的计算步骤 {step['code']}，未能重算")
        else:
            report.same(at, "结果", step["result_fen"], result)
        steps[step["code"]] = step
    report.same(where, "人均补贴", klass["per_head_fen"], klass["steps"][-1]["result_fen"] if klass["steps"] else 0)
    paying = [each for each in record["lines"] if each["class_no"] == klass["class_no"] and each["outcome"] in {"PAY", "REDUCE"}]
    report.same(where, "可补人数", klass["payable_people"], len(paying))
    report.same(where, "测算合计", klass["computed_fen"], sum(each["computed_fen"] for each in paying))


def strongest(*findings: list[Json]) -> int:
    """The strongest effect of what was found."""
    return max((STRENGTH[each["effect"]] for found in findings for each in found), default=0)


def check_lines(record: Json, where: str, report: Report) -> None:
    """What each row comes to before the ceiling, and that its outcome is the strongest effect of what was found."""
    classes = {each["class_no"]: each for each in record["classes"]}
    for line in record["lines"]:
        at = f"{where} 第 {line['row']} 行"
        klass = classes.get(line["class_no"])
        if line["outcome"] == "CELL" or klass is None:
            report.same(at, "结果", line["outcome"], "CELL")
            report.same(at, "测算", line["computed_fen"], 0)
            report.same(at, "应发", line["payable_fen"], 0)
            continue
        effect = strongest(line["findings"], klass["findings"], record["findings"])
        named = next(name for name, strength in STRENGTH.items() if strength == effect)
        expected = named if effect >= HOLD else line["outcome"] if line["outcome"] in {"PAY", "REDUCE"} else "PAY"
        report.same(at, "结果", line["outcome"], expected)
        price = klass["per_head_fen"]
        if line["cap_left_fen"] is not None:
            price = min(price, line["cap_left_fen"])
            check_cap(line, klass, at, report)
        report.same(at, "测算", line["computed_fen"], price if effect <= HOLD else 0)
        if line["outcome"] not in {"PAY", "REDUCE"}:
            report.same(at, "应发", line["payable_fen"], 0)


def check_cap(line: Json, klass: Json, where: str, report: Report) -> None:
    """What is left of a yearly cap is never more than the cap."""
    caps = [each["figures"]["cap_fen"] for each in klass["steps"] if each["code"] == "person_year_cap"]
    if not caps or not 0 <= line["cap_left_fen"] <= caps[0]:
        report.say(where, "本人剩余额度超出年度上限")


def check_ceiling(record: Json, where: str, report: Report) -> None:
    """The ceiling with its steps, and the cut spread over the rows that pay."""
    ceiling = record["ceiling"]
    paying = [each for each in record["lines"] if each["outcome"] in {"PAY", "REDUCE"}]
    computed = sum(each["computed_fen"] for each in paying)
    at = f"{where} 补贴限额"
    report.same(at, "测算合计", ceiling["computed_fen"], computed)
    stage = stage_of(record)
    if stage is not None:
        check_stage(stage, record, paying, where, report)
        return
    payable: int | None = computed
    if ceiling["steps"]:
        payable = min(computed, check_left(ceiling, at, report))
    elif ceiling["payable_fen"] is None:
        payable = None
        report.same(at, "剩余限额", ceiling["left_fen"], None)
        report.same(at, "补贴限额", ceiling["ceiling_fen"], None)
    report.same(at, "应发合计", ceiling["payable_fen"], payable)
    report.same(at, "核减", ceiling["cut_fen"], None if payable is None else computed - payable)
    parts = spread(computed if payable is None else payable, [each["computed_fen"] for each in paying])
    for line, own in zip(paying, parts, strict=True):
        report.same(f"{where} 第 {line['row']} 行", "应发", line["payable_fen"], own)
        report.same(f"{where} 第 {line['row']} 行", "结果", line["outcome"], "PAY" if own == line["computed_fen"] else "REDUCE")


def stage_of(record: Json) -> Any:
    """The step that makes an advance or a settlement of an apprentice programme; None for a claim of training."""
    return next((each for each in record["ceiling"]["steps"] if each["code"] in {"app_advance", "app_settlement"}), None)


def stage_fen(stage: Json, fen: int) -> int:
    """What a stage pays of all that is planned or entitled; negative where more was advanced."""
    f = stage["figures"]
    return int(fen * f["share_bp"] // WHOLE_BP if stage["code"] == "app_advance" else fen - f["advance_fen"])


def check_stage(stage: Json, record: Json, paying: list[Json], where: str, report: Report) -> None:
    """Advance or settlement of a programme, and the share of each apprentice."""
    ceiling, at = record["ceiling"], f"{where} 学徒制"
    computed, f = sum(each["computed_fen"] for each in paying), stage["figures"]
    figures = {each["key"]: each["value"] for each in ceiling["figures"]}
    for key, name in zip(stage["keys"], FIGURES_OF.get(stage["code"], ()), strict=False):
        report.same(at, f"政策参数 {key}", f[str(name)], figures.get(key))
    result = stage_fen(stage, computed)
    report.same(at, "计划或应得合计", f["planned_fen" if stage["code"] == "app_advance" else "entitled_fen"], computed)
    report.same(at, "阶段结果", stage["result_fen"], result)
    report.same(at, "阶段结果", f.get("final_fen", result), result)
    for name in ("left_fen", "payable_fen"):
        report.same(at, "应发合计", ceiling[name], max(0, result))
    report.same(at, "核减", [ceiling["cut_fen"], ceiling["ceiling_fen"]], [0, None])
    for line, own in zip(paying, spread(max(0, result), [each["computed_fen"] for each in paying]), strict=True):
        report.same(f"{where} 第 {line['row']} 行", "应发", line["payable_fen"], own)
        report.same(f"{where} 第 {line['row']} 行", "结果", line["outcome"], "PAY")


def check_left(ceiling: Json, where: str, report: Report) -> int:
    """What is left of the ceiling, computed from surcharge, ratio, floor and what was paid before."""
    steps = {each["code"]: each for each in ceiling["steps"]}
    figures = {each["key"]: each["value"] for each in ceiling["figures"]}
    for step in ceiling["steps"]:
        for key, name in zip(step["keys"], FIGURES_OF.get(step["code"], ()), strict=False):
            report.same(where, f"政策参数 {key}", step["figures"][str(name)], figures.get(key))
    first, floor, last = (steps[each] for each in ("ceiling_by_surcharge", "ceiling_floor", "ceiling_left"))
    by_ratio: int = first["figures"]["surcharge_fen"] * first["figures"]["ratio_bp"] // WHOLE_BP
    report.same(where, "按比例计算的限额", first["result_fen"], by_ratio)
    whole: int = max(by_ratio, floor["figures"]["floor_fen"])
    report.same(where, "补贴限额", floor["result_fen"], whole)
    report.same(where, "补贴限额", last["figures"]["ceiling_fen"], whole)
    report.same(where, "补贴限额", ceiling["ceiling_fen"], whole)
    left: int = max(0, whole - last["figures"]["paid_fen"])
    report.same(where, "剩余限额", last["result_fen"], left)
    report.same(where, "剩余限额", ceiling["left_fen"], left)
    cut = max(0, ceiling["computed_fen"] - left)
    report.same(where, "是否核减", "ceiling_cut" in steps, cut > 0)
    if "ceiling_cut" in steps:
        step = steps["ceiling_cut"]
        report.same(where, "核减前", step["figures"]["computed_fen"], ceiling["computed_fen"])
        report.same(where, "核减", step["figures"]["cut_fen"], cut)
        report.same(where, "核减后", step["result_fen"], ceiling["computed_fen"] - cut)
    return left


# ── what was determined, paid, recovered ─────────────────────────────────────────────────────────────────────────────


def said_of(words: list[Json], day: str) -> tuple[Json, Json]:
    """The newest word on each row, and by row what words have cleared: facts proved, rules with an exception in force."""
    newest: Json = {}
    cleared: Json = {}
    for each in words:
        newest[each["row"]] = each["word"]
        proved, excepted = cleared.setdefault(each["row"], (set(), set()))
        if each["word"] == "evidence":
            proved.add(each["rule"])
        elif each["word"] == "override":
            if each["expires_on"] is not None and day <= each["expires_on"]:
                excepted.add(each["rule"])
        else:
            proved.clear()
            excepted.clear()
    return newest, {row: each for row, each in cleared.items() if each[0] or each[1]}


def additions(record: Json, newest: Json, cleared: Json) -> list[tuple[Json, int]]:
    """Rows that words add, each at most its own price, together at most what is left of the ceiling; nobody twice."""
    ceiling = record["ceiling"]
    if ceiling["payable_fen"] is None:
        return []
    left = None if ceiling["left_fen"] is None or stage_of(record) else ceiling["left_fen"] - ceiling["payable_fen"]
    paid = {each["person"] for each in record["lines"] if each["payable_fen"] > 0}
    above = {each["class_no"]: [*each["findings"], *record["findings"]] for each in record["classes"]}
    added = []
    for line in record["lines"]:
        if line["row"] not in cleared or line["outcome"] != "HOLD" or not line["person"] or line["person"] in paid:
            continue
        proved, excepted = cleared[line["row"]]
        holding = [each for each in [*line["findings"], *above.get(line["class_no"], [])] if each["effect"] == "HOLD"]
        if newest[line["row"]] in {"refuse", "hold"} or any(
            each["rule"] not in (proved if each["answer"] == "unknown" else excepted) for each in holding
        ):
            continue
        fen = line["computed_fen"] if left is None else min(line["computed_fen"], left)
        if fen > 0:
            added.append((line, fen))
            paid.add(line["person"])
            left = None if left is None else left - fen
    return added


def check_determination(told: Json, record: Json, report: Report) -> None:
    """Rows and amounts of the determination from the record and the words on its rows."""
    where, stage = "determination.json", stage_of(record)
    newest, cleared = said_of(told["words"], told["day"])
    added = additions(record, newest, cleared)
    streams = {each["class_no"]: each["stream"] for each in record["classes"]}
    amount = "payable_fen" if stage is None else "computed_fen"
    plain = [
        (each, each[amount])
        for each in record["lines"]
        if newest.get(each["row"]) not in {"refuse", "hold"} and each["outcome"] in {"PAY", "REDUCE"} and each[amount] > 0
    ]
    by_stream: Json = {}
    for line, fen in [*plain, *added]:
        stream = streams[line["class_no"]]
        by_stream[stream] = by_stream.get(stream, 0) + fen
    of_added, back = sum(fen for _line, fen in added), 0
    if stage is not None:
        kept = sum(fen for _line, fen in plain)
        fen = max(0, stage_fen(stage, kept + of_added))
        back = max(0, stage["figures"]["advance_fen"] - kept - of_added) if stage["code"] == "app_settlement" else 0
        of_added = fen - max(0, stage_fen(stage, kept))
        by_stream = {APPRENTICES: fen} if fen else {}
    report.same(where, "发放的行", told["rows"], sorted(line["row"] for line, _fen in [*plain, *added]))
    for word, name in (("refuse", "refused"), ("hold", "held")):
        rows = [each["row"] for each in record["lines"] if newest.get(each["row"]) == word]
        report.same(where, "剔除的行" if word == "refuse" else "暂缓的行", told[name], rows)
    report.same(where, "意见增补的行", told["added"], [line["row"] for line, _fen in added])
    report.same(where, "意见增补的金额", told["fen_of_added"], of_added)
    report.same(where, "应退回的预拨", told["clawback_fen"], back)
    report.same(where, "审定金额", told["fen"], sum(by_stream.values()))
    for stream in sorted({*by_stream, *told["fen_by_stream"]}):
        report.same(where, f"{stream}审定金额", told["fen_by_stream"].get(stream), by_stream.get(stream))


def check_decision(told: Json, trail: list[Json], report: Report) -> None:
    """What was decided last as the trail tells it: act, rows and amounts."""
    where = "determination.json"
    decisions = [each for each in trail if each["event"] in DECISIONS]
    newest = decisions[-1] if decisions else None
    act = "" if newest is None else newest["event"].rpartition(":")[2]
    if (told["decided"] or act == DETERMINE) and told["act"] != act:
        report.say(where, "审定或不予补贴的决定与操作留痕所载的不符")
    if newest is None or act != DETERMINE:
        return
    for field, name in DETERMINED.items():
        if field in newest["detail"]:
            report.same(where, f"操作留痕所载的 {field}", told[name], newest["detail"][field])


def check_payments(paid: Json, told: Json | None, report: Report) -> None:
    """What is to be paid is what was determined; payments and recoveries add up."""
    live = [each for each in paid["payables"] if each["state"] != "released"]
    for each in paid["payables"]:
        where = f"payments.json {each['subject']}"
        report.same(where, "各类别合计", each["fen"], sum(part["fen"] for part in each["parts"]))
        item = each["item"]
        if item is not None and item["state"] in {"pending", "paid"}:
            report.same(where, "支付金额与抵扣之和", item["fen"] + item["netted_fen"], sum(one["fen"] for one in item["payables"]))
            own = [one["fen"] for one in item["payables"] if one["subject"] == each["subject"]]
            report.same(where, "本笔在支付中的金额", own[0] if own else None, each["fen"])
            if item["state"] == "paid":
                report.same(where, "抵扣合计", item["netted_fen"], sum(one["fen"] for one in item["netted"]))
    if live and told is not None:
        # Lines that were held stand in payables of their own: all together are what was determined.
        due: dict[str, int] = {}
        for part in (part for each in live for part in each["parts"]):
            due[part["stream"]] = due.get(part["stream"], 0) + part["fen"]
        for stream in sorted({*due, *told["fen_by_stream"]}):
            report.same("payments.json", f"{stream}应付金额", due.get(stream, 0), told["fen_by_stream"].get(stream, 0))
        report.same("payments.json", "应付金额", sum(each["fen"] for each in live), told["fen"])
    for each in paid["notices"]:
        if each["counts"] and told is not None:
            report.same(f"payments.json {each['number']}", "公示金额", each["fen"], told["fen"])
    for each in paid["recoveries"]:
        where = f"payments.json {each['number']}"
        report.same(where, "已追回金额", each["settled_fen"], sum(one["fen"] for one in each["receipts"]))
        subjects = {one["subject"]: one["fen"] for one in paid["payables"]}
        if not 0 < each["fen"] <= subjects.get(each["subject"], 0) or each["settled_fen"] > each["fen"]:
            report.say(where, "追回金额超出所付金额，或已追回金额超出应追回金额")


def check_costs(costs: list[Json], record: Json, where: str, report: Report) -> None:
    """The vouchers of each class add up to the cost that counts and the cost that does not."""
    for klass in record["classes"]:
        own = [each for each in costs if each["class_no"] == klass["class_no"]]
        at = f"{where} 班级 {klass['class_no']}"
        report.same(at, "认定费用", klass["eligible_cost_fen"], sum(each["recognised_fen"] or 0 for each in own))
        refused = sum((each["amount_fen"] or 0) - (each["recognised_fen"] or 0) for each in own)
        report.same(at, "不予认定费用", klass["refused_cost_fen"], refused)
    for each in costs:
        if each["recognised_fen"] not in {None, 0, each["amount_fen"]}:
            report.say(f"costs.json 第 {each['row']} 行", "认定金额既不是零也不是票面金额")


def check_doubts(told: Json, record: Json, report: Report) -> None:
    """The amount of a doubt is what its rows, its class or the claim are to be paid."""
    for each in told["doubts"]:
        lines = record["lines"]
        fen: int | None = None
        if each["basis"] == "rows":
            fen = sum(line["payable_fen"] for line in lines if line["row"] in each["rows"])
        elif each["basis"] == "class":
            fen = sum(line["payable_fen"] for line in lines if line["class_no"] == each["class_no"])
        elif each["basis"] == "claim":
            fen = record["ceiling"]["payable_fen"] or 0
        report.same(f"doubts.json {each['check']}", "涉及金额", each["amount_fen"], fen)


def check_trail(claim: Json, paid: Json, report: Report) -> None:
    """Each row of the trail by its own hash, neighbours by their chain, the last one by the signed head; recoveries by their rows."""
    rows = claim["trail"]
    subjects = {claim["claim_number"], *(each["number"] for each in paid["recoveries"])}
    proposed = {each["subject"]: each["detail"].get("fen") for each in rows if each["event"] == "fund:recovery:proposed"}
    for each in paid["recoveries"]:
        report.same(f"payments.json {each['number']}", "应追回金额", each["fen"], proposed.get(each["number"]))
    for place, row in enumerate(rows):
        where = f"claim.json 留痕第 {row['number']} 行"
        content = {field: row[field] for field in ("number", "at", "actor", "event", "subject")}
        content |= {"detail": sorted_deep(row["detail"]), "previous_hash": row["previous_hash"]}
        spelled = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        if sha256(spelled) != row["hash"] or row["subject"] not in subjects:
            report.say(where, "留痕被改动：重新计算的摘要与所载的不符")
        before = rows[place - 1] if place else row
        if before["number"] + 1 == row["number"] and before["hash"] != row["previous_hash"]:
            report.say(where, "与前一行不能相接")
        if row["number"] == claim["trail_head"]["number"] and row["hash"] != claim["trail_head"]["hash"]:
            report.say(where, "与留痕末行不符")


def sorted_deep(content: Any) -> Any:
    """Objects with their keys in order, however deep."""
    if isinstance(content, dict):
        return {key: sorted_deep(content[key]) for key in sorted(content)}
    return [sorted_deep(each) for each in content] if isinstance(content, list) else content


def check_contents(files: dict[str, bytes], manifest: Json, report: Report) -> None:
    """Every record by its own digest and its arithmetic, then what rests on them."""
    claim, told, paid = (json.loads(files[each]) for each in ("claim.json", "determination.json", "payments.json"))
    costs, doubts = json.loads(files["costs.json"]), json.loads(files["doubts.json"])
    for name in ("file_number", "claim_number", "made_at", "made_by"):
        report.same("claim.json", name, claim[name], manifest[name])
    check_trail(claim, paid, report)
    records: Json = {}
    assessed = [each["detail"] for each in claim["trail"] if each["event"] == "subsidy:claim:assessed"]
    by_trail = {each.get("place"): each.get("sha256") for each in assessed}
    for head in claim["records"]:
        where = f"records/{head['place']:03d}.json"
        record = records[head["place"]] = json.loads(files[where])
        if not head["sha256"] == sha256(files[where]) == by_trail.get(head["place"], head["sha256"]):
            report.say(where, "核验记录的校验值与登记或操作留痕所载的不符，记录被改动")
        report.same("claim.json", f"第 {head['place']} 次核验的应发", head["payable_fen"], record["ceiling"]["payable_fen"])
        for klass in record["classes"]:
            check_class(klass, record, f"{where} 班级 {klass['class_no']}", report)
        check_lines(record, where, report)
        check_ceiling(record, where, report)
        check_costs(costs, record, where, report)
    check_decision(told, claim["trail"], report)
    if told["decided"]:
        record = records[told["place"]]
        if told["record_sha256"] != sha256(files[f"records/{told['place']:03d}.json"]):
            report.say("determination.json", "审定所依据的核验记录校验值不符")
        check_determination(told, record, report)
    check_payments(paid, told if told["decided"] else None, report)
    check_doubts(doubts, records[doubts["place"]], report)


def verify(content: bytes) -> tuple[Report, Json | None]:
    """Everything about one dossier."""
    report = Report()
    files = read_archive(content, report)
    manifest = check_hashes(files, report)
    if manifest is not None:
        try:
            check_contents(files, manifest, report)
        except (ArithmeticError, AttributeError, KeyError, LookupError, StopIteration, TypeError, ValueError):
            report.say("内容", "缺少应有的栏目或写法无法识别，未能重算")
    return report, manifest


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="验证一份案卷：逐个文件核对校验值，逐笔重算金额。")
    parser.add_argument("dossier", type=Path, help="案卷压缩包（.zip）")
    parser.add_argument("--code", help="操作留痕或页面上载明的案卷校验码，如 ABCD-EF01-2345-6789")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")
    asked = parser.parse_args()
    report, manifest = verify(asked.dossier.read_bytes())
    code = "" if manifest is None or not isinstance(manifest.get("head"), str) else code_of(manifest["head"])
    if asked.code is not None and asked.code.strip().upper() != code:
        report.say(MANIFEST, f"案卷校验码为 {code or '无'}，与所给的 {asked.code} 不符：这不是登记的那份案卷")
    if asked.json:
        print(json.dumps({"whole": not report.differences, "code": code, "hashes": report.hashes, "amounts": report.amounts,
                          "differences": report.differences}, ensure_ascii=False))  # fmt: skip
    elif report.differences:
        print(f"有误：{len(report.differences)} 处。")
        for where, sentence in report.differences:
            print(f"  {where}：{sentence}")
    else:
        print(f"完好：{report.hashes} 个文件的校验值和 {report.amounts} 项金额、结论全部相符。案卷校验码 {code}。")
        print("请与操作留痕“生成案卷”一行所载的校验码核对，以确认这就是登记的那份案卷。")
    return DIFFERENT if report.differences else 0


if __name__ == "__main__":
    sys.exit(main())
