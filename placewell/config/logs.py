"""Structured logs without personal data: known fields only, and no values from forms or rows."""

import logging
import logging.config
from typing import Any

import structlog

# What a log line may say. Anything else is dropped, so that a name can't slip in by a new keyword.
FIELDS = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "logger",
        "method",
        "route",
        "status",
        "duration_ms",
        "user_id",
        "job",
        "code",
        "count",
        "exc_type",
        "where",
        "address",
        "mode",
    }
)


FORMATTERS_OWN = {"_record", "_from_structlog"}


def _only_known_fields(_logger: Any, _name: str, line: dict) -> dict:
    if exc := line.pop("exc_info", None):
        error = exc[1] if isinstance(exc, tuple) else exc
        if isinstance(error, BaseException):
            line["exc_type"] = type(error).__name__
            line["where"] = _where(error)
    # The formatter itself needs, and then drops, the two keys by which it knows a library's line.
    return {key: _one_line(value) for key, value in line.items() if key in FIELDS or key in FORMATTERS_OWN}


def _where(error: BaseException) -> str:
    """Return file and line of each frame of our own; an error's own words may hold a child's name."""
    frames, trace = [], error.__traceback__
    while trace:
        code = trace.tb_frame.f_code
        if "placewell" in code.co_filename:
            frames.append(f"{code.co_filename.rpartition('placewell/')[2]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " < ".join(reversed(frames))


def _one_line(value: Any) -> Any:
    return value.encode("unicode_escape").decode("ascii") if isinstance(value, str) else value


def _route_only(_logger: Any, _name: str, line: dict) -> dict:
    """Django's own request lines carry whole addresses and arguments: keep the sentence's first words."""
    if str(line.get("logger", "")).startswith("django"):
        line["event"] = str(line.get("event", "")).partition(":")[0]
    return line


def configure(*, json_lines: bool) -> None:
    """Send every log line, ours and the libraries', through one formatter."""
    shared: list[Any] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _route_only,
        _only_known_fields,
    ]
    render = structlog.processors.JSONRenderer() if json_lines else structlog.dev.ConsoleRenderer(colors=False)
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "line": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["stderr"], "level": "INFO"},
            "loggers": {"django.request": {"level": "ERROR"}, "procrastinate": {"level": "WARNING"}},
        }
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
