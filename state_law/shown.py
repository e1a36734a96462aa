"""What came from outside, as it can stand in one line of a message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from reprlib import Repr

SHOWN_AT_MOST = 60
_SHORT = Repr()
_SHORT.maxlevel = 2
_SHORT.maxstring = _SHORT.maxother = SHOWN_AT_MOST
"""A few lines of YAML can stand for a list that no memory holds: only its beginning is ever spelled out."""
_OBEYED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that a screen obeys instead of showing, and halves of characters, which can't be printed at all."""
LINE_AT_MOST = 500


def shown(value: object, at_most: int = SHOWN_AT_MOST) -> str:
    """A value as it can stand in one line of a message: cut short, line breaks and control characters spelled out."""
    text = _SHORT.repr(value) if isinstance(value, list | tuple | Mapping) else repr(value)
    return text if len(text) <= at_most else text[: at_most - 3] + "..."


def one_line(text: str, at_most: int = LINE_AT_MOST) -> str:
    """A message that may quote something, as one line: cut short, what a screen obeys spelled out."""
    line = _OBEYED.sub(lambda found: ascii(found[0])[1:-1], " ".join(text.split()))
    return line if len(line) <= at_most else line[: at_most - 3] + "..."
