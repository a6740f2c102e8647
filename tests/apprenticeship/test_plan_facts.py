"""What is wrong with a plan as typed and what its people lack: each fault by itself, and nothing said of a sound one."""

from datetime import date
from typing import Any

import msgspec
import pytest

from training_admin.apprenticeship.facts import Hours
from training_admin.apprenticeship.plan_facts import (
    MENTOR,
    TEACHER,
    ChangeContent,
    Entrant,
    ProgrammeHeadDraft,
    ProgrammePlan,
    Tutor,
    change_words,
    faults_of,
    people_faults,
)

HEAD = ProgrammeHeadDraft(institution="JG1", occupation="6-18-02-04", occupation_name="焊工", level="4", starts=date(2026, 7, 1), months=12)
PLAN = ProgrammePlan(planned=Hours(100, 200, 700, 300), cooperation_on=date(2026, 7, 1))
NUMBER = "31010019990101001X"
TUTORS = (Tutor(MENTOR, "周师傅", NUMBER), Tutor(TEACHER, "吴老师", NUMBER))
ENTRANT = Entrant("学徒", NUMBER, "", "hired", None, None, None, None, "", None, "", "")


def test_a_sound_plan_has_no_fault() -> None:
    assert faults_of(HEAD, PLAN) == []
    assert faults_of(HEAD, ProgrammePlan()) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"level": "6"}, "目标等级", id="no such level"),
        pytest.param({"institution": ""}, "培训机构", id="no institution"),
        pytest.param({"occupation": ""}, "职业编码", id="no code of the occupation"),
        pytest.param({"occupation_name": ""}, "职业名称", id="no name of the occupation"),
        pytest.param({"months": 0}, "1 至 60", id="no month"),
        pytest.param({"months": 61}, "1 至 60", id="too long"),
        pytest.param({"starts": date(2101, 1, 1)}, "2100 年", id="starts in no time of ours"),
        pytest.param({"starts": date(2026, 6, 30)}, "合作协议", id="agreed after the start"),
    ],
)
def test_a_fault_of_the_head_is_named(change: dict[str, Any], words: str) -> None:
    found = faults_of(msgspec.structs.replace(HEAD, **change), PLAN)
    assert len(found) == 1
    assert words in found[0]


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        pytest.param(Hours(-1, 10, 10), "不能为负", id="negative"),
        pytest.param(Hours(0, 0, 1_000_001), "不超过 10000", id="too many"),
        pytest.param(Hours(100, 100, 100, 201), "线上课时", id="more online than in class"),
    ],
)
def test_hours_that_cannot_be_are_named(hours: Hours, words: str) -> None:
    found = faults_of(HEAD, msgspec.structs.replace(PLAN, planned=hours))
    assert len(found) == 1
    assert words in found[0]


def test_everything_wrong_is_told_at_once() -> None:
    head = msgspec.structs.replace(HEAD, level="", institution="", occupation="", months=0)
    assert len(faults_of(head, PLAN)) == 4


def test_people_are_asked_for_before_anything_is_signed() -> None:
    assert people_faults(TUTORS, [ENTRANT]) == []
    assert len(people_faults((), ())) == 3
    assert people_faults(TUTORS[1:], [ENTRANT]) == ["请先登记企业导师"]
    assert people_faults(TUTORS[:1], [ENTRANT]) == ["请先登记培训机构指导教师"]
    assert people_faults(TUTORS, ()) == ["请先导入学徒名单"]


def test_numbers_of_people_do_not_reach_a_log() -> None:
    assert NUMBER not in repr(TUTORS[0])
    assert NUMBER not in repr(ENTRANT)


@pytest.mark.parametrize(
    ("content", "tutor", "words"),
    [
        pytest.param(ChangeContent(), "", "", id="leaving asks for nothing more"),
        pytest.param(ChangeContent(tutor=7), "李师傅", "更换为李师傅", id="another mentor"),
        pytest.param(ChangeContent(months=14), "", "期限延长至14个月", id="a longer term"),
        pytest.param(
            ChangeContent(months=14, planned=Hours(9050, 13_000, 38_000, 100)),
            "",
            "期限延长至14个月；计划课时改为通用素质90.5、专业基础130、操作技能380、其中线上1",
            id="a longer term with its hours",
        ),
        pytest.param(ChangeContent(outcome="failed"), "", "未通过", id="failed"),
        pytest.param(
            ChangeContent(outcome="certified", level="4", certificate_no="S1", certified_on=date(2026, 9, 1)),
            "",
            "取得证书；四级/中级工，证书编号S1，2026年9月1日发证",
            id="certified",
        ),
    ],
)
def test_what_a_change_asks_for_is_told(content: ChangeContent, tutor: str, words: str) -> None:
    assert change_words(content, tutor) == words
