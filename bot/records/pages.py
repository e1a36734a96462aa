"""What a person sees of a consult beside its flow: the page with its addenda and its hold."""

from __future__ import annotations

from dataclasses import replace

from bot.records.recording import addenda_of, hold_of
from bot.storage import StoredEvent
from bot.terminal.consult_page import consult_page
from bot.terminal.log_page import moment
from flows.consult import Consult
from state_law.describe import Line, Section


def page_with_addenda(consult: Consult, events: list[StoredEvent]) -> Section:
    """The whole consult as a page, with what was added to its record."""
    page = consult_page(consult)
    lines = [Line(f"{event.actor}: {(event.data or {})['text']}", moment(event.at)) for event in addenda_of(events)]
    if lines:
        page = replace(page, parts=(*page.parts, Section("Addenda", tuple(lines))))
    if held := hold_of(events):
        why = (held.data or {}).get("reason")
        said = Line(f"since {moment(held.at)}, by {held.actor}{f': {why}' if why else ''}", "Legal hold")
        page = replace(page, lines=(*page.lines, said))
    return page
