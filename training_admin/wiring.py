"""What rooms are handed from the rooms to their right.

Policy: declared figures, formulas, and who computes which product. Office: the columns that hold sealed contents.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from types import ModuleType

from training_admin.apprenticeship import parameters as apprenticeship_parameters
from training_admin.apprenticeship.facts import Stage
from training_admin.audit import parameters as audit_parameters
from training_admin.audit.holding import held_lines
from training_admin.catalog import parameters as catalog_parameters
from training_admin.catalog.facts import STREAMS
from training_admin.fund import examples as fund_examples
from training_admin.fund import parameters as fund_parameters
from training_admin.fund.follow import OF_PAID, OF_REST, FollowEvent
from training_admin.fund.line_facts import CaseLines
from training_admin.kit.actor import Actor
from training_admin.kit.clock import Clock
from training_admin.kit.dated import Parameter, Policy, Unit
from training_admin.office import parameters as office_parameters
from training_admin.office.calendar_data import published_calendar
from training_admin.office.sealed_store import SealedColumn
from training_admin.parties import parameters as parties_parameters
from training_admin.policy import parameters as policy_parameters
from training_admin.policy.checks import PackCheck, check_pack
from training_admin.policy.examples import Evaluator, Workbench
from training_admin.policy.packs import PolicyPack, open_shipped
from training_admin.policy.proposals import Examiner
from training_admin.subsidy import claim_examples, class_examples, online_examples, person_examples, programme_examples
from training_admin.subsidy import parameters as subsidy_parameters
from training_admin.subsidy.amounts import FORMULAS
from training_admin.subsidy.before_payment import missing_before_payment
from training_admin.subsidy.own_payments import stage_payments_known
from training_admin.subsidy.programme_store import claims_of_programmes
from training_admin.subsidy.rest_payments import tell_of_rest
from training_admin.subsidy.review_states import Act
from training_admin.subsidy.review_store import claim_by_number
from training_admin.subsidy.reviewing import follow
from training_admin.subsidy.rules import RULES_BY_ID
from training_admin.subsidy.withheld import OF_WITHHOLDING, follow_withholding

PARAMETER_MODULES: tuple[ModuleType, ...] = (
    office_parameters,
    policy_parameters,
    parties_parameters,
    fund_parameters,
    catalog_parameters,
    apprenticeship_parameters,
    subsidy_parameters,
    audit_parameters,
)
# Rules that are computed for examples and by packs of other districts, beside those of claims.
OTHER_RULES = ("ONL-03", "ONL-04", "ONL-05", "GRP-02", "GRP-06", "GRP-07", "CERT-05")
PROGRAMME_RULES = ("ONL-02", "TJ-15", "TJ-17", "TJ-19", "P-DIR")


def _parameters(module: ModuleType) -> list[Parameter[int]]:
    """The parameters of one room, also those that stand in a mapping."""
    found: list[Parameter[int]] = []
    for name, value in vars(module).items():
        if name.isupper() and isinstance(value, Parameter):
            found.append(value)
        elif name.isupper() and isinstance(value, dict):
            found.extend(each for each in value.values() if isinstance(each, Parameter))
    return found


def _declared() -> dict[str, Parameter[int]]:
    parameters = [each for module in PARAMETER_MODULES for each in _parameters(module)]
    by_key = {each.key: each for each in parameters}
    assert len(by_key) == len(parameters), "a figure is declared twice"
    return by_key


PARAMETERS: Mapping[str, Parameter[int]] = _declared()
DECLARED: Mapping[str, Unit] = {key: each.unit for key, each in PARAMETERS.items()}
EVALUATORS: Mapping[str, Evaluator] = {
    **person_examples.PRODUCTS,
    **class_examples.PRODUCTS,
    **online_examples.PRODUCTS,
    **claim_examples.PRODUCTS,
    **programme_examples.PRODUCTS,
    **fund_examples.PRODUCTS,
}


@cache
def _shipped_policy(name: str) -> Policy:
    """The policy of a shipped pack, read once; a refused name is not remembered."""
    return open_shipped(name, declared=DECLARED).policy


def workbench() -> Workbench:
    """Everything worked examples are run with: shipped packs, the published calendar, all products."""
    return Workbench(
        policy_of=_shipped_policy,
        declared=DECLARED,
        evaluators=EVALUATORS,
        calendar=published_calendar(),
    )


def checked(pack: PolicyPack) -> PackCheck:
    """A pack against all that is known: formulas, rules, and its own cases run with its own figures."""
    return check_pack(
        pack,
        workbench(),
        formulas=FORMULAS,
        streams=STREAMS,
        rules=(*RULES_BY_ID, *OTHER_RULES, *PROGRAMME_RULES),
    )


# Every column of sealed contents, the large ones last; a test compares it with all tables.
SEALED_COLUMNS: tuple[SealedColumn, ...] = (
    SealedColumn("key_proof"),
    SealedColumn("account", "sealed_factor"),
    SealedColumn("organisation", "sealed_contact"),
    SealedColumn("personal_request", "sealed_text"),
    SealedColumn("resource_version"),
    SealedColumn("sanction_plea", "sealed_words"),
    SealedColumn("class_trainee", batch=2000),
    SealedColumn("class_trainee", "sealed_phone", batch=2000),
    SealedColumn("certificate", batch=2000),
    SealedColumn("programme_tutor"),
    SealedColumn("apprentice", batch=2000),
    SealedColumn("apprentice", "sealed_phone", batch=2000),
    SealedColumn("apprentice_voice", "sealed_words"),
    SealedColumn("claim", "sealed_head"),
    SealedColumn("claim_note", "sealed_words"),
    SealedColumn("notice_objection", "sealed_words"),
    SealedColumn("payable", "sealed_account"),
    SealedColumn("payment_item", "sealed_account"),
    SealedColumn("claim_line", batch=2000),
    SealedColumn("stored_file", batch=4, version_column="key_version"),
)


async def follow_claim(actor: Actor, case_no: str, event: FollowEvent, clock: Clock) -> None:
    """What the fund room is handed: a claim moves with its money, inside the transaction of the payment's act.

    It moves with its first payment; of lines that were held and paid later, or not at all, the enterprise is told.
    """
    claim = await claim_by_number(case_no, None)
    if event in OF_PAID:
        await stage_payments_known(case_no)
    if event in OF_WITHHOLDING:
        await follow_withholding(actor, claim, event, clock=clock)
        return
    if event in OF_REST:
        await tell_of_rest(claim, event, clock=clock)
        return
    await follow(actor, claim, Act(event.value), clock=clock)


async def settled_programmes(numbers: Sequence[str]) -> frozenset[str]:
    """What monthly records ask before they are told: of which programmes the settlement is claimed, inside the act's transaction."""
    claims = await claims_of_programmes(list(numbers))
    return frozenset(number for number, found in claims.items() if any(each.stage is Stage.SETTLEMENT and not each.over for each in found))


async def missing_of_claim(case_nos: Sequence[str], clock: Clock) -> Mapping[str, Sequence[str]]:
    """What the fund room asks before money leaves: what claims still miss, inside the transaction of the batch's act."""
    return await missing_before_payment(case_nos, clock=clock)


async def lines_of_claims(cases: Sequence[str], clock: Clock, *, fresh: bool) -> dict[str, CaseLines]:
    """What the fund room asks about lines: which ones doubts of the audit hold, looked for anew in the transaction that makes a batch."""
    return await held_lines(cases, fresh=fresh, clock=clock)


# What the pages and commands of policy changes are handed.
EXAMINER = Examiner(DECLARED, checked)
