"""The log: one line a record, no values of people, and never more than a disk can take."""

import logging
import time
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final

PER_MINUTE: Final = 20
LAST_FRAMES: Final = 6


class Bounded(logging.Filter):
    """Lets PER_MINUTE records of one kind through a minute, and says how many it kept back: while
    the database is away, every connection of every request has something to complain about."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[tuple[str, str], tuple[int, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        kind = record.name, str(record.msg)
        minute, count = self._counts.get(kind, (0, 0))
        if minute != (now := int(time.monotonic() // 60)):
            if count > PER_MINUTE:
                record.kept_back = count - PER_MINUTE
            count = 0
        self._counts[kind] = now, count + 1
        return count < PER_MINUTE


class OneLine(logging.Formatter):
    """Where an error came from, never its text: that repeats statements, parameters, answers."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record).replace("\r", " ").replace("\n", " ")
        kept_back = getattr(record, "kept_back", 0)
        return f"{line} (+{kept_back} like this)" if kept_back else line

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        kind, _, trace = ei
        if kind is None:
            return ""
        return f"{kind.__name__} in {frames(trace)}"


def frames(trace: TracebackType | None) -> str:
    """The last places of a traceback: file:line, innermost last."""
    last = traceback.extract_tb(trace)[-LAST_FRAMES:]
    return " ".join(f"{frame.filename}:{frame.lineno}" for frame in last)


CONFIG: Final[Mapping[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": OneLine, "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "filters": {"bounded": {"()": Bounded}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["bounded"],
        }
    },
    "root": {"level": "WARNING", "handlers": ["stderr"]},
}
