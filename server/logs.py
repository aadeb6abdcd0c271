"""The log: a line of JSON for each event, on standard error."""

import json
import logging
import sys
import time
from typing import Any

_LOGGER = "wenju.server"


class JsonFormatter(logging.Formatter):
    """One JSON object a line; what a record carries as ``fields`` stands beside the rest."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        seconds = time.gmtime(record.created)
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", seconds) + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def set_up_logs() -> None:
    """Send this server's and Uvicorn's events to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    for name in (_LOGGER, "uvicorn", "mcp"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(logging.INFO if name == _LOGGER else logging.WARNING)
        logger.propagate = False


def log(event: str, *, failed: bool = False, **fields: Any) -> None:
    """Log an event; with ``failed``, as an error with the exception that is being handled."""
    level = logging.ERROR if failed else logging.INFO
    logging.getLogger(_LOGGER).log(level, event, exc_info=failed, extra={"fields": fields})
