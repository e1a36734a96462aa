"""Posts for Slack, whatever the engine: made ready to be kept in the outbox, and which of them may be sent next."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .records import COSMETIC, PAGE, Post
from .step import as_json, check_text

_SLOT = re.compile(r'\{"slot":("(?:[^"\\]|\\.)*")\}')
_OPENED_BY_THE_SENDER = "dm:"  # a slot that needs no post before it: the sender opens the conversation


@dataclass(frozen=True, slots=True)
class ReadyPost:
    """A post whose body is JSON text. `needs`: the slots that must be known before it can be sent."""

    lane: str
    method: str
    priority: int
    slot: str | None
    coalesce: str | None
    needs: tuple[str, ...]
    body: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a step sends, and the id of the Slack delivery that caused it, if one did."""

    posts: tuple[ReadyPost, ...]
    delivery: str | None


@dataclass(frozen=True, slots=True)
class Unsent:
    """What decides when an unsent row may be sent."""

    id: int
    lane: str
    priority: int
    slot: str | None
    needs: tuple[str, ...]
    state: str
    not_before: float


def prepare_outgoing(posts: Sequence[Post], delivery: str | None) -> Outgoing:
    """Make posts ready. Raises Unstorable for what is not JSON; ValueError or TypeError for what only a fault
    in the program can give: no lane, no such priority, an empty name."""
    if delivery is not None:
        _check_text("a delivery's id", delivery)
    return Outgoing(tuple(_ready(post) for post in posts), delivery)


def due_now(rows: Iterable[Unsent], known: Callable[[str], bool], now: float, limit: int) -> list[Unsent]:
    """The rows that may be sent at `now`, in the order in which to send them."""
    found = [row for row in _next_of_each_lane(rows, known) if row.not_before <= now]
    return sorted(found, key=lambda row: (row.priority, row.id))[: max(limit, 0)]


def next_due(rows: Iterable[Unsent], known: Callable[[str], bool], now: float) -> float | None:
    """The time at which `due_now` first finds something, `now` at the earliest; None when nothing waits."""
    return min((max(now, row.not_before) for row in _next_of_each_lane(rows, known)), default=None)


def _next_of_each_lane(rows: Iterable[Unsent], known: Callable[[str], bool]) -> Iterator[Unsent]:
    """The rows that only their time can keep back. `rows`: all that are unsent, by id.

    A row whose slot an earlier row will fill waits for it, and keeps its place in its lane. When no such row is
    left (it has failed), the waiting may never end: it then blocks nobody.
    """
    pages: list[Unsent] = []
    first: dict[str, Unsent] = {}
    first_cosmetic: dict[str, Unsent] = {}
    not_for_cosmetics: set[str] = set()
    to_be_filled: set[str] = set()
    held: set[int] = set()
    for row in rows:
        missing = [slot for slot in row.needs if not known(slot)]
        if not to_be_filled.issuperset(missing):
            continue
        if missing:
            held.add(row.id)
        if row.priority == COSMETIC:
            first_cosmetic.setdefault(row.lane, row)
            continue  # nothing waits for a cosmetic edit, so it fills no slot that another may wait for
        not_for_cosmetics.add(row.lane)
        if row.slot is not None:
            to_be_filled.add(row.slot)
        if row.priority == PAGE:
            pages.append(row)
        else:
            first.setdefault(row.lane, row)
    cosmetic = [row for lane, row in first_cosmetic.items() if lane not in not_for_cosmetics]
    for row in (*pages, *first.values(), *cosmetic):
        if row.id not in held and row.state != "sending":
            yield row


def _ready(post: Post) -> ReadyPost:
    _check_text("a post's lane", post.lane)
    _check_text("a post's method", post.method)
    for what, name in (
        ("a post's slot", post.slot),
        ("what a post replaces", post.coalesce),
        ("what a post comes after", post.after),
    ):
        if name is not None:
            _check_text(what, name)
    if post.priority not in range(PAGE, COSMETIC + 1):
        raise ValueError(f"a post's priority is {PAGE} to {COSMETIC}, not {post.priority!r}")
    if not isinstance(post.body, Mapping):
        raise TypeError(f"a post's body is a mapping, not a {type(post.body).__name__}")
    where = f"A post ({post.method!a})"
    check_text(where, post.lane, post.method, post.slot, post.coalesce, post.after)
    body = as_json(post.body, where)
    slots = {*_slots_in(body), *([post.after] if post.after else [])}
    needs = sorted(name for name in slots if not name.startswith(_OPENED_BY_THE_SENDER))
    return ReadyPost(post.lane, post.method, int(post.priority), post.slot, post.coalesce, tuple(needs), body)


def _slots_in(body: str) -> set[str]:
    """The names in every `{"slot": NAME}` in the canonical JSON, however deep.

    Within a text of it each quotation mark has a backslash before it, so that what people wrote can't look like one.
    """
    return {json.loads(name) if "\\" in name else name[1:-1] for name in _SLOT.findall(body)}


def _check_text(what: str, given: object) -> None:
    if not isinstance(given, str) or not given:
        raise ValueError(f"{what} is text, not a {type(given).__name__}, and not empty")
