"""The printed dossier: everything about a claim on paper, who made it and when as watermark on each page.

Rows with the same answers are told once with everybody they concern below: one cause is read once, however many people it touches.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import weasyprint
from pylopdf_fonts_zh_cn import serif_path
from weasyprint.text.fonts import FontConfiguration

from training_admin.audit.dossier_facts import ClaimTold, CostTold, DeterminationTold, DoubtsTold, PaymentsTold, WordTold
from training_admin.audit.papers import Paper
from training_admin.kit import wording
from training_admin.kit.identifiers import mask_bank, mask_identity, mask_phone
from training_admin.kit.money import capital_amount
from training_admin.kit.wording import row_ranges
from training_admin.office.paper_facts import OFFICE
from training_admin.subsidy.determination import WORDS, LineWord
from training_admin.subsidy.explain import FAILED, UNKNOWN, explain_claim, explain_class, explain_line
from training_admin.subsidy.explained import ClassShown, LineShown
from training_admin.subsidy.products import product_words
from training_admin.subsidy.record import ClassResult, LineBasis, LineResult
from training_admin.subsidy.store import SealedLine
from training_admin.web import jinja_environment

RECEIPT_WAYS = {"returned": "退还", "netted": "抵扣"}
RECOVERY_WORDS = {"proposed": "待决定", "decided": "追回中", "settled": "已追回", "refused": "不予追回", "voided": "已撤销"}
NOTICE_WORDS = {"posted": "公示中", "closed": "公示期满", "stopped": "已停止"}
# These sentences carry the numbers of one person; for all of a group they stand in the table of people.
OF_ONE_PERSON = frozenset({"TR-01", "TR-02", "ATT-01", "EXAM-01", "DUP-01", "FREQ-01", "FREQ-02", "FREQ-03", "FREQ-04"})
_STYLE = """
@font-face { font-family: DossierSerif; src: url("%(font)s"); }
@page { size: A4; margin: 18mm 14mm 20mm 16mm;
  @bottom-left { content: "%(mark)s"; font: 7.5pt DossierSerif; color: #555; }
  @bottom-right { content: counter(page) " / " counter(pages); font: 7.5pt DossierSerif; color: #555; } }
html { font-family: DossierSerif, serif; font-size: 9.5pt; line-height: 1.45; color: #000; }
body { margin: 0; }
.watermark { position: fixed; top: 105mm; left: -10mm; width: 200mm; text-align: center; font-size: 21pt; color: #e9e9e9;
  transform: rotate(-28deg); z-index: -1; }
h1 { font-size: 18pt; text-align: center; margin: 0 0 2mm; } h2 { font-size: 12.5pt; margin: 6mm 0 1.5mm; break-after: avoid;
  border-bottom: 0.6pt solid #000; } h3 { font-size: 10.5pt; margin: 3.5mm 0 1mm; break-after: avoid; }
p { margin: 0 0 1mm; overflow-wrap: anywhere; } .under { text-align: center; }
table { width: 100%%; border-collapse: collapse; margin: 1mm 0 2mm; font-size: 8.2pt; line-height: 1.35; }
th, td { border: 0.4pt solid #444; padding: 0.7mm 1.2mm; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
thead { display: table-header-group; } thead th { background: #eee; font-weight: 600; } tr { break-inside: avoid; }
.num { text-align: right; white-space: nowrap; } .hash { font-family: monospace; font-size: 6.6pt; }
.facts th { width: 22%%; background: #f6f6f6; font-weight: 500; } .failed, .unknown { font-weight: 600; }
.answers th:nth-child(1), .answers th:nth-child(3) { width: 11%%; } .answers th:nth-child(2) { width: 20%%; }
.answers th:nth-child(5) { width: 24%%; }
"""


class Printed(msgspec.Struct, frozen=True):
    """Everything that is printed; `notes` are kind, words, writer, instant of what the office wrote for itself."""

    claim: ClaimTold
    paper: Paper
    determination: DeterminationTold
    payments: PaymentsTold
    costs: tuple[CostTold, ...]
    doubts: DoubtsTold
    notes: tuple[tuple[str, str, str, str], ...]


class PersonPrinted(msgspec.Struct, frozen=True):
    """One row of the table of people: the person's own numbers."""

    row: int
    name: str
    id_type: str
    number: str
    computed_fen: int
    payable_fen: int
    word: str
    attended: str = ""
    exam: str = ""
    contract: str = ""
    insured: str = ""
    age: str = ""
    paid_before: str = ""


class GroupPrinted(msgspec.Struct, frozen=True):
    """Rows of one class with the same answers."""

    shown: LineShown
    people: tuple[PersonPrinted, ...]

    def says(self, rule: str, answer: str, sentence: str) -> str:
        """What an answer says of all of them."""
        return "符合；各人数据见下表。" if rule in OF_ONE_PERSON and answer not in {FAILED, UNKNOWN} else sentence


class ClassPrinted(msgspec.Struct, frozen=True):
    """A class with its answers, price, and groups of rows."""

    klass: ClassResult | None
    shown: ClassShown | None
    groups: tuple[GroupPrinted, ...]


def printed_in_child(encoded: bytes) -> bytes:
    """The child's task: printing takes seconds of computing, and needs no database."""
    return printed_pdf(msgspec.msgpack.decode(encoded, type=Printed))


def printed_pdf(printed: Printed) -> bytes:
    """The dossier as PDF."""
    claim = printed.claim
    mark = f"{claim.made_by}　{claim.made_at}　{claim.file_number}　仅供审计使用"
    html = (
        jinja_environment({})
        .get_template("audit/dossier.html")
        .render(
            **_head(printed),
            printed=printed,
            claim=claim,
            record=printed.paper.record,
            product=product_words(printed.paper.record),
            whole=explain_claim(printed.paper.record),
            classes=tuple(_classes(printed)),
            capital=capital_amount,
            mark=mark,
            office=OFFICE,
            row_ranges=row_ranges,
            recovery_words=RECOVERY_WORDS,
            receipt_ways=RECEIPT_WAYS,
            notice_words=NOTICE_WORDS,
            line_words={each.value: words for each, words in WORDS.items()},
        )
    )
    fonts = FontConfiguration()
    quiet = mark.replace("\\", "").replace('"', "")
    style = weasyprint.CSS(string=_STYLE % {"font": serif_path().as_uri(), "mark": quiet}, font_config=fonts)
    written: bytes = weasyprint.HTML(string=html).write_pdf(stylesheets=[style], font_config=fonts)
    return written


def _head(printed: Printed) -> Mapping[str, Any]:
    form = printed.paper.form
    return {
        "contact": form.contact,
        "contact_phone": mask_phone(form.contact_phone),
        "account": f"{form.bank} {mask_bank(form.account)}（{form.account_holder}）",
    }


def _classes(printed: Printed) -> Iterator[ClassPrinted]:
    """Classes in the order of the record, then rows that belong to none."""
    record = printed.paper.record
    by_class: dict[str, list[LineResult]] = {}
    for line in record.lines:
        by_class.setdefault(line.class_no, []).append(line)
    known = {each.class_no: each for each in record.classes}
    for class_no in [*known, *(each for each in by_class if each not in known)]:
        klass = known.get(class_no)
        yield ClassPrinted(klass, None if klass is None else explain_class(klass), tuple(_groups(printed, by_class.get(class_no, []))))


def _groups(printed: Printed, lines: list[LineResult]) -> Iterator[GroupPrinted]:
    grouped: dict[bytes, list[LineResult]] = {}
    for line in lines:
        key = (line.outcome, line.findings, line.not_applicable, line.cap_left_fen, line.computed_fen, line.payable_fen)
        grouped.setdefault(msgspec.json.encode(key), []).append(line)
    words = {each.row: each for each in printed.determination.words}
    people = {line.row: named for line, named in zip(printed.paper.lines, printed.paper.people, strict=True)}
    for each in grouped.values():
        shown = explain_line(printed.paper.record, each[0])
        yield GroupPrinted(shown, tuple(_person(line, people[line.row], words) for line in each))


def _person(line: LineResult, named: SealedLine, words: Mapping[int, WordTold]) -> PersonPrinted:
    word = words.get(line.row)
    return PersonPrinted(
        row=line.row,
        name=named.name,
        id_type=named.id_type,
        number=mask_identity(named.id_no),
        **({} if line.basis is None else _own_numbers(line.basis)),
        computed_fen=line.computed_fen,
        payable_fen=line.payable_fen,
        word="" if word is None else f"{WORDS[LineWord(word.word)]}：{word.reason}（{word.decider}）",
    )


def _own_numbers(basis: LineBasis) -> dict[str, str]:
    end = "无固定期限" if basis.contract_end is None else basis.contract_end.isoformat()
    return {
        "attended": wording.hundredths(basis.attended_centihours),
        "exam": basis.exam_result,
        "contract": "" if basis.contract_start is None else f"{basis.contract_start.isoformat()} 至 {end}",
        "insured": "、".join(basis.insured_months),
        "age": "" if basis.age_months is None else wording.age(basis.age_months),
        "paid_before": str(basis.paid_before),
    }
