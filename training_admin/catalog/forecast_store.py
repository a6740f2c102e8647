"""Queries of forecasts and of the classes that have one: approved classes with their rosters, whoever files them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.catalog.class_facts import Trainee
from training_admin.catalog.class_store import ClassContent, SealedTrainee
from training_admin.catalog.forecast_facts import Forecast, Verdict
from training_admin.database import fetch_tuples
from training_admin.kit.digest import canonical_json, sha256_hex

_APPROVED = """
    SELECT c.id, c.class_no, c.organisation, c.organisation_name, c.state, c.approved_version, v.id AS version_key, v.content
    FROM training_class c JOIN class_version v ON v.training_class = c.id AND v.version = c.approved_version
    WHERE c.state NOT IN ('ended', 'withdrawn')
"""
# For whom a class was filed: its enterprise, or everybody whose people are in a pooled class; the codes are parameter {0}.
_FOR = """(${0}::text[] IS NULL OR v.content->>'enterprise' = ANY(${0}) OR v.content->>'pool' IS NOT NULL
    AND EXISTS (SELECT 1 FROM class_trainee t WHERE t.class_version = v.id AND t.enterprise = ANY(${0})))"""
# The job that computes the forecast of one class; what stands behind the slash of its key makes it the job of a day or of an act.
FORECAST_CLASS = "forecast_class"


class ApprovedClass(msgspec.Struct, frozen=True):
    """A class as approved: whose it is, in which state, and the content of the approved version, whose key is `version_key`."""

    id: int
    class_no: str
    organisation: str
    organisation_name: str
    state: str
    version: int
    version_key: int
    content: ClassContent


class ForecastShown(msgspec.Struct, frozen=True):
    """The newest forecast of a class and when it was computed."""

    made_at: datetime
    forecast: Forecast


def _approved(rows: Iterable[tuple[Any, ...]]) -> list[ApprovedClass]:
    return [ApprovedClass(*(*row[:-1], msgspec.json.decode(row[-1], type=ClassContent))) for row in rows]


async def approved_classes(class_nos: Sequence[str], *, enterprises: Sequence[str] | None = None) -> list[ApprovedClass]:
    """The named classes as approved, those for some enterprises only (None: for any), by number."""
    found = await fetch_tuples(
        f"{_APPROVED} AND c.class_no = ANY($1) AND {_FOR.format(2)} ORDER BY c.class_no",
        *(list(class_nos), enterprises),
    )
    return _approved(found)


async def approved_by_key(training_class: int) -> ApprovedClass:
    """A class that was approved, by its key, also one that was ended since."""
    found = await fetch_tuples(_APPROVED.replace("WHERE c.state NOT IN ('ended', 'withdrawn')", "WHERE c.id = $1"), training_class)
    return _approved(found)[0]


async def name_of(version_key: int, person: str) -> str:
    """A person's name in a roster; "" when he does not stand in it any more."""
    found = await fetch_tuples(
        "SELECT name FROM class_trainee WHERE class_version = $1 AND person = $2 LIMIT 1", version_key, bytes.fromhex(person)
    )
    return found[0][0] if found else ""


async def classes_for(enterprises: Sequence[str] | None, *, most: int) -> list[ApprovedClass]:
    """Approved classes filed for enterprises (None: for any), newest first, by whomever."""
    found = await fetch_tuples(
        f"{_APPROVED} AND {_FOR.format(1)} ORDER BY c.id DESC LIMIT $2",
        *(enterprises, most),
    )
    return _approved(found)


async def approved_numbers(since: date) -> list[str]:
    """The numbers of approved classes that run, will run or are closed, and whose last session is not before a day."""
    found = await fetch_tuples(
        f"""SELECT class_no FROM ({_APPROVED}) c
            WHERE (SELECT max((s->>'day')::date) FROM jsonb_array_elements(c.content->'sessions') s) >= $1 ORDER BY id""",  # noqa: S608 - our own texts
        since,
    )
    return [row[0] for row in found]


async def rosters_of(version_keys: Sequence[int]) -> dict[int, list[SealedTrainee]]:
    """The rosters of several versions in one query, each in its order."""
    found = await fetch_tuples(
        """SELECT class_version, name, encode(person, 'hex'), target_group, enterprise, post, note, contract_start, contract_end, prior,
                  sealed, sealed_phone
           FROM class_trainee WHERE class_version = ANY($1) ORDER BY class_version, place""",
        list(version_keys),
    )
    rosters: dict[int, list[SealedTrainee]] = {key: [] for key in version_keys}
    for key, *row in found:
        rosters[key].append(SealedTrainee(Trainee(*row[:9]), *row[9:]))
    return rosters


async def save_forecast(training_class: int, forecast: Forecast, *, at: datetime, made_on: date) -> None:
    """Keep the forecast of a day; computed again on the same day it takes the place of the earlier one."""
    content = canonical_json(forecast)
    await fetch_tuples(
        """INSERT INTO class_forecast (training_class, made_on, made_at, payable, refused, pending, payable_fen, content, sha256)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           ON CONFLICT (training_class, made_on) DO UPDATE SET made_at = excluded.made_at, payable = excluded.payable,
               refused = excluded.refused, pending = excluded.pending, payable_fen = excluded.payable_fen, content = excluded.content,
               sha256 = excluded.sha256""",
        *(training_class, made_on, at, *(forecast.count(each) for each in (Verdict.PAYABLE, Verdict.REFUSED, Verdict.PENDING))),
        *(forecast.payable_fen, content.decode(), sha256_hex(content)),
    )


async def newest_forecasts(training_classes: Sequence[int]) -> dict[int, ForecastShown]:
    """The newest forecast of each class that has one."""
    found = await fetch_tuples(
        """SELECT DISTINCT ON (training_class) training_class, made_at, content FROM class_forecast
           WHERE training_class = ANY($1) ORDER BY training_class, made_on DESC""",
        list(training_classes),
    )
    return {key: ForecastShown(made_at, msgspec.json.decode(content, type=Forecast)) for key, made_at, content in found}
