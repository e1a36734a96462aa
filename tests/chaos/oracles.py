"""After a run: what people did against what the log has, and what the log sent against what Slack has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.records.verifying import verify
from bot.slack.lookup import EVENT_TYPE
from bot.slack.supervisors.witness import HEAD_EVENT
from bot.storage import AlreadySeen, Log, StoredEvent, open_log
from bot.storage.records import PAGE

from ..slack.server import Message, SlackServer
from ..storage.beside import OutboxRow, outbox_rows
from .clinician import Clinician
from .deeds import Deed, Deeds, trace_of

ONCE = {"confirm": "evaluated", "decides": "decided", "close": "closed", "review:sign": "review_sign"}
"""What people do once in a consult, and the event that tells of it."""
POST, FOR_ONE = "chat.postMessage", "chat.postEphemeral"


@dataclass
class Found:
    """What a run comes to. Each line says what is wrong; there should be none."""

    acknowledged: int = 0
    posts: int = 0
    pages_sent_again: int = 0
    lost: list[str] = field(default_factory=list)
    """Acknowledged, and not in the log, or not as it was said; or committed, and not in Slack."""
    duplicates: list[str] = field(default_factory=list)
    """In the log or in Slack more than once."""
    wrong_states: list[str] = field(default_factory=list)
    broken_chains: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """All that is wrong."""
        return [*self.lost, *self.duplicates, *self.wrong_states, *self.broken_chains]


def compare(server: SlackServer, database: Path, deeds: Deeds, clinicians: Sequence[Clinician]) -> Found:
    """Look at everything. The program must have ended."""
    found = Found()
    with open_log(database) as log:
        _check_log(log, found)
        for clinician in clinicians:
            _check_consult(log, clinician, deeds, found)
        _check_words(log, deeds, found)
        _check_traces(log, deeds, found)
        name = log.slot("log:id")
    _check_posts(outbox_rows(database), server.messages(), name, found)
    found.lost += server.failures
    return found


def _check_log(log: Log, found: Found) -> None:
    for fault in verify(log).faults:
        line = f"{fault.consult}, event {fault.event}: {fault.what}"
        (found.broken_chains if fault.event is not None else found.wrong_states).append(line)


def _check_consult(log: Log, clinician: Clinician, deeds: Deeds, found: Found) -> None:
    """Each question is answered once, with what was said; each step is there as often as it can have been taken."""
    if not clinician.reference:
        found.lost.append(f"{clinician.name}: no consult has begun")
        return
    events = log.events(clinician.reference)
    theirs = [one for one in deeds.all if one.reference == clinician.reference]
    said: dict[str, list[str]] = {}
    for event in events:
        if event.kind == "answered":
            for key, value in ((event.data or {}).get("answers") or {}).items():
                said.setdefault(key, []).append(str(value))
    for deed in theirs:
        if deed.kind == "answer" and deed.acknowledged:
            key, _, value = deed.what.partition("=")
            if value not in said.get(key, []):
                found.lost.append(f"{clinician.reference}: {deed.what} was acknowledged; the log has {said.get(key)}")
    for key, values in said.items():
        if len(values) > 1:
            found.duplicates.append(f"{clinician.reference}: {key} was answered {len(values)} times")
    row = log.consult(clinician.reference)
    if row.status != "closed":
        found.wrong_states.append(f"{clinician.reference}: it is {row.status}, and was closed")
    for what, kind in ONCE.items():
        _check_step(clinician.reference, kind, events, [one for one in theirs if one.what == what], found)


def _check_step(reference: str, kind: str, events: Iterable[StoredEvent], deeds: Sequence[Deed], found: Found) -> None:
    number = sum(event.kind == kind for event in events)
    if any(one.acknowledged and not one.refused for one in deeds) and not number:
        found.lost.append(f"{reference}: {deeds[0].what} was acknowledged, and there is no event {kind}")
    if number > 1:
        found.duplicates.append(f"{reference}: {kind} happened {number} times")


def _check_words(log: Log, deeds: Deeds, found: Found) -> None:
    """What was written once stands there once, or not at all where it was not acknowledged."""
    for deed in deeds.of("words"):
        texts = [str((event.data or {}).get("text")) for event in log.events(deed.reference)]
        number = texts.count(deed.what)
        if number > 1:
            found.duplicates.append(f"{deed.reference}: {deed.what!r} stands there {number} times")
        if deed.acknowledged and not deed.refused and not number:
            found.lost.append(f"{deed.reference}: {deed.what!r} was acknowledged, and is not there")


def _check_traces(log: Log, deeds: Deeds, found: Found) -> None:
    """Whatever was acknowledged was handled: done, or refused in words that were kept to be sent."""
    for deed in deeds.all:
        if not deed.acknowledged:
            continue
        found.acknowledged += 1
        trace = trace_of(deed.delivery)
        if trace is not None and not deed.refused and deed.kind != "begins" and not _seen(log, trace):
            found.lost.append(f"{deed.who}: {deed.what} was acknowledged, and the log knows nothing of it")


def _seen(log: Log, delivery: str) -> bool:
    try:
        log.queue([], delivery=delivery)
    except AlreadySeen:
        return True
    return False


def _check_posts(rows: Sequence[OutboxRow], messages: Sequence[Message], log: str | None, found: Found) -> None:
    """Each row was sent, and stands in Slack once; pages may stand there more often, and nothing that no row tells of."""
    there: Counter[tuple[int, int]] = Counter()
    for message in messages:
        said = message.metadata or {}
        if said.get("event_type") in (EVENT_TYPE, HEAD_EVENT) and said["event_payload"]["log"] == log:
            there[said["event_payload"]["row"], said["event_payload"]["at"]] += 1
    found.posts = sum(there.values())
    for row in rows:
        if row.state != "sent" and not (row.method == FOR_ONE and row.why == "in_doubt"):
            found.lost.append(f"row {row.id}, {row.method}: {row.state} {row.why or ''}")
        number = there.pop((row.id, row.at), 0)
        if row.method != POST or row.state != "sent":
            continue
        if not number:
            found.lost.append(f"row {row.id} is sent, and Slack has it not")
        if number > 1 and row.priority == PAGE:
            found.pages_sent_again += number - 1
        elif number > 1:
            found.duplicates.append(f"row {row.id} is in Slack {number} times")
    for row_id, number in there.items():
        found.duplicates.append(f"Slack has row {row_id[0]} {number} times, and the log has it not")
