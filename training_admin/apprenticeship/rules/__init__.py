"""The rules of an apprenticeship that its figures can decide, in reading order (policy.md part 4)."""

from training_admin.apprenticeship.facts import Programme, ProgrammeContext
from training_admin.apprenticeship.rules.app_02_contract import app_02
from training_admin.apprenticeship.rules.app_05_wage import app_05
from training_admin.apprenticeship.rules.app_10_term import app_10
from training_admin.apprenticeship.rules.app_12_hours import app_12
from training_admin.kit.rulebook import Rule

FILING_RULES: tuple[Rule[Programme, ProgrammeContext], ...] = (app_02, app_10)
COMPLETION_RULES: tuple[Rule[Programme, ProgrammeContext], ...] = (app_05, app_12)
RULES: tuple[Rule[Programme, ProgrammeContext], ...] = (app_02, app_05, app_10, app_12)
