"""Everything of claims and money through the API as well: each form of the pages has its operation with the same right, or a reason.

Whoever adds a form to the rooms fund or subsidy, or to measures and credit, writes its operations here, or why there are none.
"""

from collections.abc import Iterator
from typing import Any

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from training_admin.app import create_app
from training_admin.settings import Settings
from training_admin.web import API_PREFIX, PUBLIC, RIGHT

ROOMS = ("training_admin.fund.", "training_admin.subsidy.", "training_admin.parties.sanction")
# A form that does several things has an operation for each.
OPERATIONS = {
    "/payments": "make_batch",
    "/payments/call-back": "call_back_account",
    "/payments/{number:str}/check": "check_batch",
    "/payments/{number:str}/approve": "approve_batch",
    "/payments/{number:str}/send": "send_batch",
    "/payments/{number:str}/void": "void_batch",
    "/payments/{number:str}/treasury": "get_treasury_file get_treasury_csv",
    "/payments/{number:str}/results": "record_bank_results",
    "/payments/{number:str}/import": "record_bank_results_file",
    "/case-payments/{number:str}/reapply": "reapply_for_payment",
    "/fund/grants": "grant_budget",
    "/fund/cases/{number:str}/hold": "place_hold",
    "/fund/cases/{number:str}/lift": "lift_hold",
    "/fund/budgets/{budget:int}/reuses": "propose_reuse",
    "/fund/budgets/{budget:int}/reuses/{number:str}/decide": "decide_reuse",
    "/fund/carry-overs/{year:int}/propose": "propose_carry_over",
    "/fund/carry-overs/{year:int}/sign": "sign_carry_over",
    "/fund/reconciliations": "reconcile_month_file",
    "/fund/reconciliations/{month:str}/check": "check_reconciliation",
    "/recoveries": "propose_recovery",
    "/recoveries/{number:str}/decide": "decide_recovery",
    "/recoveries/{number:str}/receipts": "receive_recovered",
    "/recoveries/{number:str}/void": "void_recovery",
    "/recoveries/{number:str}/refer": "refer_recovery",
    "/withholdings": "propose_withholding",
    "/withholdings/{number:str}/decide": "decide_withholding",
    "/withholdings/{number:str}/void": "void_withholding",
    "/prechecks": "precheck_claim",
    "/prechecks/{token:str}/submit": "submit_claim",
    "/deliveries": "receive_registers",
    "/claims/offers/{year:int}": "confirm_offer",
    "/claims/{number:str}/withdraw": "withdraw_claim",
    "/claims/{number:str}/resubmit": "resubmit_claim",
    "/claims/{number:str}/attachments": "attach_paper",
    "/claims/{number:str}/appeals": "make_claim_appeal",
    "/claims/{number:str}/appeals/answer": "answer_claim_appeal",
    "/claims/{number:str}/acts": "act_on_claim",
    "/claims/{number:str}/words": "speak_on_claim_rows",
    "/claims/{number:str}/notes": "write_claim_note",
    "/claims/{number:str}/hand": "take_claim_in_hand",
    "/claims/{number:str}/papers": "make_claim_paper",
    "/claims/{number:str}/own-papers": "make_own_paper",
    "/claims/{number:str}/rating": "rate_claim",
    "/review/batch": "decide_several_claims",
    "/papers/{paper:int}/delivery": "record_delivery",
    "/ratings/{rating:int}/reply": "reply_to_rating",
    "/second-reviews": "draw_second_review",
    "/second-review-rows/{review:int}": "review_row_again",
    "/programmes/{number:str}/money/{stage:str}": "ask_programme_money",
    "/notice-office/post": "post_notice",
    "/notice-office/close": "close_notices",
    "/notice-office/{number:str}/objections/{objection:str}": "answer_objection",
    "/notices/{number:str}/objections": "object_to_notice",
    "/sanctions": "propose_sanction",
    "/sanctions/{number:str}/follow": "tell_sanction accept_sanction_mended enter_paper_plea",
    "/sanctions/{number:str}/decide": "decide_sanction",
    "/sanctions/{number:str}/lift": "lift_sanction",
    "/sanctions/{number:str}/plead": "plead_about_sanction",
    "/sanctions/{number:str}/pleas/{plea:int}/mark": "mark_sanction_objection",
    "/sanctions/{number:str}/pleas/{plea:int}/answer": "answer_sanction_plea",
}
NUMBERS_IN_FULL = "hands out identity numbers in full, which no token may see"
PERSONAL = "a signature is a person's own, no program's"
PAGE_ONLY = {
    "/claims/{number:str}/lines/{row:int}/unmask": NUMBERS_IN_FULL,
    "/claims/{number:str}/marked.xlsx": NUMBERS_IN_FULL,
    "/claims/classes/draft": NUMBERS_IN_FULL,
    "/claims/classes/precheck": NUMBERS_IN_FULL,
    "/claims/{number:str}/signature": PERSONAL,
    "/claims/{number:str}/signing-link": PERSONAL,
    "/signatures/{token:str}": PERSONAL,
    "/prechecks/{token:str}/mend": "mends a file that only the page keeps; a program sends its own mended file",
    "/claims/classes/{class_no:str}/forecast": "computes what the night computes anyway, and decides nothing",
    "/classes/{class_no:str}/forecast": "computes what the night computes anyway, and decides nothing",
    "/quality/prompt": "words of the claim form: administration stays with persons",
}
# Operations that need neither a key nor a version, because of what they are.
REPEATABLE = {
    "precheck_claim": "stores nothing",
    "mark_claim_workbook": "stores nothing",
    "get_treasury_file": "reads",
    "get_treasury_csv": "reads",
    "submit_claim": "the same file is the same claim",
    "receive_registers": "the same file is the same delivery",
    "confirm_offer": "the same classes are the same claim",
    "decide_several_claims": "each claim over the version that was read",
    "close_notices": "what is closed is not closed again",
}


def posts(app: Litestar, *, api: bool) -> Iterator[tuple[str, HTTPRouteHandler]]:
    """Address and handler of every POST of these rooms, of the pages or of the API."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", []):
            if not isinstance(handler, HTTPRouteHandler) or "POST" not in handler.http_methods:
                continue
            if handler.fn.__module__.startswith(ROOMS) and route.path.startswith(API_PREFIX) is api:
                yield route.path, handler


def right_of(handler: HTTPRouteHandler) -> Any:
    return None if handler.opt.get(PUBLIC) else handler.opt[RIGHT]


def test_each_form_has_its_operation_with_the_same_right_or_a_reason(database: Settings) -> None:
    app = create_app(database)
    forms = dict(posts(app, api=False))
    operations = {handler.operation_id: handler for _path, handler in posts(app, api=True)}
    assert set(forms) == set(OPERATIONS) | set(PAGE_ONLY), "a form came or went: say its operation, or why it has none"
    assert not set(OPERATIONS) & set(PAGE_ONLY)
    for path, named in OPERATIONS.items():
        assert {right_of(operations[each]) for each in named.split()} == {right_of(forms[path])}, path


def test_each_operation_is_done_once_by_its_key_or_over_its_version(database: Settings) -> None:
    schema = create_app(database).openapi_schema.to_schema()
    named = {
        item["post"]["operationId"]: {each["name"].lower() for each in item["post"].get("parameters", [])}
        for item in schema["paths"].values()
        if "post" in item
    }
    for _path, handler in posts(create_app(database), api=True):
        operation = str(handler.operation_id)
        guarded = bool(named[operation] & {"idempotency-key", "if-match"})
        assert guarded is (operation not in REPEATABLE), operation
