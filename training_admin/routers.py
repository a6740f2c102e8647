"""The pages and the API of all rooms, in one list each."""

from litestar import Router

from training_admin.accounts.account_pages import account_pages
from training_admin.accounts.colleague_pages import colleague_pages
from training_admin.accounts.link_pages import link_pages
from training_admin.accounts.mandate_pages import mandate_pages
from training_admin.accounts.me_pages import me_pages
from training_admin.accounts.mock_provider import mock_sso_pages
from training_admin.accounts.organisation_pages import organisation_pages
from training_admin.accounts.person_pages import person_pages
from training_admin.accounts.register_pages import register_pages
from training_admin.accounts.request_pages import request_pages
from training_admin.accounts.role_pages import role_pages
from training_admin.accounts.sign_in_pages import sign_in_pages
from training_admin.accounts.sso_pages import sso_pages
from training_admin.apprenticeship.api import programmes_api
from training_admin.apprenticeship.own_pages import own_apprenticeship_pages
from training_admin.apprenticeship.programme_pages import programme_pages
from training_admin.apprenticeship.record_pages import record_pages
from training_admin.apprenticeship.voice_pages import voice_pages
from training_admin.audit.api import audit_api
from training_admin.audit.callback_api import callbacks_api
from training_admin.audit.callback_pages import callback_pages
from training_admin.audit.dossier_pages import dossier_pages
from training_admin.audit.doubt_api import doubt_api
from training_admin.audit.doubt_pages import doubt_pages
from training_admin.audit.evidence_pages import evidence_pages
from training_admin.audit.field_pages import field_pages
from training_admin.audit.file_pages import file_pages
from training_admin.audit.inspection_pages import inspection_pages
from training_admin.audit.match_pages import match_pages
from training_admin.audit.pages import audit_pages
from training_admin.audit.performance_pages import performance_pages
from training_admin.audit.rectification_act_pages import rectification_act_pages
from training_admin.audit.rectification_api import rectification_api
from training_admin.audit.rectification_pages import rectification_pages
from training_admin.audit.replay_pages import replay_pages
from training_admin.audit.steering_pages import steering_pages
from training_admin.audit.trial_pages import trial_pages
from training_admin.catalog.api import catalog_api
from training_admin.catalog.class_pages import class_pages
from training_admin.catalog.course_pages import course_pages
from training_admin.catalog.demand_pages import demand_pages
from training_admin.catalog.form_pages import form_pages
from training_admin.catalog.pages import catalog_pages
from training_admin.catalog.plan_pages import plan_pages
from training_admin.catalog.print_pages import print_pages
from training_admin.catalog.project_pages import project_pages
from training_admin.catalog.proposal_pages import catalog_proposal_pages
from training_admin.catalog.result_pages import result_pages
from training_admin.catalog.review_pages import catalog_review_pages
from training_admin.catalog.revision_pages import catalog_revision_pages
from training_admin.catalog.run_pages import run_pages
from training_admin.catalog.run_upload_pages import run_upload_pages
from training_admin.catalog.seat_pages import seat_pages
from training_admin.catalog.session_pages import session_pages
from training_admin.catalog.sign_in_code_pages import sign_in_code_pages
from training_admin.catalog.teacher_pages import teacher_pages
from training_admin.catalog.visit_pages import visit_pages
from training_admin.catalog.witness_pages import witness_pages
from training_admin.certificates.check_pages import check_pages
from training_admin.certificates.pages import certificate_pages
from training_admin.certificates.programme_pages import programme_certificate_pages
from training_admin.desk.leader_pages import leader_pages
from training_admin.desk.my_certificates import my_certificate_pages
from training_admin.desk.own_pages import own_pages
from training_admin.desk.pages import desk_pages
from training_admin.desk.personal_pages import personal_pages
from training_admin.fund.acts_api import fund_acts_api
from training_admin.fund.api import fund_api
from training_admin.fund.batch_pages import batch_pages
from training_admin.fund.case_api import cases_api
from training_admin.fund.closing_api import closing_api
from training_admin.fund.closing_pages import closing_pages
from training_admin.fund.fund_pages import fund_pages
from training_admin.fund.payment_api import payments_api
from training_admin.fund.recovery_api import recoveries_api
from training_admin.fund.recovery_pages import recovery_pages
from training_admin.fund.reuse_pages import reuse_pages
from training_admin.fund.withholding_api import withholdings_api
from training_admin.fund.withholding_pages import withholding_pages
from training_admin.office.marked_pages import marked_pages
from training_admin.office.message_pages import message_pages
from training_admin.office.trail_pages import trail_pages
from training_admin.parties.institution_pages import institution_pages
from training_admin.parties.list_pages import list_pages
from training_admin.parties.sanction_api import sanctions_api
from training_admin.parties.sanction_pages import sanction_pages
from training_admin.policy.api import policy_api
from training_admin.policy.pages import policy_pages
from training_admin.policy.proposal_pages import proposal_pages
from training_admin.subsidy.api import claims_api
from training_admin.subsidy.apprentice_register_pages import apprentice_register_pages
from training_admin.subsidy.claimant_api import claimants_api
from training_admin.subsidy.claimant_pages import claimant_pages
from training_admin.subsidy.class_claim_pages import class_claim_pages
from training_admin.subsidy.class_offer_pages import class_offer_pages
from training_admin.subsidy.delivery_api import deliveries_api
from training_admin.subsidy.delivery_pages import delivery_pages
from training_admin.subsidy.handling_api import handling_api
from training_admin.subsidy.notice_api import notices_api
from training_admin.subsidy.notice_pages import notice_pages
from training_admin.subsidy.pages import claim_pages
from training_admin.subsidy.paper_api import papers_api
from training_admin.subsidy.paper_pages import paper_pages
from training_admin.subsidy.programme_api import programme_money_api
from training_admin.subsidy.programme_pages import programme_money_pages
from training_admin.subsidy.quality_api import quality_api
from training_admin.subsidy.quality_pages import quality_pages
from training_admin.subsidy.reduced_pages import reduced_pages
from training_admin.subsidy.review_api import review_api
from training_admin.subsidy.review_pages import review_pages
from training_admin.subsidy.rule_pages import rule_pages
from training_admin.subsidy.signature_pages import signature_pages
from training_admin.subsidy.upload_pages import upload_pages
from training_admin.web import API_PREFIX


def api_router(upload_limit: int) -> Router:
    """The JSON API of all rooms."""
    return Router(
        API_PREFIX + "v1",
        route_handlers=[
            claims_api(upload_limit=upload_limit),
            review_api(),
            handling_api(),
            claimants_api(upload_limit=upload_limit),
            notices_api(),
            papers_api(),
            quality_api(),
            deliveries_api(upload_limit=upload_limit),
            sanctions_api(),
            policy_api(),
            catalog_api(),
            audit_api(),
            doubt_api(),
            callbacks_api(),
            fund_api(),
            fund_acts_api(),
            payments_api(upload_limit=upload_limit),
            cases_api(),
            recoveries_api(),
            withholdings_api(),
            closing_api(upload_limit=upload_limit),
            programmes_api(),
            programme_money_api(),
            rectification_api(),
        ],
    )


def page_routers(upload_limit: int) -> list[Router]:
    """The pages of all rooms."""
    return [*_people_pages(), *_claims_pages(upload_limit), *_training_pages(upload_limit), *_money_pages(upload_limit)]


def _people_pages() -> list[Router]:
    """The desk, signing in, accounts and organisations."""
    return [
        desk_pages(),
        personal_pages(),
        sign_in_pages(),
        person_pages(),
        sso_pages(),
        mock_sso_pages(),
        me_pages(),
        register_pages(),
        organisation_pages(),
        link_pages(),
        colleague_pages(),
        account_pages(),
        role_pages(),
        mandate_pages(),
        request_pages(),
        own_pages(),
    ]


def _claims_pages(upload_limit: int) -> list[Router]:
    """Claims from the draft to the notice, registers, rules and figures."""
    return [
        claim_pages(),
        doubt_pages(),
        review_pages(),
        claimant_pages(upload_limit=upload_limit),
        class_claim_pages(),
        class_offer_pages(),
        reduced_pages(),
        signature_pages(),
        upload_pages(upload_limit=upload_limit),
        delivery_pages(upload_limit=upload_limit),
        programme_money_pages(),
        apprentice_register_pages(),
        notice_pages(),
        paper_pages(),
        quality_pages(),
        rule_pages(),
        policy_pages(),
        proposal_pages(),
    ]


def _training_pages(upload_limit: int) -> list[Router]:
    """Catalog, plans, courses, classes, certificates, institutions."""
    return [
        catalog_pages(),
        demand_pages(),
        class_pages(),
        run_pages(),
        session_pages(),
        result_pages(),
        run_upload_pages(),
        print_pages(),
        sign_in_code_pages(),
        witness_pages(),
        seat_pages(),
        form_pages(),
        course_pages(),
        visit_pages(),
        record_pages(),
        voice_pages(),
        own_apprenticeship_pages(),
        programme_pages(),
        inspection_pages(),
        field_pages(),
        callback_pages(),
        match_pages(upload_limit=upload_limit),
        certificate_pages(),
        programme_certificate_pages(),
        check_pages(),
        my_certificate_pages(),
        institution_pages(),
        teacher_pages(),
        list_pages(upload_limit=upload_limit),
        plan_pages(),
        project_pages(),
        sanction_pages(),
        catalog_proposal_pages(),
        catalog_review_pages(),
        catalog_revision_pages(upload_limit=upload_limit),
    ]


def _money_pages(upload_limit: int) -> list[Router]:
    """The fund, audit, the trail, messages."""
    return [
        fund_pages(),
        reuse_pages(),
        batch_pages(upload_limit=upload_limit),
        recovery_pages(),
        withholding_pages(),
        closing_pages(upload_limit=upload_limit),
        audit_pages(),
        file_pages(),
        dossier_pages(),
        evidence_pages(),
        rectification_pages(),
        rectification_act_pages(),
        replay_pages(),
        trial_pages(),
        steering_pages(upload_limit=upload_limit),
        performance_pages(),
        leader_pages(),
        trail_pages(),
        marked_pages(),
        message_pages(),
    ]
