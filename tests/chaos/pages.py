"""Whether everybody was called who had to be: of each serious consult whoever is on call, again and again, until one has it.

What had to be is worked out here anew, from the consult's events and a table of its own, not by the program's own escalation.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.storage import Log, StoredEvent

from ..slack.server import Message
from ..storage.beside import OutboxRow
from .found import Found
from .sent import which

CALLED_AT: Mapping[str, Sequence[int]] = {"emergency": (0, 120, 240, 480, 780), "high": (0, 1200, 2400, 3600)}
"""Seconds after it became serious at which somebody is called, as docs/supervisors.md has it."""
RANK = {"high": 1, "emergency": 2}
ANSWERS = (
    "alarm_answered",
    "call_asked",
    "review_acknowledge",
    "review_advise",
    "review_return_",
    "review_call_me",
    "review_sign",
)
"""The kinds of events by which somebody has it."""
ALLOWANCE = 45.0
"""Seconds within which somebody is called who is to be called by then, by a program that is killed again and again."""


@dataclass
class Alarm:
    """A time during which somebody is to be called: from when until when, how serious, and the calls that were made in it."""

    since: datetime
    level: str
    until: datetime | None = None
    calls: list[StoredEvent] = field(default_factory=list)


def alarms_in(events: Iterable[StoredEvent]) -> tuple[list[Alarm], list[StoredEvent]]:
    """The alarms of a consult; and the calls that were made although nobody was to be called."""
    found: list[Alarm] = []
    idle: list[StoredEvent] = []
    now: Alarm | None = None
    answered = 0
    for event in events:
        data = event.data or {}
        at = datetime.fromisoformat(event.at)
        if event.kind == "danger_said":
            answered = 0
        level = _level(event.kind, data)
        if now is not None and level is not None:
            now.level = max(now.level, level, key=RANK.__getitem__)
        elif level is not None and RANK[level] > answered:
            now = Alarm(at, level)
            found.append(now)
        if event.kind == "paged":
            (idle if now is None else now.calls).append(event)
        if now is not None and event.kind in ANSWERS:
            now.until, answered, now = at, RANK[now.level], None
    return found, idle


def _level(kind: str, data: Mapping[str, Any]) -> str | None:
    if kind == "evaluated":
        level = data["result"]["level"]
        return level if level in RANK else None
    said = data.get("value") if "value" in data else (data.get("answers") or {}).get("danger_now")
    return "emergency" if kind in ("started", "answered", "changed", "danger_said") and said == "yes" else None


def check_pages(
    log: Log,
    rows: Sequence[OutboxRow],
    messages: Sequence[Message],
    on_call: Sequence[str],
    found: Found,
    *,
    clock_right: bool,
) -> None:
    """Each call that was called for was made, sent, and names whom it calls. `on_call`: in order. `clock_right`: whether the
    times of events mean anything."""
    name = log.slot("log:id")
    posts = {of: message for message in messages if (of := which(message.metadata, name)) is not None}
    for consult in log.consults(limit=1000):
        alarms, idle = alarms_in(log.events(consult.reference))
        found.duplicates += [
            f"{consult.reference}: somebody was called at {one.at}, and nobody had to be" for one in idle
        ]
        for alarm in alarms:
            who = [one for one in on_call if one != consult.clinician]
            for line in wrong_with(alarm, who, clock_right):
                found.lost.append(f"{consult.reference}: {line}")
            for event in alarm.calls:
                found.pages += 1
                if not _stands_there(consult.reference, event, rows, posts):
                    found.lost.append(f"{consult.reference}: of the call at {event.at} there is no page that names all")


def wrong_with(alarm: Alarm, on_call: Sequence[str], clock_right: bool) -> list[str]:
    """What is wrong with the calls of one alarm."""
    rounds = [(event.data or {})["round"] for event in alarm.calls if (event.data or {}).get("by") == "thread"]
    wrong = [] if rounds == [*range(1, len(rounds) + 1)] else [f"the calls are {rounds}"]
    called = {one for event in alarm.calls for one in (event.data or {})["to"]}
    if not called <= {*on_call, "everyone"}:
        wrong.append(f"{called} were called, of {on_call}")
    if alarm.calls and not {on_call[0], "everyone"} & set((alarm.calls[0].data or {})["to"]):
        wrong.append("the first call was not to the first on call")
    lasted = (
        ((alarm.until.timestamp() if alarm.until else time.time()) - alarm.since.timestamp()) if clock_right else 0.0
    )
    due = sum(lasted - ALLOWANCE > at for at in CALLED_AT[alarm.level])
    if alarm.until is None:
        due = max(due, 1)
    if len(rounds) < due:
        wrong.append(f"{alarm.level} for {lasted:.0f} s, and {len(rounds)} of {due} calls were made")
    soonest = [alarm.since.timestamp() + at for at in CALLED_AT[alarm.level]]
    if clock_right and any(
        datetime.fromisoformat(event.at).timestamp() < at - 1
        for event, at in zip(alarm.calls, soonest, strict=False)
        if (event.data or {}).get("by") == "thread"
    ):
        wrong.append("somebody was called too early")
    return wrong


def _stands_there(
    reference: str, event: StoredEvent, rows: Sequence[OutboxRow], posts: Mapping[tuple[int, int], Message]
) -> bool:
    """Whether there is a page in Slack for this call, with a mention of each who is called: in the card's thread, or to each."""
    data = event.data or {}
    wanted: Collection[str] = {"<!channel>" if one == "everyone" else f"<@{one}>" for one in data["to"]}
    if data.get("by") == "thread":
        places = [
            row
            for row in rows
            if row.slot and row.slot.startswith(f"page:{reference}:") and row.slot.endswith(f":{data['round']}")
        ]
    else:
        places = [row for row in rows if row.slot is None and row.priority == 0 and row.lane.startswith("dm:")]
    said = " ".join(posts[row.id, row.at].words for row in places if (row.id, row.at) in posts)
    return all(one in said for one in wanted)
