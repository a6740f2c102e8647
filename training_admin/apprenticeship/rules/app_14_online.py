"""APP-14 线上 · online hours above their share do not count, a part of the class hours held on site is on video."""

from datetime import date

from training_admin.apprenticeship.facts import ProgrammeContext, ProgrammeFacts
from training_admin.apprenticeship.parameters import APP_VIDEO_SHARE_MIN
from training_admin.catalog.parameters import CLASS_ONLINE_SHARE_MAX
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.money import WHOLE_BP
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Outcome, Scope, Unknown, rule


@rule(
    id="APP-14",
    title="线上课时和线下录像符合规定比例",
    scope=Scope.CLASS,
    cite=Citation(
        paper="天津市企业新型学徒制办理指南",
        article="线上课时；课堂录像",
        text="理论课可以线上进行，不超过课堂课时的50%；线下课堂课时的25%以上应有录像",
        standing=Standing.FOUND,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.WARN,
    period=Period(date(2018, 10, 12)),
    reason="课堂 {classroom_centihours} 课时，其中线上 {online_centihours} 课时，超过 {most_bp} 的 {surplus_centihours} 课时不计入；"
    "线下录像 {video_centihours} 课时，至少应为线下课堂课时的 {video_bp}。",
    would_pass="线上课时不超过课堂课时的 {most_bp}，线下课堂课时的 {video_bp} 以上有录像时不再提示。",
    figures=(
        CLASS_ONLINE_SHARE_MAX.key,
        APP_VIDEO_SHARE_MIN.key,
    ),
    unknown="待比对：{missing}。",
    cases=(
        Case("没有线上，录像足够", "passed"),
        Case("线上恰为一半", "passed", {"programme.taught": {"general": 7500, "basics": 10000, "practice": 32500, "online": 8750}}),
        Case("线上超过一半", "failed", {"programme.taught": {"general": 7500, "basics": 10000, "practice": 32500, "online": 8751}}),
        Case("录像不足四分之一", "failed", {"programme.video_centihours": 4374}),
        Case("录像课时未记录", "unknown", {"programme.video_centihours": None}),
        Case(
            "线上超过一半，录像未记录",
            "failed",
            {"programme.video_centihours": None, "programme.taught": {"general": 7500, "basics": 10000, "practice": 32500, "online": 8751}},
        ),
        Case("授课课时未记录", "not_applicable", {"programme.taught": None}),
    ),
)
def app_14(programme: ProgrammeFacts, context: ProgrammeContext) -> Outcome:
    """What was taught of the class hours; the surplus is left out of the hours that count (APP-12), the amount follows from them."""
    taught, video = programme.taught, programme.video_centihours
    if taught is None:
        return NotApplicable("hours-not-told")
    most_bp, video_bp = context.figures.at(CLASS_ONLINE_SHARE_MAX), context.figures.at(APP_VIDEO_SHARE_MIN)
    surplus = taught.surplus(most_bp)
    if surplus == 0 and video is None:
        return Unknown("video_hours", "线下课堂录像课时")
    if surplus == 0 and video is not None and video * WHOLE_BP >= (taught.classroom - taught.online) * video_bp:
        return PASSED
    return Failed(
        {
            "classroom_centihours": taught.classroom,
            "online_centihours": taught.online,
            "surplus_centihours": surplus,
            "most_bp": most_bp,
            "video_centihours": video,
            "video_bp": video_bp,
        }
    )
