"""The window in which consults are looked for: what is filled in becomes what `/consult find` takes (finding.py)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from blockkit import DatePicker, PlainTextInput, UsersSelect

from bot.overview import MOST_URGENT_FIRST
from bot.slack.actions import FOUND_VIEW, SEARCH_VIEW
from bot.slack.blocks import AnyBlock, small
from bot.slack.modals.frame import ask, modal, one_of, said
from bot.slack.modals.values import Values, chosen, day, person, typed
from bot.slack.shown import View
from flows.machine import CANCELLED, CLOSED, DECIDED, PAUSED, RESULT
from flows.review import the_review
from flows.words import spoken

STATES = (DECIDED, CLOSED, CANCELLED, PAUSED, RESULT)
"""States of a consult that can be looked for; those of its review can be too."""
WORDS, LEVEL, STATE, BY, SINCE, UNTIL = "words", "level", "state", "by", "since", "until"
"""The inputs' block ids; but for the words, each is the name under which `/consult find` takes it."""
MOST_WORDS = 100
NOTHING = "Fill in at least one of these."


def search_view() -> View:
    """What can be looked for; each may be left out."""
    review = {one: f"Review: {says}" for one, says in the_review().states.items()}
    states = {**{one: f"Consult: {spoken(one)}" for one in STATES}, **review}
    levels = {one: spoken(one) for one in MOST_URGENT_FIRST}
    fields: tuple[tuple[str, object, str, str | None], ...] = (
        ("Code or words", PlainTextInput(action_id=said(WORDS), max_length=MOST_WORDS), WORDS, "Such as C-7F3K2."),
        ("Level", one_of(levels, said(LEVEL), chosen=None, placeholder="Any level"), LEVEL, None),
        ("Where it stands", one_of(states, said(STATE), chosen=None, placeholder="Anywhere"), STATE, None),
        ("Clinician", UsersSelect(action_id=said(BY), placeholder="Anybody"), BY, None),
        ("Begun from", DatePicker(action_id=said(SINCE), placeholder="Any day"), SINCE, None),
        ("Begun until", DatePicker(action_id=said(UNTIL), placeholder="Any day"), UNTIL, None),
    )
    blocks: list[AnyBlock] = [
        ask(label, element, block_id, hint=hint, optional=True) for label, element, block_id, hint in fields
    ]
    blocks.append(small("That you looked for consults is written down; the words are not."))
    return modal("Find a consult", blocks, callback=SEARCH_VIEW, submit="Find", close="Not now")


def read_search(values: Values) -> str:
    """What was filled in, as `/consult find` takes it; empty where nothing was."""
    return " ".join(_said(values))


def _said(values: Values) -> Iterator[str]:
    if words := typed(values, WORDS):
        yield words[:MOST_WORDS]
    read: Mapping[str, str | None] = {
        LEVEL: chosen(values, LEVEL),
        STATE: chosen(values, STATE),
        BY: person(values, BY),
        SINCE: day(values, SINCE),
        UNTIL: day(values, UNTIL),
    }
    for name, value in read.items():
        if value:
            yield f"{name}:{value}"


def found_view(blocks: list[AnyBlock]) -> View:
    """The same window with what was found."""
    return modal("Found", blocks, callback=FOUND_VIEW)
