"""The rules of an apprenticeship in reading order, and the stages at which each is asked (policy.md part 4)."""

from typing import Any

from training_admin.apprenticeship.facts import Stage
from training_admin.apprenticeship.rules.app_01_trainee import app_01
from training_admin.apprenticeship.rules.app_02_contract import app_02
from training_admin.apprenticeship.rules.app_03_window import app_03
from training_admin.apprenticeship.rules.app_04_agreements import app_04
from training_admin.apprenticeship.rules.app_05_wage import app_05
from training_admin.apprenticeship.rules.app_06_tutors import app_06
from training_admin.apprenticeship.rules.app_07_mentor_limit import app_07
from training_admin.apprenticeship.rules.app_08_class_size import app_08
from training_admin.apprenticeship.rules.app_09_level import app_09
from training_admin.apprenticeship.rules.app_10_term import app_10
from training_admin.apprenticeship.rules.app_11_credits import app_11
from training_admin.apprenticeship.rules.app_12_hours import app_12
from training_admin.apprenticeship.rules.app_13_mix import app_13
from training_admin.apprenticeship.rules.app_14_online import app_14
from training_admin.apprenticeship.rules.app_15_monthly_record import app_15
from training_admin.apprenticeship.rules.app_16_assessment import app_16
from training_admin.apprenticeship.rules.app_17_exclusive import app_17
from training_admin.apprenticeship.rules.app_26_leaving import app_26
from training_admin.apprenticeship.rules.conf_01_denied import conf_01
from training_admin.kit.rulebook import Rule

RULES: tuple[Rule[Any, Any], ...] = (
    app_01,
    app_02,
    app_03,
    app_04,
    app_05,
    app_06,
    app_07,
    app_08,
    app_09,
    app_10,
    app_11,
    app_12,
    app_13,
    app_14,
    app_15,
    app_16,
    app_17,
    app_26,
    conf_01,
)
AT_SETTLEMENT_ONLY = frozenset({app_05.id, app_14.id, app_15.id, app_16.id, app_26.id})


def rules_at(stage: Stage) -> tuple[Rule[Any, Any], ...]:
    """The rules asked at a stage: what the filing shows for the advance, and again with everything else at the settlement."""
    return tuple(each for each in RULES if stage is Stage.SETTLEMENT or each.id not in AT_SETTLEMENT_ONLY)
