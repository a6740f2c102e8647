"""What a claim asks for: training of employees, or the advance or the settlement of an apprentice programme, as its record says."""

from training_admin.apprenticeship.amounts import ADVANCE_RULE, SETTLEMENT_RULE
from training_admin.apprenticeship.facts import Stage
from training_admin.subsidy.record import AssessmentRecord, programme_step

TRAINING_WORDS = "企业职工培训补贴"
STAGE_WORDS = {Stage.ADVANCE: "预拨", Stage.SETTLEMENT: "结算"}
_STAGE_OF_RULE = {ADVANCE_RULE: Stage.ADVANCE, SETTLEMENT_RULE: Stage.SETTLEMENT}


def stage_of(record: AssessmentRecord) -> Stage | None:
    """What of a programme's money a record decides; None for a claim of training."""
    step = programme_step(record.ceiling)
    return None if step is None else _STAGE_OF_RULE[step.rule]


def product_words(record: AssessmentRecord | None) -> str:
    """The subsidy that a record decides, in words; a claim without a record yet is called by that of training."""
    stage = None if record is None else stage_of(record)
    return TRAINING_WORDS if stage is None else f"企业新型学徒制补贴（{STAGE_WORDS[stage]}）"


def advance_of(record: AssessmentRecord) -> int:
    """The fen that were paid in advance and are netted by a settlement; 0 for any other record."""
    step = programme_step(record.ceiling)
    found = 0 if step is None or step.rule != SETTLEMENT_RULE else step.figures["advance_fen"]
    assert isinstance(found, int)
    return found
