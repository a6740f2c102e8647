"""Results of an assessment as entered on the page or read from the workbook 考核成绩: checked alike, cell by cell (EXAM-01)."""

from collections.abc import Mapping
from datetime import date

import msgspec

from training_admin.catalog.certificate_numbers import FAULT_WORDS, CertificateFault, certificate_faults
from training_admin.catalog.roster_reading import PERSON_COLUMNS, Book, People, PersonAsked, RunRead, turned
from training_admin.catalog.run_facts import OUTCOME_WORDS, Outcome
from training_admin.kit.identifiers import clean_number
from training_admin.kit.workbook.cells import RowReader
from training_admin.kit.workbook.table import Column

SHEET_RESULTS = "考核成绩"
THEORY, PRACTICE, OVERALL, CERTIFICATE, ISSUED = "理论考核", "操作考核", "考核结果", "证书编号", "发证日期"
COLUMNS = (
    *PERSON_COLUMNS,
    Column(THEORY, required=False),
    Column(PRACTICE, required=False),
    Column(OVERALL),
    Column(CERTIFICATE, required=False),
    Column(ISSUED, required=False),
)
TELLING = (THEORY, PRACTICE, OVERALL, CERTIFICATE, ISSUED)
LONGEST_CERTIFICATE = 40
_WORDS = {word: outcome.value for outcome, word in OUTCOME_WORDS.items()}
OUTCOME_SENTENCE = "应为合格、不合格、缺考之一。"


class ResultRule(msgspec.Struct, frozen=True):
    """What a result of a class may say: which parts are held, the level of the class, its first day and the day of entering."""

    theory: bool
    practice: bool
    level: str | None
    start: date
    today: date


class ResultTold(msgspec.Struct, frozen=True, array_like=True):
    """A result as told; the person by place."""

    person: int
    theory: Outcome | None
    practice: Outcome | None
    outcome: Outcome
    certificate_no: str
    certified_on: date | None


class ResultsAsked(msgspec.Struct, frozen=True):
    """What the child is handed."""

    content: bytes
    people: tuple[PersonAsked, ...]
    rule: ResultRule


class ResultsRead(RunRead, frozen=True):
    """The results as read."""

    results: tuple[ResultTold, ...] = ()


def result_faults(told: ResultTold, rule: ResultRule) -> list[tuple[str, str, str]]:
    """Everything that does not fit in a result: the field, a code, and words how to mend it."""
    wrong: list[tuple[str, str, str]] = []
    for header, part, is_held in ((THEORY, told.theory, rule.theory), (PRACTICE, told.practice, rule.practice)):
        if is_held and part is None:
            wrong.append((header, "MISSING", "备案的考核包括这一项，请填写。"))
        elif not is_held and part is not None:
            wrong.append((header, "NOT_ASSESSED", "备案的考核不包括这一项，请留空。"))
    failed = any(part not in {None, Outcome.PASSED} for part in (told.theory, told.practice))
    if told.outcome is Outcome.PASSED and failed:
        wrong.append((OVERALL, "OUTCOME_CONTRADICTS", "有一项未合格，考核结果不能为合格。"))
    return wrong + _certificate_faults(told, rule)


def _certificate_faults(told: ResultTold, rule: ResultRule) -> list[tuple[str, str, str]]:
    number, issued = told.certificate_no, told.certified_on
    if not number and issued is None:
        return []
    if told.outcome is not Outcome.PASSED:
        return [(CERTIFICATE if number else ISSUED, "CERTIFICATE_WITHOUT_PASS", "考核结果不是合格，不应有证书编号和发证日期。")]
    if not number or issued is None:
        return [(ISSUED if number else CERTIFICATE, "MISSING", "证书编号和发证日期应同时填写，请补充。")]
    if not rule.start <= issued <= rule.today:
        return [(ISSUED, "CERTIFICATE_DAY", "发证日期应在开班之后、今天之前（含当天）。")]
    if len(number) > LONGEST_CERTIFICATE or not number.isprintable():
        return [(CERTIFICATE, "TOO_LONG", f"证书编号不超过 {LONGEST_CERTIFICATE} 个字符。")]
    codes = {each: f"CERTIFICATE_{each.value.upper()}" for each in CertificateFault}
    return [(CERTIFICATE, codes[each], FAULT_WORDS[each]) for each in certificate_faults(number, level=rule.level, issued_on=issued)]


def outcome_of(word: str) -> Outcome | None:
    """An outcome from its Chinese word or its code; None for anything else."""
    found = _WORDS.get(word, word)
    return Outcome(found) if found in set(Outcome) else None


def read_task(payload: bytes) -> bytes:
    """The child's side of reading results."""
    return msgspec.msgpack.encode(read_results(msgspec.msgpack.decode(payload, type=ResultsAsked)))


def read_results(asked: ResultsAsked) -> ResultsRead:
    """Read a workbook; raises the refusals of kit.workbook when it cannot be opened. Wrong cells never raise: they are listed."""
    book = Book(asked.content)
    rows = book.sheet(SHEET_RESULTS)
    reader = None if rows is None else book.reader(rows, SHEET_RESULTS, COLUMNS)
    results: list[ResultTold] = []
    if reader is not None:
        people, owners = People(asked.people, once=True), dict[str, int]()
        for row in turned(reader):
            if any(reader.cell(header) is not None for header in TELLING):
                told = _result(row, people, asked.rule, owners)
                if told is not None:
                    results.append(told)
    return ResultsRead(tuple(book.problems.found), book.problems.count, tuple(results))


def _result(reader: RowReader, people: People, rule: ResultRule, owners: dict[str, int]) -> ResultTold | None:
    person = people.of(reader)
    theory, practice = _outcome(reader, THEORY), _outcome(reader, PRACTICE)
    outcome = _outcome(reader, OVERALL, required=True)
    number = clean_number(reader.text(CERTIFICATE, spaced=False, limit=LONGEST_CERTIFICATE))
    issued = reader.day(ISSUED)
    if not reader.sound or person is None or outcome is None:
        return None
    told = ResultTold(person, theory, practice, outcome, number, issued)
    for header, code, words in result_faults(told, rule):
        if header in reader.table.places:
            reader.refuse(header, code, words)
        else:
            reader.refuse(OVERALL, code, f"缺少“{header}”一列：{words}")
    if number and owners.setdefault(number, person) != person:
        reader.refuse(CERTIFICATE, "DUPLICATE_CERTIFICATE", "本班另一名学员已登记这个证书编号，请核对。")
    return told


def _outcome(reader: RowReader, header: str, *, required: bool = False) -> Outcome | None:
    words: Mapping[str, str] = _WORDS
    found = reader.value(
        header, lambda cell: words.get(cell.text.strip().replace(" ", "")), "UNKNOWN_VALUE", required=required, sentence=OUTCOME_SENTENCE
    )
    return None if found is None else Outcome(found)
