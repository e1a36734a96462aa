"""What can be looked through in a browser: the structured facts of all consults, what happened, and who read what.

No free text and no content of events: those are read one consult at a time, which is recorded for each (`curbside show`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.desk import kept
from bot.records.facts import facts_row
from bot.records.recording import hold_of
from bot.records.retention import every_row
from bot.storage import Log, StoredEvent
from bot.storage.memory_tables import MemoryTable
from flows.consult import Consult

ABOUT = {
    "consults": "Every consult as it stands: its facts, findings, level, duty, plan, review and hold. No free text.",
    "steps": "What was decided about each step, and what became of it.",
    "rules": "Each rule of the law that a consult was held against, and whether it was met.",
    "events": "Everything that happened, in order, with its hash; not what it says.",
    "accesses": "Who read, exported or copied what, in order, with its hash.",
}
"""Each table, and what is in it."""
_NUMBERS = ("outstanding", "id", "revision", "after_event", "content_purged")


def browsable(log: Log) -> list[MemoryTable]:
    """The tables, as the log stands now."""
    consults: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    rules: list[dict[str, Any]] = []
    happened: list[dict[str, Any]] = []
    for row in reversed(every_row(log)):
        consult, events = kept(row).consult, log.events(row.reference)
        consults.append(_consult(consult, row.status, events))
        steps += _steps(consult)
        rules += _rules(consult)
        happened += map(_event, events)
    happened.sort(key=lambda event: event["id"])
    accesses = [
        {
            "id": one.id,
            "at": one.at,
            "actor": one.actor,
            "what": one.what,
            "consult": one.consult,
            "detail": json.dumps(one.detail, ensure_ascii=False),
            "after_event": one.after_event,
            "hash": one.hash,
        }
        for one in log.accesses()
    ]
    of_one = {"consult": "consults"}
    return [
        _table("consults", tuple(_consult(_nobody(), "", ())), "reference", consults),
        _table("steps", ("id", "consult", "step", "state", "at"), "id", _numbered(steps), of_one),
        _table("rules", ("id", "consult", "rule", "citation", "met"), "id", _numbered(rules), of_one),
        _table("events", _EVENT, "id", happened, of_one),
        _table("accesses", ("id", "at", "actor", "what", "consult", "detail", "after_event", "hash"), "id", accesses, of_one),
    ]  # fmt: skip


def _table(
    name: str,
    columns: Sequence[str],
    key: str,
    rows: Sequence[Mapping[str, Any]],
    refers: Mapping[str, str] | None = None,
) -> MemoryTable:
    types = {column: int if column in _NUMBERS else str for column in columns}
    return MemoryTable(name, types, key, rows, refers or {})


def _nobody() -> Consult:
    """A consult in which nothing was said, for the names of the columns."""
    return Consult(reference="", clinician="", started_at="", updated_at="", first="", state="")


def _consult(consult: Consult, status: str, events: Sequence[StoredEvent]) -> dict[str, Any]:
    facts = {name.replace(".", "_"): value for name, value in facts_row(consult).items()}
    review = consult.review or {}
    held = hold_of(events)
    return facts | {
        "status": status,
        "review": review.get("state"),
        "signed_by": review.get("signed_by"),
        "signed_at": review.get("signed_at"),
        "held_since": held.at if held else None,
    }


def _steps(consult: Consult) -> Iterator[dict[str, Any]]:
    for name, step in (consult.decision or {}).get("steps", {}).items():
        yield {"consult": consult.reference, "step": name, "state": step["state"], "at": step.get("at")}


def _rules(consult: Consult) -> Iterator[dict[str, Any]]:
    law: Mapping[str, Any] = (consult.result or {}).get("law") or {}
    for rule in law.get("rules", ()):
        yield {
            "consult": consult.reference,
            "rule": rule["id"],
            "citation": rule["citation"],
            "met": rule["met"],
        }


_EVENT = ("id", "consult", "revision", "at", "actor", "kind", "content_purged", "hash")


def _event(event: StoredEvent) -> dict[str, Any]:
    found = {name: getattr(event, name) for name in _EVENT if name != "content_purged"}
    return found | {"content_purged": int(event.data is None)}


def _numbered(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": number, **row} for number, row in enumerate(rows, 1)]
