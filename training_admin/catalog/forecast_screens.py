"""A forecast as pages and tables show it: the newest one of a class, with names beside the persons' keys."""

from collections.abc import Iterator, Mapping
from datetime import date

from training_admin.catalog.filing import ClassShown
from training_admin.catalog.forecast_facts import VERDICT_WORDS, Forecast
from training_admin.catalog.forecast_store import ForecastShown, newest_forecasts
from training_admin.database import read_transaction
from training_admin.kit.money import yuan
from training_admin.kit.wording import day

# A person's name and masked number by his key.
Named = Mapping[str, tuple[str, str]]
HEADER = ("姓名", "证件号码（已隐去）", "测算", "测算金额（元）", "应发金额（元）", "相关规则", "原因", "怎样更正", "最晚更正日期")


async def forecast_shown(training_class: int) -> ForecastShown | None:
    """The newest forecast of a class that whoever asks may see."""
    async with read_transaction():
        return (await newest_forecasts([training_class])).get(training_class)


def named_of(shown: ClassShown) -> Named:
    """Names and masked numbers of a class's roster."""
    return {each.person: (each.name, masked) for each, masked in zip(shown.plan.trainees, shown.masked, strict=True)}


def forecast_rows(forecast: Forecast, named: Named) -> Iterator[tuple[object, ...]]:
    """The table of a forecast, one row a person, with everything of class and claim that concerns him."""
    for each in forecast.people:
        last: list[date] = [hint.mend_by for hint in each.hints if hint.mend_by is not None]
        yield (
            *named.get(each.person, ("—", "—")),
            VERDICT_WORDS[each.verdict],
            yuan(each.computed_fen),
            yuan(each.payable_fen),
            "、".join(dict.fromkeys(hint.rule for hint in each.hints)),
            "；".join(hint.words.rstrip("。") for hint in each.hints),
            "；".join(hint.would_pass.rstrip("。") for hint in each.hints),
            day(min(last)) if last else "",
        )
