"""Pages of the rulebook: the list in reading order, and one rule with its clause and cases."""

from litestar import Response, Router, get
from litestar.params import FromPath
from litestar.response import Template

from training_admin.subsidy.explain import describe_rule
from training_admin.subsidy.rules import ALL_RULES
from training_admin.subsidy.uploads import rule_of
from training_admin.web import csv_download, page

HEADER = ("编号", "规则", "对象", "未通过时", "适用期间", "文件", "条款", "条文", "出处效力", "本区效力", "未通过的说明", "怎样可以通过")


@get("/rules", include_in_schema=False, sync_to_thread=False, public=True)
def rules_page() -> Template:
    return page("rules/list.html", rules=[describe_rule(rule) for rule in ALL_RULES])


@get("/rules.csv", include_in_schema=False, sync_to_thread=False, public=True)
def rules_csv() -> Response[bytes]:
    shown = [describe_rule(rule) for rule in ALL_RULES]
    rows = (
        (
            each.rule,
            each.title,
            each.scope_words,
            each.effect_words,
            each.period,
            each.clause.paper,
            each.clause.article,
            each.clause.text,
            each.clause.standing,
            each.clause.local_standing,
            each.reason,
            each.would_pass,
        )
        for each in shown
    )
    return csv_download(HEADER, rows, filename="规则列表.csv")


@get("/rules/{rule:str}", include_in_schema=False, sync_to_thread=False, public=True)
def rule_page(rule: FromPath[str]) -> Template:
    return page("rules/rule.html", rule=describe_rule(rule_of(rule)))


def rule_pages() -> Router:
    """The pages of the rulebook."""
    return Router("/", route_handlers=[rules_page, rules_csv, rule_page])
