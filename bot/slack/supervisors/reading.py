"""What a supervisor reads of a consult: its pages in a modal, which leaves nothing in the channel. Each reading is written down
before it is shown: who, when, which page (Log.record_access)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from bot.beside import record_of
from bot.slack.actions import PAGE_VIEW, READ, action
from bot.slack.blocks import AnyBlock, button, moment, page_buttons, paragraph, part_blocks, rows, small
from bot.slack.messages.parts import address_of, head
from bot.slack.modals.frame import modal, pages_of
from bot.slack.modals.pages import CONTENT
from bot.slack.shown import View
from bot.slack.supervisors.exchange import quoted
from bot.slack.supervisors.review_card import deed_in_words, review_line
from bot.storage import StoredEvent
from flows.consult import Consult, current_result
from flows.pages import decision_page

TITLES: Mapping[str, str] = {
    "result": "Result",
    "answers": "Answers",
    "decision": "Decision",
    "exchange": "Exchange",
    "why": "Why",
    "law": "The law",
    "options": "Options",
    "note": "Note",
}
"""Every page, with the words on its button."""


def pages_there(consult: Consult) -> list[str]:
    """The pages that the consult has by now."""
    without_result = ("answers", "exchange")
    return [
        name
        for name in TITLES
        if name in without_result or (consult.result is not None and (name != "decision" or consult.decision))
    ]


def first_page(consult: Consult) -> str:
    """The page with which reading begins."""
    there = pages_there(consult)
    return next(name for name in ("decision", "result", "answers") if name in there)


def read_view(consult: Consult, events: Sequence[StoredEvent], name: str, page: int = 1) -> View:
    """A page of the consult, with the way to the others. A page beyond the last is the last. KeyError for no such name."""
    content: list[AnyBlock] = _exchange(consult, events) if name == "exchange" else CONTENTS[name](consult)
    pages = pages_of(content)
    number = min(max(page, 1), len(pages))
    address = address_of(consult)
    others = [button(TITLES[one], action(READ, one)) for one in pages_there(consult) if one != name]
    return modal(
        f"{consult.reference}: {TITLES[name]}",
        [
            head(consult),
            *pages[number - 1],
            *rows(page_buttons(number, len(pages), READ, name), address.block("pages")),
            *rows(others, address.block("tabs")),
            small("That you read this is written down in the log."),
        ],
        callback=PAGE_VIEW,
        metadata=address.metadata(n=name, p=number),
    )


def _decision(consult: Consult) -> list[AnyBlock]:
    assert consult.decision is not None
    page = decision_page(consult.decision, current_result(consult))
    return [block for part in page.parts for block in part_blocks(part)]


CONTENTS: Mapping[str, Callable[[Consult], list[AnyBlock]]] = {**CONTENT, "decision": _decision}


def _exchange(consult: Consult, events: Sequence[StoredEvent]) -> list[AnyBlock]:
    """Who did what in the review, and what was asked, advised and answered."""
    return [paragraph(review_line(consult, record_of(events))), *_deeds(events)]


def _deeds(events: Sequence[StoredEvent]) -> Iterator[AnyBlock]:
    for event in events:
        says = deed_in_words(event.kind, event.data)
        if says is not None:
            yield paragraph(f"{_who(event.actor)}, {moment(event.at)}: {says}")
            yield from quoted(str((event.data or {}).get("text") or ""))


def _who(actor: str) -> str:
    return "Curbside" if actor == "curbside" else f"<@{actor}>"
