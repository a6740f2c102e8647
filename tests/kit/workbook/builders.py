"""Workbooks as attackers and strange programs write them, made byte by byte."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
import openpyxl

SAMPLES = Path(__file__).parent.parent.parent / "data"
ROSTER_PART = "xl/worksheets/sheet3.xml"
MEGABYTE = 1024 * 1024
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def sample(letter: str = "A") -> bytes:
    """A sample claim."""
    return (SAMPLES / f"claim_{letter}.xlsx").read_bytes()


def parts_of(content: bytes) -> dict[str, bytes]:
    """All parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes], *, level: int = 6) -> bytes:
    """A workbook of parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED if level else zipfile.ZIP_STORED, compresslevel=level or None) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def changed(changes: Mapping[str, bytes | None], *, level: int = 6) -> bytes:
    """Sample claim A with parts replaced, added or taken out."""
    parts: dict[str, bytes | None] = {**parts_of(sample()), **changes}
    return packed({name: part for name, part in parts.items() if part is not None}, level=level)


class Entry(msgspec.Struct, frozen=True):
    """One raw entry of a zip: what is stored, and what its headers claim."""

    name: str
    deflated: bytes
    inflated_bytes: int
    crc: int
    flags: int = 0
    method: int = 8


def entry(name: str, part: bytes) -> Entry:
    """An honest entry."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return Entry(name, packer.compress(part) + packer.flush(), len(part), zlib.crc32(part))


def raw_zip(entries: Iterable[Entry]) -> bytes:
    """A zip of raw entries."""
    body, directory = io.BytesIO(), io.BytesIO()
    count = 0
    for each in entries:
        name = each.name.encode()
        offset = body.tell()
        sizes = (each.crc, len(each.deflated), each.inflated_bytes, len(name), 0)
        body.write(struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, each.flags, each.method, 0, 33, *sizes))
        body.write(name + each.deflated)
        directory.write(struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, each.flags, each.method, 0, 33, *sizes, 0, 0, 0, 0, offset))
        directory.write(name)
        count += 1
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, directory.tell(), body.tell(), 0)
    return body.getvalue() + directory.getvalue() + end


def zeros(megabytes: int) -> tuple[bytes, int, int]:
    """Zeros deflated block by block: stored bytes, length, checksum."""
    block = bytes(MEGABYTE)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    last = packer.compress(b"") + packer.flush()
    crc = 0
    for _ in range(megabytes):
        crc = zlib.crc32(block, crc)
    return first * megabytes + last, megabytes * MEGABYTE, crc


def with_raw(name: str, deflated: bytes, inflated_bytes: int, crc: int) -> bytes:
    """Sample claim A with one part as a raw entry."""
    honest = [entry(each, part) for each, part in parts_of(sample()).items() if each != name]
    return raw_zip([*honest, Entry(name, deflated, inflated_bytes, crc)])


def bomb(megabytes: int = 1024, *, claimed: int | None = None) -> bytes:
    """A roster of zeros; `claimed` forges the size in the headers."""
    deflated, length, crc = zeros(megabytes)
    return with_raw(ROSTER_PART, deflated, length if claimed is None else claimed, crc)


def nested_bomb() -> bytes:
    """A bomb inside a bomb: the deflated zeros deflated again, as a part that looks like a picture."""
    deflated, length, _crc = zeros(1024)
    inner = struct.pack("<L", length) + deflated
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    outer = packer.compress(inner) + packer.flush()
    return with_raw("xl/media/image1.zip", outer, len(inner) * 400, zlib.crc32(inner))


def roster(sheet_data: bytes, *, before: bytes = b"", after: bytes = b"") -> bytes:
    """A roster part with its own rows."""
    head = b'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="' + MAIN.encode() + b'">'
    return head + before + b"<sheetData>" + sheet_data + b"</sheetData>" + after + b"</worksheet>"


def inline(address: str, text: str) -> str:
    """A cell with its text inside."""
    return f'<c r="{address}" t="inlineStr"><is><t>{text}</t></is></c>'


def roster_rows(count: int) -> bytes:
    """A roster with many identical people."""
    headers = ("序号", "班级编号", "姓名", "证件类型", "证件号码", "人员类别", "劳动合同起始", "出勤课时", "考核结果")
    values = ("1", "SY2026-A01", "张三", "居民身份证", "310100200011020037", "在职职工", "2020-01-01", "110", "合格")
    head = "".join(inline(f"{'ABCDEFGHI'[place]}1", text) for place, text in enumerate(headers))
    rows = (
        f'<row r="{row}">' + "".join(inline(f"{'ABCDEFGHI'[place]}{row}", text) for place, text in enumerate(values)) + "</row>"
        for row in range(2, count + 2)
    )
    return roster((f'<row r="1">{head}</row>' + "".join(rows)).encode())


def with_roster(part: bytes, **kwargs: int) -> bytes:
    """Sample claim A with another roster part."""
    return changed({ROSTER_PART: part}, **kwargs)


def ole(stream: str) -> bytes:
    """The beginning of a compound file that names a stream: encrypted workbooks and .xls files are such files."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le") + bytes(4096)


def written_by_openpyxl(rows: Iterable[Iterable[object]]) -> bytes:
    """A workbook with one sheet, shared strings."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
