"""After a run: what people did against what the log has, and what the log sent against what Slack has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.records.verifying import verify
from bot.storage import AlreadySeen, Log, StoredEvent, open_log

from ..slack.server import SlackServer
from ..storage.beside import outbox_rows
from .clinician import Clinician
from .deeds import Deed, Deeds, trace_of
from .found import Found
from .pages import check_pages
from .sent import check_edits, check_posts

ONCE = {"confirm": "evaluated", "decides": "decided", "close": "closed", "review:sign": "review_sign"}
"""What people do once in a consult, and the event that tells of it."""


def compare(
    server: SlackServer,
    database: Path,
    deeds: Deeds,
    clinicians: Sequence[Clinician],
    on_call: Sequence[str],
    *,
    clock_right: bool,
) -> Found:
    """Look at everything. The program must have ended. `on_call`, `clock_right`: see pages.py."""
    found = Found()
    rows, messages = outbox_rows(database), server.messages()
    with open_log(database) as log:
        _check_log(log, found)
        for clinician in clinicians:
            _check_consult(log, clinician, deeds, found)
        _check_words(log, deeds, found)
        _check_traces(log, deeds, found)
        check_pages(log, rows, messages, on_call, found, clock_right=clock_right)
        check_edits(rows, messages, log.slot, found)
        check_posts(rows, server, log.slot("log:id"), found)
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
