"""The way of a catalog proposal, as one dict: who acts is the right beside each act, what else must hold the service asks."""

from collections.abc import Mapping
from enum import StrEnum

from training_admin.kit.refusals import Refusal


class IllegalMove(Refusal):
    """The proposal does not stand where this act is possible."""

    code = "catalog-illegal-move"
    title = "当前环节不能这样办理"


class Stage(StrEnum):
    """Where a proposal stands."""

    PROPOSED = "proposed"
    CONSENTED = "consented"
    REVIEW = "review"
    OPINIONS = "opinions"
    NOTICE = "notice"
    PREPARED = "prepared"
    PUBLISHED = "published"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """What can be done to a proposal."""

    CONSENT = "consent"
    WITHDRAW = "withdraw"
    DRAW = "draw"
    ASK = "ask"
    GIVE_NOTICE = "give_notice"
    PREPARE = "prepare"
    PUBLISH = "publish"
    SEND_BACK = "send_back"
    REFUSE = "refuse"


MOVES: Mapping[Stage, Mapping[Act, Stage]] = {
    Stage.PROPOSED: {Act.CONSENT: Stage.CONSENTED, Act.WITHDRAW: Stage.WITHDRAWN, Act.REFUSE: Stage.REFUSED},
    Stage.CONSENTED: {Act.DRAW: Stage.REVIEW, Act.WITHDRAW: Stage.WITHDRAWN, Act.REFUSE: Stage.REFUSED},
    Stage.REVIEW: {Act.ASK: Stage.OPINIONS, Act.REFUSE: Stage.REFUSED},
    Stage.OPINIONS: {Act.GIVE_NOTICE: Stage.NOTICE, Act.REFUSE: Stage.REFUSED},
    Stage.NOTICE: {Act.PREPARE: Stage.PREPARED, Act.REFUSE: Stage.REFUSED},
    Stage.PREPARED: {Act.PUBLISH: Stage.PUBLISHED, Act.SEND_BACK: Stage.NOTICE},
    Stage.PUBLISHED: {},
    Stage.REFUSED: {},
    Stage.WITHDRAWN: {},
}
# What anybody may read; before that only the proposers, the partner and the offices.
PUBLIC_STAGES = frozenset({Stage.OPINIONS, Stage.NOTICE, Stage.PREPARED, Stage.PUBLISHED})
STAGE_WORDS: Mapping[Stage, str] = {
    Stage.PROPOSED: "待合作方同意",
    Stage.CONSENTED: "待抽取专家",
    Stage.REVIEW: "专家评审",
    Stage.OPINIONS: "征求意见",
    Stage.NOTICE: "公示",
    Stage.PREPARED: "待批准公布",
    Stage.PUBLISHED: "已公布",
    Stage.REFUSED: "不予列入",
    Stage.WITHDRAWN: "已撤回",
}


def next_stage(stage: Stage, act: Act) -> Stage:
    """Where an act leads; raises IllegalMove naming where the proposal stands."""
    target = MOVES[stage].get(act)
    if target is None:
        raise IllegalMove(f"这份项目建议目前处于“{STAGE_WORDS[stage]}”，不能这样办理。请刷新页面查看进度。", stage=stage.value)
    return target
