"""The rulebook of enterprise claims in reading order: the tables 3.2, 3.3, 2.3 and 3.5 of the policy reference.

What is looked up by id, and every list of rules, takes in those of apprenticeships behind them (part 4).
"""

from typing import Any

from training_admin.apprenticeship.rules import RULES as APPRENTICE_RULES
from training_admin.kit.dated import FiguresOn
from training_admin.kit.rulebook import Rule, Scope
from training_admin.subsidy.context import ClassContext
from training_admin.subsidy.facts import ClaimFacts, ClassFacts, LineFacts
from training_admin.subsidy.rules.att_01_attendance import att_01
from training_admin.subsidy.rules.ceil_01_surcharge import ceil_01
from training_admin.subsidy.rules.ceil_04_no_surcharge import ceil_04
from training_admin.subsidy.rules.claim_01_window import claim_01
from training_admin.subsidy.rules.claim_04_repeated_person import claim_04
from training_admin.subsidy.rules.cls_02_class_size import cls_02
from training_admin.subsidy.rules.cls_04_online_share import cls_04
from training_admin.subsidy.rules.dup_01_other_fund import dup_01
from training_admin.subsidy.rules.ent_01_taxed_in_district import ent_01
from training_admin.subsidy.rules.ent_04_dispatch import ent_04
from training_admin.subsidy.rules.ent_06_stream import ent_06
from training_admin.subsidy.rules.ent_12_hours import ent_12
from training_admin.subsidy.rules.exam_01_passed import exam_01
from training_admin.subsidy.rules.file_01_filed_before_start import file_01
from training_admin.subsidy.rules.freq_01_times_per_year import freq_01
from training_admin.subsidy.rules.freq_02_same_level_once import freq_02
from training_admin.subsidy.rules.freq_03_no_lower_level import freq_03
from training_admin.subsidy.rules.freq_04_lifetime import freq_04
from training_admin.subsidy.rules.tr_01_employment_relation import tr_01
from training_admin.subsidy.rules.tr_02_age import tr_02
from training_admin.subsidy.rules.ver_01_version_in_force import ver_01
from training_admin.subsidy.rules.wd_02_calendar import wd_02

RULES: tuple[Rule[Any, Any], ...] = (
    ent_01,
    ent_04,
    ent_06,
    file_01,
    tr_01,
    tr_02,
    cls_02,
    cls_04,
    att_01,
    exam_01,
    claim_01,
    claim_04,
    ent_12,
    ver_01,
    dup_01,
    freq_01,
    freq_02,
    freq_03,
    freq_04,
    wd_02,
    ceil_01,
    ceil_04,
)
ALL_RULES: tuple[Rule[Any, Any], ...] = (*RULES, *APPRENTICE_RULES)
RULES_BY_ID: dict[str, Rule[Any, Any]] = {each.id: each for each in ALL_RULES}
assert len(RULES_BY_ID) == len(ALL_RULES), "a rule id stands twice"
ORDER = {each.id: place for place, each in enumerate(ALL_RULES)}
CLAIM_RULES: tuple[Rule[ClaimFacts, FiguresOn], ...] = tuple(each for each in RULES if each.scope is Scope.CLAIM)
CLASS_RULES: tuple[Rule[ClassFacts, ClassContext], ...] = tuple(each for each in RULES if each.scope is Scope.CLASS)
LINE_RULES: tuple[Rule[LineFacts, ClassContext], ...] = tuple(each for each in RULES if each.scope is Scope.LINE)
