"""Structured logs: JSON in production, readable in development. Values that could be personal never get here."""

from __future__ import annotations

import logging

import structlog

from app.settings import Settings

# One list for good, filled anew by each configuration: loggers keep the list they first used, for speed.
_PROCESSORS: list[structlog.types.Processor] = []


def configure_logs(settings: Settings) -> None:
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    logging.basicConfig(level=max(level, logging.WARNING), format="%(levelname)s %(name)s %(message)s")
    renderer: structlog.types.Processor = (
        structlog.dev.ConsoleRenderer() if settings.development else structlog.processors.JSONRenderer()
    )
    _PROCESSORS[:] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        renderer,
    ]
    structlog.configure(
        processors=_PROCESSORS,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
