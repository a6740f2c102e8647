"""A database of several district-years: one tenth of a year is filled through the services, the rest are copies made inside the database.

Each copy has firms, persons, classes, deliveries and papers of its own; whatever refers to a copied row refers to its copy. Ten copies
make a year, and a year lies before the other.
"""

from bench.class_runs import run_classes
from training_admin.database import execute_script, fetch_tuples, read_transaction, write_transaction
from training_admin.demo.filling import fill_district
from training_admin.kit.clock import FixedClock

PART, SHARE = 3000, 10
INTERVALS = 1_000_000 // SHARE
# Keys of a copy lie so far above those of the original.
STEP = 1_000_000_000
# In the order in which rows refer to one another, each with the columns that refer to copied rows.
TABLES: dict[str, tuple[str, ...]] = {
    "delivery": (),
    "stored_file": (),
    "covered": ("delivery",),
    "enterprise_version": ("delivery",),
    "institution_version": ("delivery",),
    "year_amount": ("delivery",),
    "filing_version": ("delivery",),
    "insured_month": ("delivery",),
    "paid_training": ("delivery",),
    "claim": ("file",),
    "claim_class": ("claim",),
    "claim_line": ("claim",),
    "claim_cost": ("claim",),
    "assessment": ("claim",),
    "finding": ("assessment",),
    "training_class": (),
    "class_version": ("training_class",),
    "class_interval": ("training_class",),
    "class_attendance": ("training_class",),
    "class_session_held": ("training_class",),
    "class_result": ("training_class",),
    "class_closing": ("training_class",),
    "class_visit": (),
}
_PERSON = "CASE WHEN length({0}) = 0 THEN {0} ELSE sha256({0} || int4send(n)) END"
_FIRM = "left({0}, 9) || lpad(upper(to_hex(n)), 4, '0') || right({0}, 5)"
_NAMED = "CASE WHEN {0} = '' THEN {0} ELSE {0} || '-' || n END"
# What a copy has of its own, by column; a table in front tells that it holds there alone.
OWN: dict[str, str] = {
    "person": _PERSON,
    "class_interval.key": _PERSON,
    "uscc": _FIRM,
    "filing_version.enterprise": _FIRM,
    "payer": _FIRM,
    "class_no": _NAMED,
    "claim.number": _NAMED,
    "delivery.sha256": "encode(sha256(convert_to({0} || n, 'utf8')), 'hex')",
    "stored_file.sha256": "encode(sha256(convert_to({0} || n, 'utf8')), 'hex')",
    "certificate_no": "CASE WHEN {0} = '' THEN '' ELSE left({0}, 15) || lpad((n % 10000)::text, 4, '0') || right({0}, 3) END",
    "invoice_no": "CASE WHEN {0} = '' THEN '' ELSE right({0}, 14) || lpad(n::text, 6, '0') END",
    "claim.claim_year": f"{{0}} - n / {SHARE}",
    "claim.as_of": f"({{0}} - make_interval(years => n / {SHARE}))::date",
    "claim_class.content": "{0} || jsonb_build_object('class_no', class_no || '-' || n)",
}


async def first_part(clock: FixedClock) -> None:
    """One tenth of a district-year, its classes run here."""
    await fill_district(trainees=PART, seed=1, clock=clock, progress=lambda _people: None)
    async with read_transaction():
        claims = [row[0] for row in await fetch_tuples("SELECT id FROM claim ORDER BY id")]
    await run_classes(claims, intervals=INTERVALS)


async def copy_parts(first: int, last: int) -> None:
    """Copies of the first part, numbered from `first` to `last`."""
    async with write_transaction():
        await execute_script("SET LOCAL session_replication_role = replica")
        for table, references in TABLES.items():
            names = [row[0] for row in await fetch_tuples(_COLUMNS, table)]
            values = [_value(table, name, references) for name in names]
            columns = ", ".join(f'"{name}"' for name in names)
            await execute_script(
                f"""INSERT INTO {table} ({columns}) SELECT {", ".join(values)} FROM {table}, generate_series({first}, {last}) n
                    WHERE id < {STEP} ORDER BY n, id"""  # noqa: S608 - our own words
            )
    async with write_transaction():
        await fetch_tuples("ANALYZE")


_COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position"


def _value(table: str, name: str, references: tuple[str, ...]) -> str:
    quoted = f'{table}."{name}"'
    if name == "id" or name in references:
        return f"{quoted} + n * {STEP}::bigint"
    own = OWN.get(f"{table}.{name}", OWN.get(name) if table != "institution_version" else None)
    return quoted if own is None else own.format(quoted)
