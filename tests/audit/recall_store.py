"""One seed's district stored through the product's own services: catalog, registers, lists, claims with their first assessment."""

from datetime import date, timedelta

import msgspec

from tests.audit.recall_seed import Seeded, dear_item
from training_admin.audit.match_facts import ListTold, MatchKind
from training_admin.audit.matching import import_list
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog
from training_admin.database import fetch_tuples, write_transaction
from training_admin.demo.district import CLAIM_DAY, registers_of
from training_admin.demo.filling import prepare
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.subsidy.assessing import assess_claim
from training_admin.subsidy.claims import claim_record, store_claim
from training_admin.subsidy.deliveries import receive_document
from training_admin.subsidy.record import PAYING
from training_admin.subsidy.registers import CoverageDocument, RegistersDocument


async def stored(seeded: Seeded, clock: FixedClock) -> list[str]:
    """The claims stored and assessed with their registers and lists, and what becomes known later; their numbers in order."""
    await publish_items(DEMO, (*sample_catalog(), dear_item()), paper="样例目录", clock=clock)
    document = registers_of(seeded.claims, seeded.institutions)
    firms = tuple({each.uscc: each for each in document.enterprises}.values())
    await _delivered(msgspec.structs.replace(document, enterprises=firms), clock)
    for kind, rows in seeded.lists.items():
        await list_told(kind, rows, clock)
    numbers = []
    for claim in seeded.claims:
        content, form = prepare(claim)
        number = (await store_claim(DEMO, content, form, readable_only=True, clock=clock)).number
        await assess_claim(DEMO, number, cause="首次核验", clock=clock)
        numbers.append(number)
    await _delivered(RegistersDocument(CLAIM_DAY, CoverageDocument(), payments=tuple(seeded.later), district="310117"), clock)
    return numbers


async def list_told(kind: MatchKind, rows: list[str], clock: FixedClock) -> None:
    """A list of another department, imported."""
    await import_list(DEMO, "\r\n".join(["证件号码,起始日期,截止日期,说明", *rows, ""]).encode(), _head(kind), clock=clock)


async def licensed(seeded: Seeded) -> None:
    """The first licence of every institution as it is registered here; those of `seeded.licensed` are new."""
    async with write_transaction():
        for school in seeded.institutions:
            since = seeded.licensed.get(school.uscc, date(2019, 5, 1))
            ((key,),) = await fetch_tuples(
                "INSERT INTO resource (organisation, owner, kind) VALUES ($1, 'institution', 'licence') RETURNING id", school.uscc
            )
            await fetch_tuples(
                """INSERT INTO resource_version (resource, version, organisation_name, content, ended, entered_by, enterer, hands,
                       entered_at, state, decided_at)
                   VALUES ($1, 1, $2, $3, false, 't', 't', '{}', now(), 'approved', now()) RETURNING id""",
                *(key, school.name, msgspec.json.encode({"valid_from": since, "valid_to": date(2030, 1, 1)}).decode()),
            )


async def _delivered(document: RegistersDocument, clock: FixedClock) -> None:
    await receive_document(DEMO, document, sha256=sha256_hex(canonical_json(document)), source="测试", clock=clock)


def _head(kind: MatchKind) -> ListTold:
    return ListTold(
        kind=kind,
        source="测试",
        basis="测试",
        as_of=CLAIM_DAY,
        covers_from=date(2025, 1, 1),
        covers_to=CLAIM_DAY,
        purge_on=CLAIM_DAY + timedelta(days=300),
    )


async def refused(numbers: list[str]) -> set[tuple[int, int]]:
    """Claim and row of every line that the assessment does not pay."""
    found = set()
    for place, number in enumerate(numbers):
        record = await claim_record(DEMO, number, None)
        found |= {(place, line.row) for line in record.lines if line.outcome not in PAYING}
    return found
