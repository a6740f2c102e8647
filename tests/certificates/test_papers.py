"""Certificates as paper: stamped pages look like plain WeasyPrint's, text can be taken out, QR codes lead to the right certificate."""

import io
import random
import re
from pathlib import Path
from typing import Any

import msgspec
import pikepdf
import pytest
from PIL import Image, ImageChops, ImageDraw

from tests.certificates.closed import DOTTED, NAMES, RARE, certificate, holder
from tests.certificates.reading_qr import modules_of, text_of
from training_admin.certificates import papers
from training_admin.certificates.codes import QUIET, CodeBook, picture_bits, whole_code
from training_admin.certificates.facts import Certificate, Holder, Kind
from training_admin.certificates.fonts import carried_characters
from training_admin.certificates.layout import QR_FIELD, TemplateUnusable, lay_out, plain_pdf
from training_admin.certificates.orders import Order, OwnPart, Sheet
from training_admin.certificates.picture import DOTS_PER_POINT, picture_of
from training_admin.certificates.printed import own_texts, shared_texts
from training_admin.certificates.stamping import PIXEL, print_file
from training_admin.certificates.tags import check_address
from training_admin.certificates.tasks import one_picture
from training_admin.kit.clock import FixedClock
from training_admin.kit.vault import Vault, use_vault
from training_admin.settings import Settings

SETTINGS = Settings(public_address="https://peixun.example.cn")
PEOPLE = (*NAMES, f"{DOTTED}·{DOTTED}·{DOTTED}·{DOTTED}·{DOTTED}")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567abcdefghijklmnopqrstuvwxyz/?&=.-%"
Issued = list[tuple[Certificate, Holder]]


@pytest.fixture(autouse=True)
def _keys() -> Any:
    """Tags need a secret; nothing here needs a database."""
    from training_admin.kit import vault as room

    before = list(room._in_use)
    use_vault(Vault.fresh())
    yield
    room._in_use[:] = before


def several(clock: FixedClock, kind: Kind = Kind.TRAINING) -> Issued:
    """A class of people with all sorts of names, one reprinted."""
    return [
        (certificate(clock, number=f"31011720261000100{place:03d}7", kind=kind, copies=place % 2), holder(name))
        for place, name in enumerate(PEOPLE)
    ]


def plain(issued: Issued, settings: Settings) -> bytes:
    """The same certificates as plain WeasyPrint makes them, whole."""
    sections = [
        papers.section(
            shared_texts(one, sample=settings.demo),
            own_texts(one, whose),
            seal=False,
            qr=check_address(papers.base_address(settings), one.number),
        )
        for one, whose in issued
    ]
    return plain_pdf("".join(sections), papers.paper_css(), {})


def difference(one: bytes, other: bytes) -> tuple[int, int]:
    """The largest difference of two pictures in grey levels, and how many dots differ visibly."""
    pictures = [Image.open(io.BytesIO(each)).convert("L") for each in (one, other)]
    apart = ImageChops.difference(*pictures)
    return int(apart.getextrema()[1]), sum(apart.histogram()[64:])  # type: ignore[arg-type] # one band


@pytest.mark.parametrize(("kind", "place", "demo"), [(Kind.TRAINING, 2, True), (Kind.APPRENTICESHIP, 1, False)])
def test_a_stamped_page_looks_like_a_plain_one(clock: FixedClock, kind: Kind, place: int, demo: bool) -> None:
    issued = [
        (one, msgspec.structs.replace(whose, mentor="王师傅", teacher="李老师", blocks="通用 60")) for one, whose in several(clock, kind)
    ]
    settings = msgspec.structs.replace(SETTINGS, demo=demo)
    file = print_file(papers.order_of(issued, settings, title="测试"))
    alone = picture_of(plain([issued[place]], settings))
    # Of three million dots; places are rounded to a ten thousandth of a point.
    assert difference(picture_of(file, place=place), alone)[1] < 30
    assert difference(picture_of(file, place=place + 1), alone)[1] > 500, "another person's page looks different"


def text_on(pdf: pikepdf.Pdf, place: int) -> str:
    """The text of a page as a reader takes it out, by the fonts' own tables."""
    words: list[str] = []

    def read(content: Any, resources: Any) -> None:
        table: dict[str, str] = {}
        for operands, operator in pikepdf.parse_content_stream(content):  # type: ignore[misc]
            name = str(operator)
            if name == "Tf":
                table = _table(resources.Font[str(operands[0])])
            elif name in {"Tj", "TJ"}:
                for piece in [operands[0]] if name == "Tj" else operands[0]:
                    if isinstance(piece, pikepdf.String):
                        code = bytes(piece).hex()
                        words.append("".join(table[code[at : at + 4]] for at in range(0, len(code), 4)))
            elif name in {"ET", "Tm"}:
                words.append("\n")
            elif name == "Do":
                found = resources.XObject[str(operands[0])]
                if str(found.Subtype) == "/Form":
                    read(found, found.Resources)

    page = pdf.pages[place]
    read(page, page.Resources)
    return "".join(words)


def _table(font: Any) -> dict[str, str]:
    pairs = re.findall(rb"<([0-9a-f]{4})> <([0-9a-f]+)>", font.ToUnicode.read_bytes())
    return {code.decode(): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}


def test_text_can_be_taken_out_and_is_the_right_chinese(clock: FixedClock) -> None:
    issued = several(clock)
    with pikepdf.open(io.BytesIO(print_file(papers.order_of(issued, SETTINGS, title="测试")))) as pdf:
        assert len(pdf.pages) == len(PEOPLE)
        for place, (one, whose) in enumerate(issued):
            lines = text_on(pdf, place).split("\n")
            assert whose.name in lines
            assert whose.identity in lines
            assert "培训合格证书" in lines
            assert "".join(one.number) in {line.replace(" ", "") for line in lines}
            assert ("补证（第 1 次）" in lines) == (place % 2 == 1)
            flat = "".join(lines)
            assert "于2026年7月6日至2026年7月17日参加“焊接操作”培训，共30课时，经考核成绩合格，特发此证。" in flat
            assert "不是职业技能等级证书" in flat
            assert "样张" not in flat
            assert "国" not in flat
    assert RARE in "".join(PEOPLE)


def test_demo_papers_are_marked_as_samples(clock: FixedClock) -> None:
    order = papers.order_of(several(clock)[:1], msgspec.structs.replace(SETTINGS, demo=True), title="测试")
    with pikepdf.open(io.BytesIO(print_file(order))) as pdf:
        assert "样张" in text_on(pdf, 0)


def test_the_code_read_from_the_picture_leads_to_the_certificate(clock: FixedClock) -> None:
    issued = several(clock)
    order = papers.order_of(issued, SETTINGS, title="测试")
    laid = lay_out([each.html for each in order.sheets], order.css, {}, "", [each.fields for each in order.sheets])
    spot = laid.spots[0][QR_FIELD]
    box = tuple(each * PIXEL * DOTS_PER_POINT for each in (spot.x, spot.y, spot.width, spot.height))
    content = print_file(order)
    for place in (0, 2):
        address = check_address("https://peixun.example.cn", issued[place][0].number)
        side = len(whole_code(address)) + 2 * QUIET
        assert text_of(modules_of(picture_of(content, place=place), box, side)) == address  # type: ignore[arg-type]
        assert issued[place][1].name not in address
        assert issued[place][1].identity not in address


def test_a_long_name_stays_within_its_field(clock: FixedClock) -> None:
    issued = several(clock)
    order = papers.order_of(issued, SETTINGS, title="测试")
    long = Image.open(io.BytesIO(picture_of(print_file(order), place=len(PEOPLE) - 1))).convert("L")
    points = DOTS_PER_POINT * 72 / 25.4
    beyond = long.crop((round(202 * points), round(66 * points), round(255 * points), round(79 * points)))
    assert beyond.getextrema() == (255, 255)


def test_what_is_equal_on_paper_is_rendered_once_and_each_page_is_small(clock: FixedClock) -> None:
    issued = several(clock)
    many = [(certificate(clock, number=f"{place:021d}"), whose) for place, (_one, whose) in enumerate(issued * 20)]
    order = papers.order_of(many, SETTINGS, title="测试")
    assert len(order.sheets) == 1
    told: list[int] = []
    few, more = len(print_file(order)), 0
    more = len(print_file(msgspec.structs.replace(order, pages=order.pages * 3), report=told.append))
    assert told == [100, 200, 300, 400]
    assert (more - few) / (2 * len(order.pages)) < 1536


def test_fonts_carry_rare_names_and_know_what_they_lack() -> None:
    carried = carried_characters()
    assert {ord(each) for each in f"{RARE}·〇"} <= carried
    assert 0x20BB7 not in carried


def seal_picture() -> bytes:
    """A red ring."""
    picture = Image.new("RGBA", (200, 200))
    ImageDraw.Draw(picture).ellipse((5, 5, 195, 195), outline=(200, 0, 0, 255), width=8)
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()


def test_a_seal_is_printed_only_from_the_configured_folder(clock: FixedClock, tmp_path: Path) -> None:
    issued = several(clock)[:1]
    organisation = issued[0][0].organisation
    settings = msgspec.structs.replace(SETTINGS, seals=tmp_path)
    assert papers.order_of(issued, settings, title="").pictures == {}
    (tmp_path / f"{organisation}.png").write_bytes(b"no picture")
    assert papers.order_of(issued, settings, title="").pictures == {}
    (tmp_path / f"{organisation}.png").write_bytes(seal_picture())
    order = papers.order_of(issued, settings, title="")
    sealed = Image.open(io.BytesIO(one_picture(msgspec.json.encode(order)))).convert("RGB")

    def red(picture: Image.Image) -> int:
        return sum(count for count, (r, g, b) in picture.getcolors(2**24) if r > 180 and g < 60 and b < 60)  # type: ignore[union-attr, misc] # colours

    bare = Image.open(io.BytesIO(picture_of(print_file(papers.order_of(issued, SETTINGS, title=""))))).convert("RGB")
    assert red(sealed) > 500
    assert red(bare) == 0
    assert papers.seal_of(tmp_path, "../keys") == b""


@pytest.mark.parametrize("source", ["https://example.invalid/a.png", "file:///etc/hostname", "seal:other", "font:other"])
def test_nothing_is_fetched_from_outside(clock: FixedClock, source: str) -> None:
    order = papers.order_of(several(clock)[:1], SETTINGS, title="")
    changed = order.sheets[0].html.replace("<h1>", f'<img src="{source}"><h1>')
    with pytest.raises(TemplateUnusable, match="外部文件"):
        print_file(msgspec.structs.replace(order, sheets=(Sheet(changed, order.sheets[0].fields),)))


def test_a_template_that_was_broken_is_refused(clock: FixedClock) -> None:
    order = papers.order_of(several(clock)[:1], SETTINGS, title="")
    sheet = order.sheets[0]
    without = Sheet(sheet.html.replace('data-field="identity"', ""), sheet.fields)
    with pytest.raises(TemplateUnusable, match="缺少栏目：identity"):
        print_file(msgspec.structs.replace(order, sheets=(without,)))
    two = Sheet(sheet.html + '<p style="height: 300mm">第二页</p>', sheet.fields)
    with pytest.raises(TemplateUnusable, match="正好一页"):
        print_file(msgspec.structs.replace(order, sheets=(two,)))
    shaded = Sheet(sheet.html.replace("<h1>", '<h1 style="background: linear-gradient(red, blue)">'), sheet.fields)
    with pytest.raises(TemplateUnusable, match="下载 PDF"):
        picture_of(print_file(msgspec.structs.replace(order, sheets=(shaded,))))


def test_a_character_that_nobody_asked_the_font_for_cannot_be_stamped(clock: FixedClock) -> None:
    order = papers.order_of(several(clock)[:1], SETTINGS, title="")
    texts = {**order.pages[0].texts, "name": "\U00020bb7"}
    with pytest.raises(AssertionError, match="before they are printed"):
        print_file(Order(order.css, order.sheets, (OwnPart(0, texts, "a"),), {}, ""))


def test_codes_by_exclusive_or_are_those_made_whole() -> None:
    chance, book = random.Random(3), CodeBook()  # noqa: S311 - made-up addresses, guards nothing
    for length in (40, 88, 88, 106):
        for _ in range(60):
            address = "https://x.example/" + "".join(chance.choices(ALPHABET, k=length - 18))
            bits, side = picture_bits(address)
            assert book.of(address) == (bits.to_bytes(side * -(-side // 8), "big"), side)
    assert len(book.codes) == 3
