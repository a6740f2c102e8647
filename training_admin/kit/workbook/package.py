"""The zip of a workbook, guarded: what it is, how much it unpacks to, and parts that have no place in a claim."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from training_admin.kit.workbook.limits import (
    LIMITS,
    SAVE_AS,
    DamagedWorkbook,
    DoctypeInWorkbook,
    EncryptedWorkbook,
    Limits,
    MacroWorkbook,
    NotAWorkbook,
    OldWorkbook,
    TextTable,
    TooLargeWorkbook,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
ZIP = b"PK\x03\x04"
CHUNK = 256 * 1024
PEEK = 4096
TEXT_MARKS = (b"\xff\xfe", b"\xfe\xff")
END_OF_ZIP = b"PK\x05\x06"
_END = struct.Struct("<4s4H2LH")
LONGEST_END = _END.size + 0xFFFF
DOCTYPES = tuple(text.encode(encoding) for text in ("<!DOCTYPE", "<!ENTITY") for encoding in ("ascii", "utf-16-le", "utf-16-be"))
CONTENT_TYPES = "[Content_Types].xml"
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


class Package:
    """A guarded workbook package; parts are read in chunks, never past the size they declare."""

    def __init__(self, content: bytes, limits: Limits = LIMITS) -> None:
        """Open a package; raises the refusals of `limits` naming the part."""
        if len(content) > limits.file_bytes:
            raise TooLargeWorkbook(f"文件超过 {limits.file_bytes // 1024 // 1024} MB，请拆分后分别上传。")
        _refuse_other_kinds(content)
        _refuse_long_directory(content, limits)
        self.limits = limits
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except BROKEN:
            raise _damaged("文件") from None
        self._parts = self._guarded_parts()
        self._refuse_macros_and_doctypes()

    def names(self) -> list[str]:
        """Names of all parts in the order of the zip."""
        return list(self._parts)

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def size_of(self, name: str) -> int:
        """How many bytes a part declares to unpack to; it is never read further. 0 when there is no such part."""
        info = self._parts.get(name)
        return 0 if info is None else info.file_size

    def chunks(self, name: str) -> Iterator[bytes]:
        """A part piece by piece; raises DamagedWorkbook naming it, also when it is shorter than it claims."""
        info = self._parts.get(name)
        if info is None:
            raise _damaged(name)
        try:
            with self._zip.open(info) as stream:
                left = info.file_size
                while chunk := stream.read(CHUNK):
                    left -= len(chunk)
                    yield chunk
        except BROKEN:
            raise _damaged(name) from None
        if left:
            raise _damaged(name)

    def read(self, name: str) -> bytes:
        """A whole part."""
        return b"".join(self.chunks(name))

    def _guarded_parts(self) -> dict[str, zipfile.ZipInfo]:
        limits, parts, total = self.limits, {}, 0
        infos = self._zip.infolist()
        if len(infos) > limits.parts:
            raise TooLargeWorkbook(f"文件包含的部件超过 {limits.parts} 个。{SAVE_AS}", part="zip 目录")
        for info in infos:
            name = info.filename
            if name in parts or name.startswith(("/", "\\")) or ".." in name.split("/"):
                raise _damaged(name)
            if info.flag_bits & 1:
                raise EncryptedWorkbook("文件设有密码，请取消密码后重新上传。", part=name)
            total += info.file_size
            bomb = info.file_size > limits.ratio_from_bytes and info.file_size > limits.ratio * max(info.compress_size, 1)
            if info.file_size > limits.part_bytes or total > limits.total_bytes or bomb:
                raise TooLargeWorkbook(f"部件“{name}”解压后过大，疑似异常文件。{SAVE_AS}", part=name)
            parts[name] = info
        return parts

    def _refuse_macros_and_doctypes(self) -> None:
        if CONTENT_TYPES not in self._parts:
            raise NotAWorkbook(f"文件不是 Excel 工作簿。{SAVE_AS}")
        for name in self._parts:
            lowered = name.lower()
            if lowered.endswith(("vbaproject.bin", "vbadata.xml")) or "/macrosheets/" in lowered:
                raise MacroWorkbook(f"文件含有宏（部件“{name}”），请另存为不含宏的 .xlsx 文件后上传。", part=name)
            if lowered.endswith((".xml", ".rels", ".vml")):
                self._refuse_doctype(name)
        if b"macroEnabled" in self.read(CONTENT_TYPES):
            raise MacroWorkbook("文件类型为启用宏的工作簿，请另存为不含宏的 .xlsx 文件后上传。", part=CONTENT_TYPES)
        if "xl/workbook.xml" not in self._parts and not any(name.endswith("workbook.xml") for name in self._parts):
            raise NotAWorkbook(f"文件不是 .xlsx 工作簿（可能是 .xlsb 或其他格式）。{SAVE_AS}")

    def _refuse_doctype(self, name: str) -> None:
        try:
            with self._zip.open(self._parts[name]) as stream:
                head = stream.read(PEEK)
        except BROKEN:
            raise _damaged(name) from None
        if any(mark in head for mark in DOCTYPES):
            raise DoctypeInWorkbook(f"部件“{name}”含有不允许的文档类型声明，疑似异常文件。{SAVE_AS}", part=name)


def _refuse_other_kinds(content: bytes) -> None:
    if not content:
        raise NotAWorkbook("文件是空的，请选择填好的工作簿后重新上传。")
    if content.startswith(OLE):
        if ENCRYPTED in content:
            raise EncryptedWorkbook("文件设有密码，请取消密码后重新上传。")
        raise OldWorkbook(f"文件是旧格式（.xls 或 .et）。{SAVE_AS}")
    if content.startswith(ZIP):
        return
    if b"\0" not in content[:PEEK] or content.startswith(TEXT_MARKS):
        raise TextTable("文件是文本（如 .csv），不是 Excel 工作簿。请在本系统下载模板填写后上传。")
    raise NotAWorkbook(f"文件不是 Excel 工作簿。{SAVE_AS}")


def _refuse_long_directory(content: bytes, limits: Limits) -> None:
    """The list of parts is measured before it is read: a million entries would already cost seconds."""
    place = content.rfind(END_OF_ZIP, max(0, len(content) - LONGEST_END))
    if place < 0 or place + _END.size > len(content):
        raise _damaged("文件")
    _, _, _, _, entries, size, _, _ = _END.unpack_from(content, place)
    if entries > limits.parts or size > limits.directory_bytes:
        raise TooLargeWorkbook(f"文件包含的部件超过 {limits.parts} 个。{SAVE_AS}", part="zip 目录")


def _damaged(name: str) -> DamagedWorkbook:
    return DamagedWorkbook(f"“{name}”已损坏，无法读取。请重新打开原文件并另存后再上传。", part=name)
