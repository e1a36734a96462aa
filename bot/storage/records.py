"""What goes into the log and comes out of it, as plain data that no engine needs to be known for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FINISHED = ("closed", "cancelled", "expired")
"""The statuses of a consult on which nobody works any more; any other status is open."""

CONTENT_PURGED = "content_purged"
"""The kind of event by which content may one day be removed; its data is `{"events": [id, ...]}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultRow:
    """A consult's current state, one a consult; replaced as a whole with every step.

    `reference`: such as C-7F3K2. `clinician`: who runs it. `status`: in the flow's words; those in `FINISHED`
    are done. `started_at`, `updated_at`, `follow_up`: ISO date-times. `level`, `duty`, `table_version`,
    `flow_version`: from the result, None before it. `revision`: how many events it has; the log sets it,
    whatever is given. `state`: the flow's snapshot, JSON.
    """

    reference: str
    clinician: str
    status: str
    started_at: str
    updated_at: str
    jurisdiction: str | None = None
    profession: str | None = None
    concern: str | None = None
    level: str | None = None
    duty: str | None = None
    follow_up: str | None = None
    table_version: str | None = None
    flow_version: str | None = None
    revision: int = 0
    state: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """One event as it stands in the log.

    `id`: its place in the chain of the whole log, 1, 2, 3 ... `revision`: its place in its consult, likewise.
    `data`: None once its content was purged. `state_hash`: the hash of the consult's row after the step that
    ended with this event; None for the other events of a step. The hashes are SHA-256 in hexadecimal (see
    chain.py).
    """

    id: int
    consult: str
    revision: int
    at: str
    actor: str
    kind: str
    data: dict[str, Any] | None
    content_hash: str
    state_hash: str | None
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is remembered of a clinician. `workplace`: setting item, such as inpatient -> yes, no, unknown."""

    jurisdiction: str
    profession: str
    workplace: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A consult that was found; `excerpt` is its text around the words, or how that text begins, or ""."""

    consult: ConsultRow
    excerpt: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A place where the log is not what was written. `event`: its id, None for a consult's row."""

    event: int | None
    consult: str | None
    what: str
