"""What is asked of another department and what may come back, as pure data."""

from datetime import date

import msgspec
import pytest

from training_admin.audit.asking_facts import MOST_IN_REQUEST, Answer, AnswerWrong, Entry, Question, answer_to, questions
from training_admin.audit.match_facts import MatchKind

FIRST, LAST, TODAY = date(2026, 3, 1), date(2026, 3, 31), date(2026, 6, 1)


def question(kind: MatchKind = MatchKind.ABROAD) -> Question:
    return Question("CX20260001", 0, kind, FIRST, LAST, ("a", "b"))


def body(*entries: Entry, query: str = "CX20260001", part: int = 0, as_of: date = TODAY, unanswered: tuple[str, ...] = ()) -> bytes:
    return msgspec.json.encode(Answer(query, part, as_of, entries, unanswered))


def test_many_persons_are_asked_about_in_parts() -> None:
    persons = [str(number) for number in range(MOST_IN_REQUEST + 1)]
    parts = list(questions("CX20260001", MatchKind.DEATH, FIRST, LAST, persons))
    assert [(each.part, len(each.persons)) for each in parts] == [(0, MOST_IN_REQUEST), (1, 1)]
    assert list(questions("CX20260001", MatchKind.DEATH, FIRST, LAST, [])) == []


def test_an_answer_is_taken_as_it_came() -> None:
    entry = Entry("a", FIRST, LAST, "境外")
    answer = answer_to(question(), body(entry, Entry("b", FIRST), unanswered=("b",)), today=TODAY)
    assert answer.entries[0] == entry
    assert answer.unanswered == ("b",)
    assert answer_to(question(MatchKind.DEATH), body(Entry("a", LAST)), today=TODAY).entries[0].starts == LAST


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"query": "CX20260001", "part": 0, "as_of": "2026-06-01", "entries": [{"id_no": ""}]}',
        b'{"query": "CX20260001", "part": 0, "as_of": "2026-06-01", "entries": [{"id_no": "a", "name": "x"}]}',
        body(query="CX20260002"),
        body(part=1),
        body(as_of=date(2026, 6, 2)),
        body(Entry("c")),
        body(unanswered=("c",)),
        body(Entry("a", LAST, FIRST)),
    ],
)
def test_what_is_no_answer_to_the_question_is_refused(content: bytes) -> None:
    with pytest.raises(AnswerWrong):
        answer_to(question(), content, today=TODAY)


def test_an_end_where_the_list_has_none_is_refused() -> None:
    with pytest.raises(AnswerWrong):
        answer_to(question(MatchKind.DEATH), body(Entry("a", FIRST, LAST)), today=TODAY)


def test_no_number_stands_in_a_repr() -> None:
    content = body(Entry("a"), unanswered=("a",))
    shown = repr((question(), Entry("a"), answer_to(question(), content, today=TODAY)))
    assert shown == "(Question('CX20260001', part=0, persons=2), Entry(), Answer('CX20260001', part=0, entries=1, unanswered=1))"
