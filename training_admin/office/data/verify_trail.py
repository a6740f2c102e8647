"""Stand-alone verifier of an exported trail: Python's standard library only, nothing of the system that wrote the file.

    python3 verify_trail.py trail.jsonl [--head NUMBER:HASH] [--public-key KEY] [--code CODE] [--json]

Every line but the last is a row; its hash is SHA-256 over the canonical JSON (keys in the order below, no spaces, UTF-8, keys of `detail`
sorted) of the row without its own hash, and contains the hash of the row before. The last line is the head, signed with Ed25519.
Exit status 0: whole. 2: not, and the first row concerned is named.
"""

# ruff: noqa: INP001 - it is data of the package, handed out as a file of its own
from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

Json = dict[str, Any]
Point = tuple[int, int, int, int]
# If the first of two rows was changed; if the second was; the hash of the second.
Suspect = tuple[int, int, str]
GENESIS = "0" * 64
FIELDS = ("number", "at", "actor", "event", "subject", "detail", "previous_hash")
HEAD_FIELDS = {"number", "hash", "at", "kept", "public_key", "signature"}
DOMAIN = b"training-admin/trail-head/1\n"
ROWS_NAME = "trail.jsonl"
LONGEST_LINE = 1024 * 1024
BROKEN = 2
NEIGHBOURS = 50
KEY_BYTES = 32

# Ed25519 after RFC 8032: the field, the order of the group, the curve's constant.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


class Broken(Exception):
    """The trail is not whole; `row` is the first one concerned, 0 when it is not about a row."""

    def __init__(self, row: int, sentence: str) -> None:
        super().__init__(sentence)
        self.row = row


def canonical(content: Any) -> bytes:
    """JSON as it was hashed."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def sorted_deep(content: Any) -> Any:
    """Objects with their keys in order, however deep."""
    if isinstance(content, dict):
        return {key: sorted_deep(content[key]) for key in sorted(content)}
    return [sorted_deep(each) for each in content] if isinstance(content, list) else content


def hash_of(row: Json, number: int | None = None) -> str:
    """The hash of a row computed again, with `number` as if it stood elsewhere."""
    content = {field: row[field] for field in FIELDS}
    if number is not None:
        content["number"] = number
    try:
        content["detail"] = sorted_deep(content["detail"])
        return hashlib.sha256(canonical(content)).hexdigest()
    except (ValueError, RecursionError):  # nothing that was ever hashed
        return ""


def no_twins(pairs: list[tuple[str, Any]]) -> Json:
    """An object in which no key comes twice."""
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("twice")
    return content


def read_line(line: bytes, place: int) -> Json:
    """One line as an object; raises Broken."""
    try:
        content = json.loads(line, object_pairs_hook=no_twins)
    except (ValueError, RecursionError):
        raise Broken(place, f"第 {place} 行不是可识别的内容。") from None
    if not isinstance(content, dict):
        raise Broken(place, f"第 {place} 行不是可识别的内容。")
    return content


def verify(lines: Iterable[bytes], printed: Iterable[tuple[int, str]]) -> tuple[int, str, Any]:
    """Follow the rows; returns number and hash of the last one, and the head line. Raises Broken."""
    number, digest, open_heads = 0, GENESIS, dict(printed)
    head: Any = None
    suspect: Suspect | None = None
    for place, line in enumerate(lines, start=1):
        if head is not None:
            raise Broken(place - 1, f"末行之后还有内容（第 {place - 1} 行之后）。")
        content = read_line(line, place)
        if set(content) == {"head"}:
            head = content["head"]
            break_if_led_past(suspect, head.get("hash") if isinstance(head, dict) else None)
            continue
        if set(content) != {*FIELDS, "hash"}:
            raise Broken(place, f"第 {place} 行的栏目不对。")
        break_if_led_past(suspect, content["previous_hash"])
        suspect = fault_of(content, number, digest)
        number, digest = number + 1, content["hash"]
        if number in open_heads and open_heads.pop(number) != digest:
            raise Broken(number, f"第 {number} 行与打印的末行摘要不符。")
    if suspect is not None:
        raise Broken(suspect[0], f"第 {suspect[0]} 行被改动。")
    if head is None:
        raise Broken(number + 1, f"第 {number + 1} 行起缺失：没有签名的末行，文件被截断。")
    if open_heads:
        raise Broken(number + 1, f"第 {number + 1} 行起缺失：打印的末行为第 {max(open_heads)} 行。")
    return number, digest, head


def fault_of(row: Json, number: int, digest: str) -> Suspect | None:
    """Raises Broken for a row that was changed or moved; a row that fits itself but not the one before it is returned as a suspect."""
    expected = number + 1
    if row["number"] != expected:
        if isinstance(row["number"], int) and row["number"] > expected:
            raise Broken(expected, f"第 {expected} 行缺失。")
        raise Broken(expected, f"第 {expected} 行的编号不对：被插入、重复或调换。")
    if hash_of(row) != row["hash"]:
        for original in range(expected - 1, max(0, expected - NEIGHBOURS), -1):
            if hash_of(row, original) == row["hash"]:
                raise Broken(original, f"第 {original} 行是插入的：现在的第 {expected} 行原为第 {original} 行。")
        raise Broken(expected, f"第 {expected} 行的内容被改动：重新计算的摘要与所载的不符。")
    if row["previous_hash"] != digest:
        return (max(expected - 1, 1), expected, row["hash"])
    return None


def break_if_led_past(suspect: Suspect | None, previous_hash: Any) -> None:
    """Two rows that do not fit each other: if what follows leads to the second, the first was changed, otherwise the second."""
    if suspect is not None:
        row = suspect[0] if previous_hash == suspect[2] else suspect[1]
        raise Broken(row, f"第 {row} 行被改动：前后两行的摘要接不上。")


def check_head(head: Any, number: int, digest: str, *, public_key: str | None, code: str | None) -> None:
    """The head names the last row and is signed; raises Broken."""
    if not isinstance(head, dict) or set(head) != HEAD_FIELDS:
        raise Broken(0, "签名的末行无法识别。")
    if not isinstance(head["number"], int) or head["number"] > number:
        raise Broken(number + 1, f"第 {number + 1} 行起缺失：末行为第 {head['number']} 行。")
    if head["number"] < number:
        raise Broken(head["number"] + 1, f"第 {head['number'] + 1} 行不在签名的末行之内：是添加的。")
    if head["hash"] != digest:
        raise Broken(number, f"第 {number} 行与签名的末行不符。")
    if public_key is not None and head["public_key"] != public_key.lower():
        raise Broken(0, "末行的公钥与给出的公钥不同：不是同一套系统签名的。")
    message = DOMAIN + canonical({field: head[field] for field in ("number", "hash", "at", "kept")})
    if not signature_holds(head["public_key"], head["signature"], message):
        raise Broken(0, "末行的签名不成立。")
    if code is not None and re.sub("[^0-9A-F]", "", code.upper()) != check_code(head["signature"]).replace("-", ""):
        raise Broken(0, "末行的签名校验码与给出的不同。")


def check_code(signature: str) -> str:
    """The check code printed for a signature."""
    code = hashlib.sha256(signature.encode()).hexdigest()[:16].upper()
    return "-".join(code[place : place + 4] for place in range(0, 16, 4))


def add_points(first: Point, second: Point) -> Point:
    """Sum of two points in extended coordinates."""
    a, b = (first[1] - first[0]) * (second[1] - second[0]) % P, (first[1] + first[0]) * (second[1] + second[0]) % P
    c, d = 2 * first[3] * second[3] * D % P, 2 * first[2] * second[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(scalar: int, point: Point) -> Point:
    """A point added to itself many times."""
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = add_points(total, point)
        point, scalar = add_points(point, point), scalar >> 1
    return total


def point_of(octets: bytes) -> Point:
    """The point that 32 bytes stand for; raises ValueError when there is none."""
    y = int.from_bytes(octets, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or y >= P or (x == 0 and sign):
        raise ValueError("no point")
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signature_holds(public_key: Any, signature: Any, message: bytes) -> bool:
    """Whether an Ed25519 signature is that of the key over the message."""
    try:
        key, signed = bytes.fromhex(public_key), bytes.fromhex(signature)
        if len(key) != KEY_BYTES or len(signed) != 2 * KEY_BYTES:
            return False
        point, commitment, scalar = point_of(key), point_of(signed[:32]), int.from_bytes(signed[32:], "little")
    except (TypeError, ValueError):
        return False
    challenge = int.from_bytes(hashlib.sha512(signed[:32] + key + message).digest(), "little") % L
    left, right = times(scalar, BASE), add_points(commitment, times(challenge, point))
    same = (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0
    return scalar < L and same


def lines_of(path: str) -> Iterator[bytes]:
    """The lines of a .jsonl, or of the one inside a .zip; a line too long to be one of ours ends the reading."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as package, package.open(ROWS_NAME) as rows:
            yield from bounded(rows)
    else:
        with Path(path).open("rb") as rows:
            yield from bounded(rows)


def bounded(rows: IO[bytes]) -> Iterator[bytes]:
    """Lines of a bounded length."""
    place = 0
    while line := rows.readline(LONGEST_LINE):
        place += 1
        if not line.endswith(b"\n"):
            raise Broken(place, f"第 {place} 行没有写完：文件被截断。")
        yield line


def printed_head(text: str) -> tuple[int, str]:
    """A head as it stands on paper: NUMBER:HASH."""
    found = re.fullmatch(r"\s*(\d{1,18})[:：]([0-9a-fA-F]{64})\s*", text)
    if found is None:
        raise argparse.ArgumentTypeError("应为 行号:摘要，摘要为 64 位十六进制字符")
    return int(found[1]), found[2].lower()


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify one file and tell."""
    parser = argparse.ArgumentParser(description="独立验证导出的操作留痕（trail.jsonl 或 .zip）。")
    parser.add_argument("file", help="导出文件")
    parser.add_argument("--head", type=printed_head, action="append", default=[], metavar="行号:摘要", help="打印的末行，可重复")
    parser.add_argument("--public-key", help="打印的验签公钥（64 位十六进制）")
    parser.add_argument("--code", help="导出时给出的签名校验码")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")
    chosen = parser.parse_args(arguments)
    told: Json = {"whole": True, "rows": 0, "row": None, "sentence": "", "code": None}
    try:
        number, digest, head = verify(lines_of(chosen.file), chosen.head)
        check_head(head, number, digest, public_key=chosen.public_key, code=chosen.code)
        told["rows"], told["code"] = number, check_code(head["signature"])
        told["sentence"] = f"完好：共 {number} 行，末行摘要 {digest}，签名成立（校验码 {told['code']}，公钥 {head['public_key']}）。"
        if chosen.public_key is None:
            told["sentence"] += "没有给出公钥：请与审计工作簿上打印的公钥核对。"
    except Broken as fault:
        told.update(whole=False, row=fault.row or None, sentence=str(fault))
    except (OSError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as fault:
        told.update(whole=False, sentence=f"文件无法读取（{type(fault).__name__}）。")
    sys.stdout.write((json.dumps(told, ensure_ascii=False) if chosen.json else told["sentence"]) + "\n")
    return 0 if told["whole"] else BROKEN


if __name__ == "__main__":
    sys.exit(main())
