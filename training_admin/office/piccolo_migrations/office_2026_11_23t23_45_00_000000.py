"""What Piccolo's tables cannot say: the trail refuses changes, pgqueuer's own tables, the published working calendar."""

import calendar
import json
import re
from datetime import date
from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from training_admin.database import copy_rows, execute_script

ID = "2026-11-23T23:45:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "append-only trail, job queue, working calendar"

DATA = Path(__file__).parents[1] / "data"

APPEND_ONLY = """
CREATE FUNCTION trail_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the trail is append only' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trail_append_only';
END $$;
CREATE TRIGGER trail_append_only_rows BEFORE UPDATE OR DELETE ON trail FOR EACH ROW EXECUTE FUNCTION trail_refuse_change();
CREATE TRIGGER trail_append_only_table BEFORE TRUNCATE ON trail FOR EACH STATEMENT EXECUTE FUNCTION trail_refuse_change();
"""


def published_on(paper: str) -> date:
    """The day of a paper after its address; where only the month is told, the last day of it: known by then for certain."""
    found = re.search(r"/(20\d\d)-?(\d\d)(?:/(\d\d))?/content", paper)
    assert found is not None
    year, month = int(found[1]), int(found[2])
    return date(year, month, int(found[3]) if found[3] else calendar.monthrange(year, month)[1])


def calendar_rows() -> list[tuple[date, bool, str, str, date]]:
    """day, worked, name, papers, known since – from the file this migration was written for."""
    years = json.loads((DATA / "holidays_cn_2020_2026.json").read_text("utf-8"))["years"].values()
    return [
        (date.fromisoformat(day), not off, name, "\n".join(year["papers"]), max(map(published_on, year["papers"])))
        for year in years
        for day, name, off in year["days"]
    ]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="office", description=DESCRIPTION)

    async def run() -> None:
        await execute_script(APPEND_ONLY)
        await execute_script((DATA / "pgqueuer_1_6_0.sql").read_text("utf-8"))
        await copy_rows("calendar_day", ("day", "worked", "name", "papers", "known_since"), calendar_rows())

    manager.add_raw(run)
    return manager
