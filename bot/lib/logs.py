"""How the log looks: one sentence and its values a line, never a secret."""

import logging
import re
import sys
from typing import Any

import structlog

SECRET = re.compile(r"(xox[abposre]-|xapp-|whsec_|Token token=|Bearer )[^\s'\"&,}]+")
# Bolt says that it leaves our token alone; that is how it is meant.
UNUSED_TOKEN = re.compile(r"`token`.* will be (unused|ignored)")
QUIET = (
    "httpx",
    "httpx2",
    "apscheduler",
    "slack_bolt",
    "slack_sdk",
    "aiohttp.access",
    "dbos",
    "uvicorn.access",
    "alembic",
)


def set_up(*, json: bool, level: int = logging.INFO) -> None:
    """Send everything to stderr in one form; JSON where a machine reads it."""
    shared = [structlog.stdlib.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True), _hide]
    shared.insert(2, structlog.processors.format_exc_info)
    final = (
        structlog.processors.JSONRenderer()
        if json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],  # type: ignore[list-item]
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, final],
    )
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("slack_bolt.AsyncApp").addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    return not UNUSED_TOKEN.search(record.getMessage())


def _hide(_: Any, __: str, event: Any) -> Any:
    """Whatever looks like a token is blotted out, wherever it stands."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = SECRET.sub(r"\1…", value)
    return event
