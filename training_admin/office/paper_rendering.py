"""Official papers as pages: PDF for keeping and an editable .docx of the same content, laid out after GB/T 9704 (党政机关公文格式).

Both are made off the event loop. The PDF is set in the bundled serif, the same on every machine; the .docx names the fonts of offices.
"""

import io
import re
from html import escape

import docx
import weasyprint
from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from pylopdf_fonts_zh_cn import serif_path
from weasyprint.text.fonts import FontConfiguration

from training_admin.office.paper_facts import OFFICE, Block, PaperContent, day_words

PDF_TYPE = "application/pdf"
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# Sizes of GB/T 9704: title 二号, text 三号; tables 小四 and notes smaller, our own choice.
TITLE_PT, TEXT_PT, TABLE_PT = 22, 16, 12
TITLE_FONT, TEXT_FONT, HEADING_FONT = "方正小标宋简体", "仿宋", "黑体"
FEW_COLUMNS, SHORT = 2, 20
_AMOUNT = re.compile(r"-?[\d,]+(\.\d+)?")
_STYLE = """
@font-face { font-family: PaperSerif; src: url("%(font)s"); }
@page { size: A4; margin: 37mm 26mm 30mm 28mm; @bottom-center { content: "— " counter(page) " —"; font: 12pt PaperSerif; } }
html { font-family: PaperSerif, serif; font-size: 16pt; line-height: 28pt; color: #000; }
body { margin: 0; }
.office, .number { text-indent: 0; } .office { text-align: center; font-size: 20pt; line-height: 34pt; letter-spacing: 0.12em; margin: 0;
    font-family: "Noto Serif CJK SC", PaperSerif, serif; }
h1 { text-align: center; font-size: 22pt; line-height: 36pt; font-weight: 600; margin: 0 0 4pt;
    font-family: "Noto Serif CJK SC", PaperSerif, serif; }
.number { text-align: center; margin: 0 0 18pt; padding-bottom: 8pt; border-bottom: 1.5pt solid #000; }
h2 { font-family: "Noto Sans CJK SC", PaperSerif, sans-serif; font-size: 16pt;
    font-weight: 500; margin: 6pt 0 0; text-indent: 2em; break-after: avoid; }
p { margin: 0; text-indent: 2em; text-align: justify; overflow-wrap: anywhere; }
p.to { text-indent: 0; }
table { width: 100%%; border-collapse: collapse; font-size: 12pt; line-height: 18pt; margin: 8pt 0; }
th, td { border: 0.6pt solid #000; padding: 3pt 5pt; text-align: left; vertical-align: middle; overflow-wrap: anywhere; }
thead { display: table-header-group; } thead th { text-align: center; font-weight: 500; white-space: nowrap; }
.one { white-space: nowrap; } .amount { text-align: right; white-space: nowrap; }
tbody th { width: 28%%; font-weight: 500; } tr { break-inside: avoid; }
.sign { margin-top: 34pt; text-align: right; break-inside: avoid; padding-right: 2em; }
.sign p { text-indent: 0; text-align: right; }
"""


def pdf_of(number: str, content: PaperContent) -> bytes:
    """The paper as PDF; takes a second, so it belongs off the event loop."""
    html = f"""<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(content.title)}</title></head><body>
{_head(content)}<p class="number">{escape(number)}</p>
{f'<p class="to">{escape(content.addressee)}：</p>' if content.addressee else ""}
{"".join(map(_block, content.blocks))}
<div class="sign"><p>{escape(content.signed_by)}（盖章）</p><p>{day_words(content.day)}</p></div></body></html>"""
    fonts = FontConfiguration()
    style = weasyprint.CSS(string=_STYLE % {"font": serif_path().as_uri()}, font_config=fonts)
    written: bytes = weasyprint.HTML(string=html).write_pdf(stylesheets=[style], font_config=fonts)
    return written


def _head(content: PaperContent) -> str:
    office = f'<p class="office">{escape(OFFICE)}</p>' if content.signed_by == OFFICE else ""
    return f"{office}<h1>{escape(content.title)}</h1>"


def _block(block: Block) -> str:
    if not block.is_table:
        return f"<h2>{escape(block.text)}</h2>" if block.heading else f"<p>{escape(block.text)}</p>"
    head = "".join(f"<th>{escape(each)}</th>" for each in block.header)
    first = "td" if block.header else "th"
    rows = "".join(
        f"<tr><{first}{_shape(row[0])}>{escape(row[0])}</{first}>"
        + "".join(f"<td{_shape(each)}>{escape(each)}</td>" for each in row[1:])
        + "</tr>"
        for row in block.rows
    )
    return f"<table>{f'<thead><tr>{head}</tr></thead>' if head else ''}<tbody>{rows}</tbody></table>"


def _shape(text: str) -> str:
    """Amounts stand at the right, numbers and short codes in one line."""
    if _AMOUNT.fullmatch(text):
        return ' class="amount"'
    return ' class="one"' if text.isascii() and len(text) <= SHORT else ""


def docx_of(number: str, content: PaperContent) -> bytes:
    """The paper as .docx for whoever stamps it: the same words in the fonts that offices have."""
    paper = docx.Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    paper.core_properties.author = OFFICE
    paper.core_properties.title = content.title
    if content.signed_by == OFFICE:
        _said(paper.add_paragraph(), OFFICE, TITLE_FONT, TITLE_PT - 2, centred=True)
    _said(paper.add_paragraph(), content.title, TITLE_FONT, TITLE_PT, centred=True)
    _said(paper.add_paragraph(), number, TEXT_FONT, TEXT_PT, centred=True)
    paper.add_paragraph()
    if content.addressee:
        _said(paper.add_paragraph(), f"{content.addressee}：", TEXT_FONT, TEXT_PT)
    for block in content.blocks:
        if block.is_table:
            _table(paper, block)
        else:
            line = _said(paper.add_paragraph(), block.text, HEADING_FONT if block.heading else TEXT_FONT, TEXT_PT)
            line.paragraph_format.first_line_indent = Pt(2 * TEXT_PT)
    paper.add_paragraph()
    for words in (f"{content.signed_by}（盖章）", day_words(content.day)):
        line = _said(paper.add_paragraph(), words, TEXT_FONT, TEXT_PT)
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        line.paragraph_format.right_indent = Pt(2 * TEXT_PT)
    file = io.BytesIO()
    paper.save(file)
    return file.getvalue()


def _said(paragraph: Paragraph, words: str, font: str, size: int, *, centred: bool = False) -> Paragraph:
    """Words in a font that has Chinese letters: Word asks for the East Asian font by its own attribute."""
    run = paragraph.add_run(words)
    run.font.name, run.font.size = font, Pt(size)
    run.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing = Pt(28 if size >= TEXT_PT else 18)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def _table(paper: Document, block: Block) -> None:
    rows = ([block.header] if block.header else []) + list(block.rows)
    table = paper.add_table(rows=len(rows), cols=len(rows[0]))
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    for place, row in enumerate(rows):
        for cell, words in zip(table.rows[place].cells, row, strict=True):
            _said(cell.paragraphs[0], words, TEXT_FONT, TABLE_PT, centred=bool(block.header) and place == 0)
    if block.header:
        first = next(table.rows[0].cells[0].paragraphs[0].runs[0].element.iterancestors(qn("w:tr"))).get_or_add_trPr()
        first.append(first.makeelement(qn("w:tblHeader"), {qn("w:val"): "true"}))
    elif len(rows[0]) == FEW_COLUMNS:
        for line in table.rows:
            line.cells[0].width, line.cells[1].width = Mm(42), Mm(114)
