"""Logs on stderr: one line for each thing, the present instant in UTC, and never a number that names a person."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from training_admin.kit.identifiers import PERSONAL_NUMBER
from training_admin.settings import Settings

# Whatever number of a person slips into a log becomes this.
PERSONAL = PERSONAL_NUMBER
MASKED = "[已隐去]"


def without_personal_numbers(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask identity, phone and bank numbers in whatever is logged, however deep."""
    return {key: _masked(value) for key, value in event.items()}


def configure_logs(settings: Settings) -> None:
    """Send structlog and the libraries' loggers to stderr, masked."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_personal_numbers,
    ]
    level = logging.getLevelNamesMapping()[settings.log_level]
    structlog.configure(
        processors=[*shared, structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"])],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Libraries speak at INFO of every statement and request.
    root.setLevel(max(level, logging.WARNING))


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return PERSONAL.sub(MASKED, value)
    if isinstance(value, dict):
        return {key: _masked(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_masked(each) for each in value]
    return value
