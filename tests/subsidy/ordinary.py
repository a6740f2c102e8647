"""An ordinary claim of one class and one person in which every rule passes; cases change single facts of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, get_type_hints

import msgspec

from training_admin.catalog.facts import CatalogItem
from training_admin.kit.dated import FiguresOn, Policy, with_overrides
from training_admin.kit.rulebook import Rule, Scope
from training_admin.kit.workdays import Calendar
from training_admin.office.calendar_data import published_calendar
from training_admin.parties.facts import Enterprise
from training_admin.policy.packs import DEFAULT_PACK, load_pack
from training_admin.subsidy.context import ClassContext
from training_admin.subsidy.facts import ClaimFacts, ClassFacts, LineFacts

BEGINNING = date(2000, 1, 1)
ITEM = CatalogItem(
    item_code="SJ2026-A-008",
    name="焊工（四级）",
    category="A 职业技能等级",
    occupation="6-18-02-04",
    level="4",
    std_centihours=12000,
    std_fen=200_000,
    base_fen=140_000,
    urgent=True,
    pilot=False,
    fund="LES",
    valid_from=date(2026, 1, 1),
    valid_to=date(2026, 12, 31),
)
ENTERPRISE = Enterprise(
    uscc="91310117X11000017X",
    name="样例企业",
    size="L",
    tax_district="310117",
    status="存续",
    surcharge_paid_fen={"2025": 30_000_000},
    subsidy_paid_fen={"2026": 0},
)
CLASS = ClassFacts(
    class_no="SY2026-A01",
    filed=True,
    filed_by_other=False,
    stream="职业技能类",
    item_code="SJ2026-A-008",
    item=ITEM,
    start=date(2026, 3, 9),
    end=date(2026, 4, 24),
    planned_centihours=12000,
    delivered_centihours=12000,
    online_centihours=0,
    enrolled=25,
    mode="MIXED",
    theory_test=False,
    practical_test=False,
    filed_at=date(2026, 2, 10),
    approved_at=date(2026, 2, 14),
    institution="91310117X110000370",
    eligible_cost_fen=5_000_000,
    refused_cost_fen=0,
)
LINE = LineFacts(
    row=5,
    readable=True,
    class_no="SY2026-A01",
    person="p",
    group="E_EMPLOYEE",
    relation="OWN",
    birth=date(1990, 3, 7),
    sex="M",
    contract_start=date(2020, 1, 1),
    contract_end=date(2027, 12, 31),
    attended_centihours=12000,
    exam_result="合格",
    insured_here=("2026-03", "2026-04"),
)


def claim_of(lines: tuple[LineFacts, ...] = (LINE,), classes: tuple[ClassFacts, ...] = (CLASS,), **changes: Any) -> ClaimFacts:
    """An ordinary claim of the given lines and classes."""
    facts = ClaimFacts(
        claim_number="SJ2026000001",
        uscc=ENTERPRISE.uscc,
        claim_year=2026,
        as_of=date(2026, 6, 1),
        known_at="",
        enterprise=ENTERPRISE,
        classes=classes,
        lines=lines,
        insurance_months=frozenset(f"2026-{month:02d}" for month in range(1, 7)),
        surcharge_years=frozenset({"2025"}),
        policy=load_pack(DEFAULT_PACK),
        calendar=published_calendar(),
    )
    return msgspec.structs.replace(facts, **changes)


def changed(struct: Any, name: str, value: Any) -> Any:
    """A struct with one field replaced by a plain value, converted to the field's type."""
    return msgspec.structs.replace(struct, **{name: msgspec.convert(value, get_type_hints(type(struct))[name])})


def case_of(given: Mapping[str, Any]) -> ClaimFacts:
    """The ordinary claim with the facts of a case in place."""
    parts: dict[str, Any] = {"item": ITEM, "enterprise": ENTERPRISE, "class": CLASS, "line": LINE, "claim": claim_of()}
    whole: dict[str, Any] = {}
    policy: Policy = parts["claim"].policy
    for key, value in given.items():
        where, _, name = key.partition(".")
        if where == "figures":
            policy = with_overrides(policy, {name: value}, BEGINNING)
        elif where == "policy":
            policy = msgspec.structs.replace(policy, **{name: value})
        elif key == "claim.calendar.years":
            calendar: Calendar = parts["claim"].calendar
            whole["calendar"] = msgspec.structs.replace(calendar, years=frozenset(value))
        elif key in {"claim.enterprise", "class.item"}:
            parts["enterprise" if key == "claim.enterprise" else "item"] = value
        else:
            parts[where] = changed(parts[where], name, value)
    klass = msgspec.structs.replace(parts["class"], item=parts["item"])
    facts: ClaimFacts = msgspec.structs.replace(
        parts["claim"], classes=(klass,), lines=(parts["line"],), enterprise=parts["enterprise"], policy=policy, **whole
    )
    return facts


def answer_of(rule: Rule[Any, Any], facts: ClaimFacts) -> str:
    """The tag of a rule's answer on the only class and line of a claim, with the effect where it differs from the rule's."""
    if rule.scope is Scope.CLAIM:
        outcome = rule.check(facts, FiguresOn(facts.policy, facts.as_of))
    else:
        context = ClassContext(facts, facts.classes[0], {})
        outcome = rule.check(facts.lines[0] if rule.scope is Scope.LINE else facts.classes[0], context)
    tag: str = msgspec.to_builtins(outcome)["type"]
    effect = getattr(outcome, "effect", None)
    return tag if effect is None else f"{tag}:{effect.name}"
