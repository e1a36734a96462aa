"""A step made ready for the log, whatever the engine: checked, in canonical JSON, salted and hashed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from .chain import canonical, event_hash, new_salt, salted_hash
from .errors import Unstorable
from .records import ConsultRow

COLUMNS = tuple(field.name for field in fields(ConsultRow))
"""The columns of a consult's row, which are the record's fields; the state among them is JSON."""


BROKEN = "its text holds a broken character"


@dataclass(frozen=True, slots=True)
class ReadyEvent:
    """An event whose content is JSON text with its salt and hash. Its place in the chain is not known yet."""

    kind: str
    at: str
    actor: str
    salt: bytes
    content: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class Step:
    """All of a step that can be worked out before its turn to be written. `row`: the consult's columns."""

    reference: str
    expected_revision: int
    events: tuple[ReadyEvent, ...]
    row: Mapping[str, Any]
    state_hash: str
    words: str | None

    @property
    def revision(self) -> int:
        """The consult's revision after the step."""
        return self.expected_revision + len(self.events)

    def chained(self, last_id: int, last_hash: str) -> Iterator[tuple[dict[str, Any], ReadyEvent]]:
        """The events' rows as they follow the head of the chain, each with the event that it is for."""
        for place, event in enumerate(self.events, start=1):
            row = {
                "id": last_id + place,
                "consult": self.reference,
                "revision": self.expected_revision + place,
                "at": event.at,
                "actor": event.actor,
                "kind": event.kind,
                "content_hash": event.content_hash,
                "state_hash": self.state_hash if place == len(self.events) else None,
                "previous_hash": last_hash,
            }
            last_hash = event_hash(row)
            yield row | {"hash": last_hash}, event


def prepare(
    reference: str,
    events: Sequence[Mapping[str, Any]],
    state: ConsultRow,
    *,
    expected_revision: int,
    words: str | None,
) -> Step:
    """Make a step ready. Raises Unstorable for data that is not JSON; ValueError or TypeError for what only a
    fault in the program can give: no events, an event without one of its fields, another consult's row."""
    if not events:
        raise ValueError("a step has at least one event")
    if state.reference != reference:
        raise ValueError(f"the row of {state.reference} was given for {reference}")
    ready = tuple(_ready_event(reference, event) for event in events)
    where = f"The state of consult {reference}"
    final = replace(state, revision=expected_revision + len(ready))
    row = {name: getattr(final, name) for name in COLUMNS} | {"state": as_json(state.state, where)}
    state_hash = salted_hash(ready[-1].salt, as_json(hashed_part(row), where))
    if words is not None:
        check_text(f"The text of consult {reference}", words)
    return Step(reference, expected_revision, ready, row, state_hash, words)


def hashed_part(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is hashed of a consult's row: all but the empty, so that a column added later changes no hash."""
    return {name: value for name, value in row.items() if value is not None}


def _ready_event(reference: str, event: Mapping[str, Any]) -> ReadyEvent:
    if set(event) != {"kind", "at", "actor", "data"}:
        raise ValueError(f"an event has kind, at, actor and data, not {', '.join(map(str, event))}")
    for name in ("kind", "at", "actor"):
        if not isinstance(event[name], str) or not event[name]:
            raise ValueError(f"an event's {name} is text, not a {type(event[name]).__name__}, and not empty")
    if not isinstance(event["data"], Mapping):
        raise TypeError(f"an event's data is a mapping, not a {type(event['data']).__name__}")
    where = f"The event {event['kind']!a} of consult {reference}"
    check_text(where, event["kind"], event["at"], event["actor"])
    content = as_json(event["data"], where)
    salt = new_salt()
    return ReadyEvent(event["kind"], event["at"], event["actor"], salt, content, salted_hash(salt, content))


def check_text(where: str, *texts: str | None) -> None:
    """Raises Unstorable, which begins with `where`, for a text that UTF-8 can't hold."""
    try:
        for text in texts:
            if text is not None:
                text.encode()
    except UnicodeEncodeError as error:
        raise Unstorable(where, BROKEN) from error


def as_json(value: object, where: str) -> str:
    """`value` as canonical JSON. Raises Unstorable, which begins with `where`, for what JSON can't hold."""
    try:
        return canonical(value)
    except UnicodeEncodeError as error:
        raise Unstorable(where, BROKEN) from error
    except (TypeError, ValueError, RecursionError) as error:
        raise Unstorable(where, str(error)) from error
