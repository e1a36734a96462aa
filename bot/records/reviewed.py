"""What supervisors and the program did with a consult beside its flow, in words for a note or a printed record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.storage import StoredEvent
from flows.after_care import CARE_REPORTED
from flows.consult import Consult
from flows.review import KIND, the_review
from flows.words import spoken

NO_REVIEW = "None is recorded."
_NOT_SAID = ("to", "claims", "from")
"""Data of a review's event that only the review itself needs."""


def moment(at: str) -> str:
    """A time as the record has it: 2026-11-25 14:03:11 UTC-07:00."""
    day, _, clock = at.partition("T")
    offset = clock[8:].replace("Z", "+00:00")
    return f"{day} {clock[:8]} UTC{offset}" if clock else day


def review_stands(consult: Consult) -> str:
    """Whether the consult is signed and by whom, or where its review stands."""
    review = consult.review
    if review is None:
        return NO_REVIEW
    if review.get("signed_by"):
        return f"Signed by {review['signed_by']}, {moment(review['signed_at'])}."
    state = review["state"]
    return f"Not signed; since {moment(review['since'])}: {the_review().states.get(state, spoken(state))}."


def review_lines(consult: Consult) -> list[str]:
    """The review as lines of a note; empty while nobody has said anything in it."""
    if consult.review is None or not consult.review["exchange"]:
        return []
    said = [
        f"{moment(one['at'])}, {one['by']} {_says(one['action'])}{_text(one)}" for one in consult.review["exchange"]
    ]
    return [review_stands(consult), *said]


def happened_beside(event: StoredEvent) -> str:
    """What an event says that is not the flow's: a review's action, a tick of the care afterwards, or a page."""
    if event.data is None:
        return spoken(event.kind)
    if event.kind.startswith(KIND):
        return _says(event.kind.removeprefix(KIND)) + _text(event.data)
    if event.kind == CARE_REPORTED:
        return f"care of the client afterwards, {'done' if event.data['done'] else 'not done after all'}: {event.data['text']}"
    return "; ".join([spoken(event.kind), *_scalars(event.data)])


def _says(action: str) -> str:
    known = the_review().actions.get(action)
    return known.says if known else spoken(action.rstrip("_"))


def _text(said: Mapping[str, Any]) -> str:
    return f": {' '.join(said['text'].split())}" if said.get("text") else ""


def _scalars(data: Mapping[str, Any]) -> Iterator[str]:
    for name, value in data.items():
        if name == "to" and isinstance(value, list):
            yield f"to {', '.join(map(str, value))}"
        elif name not in _NOT_SAID and isinstance(value, (str, int, float)) and value != "":
            yield f"{spoken(name)}: {value}"
