"""What the program says of itself while it runs: one JSON object a line, with codes and numbers and nothing that anybody typed.

It goes to the standard logger "curbside"; `to_stderr` prints it. A field's value is a short code (an id, an error's name), a
number, or true and false: whatever is longer, or has a blank in it, is left out, so that no clinical content can slip in.
"""

from __future__ import annotations

import json
import logging
import re
import time
from typing import TextIO

LOGGER = logging.getLogger("curbside")
_CODE = re.compile(r"[A-Za-z0-9_.:/#+@-]{1,120}")
LEFT_OUT = "left_out"

Field = str | int | float | bool | None


def log_line(event: str, *, level: int = logging.INFO, **fields: Field) -> None:
    """One line about `event`, such as "refused". What is no code is replaced by "left_out"."""
    said = {"event": event, **{name: _safe(value) for name, value in fields.items() if value is not None}}
    LOGGER.log(level, json.dumps(said, separators=(", ", ": ")))


def to_stream(stream: TextIO) -> logging.Handler:
    """Print the lines there, each with its time; the handler, to be removed again."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Timed())
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False
    return handler


class _Timed(logging.Formatter):
    """The line with its time first. A traceback is never part of it: an error's text may repeat what somebody typed."""

    def format(self, record: logging.LogRecord) -> str:
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        return f'{{"at": "{at}Z", "level": "{record.levelname.lower()}", {record.getMessage()[1:]}'


def _safe(value: Field) -> Field:
    if isinstance(value, str) and not _CODE.fullmatch(value):
        return LEFT_OUT
    return value
