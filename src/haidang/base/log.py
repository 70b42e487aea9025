"""Structured logs: an event, and facts beside it as names and values; one line each, on standard error.

``console`` lines are for people, ``json`` lines for a collector. Libraries that log in the standard way come
out the same. Never log a secret, a password, a session token or personal data of a citizen.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from haidang.base.settings import Settings

_QUIET = ("httpx", "httpcore", "procrastinate", "_granian", "gmqtt", "asyncio")
"""Libraries of which only warnings matter, unless somebody asks for debug."""


def configure(settings: Settings) -> None:
    """Set up logging for this process; call once, at the start."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    renderer: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if settings.log_format == "json"
        else [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                exception_formatter=structlog.dev.plain_traceback,  # the pretty one prints local variables
            )
        ]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(level if level <= logging.DEBUG else logging.WARNING)


def logger(room: str) -> Any:
    """Return the logger of a room; what it says carries the room's name."""
    # Lazily: bind() here would freeze the configuration of the moment, which is none at import.
    return structlog.get_logger(room, room=room)
