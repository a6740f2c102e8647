"""What Piccolo's tables cannot say: policy is append only; and the default pack, in use from the beginning."""

import json
from datetime import UTC, datetime

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from training_admin.database import copy_rows, execute_script, fetch_tuples
from training_admin.kit.digest import canonical_json
from training_admin.policy.adoption import figures_of, head_of, pack_digest
from training_admin.policy.packs import DEFAULT_PACK, open_pack

ID = "2026-11-23T23:58:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "append-only policy, the default pack"

FROM_THE_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
APPEND_ONLY = """
CREATE FUNCTION policy_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'policy is append only' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'policy_append_only';
END $$;
"""
TRIGGERS = """
CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION policy_refuse_change();
CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION policy_refuse_change();
"""
TABLES = ("policy_paper", "policy_pack", "policy_figure", "policy_adoption")
FIGURE_COLUMNS = ("pack", "key", "name", "unit", "value", "start", "end", "paper", "standing", "local_standing", "note")


async def add_default_pack() -> None:
    pack = open_pack(DEFAULT_PACK)
    figures = figures_of(pack)
    papers = sorted({figure.value.paper for figure in figures})
    await copy_rows("policy_paper", ("title",), [(paper,) for paper in papers])
    keys = dict(await fetch_tuples("SELECT title, id FROM policy_paper"))
    found = await fetch_tuples(
        "INSERT INTO policy_pack (name, version, head, sha256) VALUES ($1, $2, $3, $4) RETURNING id",
        pack.file.pack,
        pack.file.version,
        canonical_json(head_of(pack.file)).decode(),
        pack_digest(pack.file),
    )
    rows = [
        (
            found[0][0],
            figure.value.key,
            figure.name,
            figure.unit,
            json.dumps(figure.value.value, ensure_ascii=False),
            figure.value.period.start,
            figure.value.period.end,
            keys[figure.value.paper],
            figure.value.standing.value,
            figure.value.local_standing.value,
            figure.value.note,
        )
        for figure in figures
    ]
    await copy_rows("policy_figure", FIGURE_COLUMNS, rows)
    adoption = (found[0][0], "program", "installation", FROM_THE_BEGINNING)
    await copy_rows("policy_adoption", ("pack", "proposed_by", "approved_by", "known_since"), [adoption])


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="policy", description=DESCRIPTION)

    async def run() -> None:
        await execute_script(APPEND_ONLY + "".join(TRIGGERS.format(table=table) for table in TABLES))
        await add_default_pack()

    manager.add_raw(run)
    return manager
