"""What a step of a consult sends: a pure function from the consult before it and the step to posts for the outbox.

| what the step did | what is posted, in this order |
|---|---|
| danger now was said | first of all the emergency card (priority 0, which waits for nothing) |
| begun | the root of the thread, then what is asked first |
| something new is to be shown (a new turn) | the new screen (1); then the old turn's message shrinks (3) |
| more was said on the same screen | that screen's message is edited (3; a step's report: 2) |
| an answer of an earlier screen was changed | the lines of that screen's message are edited (3) |
| anything by which the root reads otherwise | the root is edited (3) |

Edits are coalesced: of those that wait for the same message only the newest is sent. With privacy "minimal" there is a root, a
line with *Open*, and lines without any clinical fact; the screens are in a modal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.slack.addresses import dm, emergency, shown, thread
from bot.slack.messages.decided import decided_message
from bot.slack.messages.emergency import emergency_message
from bot.slack.messages.ended import cancelled_message, closed_message, paused_message
from bot.slack.messages.minimal import ended_line, urgency_line, waiting_message
from bot.slack.messages.question import answered_message, question_message
from bot.slack.messages.result import result_messages
from bot.slack.messages.review import review_message
from bot.slack.messages.shrunk import shrunk_message
from bot.slack.messages.start import root_message, root_of
from bot.slack.shown import Message, Privacy
from bot.storage import Post, StoredEvent
from bot.storage.records import CARD, COSMETIC, PAGE, SCREEN
from flows.consult import Consult, Event, Step, apply
from flows.machine import CANCELLED, CLOSED, DECIDED, PAUSED, RESULT, REVIEW

Turns = Mapping[int, Sequence[str]]
"""Turn -> the questions that were answered in it, which its message still shows as lines."""


def posts_for(before: Consult | None, step: Step, *, privacy: Privacy, turns: Turns | None = None) -> tuple[Post, ...]:
    """What the step sends. `turns`: of the consult before it; needed where `rewrites` says so."""
    posts = _usual if privacy == "usual" else _minimal
    card = tuple(_emergency(before, step, privacy))
    rest = (*_root(before, step, privacy), *posts(before, step, turns or {}))
    return (*card, *_after(card, rest))


def _after(card: Sequence[Post], rest: Sequence[Post]) -> Iterator[Post]:
    """What is posted beside the emergency card comes after it, though a page keeps no order: the others keep theirs."""
    waits = card[0].slot if card else None
    for post in rest:
        if post.method == "chat.postMessage" and waits is not None:
            yield replace(post, after=waits)
            waits = None
        else:
            yield post


def rewrites(before: Consult | None, step: Step) -> bool:
    """Whether the step changes an answer that was given before, so that an earlier message may show what no longer holds."""
    return before is not None and bool(_changed_keys(before, step))


def answered_in(events: Iterable[StoredEvent]) -> Turns:
    """For each turn of a consult, the questions that were answered in it; empty once the content of an event was purged."""
    found: dict[int, tuple[str, ...]] = {}
    consult: Consult | None = None
    for one in events:
        if one.data is None:
            return {}
        if consult is not None and one.kind == "answered":
            found[consult.turn] = (*found.get(consult.turn, ()), *one.data["asked"])
        consult = apply(consult, Event(one.kind, one.at, one.actor, one.data))
    return found


def current_messages(consult: Consult) -> list[Message]:
    """What shows a consult as it stands now. The last one can be tapped, and is edited later."""
    if consult.state == RESULT:
        return list(result_messages(consult))
    one = {
        REVIEW: review_message,
        DECIDED: decided_message,
        PAUSED: paused_message,
        CANCELLED: cancelled_message,
        CLOSED: closed_message,
    }
    return [one.get(consult.state, question_message)(consult)]


# Posts


def in_thread(consult: Consult, message: Message, priority: int, *, slot: str | None = None) -> Post:
    """A message in the consult's thread."""
    user = consult.clinician
    place = {"channel": {"slot": dm(user)}, "thread_ts": {"slot": thread(consult.reference)}}
    return _post(user, {**place, **message.as_body()}, priority, slot=slot)


def in_dm(user: str, message: Message, priority: int, *, slot: str | None = None) -> Post:
    """A message at the top of the person's direct message."""
    return _post(user, {"channel": {"slot": dm(user)}, **message.as_body()}, priority, slot=slot)


def for_one(user: str, message: Message, *, channel: str | None = None, thread_ts: str | None = None) -> Post:
    """A message that this person alone sees, and Slack forgets: where they are, else in their direct message."""
    place: dict[str, Any] = {"channel": channel or {"slot": dm(user)}, "user": user}
    if thread_ts is not None:
        place["thread_ts"] = thread_ts
    return Post(lane=dm(user), method="chat.postEphemeral", body={**place, **message.as_body()}, priority=SCREEN)


def emergency_post(consult: Consult, at: str, privacy: Privacy, *, at_top: bool = False) -> Post:
    """The emergency card, which waits for nothing; `at_top`: not in the thread, which may not be there yet."""
    card = emergency_message(consult.given_answers if privacy == "usual" else {}, date.fromisoformat(at[:10]))
    slot = emergency(consult.reference, consult.turn)
    return in_dm(consult.clinician, card, PAGE, slot=slot) if at_top else in_thread(consult, card, PAGE, slot=slot)


def edit(consult: Consult, turn: int, message: Message, priority: int = COSMETIC) -> Post:
    """A change of the message that showed the consult in that turn."""
    slot = shown(consult.reference, turn)
    return _edit(consult.clinician, slot, f"shown:{consult.reference}:{turn}", message, priority)


def edit_of(consult: Consult, slot: str, message: Message, priority: int = COSMETIC) -> Post:
    """A change of the message in that slot of the consult's thread."""
    return _edit(consult.clinician, slot, slot, message, priority)


def _edit(user: str, slot: str, coalesce: str, message: Message, priority: int) -> Post:
    body = {"channel": {"slot": dm(user)}, "ts": {"slot": slot}, **message.as_body()}
    return Post(lane=dm(user), method="chat.update", body=body, priority=priority, coalesce=coalesce)


def _post(user: str, body: Mapping[str, Any], priority: int, *, slot: str | None) -> Post:
    return Post(lane=dm(user), method="chat.postMessage", body=body, priority=priority, slot=slot)


# Parts of a step


def _emergency(before: Consult | None, step: Step, privacy: Privacy) -> Iterator[Post]:
    """At the start the thread is not there yet, and nothing is waited for."""
    consult = step.consult
    if before is None:
        if not consult.danger_now:
            return
    elif not any(event.kind == "danger_said" and _said(event) == "yes" for event in step.events):
        return
    yield emergency_post(consult, step.events[0].at, privacy, at_top=before is None)


def _said(event: Event) -> Any:
    """What was said about danger now: among the answers before the decision, by itself after it."""
    return event.data["value"] if "value" in event.data else event.data["answers"]["danger_now"]


def _root(before: Consult | None, step: Step, privacy: Privacy) -> Iterator[Post]:
    consult = step.consult
    user, slot = consult.clinician, thread(consult.reference)
    if before is None:
        yield in_dm(user, root_message(consult, privacy), SCREEN, slot=slot)
    elif root_of(consult, privacy) != root_of(before, privacy):
        yield _edit(user, slot, f"root:{consult.reference}", root_message(consult, privacy), COSMETIC)


def _usual(before: Consult | None, step: Step, turns: Turns) -> Iterator[Post]:
    consult = step.consult
    if before is None or consult.turn != before.turn:
        *first, last = current_messages(consult)
        yield from (in_thread(consult, message, SCREEN) for message in first)
        yield in_thread(consult, last, SCREEN, slot=shown(consult.reference, consult.turn))
        if before is not None:
            yield edit(consult, before.turn, _what_remains(before, step))
    else:
        reported = any(event.kind == "step_reported" for event in step.events)
        yield edit(consult, consult.turn, current_messages(consult)[-1], CARD if reported else COSMETIC)
    if before is not None:
        yield from _earlier(before, step, turns)


def _what_remains(before: Consult, step: Step) -> Message:
    """Of a message whose turn is over: the answers that were given on it, or a line."""
    asked = [key for event in step.events if event.kind == "answered" for key in event.data["asked"]]
    keys = (*before.done_here, *asked) if before.screen is not None else ()
    return answered_message(step.consult, keys, before.turn) if keys else shrunk_message(before, step.consult)


def _earlier(before: Consult, step: Step, turns: Turns) -> Iterator[Post]:
    """Edits of the messages of earlier turns on which an answer stands that is another one now."""
    changed = _changed_keys(before, step)
    for turn, keys in turns.items():
        if turn != before.turn and changed & set(keys):
            yield edit(step.consult, turn, answered_message(step.consult, keys, turn))


def _changed_keys(before: Consult, step: Step) -> set[str]:
    now = step.consult.given
    return {key for key, value in before.given.items() if now.get(key) != value}


def _minimal(before: Consult | None, step: Step, turns: Turns) -> Iterator[Post]:
    """A line only where somebody would miss one: at the start, the result, the decision and the end."""
    consult = step.consult
    if before is None:
        yield in_thread(consult, waiting_message(consult), SCREEN, slot=shown(consult.reference, consult.turn))
        return
    if consult.state == RESULT and consult.result is not before.result:
        yield in_thread(consult, urgency_line(consult), SCREEN)
    elif consult.state != before.state and consult.state in (DECIDED, PAUSED, CANCELLED, CLOSED):
        yield in_thread(consult, ended_line(consult), SCREEN)
