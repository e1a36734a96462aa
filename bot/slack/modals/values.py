"""What stands in a view's inputs: payload["view"]["state"]["values"], read by block id.

It comes from outside: what Slack would not send is read as nothing. One input stands in each block.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

Values = Mapping[str, Any]


def chosen(values: Values, block_id: str) -> str | None:
    """The value of the one option that is chosen; None where none is."""
    option = _element(values, block_id).get("selected_option")
    value = option.get("value") if isinstance(option, Mapping) else None
    return value if isinstance(value, str) else None


def ticked(values: Values, block_id: str) -> tuple[str, ...]:
    """The values of all options that are chosen."""
    options = _element(values, block_id).get("selected_options")
    found = (one.get("value") for one in options if isinstance(one, Mapping)) if isinstance(options, list) else ()
    return tuple(value for value in found if isinstance(value, str))


def typed(values: Values, block_id: str) -> str:
    """What was typed, without blanks around it; empty where nothing was."""
    value = _element(values, block_id).get("value")
    return value.strip() if isinstance(value, str) else ""


def person(values: Values, block_id: str) -> str | None:
    """The id of the person who is chosen; None where nobody is."""
    user = _element(values, block_id).get("selected_user")
    return user if isinstance(user, str) else None


def day(values: Values, block_id: str) -> str | None:
    """The date that is chosen, as 2026-11-25; None where none is."""
    date = _element(values, block_id).get("selected_date")
    return date if isinstance(date, str) else None


def moment(values: Values, block_id: str) -> str | None:
    """The date and time that were chosen, as the log has times; None where none was."""
    at = _element(values, block_id).get("selected_date_time")
    if not isinstance(at, int) or isinstance(at, bool) or not 0 <= at < 10**10:
        return None
    return datetime.fromtimestamp(at).astimezone().isoformat(timespec="seconds")


def about(values: Values, kind: str) -> Iterator[str]:
    """What the inputs of one kind are about: `about(values, "reason")` -> `law` of `reason.law`, ..."""
    for block_id in values:
        name, _, what = str(block_id).partition(".")
        if name == kind and what:
            yield what


def _element(values: Values, block_id: str) -> Mapping[str, Any]:
    block = values.get(block_id)
    found = next(iter(block.values()), None) if isinstance(block, Mapping) else None
    return found if isinstance(found, Mapping) else {}
