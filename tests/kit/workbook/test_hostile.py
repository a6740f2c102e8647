import asyncio
import functools
import random
import re
from collections.abc import Callable
from datetime import date

import pytest

from tests.kit.workbook.builders import (
    MEGABYTE,
    ROSTER_PART,
    Entry,
    bomb,
    changed,
    entry,
    inline,
    nested_bomb,
    ole,
    packed,
    parts_of,
    raw_zip,
    roster,
    roster_rows,
    sample,
    with_roster,
)
from tests.kit.workbook.child_measured import TODAY, read_in_child
from training_admin.kit.refusals import Refusal
from training_admin.subsidy.form import ClaimForm
from training_admin.subsidy.intake import read_form

MOST_BYTES = 512 * MEGABYTE
STYLES, STRINGS, TYPES, BOOK = "xl/styles.xml", "xl/sharedStrings.xml", "[Content_Types].xml", "xl/workbook.xml"
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol">' + b"".join(
    b'<!ENTITY %s "%s">' % (bytes([99 + n]), b"&%c;" % (98 + n if n else 97) * 10) for n in range(9)
) + b"]><worksheet>&k;</worksheet>"  # fmt: skip
XXE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet><sheetData>&e;</sheetData></worksheet>'


def noise(seed: int, length: int) -> bytes:
    """Letters that do not deflate well."""
    return random.Random(seed).randbytes(length // 2).hex().encode()  # noqa: S311 - the same noise each time


def many_styles() -> bytes:
    return parts_of(sample())[STYLES].replace(
        b"</cellXfs>", b'<xf numFmtId="14" fontId="0" fillId="0" borderId="0"/>' * 1_000_000 + b"</cellXfs>"
    )


def many_strings() -> bytes:
    texts = "".join(f"<si><t>{number}</t></si>" for number in range(1_000_000))
    return f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{texts}</sst>'.encode()


def random_rows(count: int, row: str) -> bytes:
    pick = random.Random(7)  # noqa: S311 - the same rows each time
    return "".join(row.format(pick.randrange(10**6), number + 1) for number in range(count)).encode()


def a_random_picture_of_members(count: int) -> bytes:
    return raw_zip(
        [entry(name, part) for name, part in parts_of(sample()).items()] + [Entry(f"x/{n}", b"\x03\x00", 0, 0) for n in range(count)]
    )


@functools.cache
def deep(levels: int) -> bytes:
    names = [f"a{each}" for each in random.Random(3).choices(range(10**6), k=levels)]  # noqa: S311 - the same names each time
    return roster(
        b"<row>" + "".join(f"<{name}>" for name in names).encode() + "".join(f"</{name}>" for name in reversed(names)).encode() + b"</row>"
    )


HOSTILE: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "a zip bomb of 1 GB": (bomb, "workbook-too-large", ROSTER_PART),
    "a bomb that claims to be small": (lambda: bomb(1024, claimed=40_000), "workbook-damaged", ROSTER_PART),
    "a bomb inside a bomb": (nested_bomb, "workbook-too-large", "xl/media/image1.zip"),
    "100 MB that claim to be 200": (lambda: bomb(100, claimed=200 * MEGABYTE), "workbook-too-large", ROSTER_PART),
    "one cell at XFD1048576": (
        lambda: with_roster(roster(inline("XFD1048576", "x").join(["<row r='1048576'>", "</row>"]).encode())),
        "workbook-far-cell",
        "XFD1048576",
    ),
    "one number at XFD1048576 among others": (
        lambda: with_roster(
            parts_of(sample())[ROSTER_PART].replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
        ),
        "workbook-far-cell",
        "XFD1048576",
    ),
    "a cell in column 300": (lambda: with_roster(roster(f'<row r="5">{inline("KN5", "x")}</row>'.encode())), "workbook-far-cell", "KN5"),
    "a formula far below": (
        lambda: with_roster(roster(b'<row r="900000"><c r="A900000"><f>1+1</f></c></row>')),
        "workbook-far-cell",
        "A900000",
    ),
    "300 000 rows": (lambda: with_roster(roster_rows(300_000)), "workbook-too-many-rows", "A20021"),
    "one row more than allowed": (lambda: with_roster(roster_rows(20_020)), "workbook-too-many-rows", "A20021"),
    "a macro project": (lambda: changed({"xl/vbaProject.bin": b"\xcc\x61" * 40}), "workbook-macro", "xl/vbaProject.bin"),
    "a macro content type": (
        lambda: changed(
            {TYPES: parts_of(sample())[TYPES].replace(b"spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml")}
        ),
        "workbook-macro",
        TYPES,
    ),
    "a macro sheet": (lambda: changed({"xl/macrosheets/sheet1.xml": b"<a/>"}), "workbook-macro", "xl/macrosheets/sheet1.xml"),
    "an encrypted workbook": (lambda: ole("EncryptedPackage"), "workbook-encrypted", "密码"),
    "an encrypted zip": (
        lambda: raw_zip([Entry("[Content_Types].xml", b"\x03\x00", 0, 0, flags=1)]),
        "workbook-encrypted",
        "密码",
    ),
    "an .xls workbook": (lambda: ole("Workbook"), "workbook-old-format", "另存为"),
    "a CSV in UTF-8": ("序号,姓名\n1,张三\n".encode, "workbook-is-text", "csv"),
    "a CSV in GBK": (lambda: "序号,姓名\n1,张三\n".encode("gbk"), "workbook-is-text", "csv"),
    "a CSV in UTF-16": (lambda: "序号,姓名\n1,张三\n".encode("utf-16"), "workbook-is-text", "csv"),
    "a web page called .xls": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", "workbook-is-text", "csv"),
    "nothing at all": (lambda: b"", "workbook-not-xlsx", "空"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "workbook-not-xlsx", "Excel"),
    "a zip of something else": (lambda: packed({"a.txt": b"x"}), "workbook-not-xlsx", "Excel"),
    "a binary workbook": (lambda: packed({TYPES: b"<Types/>", "xl/workbook.bin": b"\x83\x01"}), "workbook-not-xlsx", "xlsb"),
    "an external entity": (lambda: with_roster(XXE), "workbook-doctype", ROSTER_PART),
    "an external entity in the list of sheets": (lambda: changed({BOOK: XXE}), "workbook-doctype", BOOK),
    "an external entity after 8 KB of comments": (
        lambda: with_roster(b'<?xml version="1.0"?><!--' + b"x" * 8192 + b"-->" + XXE[21:]),
        "workbook-doctype",
        ROSTER_PART,
    ),
    "an external entity in a part that is not read": (
        lambda: changed({"xl/drawings/drawing1.xml": XXE}),
        "workbook-doctype",
        "drawing1.xml",
    ),
    "billion laughs": (lambda: with_roster(LAUGHS), "workbook-doctype", ROSTER_PART),
    "billion laughs in shared strings": (lambda: changed({STRINGS: LAUGHS}), "workbook-doctype", STRINGS),
    "a document type in UTF-16": (
        lambda: with_roster(XXE.decode().replace('version="1.0"', 'version="1.0" encoding="UTF-16"').encode("utf-16")),
        "workbook-doctype",
        ROSTER_PART,
    ),
    "a truncated file": (lambda: sample()[:-400], "workbook-damaged", "文件"),
    "half a file": (lambda: sample()[: len(sample()) // 2], "workbook-damaged", "文件"),
    "two parts of one name": (
        lambda: raw_zip([*(entry(n, p) for n, p in parts_of(sample()).items()), entry(ROSTER_PART, b"<a/>")]),
        "workbook-damaged",
        ROSTER_PART,
    ),
    "a part that points outside": (lambda: changed({"xl/../../etc/passwd": b"x"}), "workbook-damaged", "xl/../../etc/passwd"),
    "a part at the root of the disk": (lambda: changed({"/etc/passwd": b"x"}), "workbook-damaged", "/etc/passwd"),
    "a size forged downwards": (
        lambda: raw_zip(
            [Entry(n, entry(n, p).deflated, 900 if n == ROSTER_PART else len(p), entry(n, p).crc) for n, p in parts_of(sample()).items()]
        ),
        "workbook-damaged",
        ROSTER_PART,
    ),
    "a size forged upwards": (
        lambda: raw_zip(
            [
                Entry(n, entry(n, p).deflated, len(p) * (9 if n == ROSTER_PART else 1), entry(n, p).crc)
                for n, p in parts_of(sample()).items()
            ]
        ),
        "workbook-damaged",
        ROSTER_PART,
    ),
    "a wrong checksum": (
        lambda: raw_zip([Entry(n, entry(n, p).deflated, len(p), 1) for n, p in parts_of(sample()).items()]),
        "workbook-damaged",
        "docProps/app.xml",
    ),
    "an unknown compression": (
        lambda: raw_zip(
            [
                Entry(n, entry(n, p).deflated, len(p), entry(n, p).crc, method=14 if n == ROSTER_PART else 8)
                for n, p in parts_of(sample()).items()
            ]
        ),
        "workbook-damaged",
        ROSTER_PART,
    ),
    "a missing sheet part": (lambda: changed({ROSTER_PART: None}), "workbook-damaged", ROSTER_PART),
    "a missing list of sheets": (lambda: changed({BOOK: None}), "workbook-not-xlsx", "xlsx"),
    "broken XML": (lambda: with_roster(parts_of(sample())[ROSTER_PART][:-40]), "workbook-damaged", ROSTER_PART),
    "a text that is not there": (
        lambda: with_roster(roster(b'<row r="1"><c r="A1" t="s"><v>5</v></c></row>')),
        "workbook-damaged",
        ROSTER_PART,
    ),
    "a text with a number of 6 000 digits": (
        lambda: with_roster(roster(b'<row r="1"><c r="A1" t="s"><v>%s</v></c></row>' % (b"9" * 6000))),
        "workbook-damaged",
        ROSTER_PART,
    ),
    "a style with a number of 6 000 digits in a cell without address": (
        lambda: with_roster(roster(b'<row r="%s"><c r="no" s="%s"><v>1</v></c></row>' % (b"9" * 6000, b"9" * 6000))),
        "workbook-damaged",
        ROSTER_PART,
    ),
    "100 000 parts": (lambda: a_random_picture_of_members(60_000), "workbook-too-large", "2000"),
    "a million styles": (lambda: changed({STYLES: many_styles()}), "workbook-too-large", STYLES),
    "a million shared strings": (lambda: changed({STRINGS: many_strings()}), "workbook-too-large", STRINGS),
    "a thousand sheets": (
        lambda: changed(
            {BOOK: parts_of(sample())[BOOK].replace(b"</sheets>", b'<sheet name="x" sheetId="9" r:id="rId1"/>' * 1000 + b"</sheets>")}
        ),
        "workbook-too-large",
        BOOK,
    ),
    "200 MB of spaces in one cell": (
        lambda: with_roster(roster(b'<row r="1"><c r="A1" t="inlineStr"><is><t>' + b" " * (200 * MEGABYTE) + b"</t></is></c></row>")),
        "workbook-too-large",
        ROSTER_PART,
    ),
    "nested 2 000 deep": (lambda: with_roster(deep(2_000)), "workbook-too-complex", ROSTER_PART),
    "nested a million deep": (lambda: with_roster(deep(1_000_000)), "workbook-too-complex", ROSTER_PART),
    "millions of empty rows": (lambda: with_roster(roster(random_rows(3_200_000, '<row ht="{0}"/>'))), "workbook-too-complex", ROSTER_PART),
    "two million cells": (
        lambda: with_roster(roster(random_rows(20_000, '<row r="{1}" ht="{0}">' + '<c r="A{1}"/>' * 100 + "</row>"))),
        "workbook-too-many-cells",
        ROSTER_PART,
    ),
    "a row with 100 000 cells": (
        lambda: with_roster(roster(b'<row r="1">' + b'<c r="A1"/>' * 100_000 + b"</row>")),
        "workbook-too-many-cells",
        ROSTER_PART,
    ),
    "a file that is too large": (lambda: changed({"xl/media/image1.png": noise(1, 42 * MEGABYTE)}, level=0), "workbook-too-large", "20 MB"),
}


@pytest.fixture(scope="module")
def start_up() -> int:
    """The peak memory of a child that has nothing to do."""
    return read_in_child(b"").peak


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_chinese_with_its_place(name: str, start_up: int) -> None:
    build, code, place = HOSTILE[name]
    content = build()
    cost = read_in_child(content)
    refusal = cost.refusal
    used = (cost.peak - start_up) // MEGABYTE
    print(f"{name}: {len(content) / MEGABYTE:.1f} MB, {cost.seconds:.2f} s of processor, {used} MB beyond start-up")  # noqa: T201 - never asserted
    assert refusal is not None
    assert refusal["code"] == code
    assert place in "".join([refusal["detail"], *(refusal.get(key) or "" for key in ("part", "cell"))])
    assert re.search(r"[\u4e00-\u9fff]", refusal["detail"])
    assert cost.peak - start_up <= MOST_BYTES


def harmless() -> dict[str, bytes]:
    """Strange files that say what sample claim A says."""
    part = parts_of(sample())[ROSTER_PART].decode()
    unaddressed = re.sub(r'<(row|c) r="[A-Z]*\d+"', r"<\1", part.replace("<sheetData>", '<sheetData><row r="1"/>', 0))
    rows = re.findall(r"<row .*?</row>", part)
    shuffled = part.replace("".join(rows), "".join(reversed(rows)))
    prefixed = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", part).replace("xmlns=", "xmlns:x=")
    strict = {
        name: each.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"
        ).replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )
        for name, each in parts_of(sample()).items()
        if name.startswith(("xl/w", "xl/s", "_rels", "xl/_rels"))
    }
    return {
        "a wrong dimension": with_roster(part.replace('<dimension ref="A1:L78"', '<dimension ref="A1:A1"').encode()),
        "a dimension that lies about the size": with_roster(
            re.sub(r"<dimension [^>]*>", '<dimension ref="A1:XFD1048576"/>', part).encode()
        ),
        "cells without addresses": with_roster(unaddressed.encode()),
        "rows out of order": with_roster(shuffled.encode()),
        "a prefixed namespace": with_roster(prefixed.encode()),
        "UTF-16": with_roster(part.encode("utf-16")),
        "comments between rows": with_roster(part.replace("</row>", "</row><!-- x -->").encode()),
        "CDATA": with_roster(re.sub(r"<t>([^<]*)</t>", r"<t><![CDATA[\1]]></t>", part).encode()),
        "a fake cell in an instruction": with_roster(
            part.replace("<sheetData>", '<sheetData><?x <row><c r="B9"><v>1</v></c></row>?>').encode()
        ),
        "the strict form": changed(strict),
        "millions of empty styled cells less one": with_roster(
            part.replace(
                "</sheetData>", "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(5000, 90_000)) + "</sheetData>"
            ).encode()
        ),
    }


@pytest.mark.parametrize("name", harmless())
def test_a_strange_but_honest_file_reads_like_the_plain_one(name: str) -> None:
    from training_admin.subsidy.workbooks import read_claim

    assert read_claim(harmless()[name], today=TODAY) == read_claim(sample(), today=TODAY)


async def test_after_every_kind_of_refusal_the_same_loop_reads_a_good_file() -> None:
    for name in ("a zip bomb of 1 GB", "billion laughs", "one cell at XFD1048576", "an encrypted workbook", "nested a million deep"):
        with pytest.raises(Refusal):
            await read_form(HOSTILE[name][0](), today=TODAY)
        form = await read_form(sample(), today=date(2026, 6, 1))
        assert isinstance(form, ClaimForm)
        assert len(form.lines) == 75


async def test_bad_and_good_files_at_once_do_not_disturb_each_other() -> None:
    bad = [HOSTILE["a macro project"][0](), HOSTILE["broken XML"][0]()]
    results = await asyncio.gather(*(read_form(content, today=TODAY) for content in (*bad, sample(), sample("B"))), return_exceptions=True)
    assert [type(each).__name__ for each in results] == ["RefusedInChild", "RefusedInChild", "ClaimForm", "ClaimForm"]
