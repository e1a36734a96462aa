"""What people type to the app: an answer in a consult's thread, a wish at the top of the direct message.

Nothing that was typed is kept, but an answer that it certainly names. Edited, deleted and bots' messages are passed over.
"""

from __future__ import annotations

import time
from typing import Any

from slack_bolt import App

from bot.desk import Desk, Kept
from bot.slack.addresses import Address, consult_of, dm, shown
from bot.slack.conversation import emergency_post, for_one
from bot.slack.listeners.beginning import admit, admit_to_own, fulfil, say_in_dm
from bot.slack.listeners.reading import Malformed, Payload, Typed, read_typed
from bot.slack.listeners.saying import kindly, malformed
from bot.slack.listeners.wishes import has_words_of_danger, is_danger_itself, read_typed_text
from bot.slack.messages import hints
from bot.slack.office import Office
from bot.slack.refusals import Kindly
from bot.slack.shown import Message
from flows.consult import Consult
from flows.machine import PAUSED
from flows.screening import screen
from flows.typed import typed_answer

A_SENTENCE = 60
"""Characters from which on a reply is no answer but something that the person wants to have written down."""
POSTED_WITHIN, LOOK_EVERY = 2.0, 0.02
"""Seconds for which a typed answer waits to hear when its question was posted, and between two looks; Slack gives three."""


def register(app: App, office: Office) -> None:
    """Messages; they are not acknowledged until what they do is kept."""

    def typed(body: dict[str, Any]) -> None:
        handle(office, body)

    app.event("message")(typed)


def handle(office: Office, payload: Payload) -> None:
    """Take what was typed: from an event, or caught up with after a time without a connection. LogError."""
    try:
        typed = read_typed(payload)
        if typed is not None:
            with kindly(office, typed.user, typed.place, typed.delivery):
                _take(office, typed)
    except Malformed as error:
        malformed(office, payload, error)


def _take(office: Office, typed: Typed) -> None:
    reference = consult_at(office, typed)
    if reference is not None:
        admit_to_own(office, typed.user)
        _reply(office, typed, reference)
        return
    wanted = read_typed_text(typed.text)
    if admit(office, typed.user, wanted, typed.delivery):
        came = fulfil(office, typed.user, wanted, typed.delivery, typed.place)
        say_in_dm(office, typed.user, came, typed.delivery)


def consult_at(office: Office, typed: Typed) -> str | None:
    """The consult in whose thread it was typed; None at the top, and in other threads."""
    root = typed.place.thread_ts
    if root is None or office.log.slot(dm(typed.user)) != typed.place.channel:
        return None
    found = (consult_of(slot) for slot in office.log.slots_holding(root))
    return next((one for one in found if one is not None), None)


def _reply(office: Office, typed: Typed, reference: str) -> None:
    """A reply in a consult's thread: danger, an answer of what is asked, a word that a button has too; else a hint."""

    def take(desk: Desk, kept: Kept) -> Kept:
        consult = kept.consult
        if is_danger_itself(typed.text) and not consult.finished:
            return desk.say_danger(kept, delivery=typed.delivery)
        answer = _answer(office, consult, typed)
        if answer is None and has_words_of_danger(typed.text):
            _show_the_card(office, consult, typed)
            return kept
        if answer is None:
            return _by_word(office, desk, kept, typed)
        asked_at = _asked_at(office, consult)
        if asked_at is None:
            raise Kindly(hints.asked_just_now())
        if _time(typed.ts) <= _time(asked_at):
            raise Kindly(hints.too_old())  # it answers what was asked before, though it may fit what is asked now
        return desk.take(kept, Consult.answer, answer, delivery=typed.delivery)

    office.step(typed.user, reference, take)


def _answer(office: Office, consult: Consult, typed: Typed) -> dict[str, Any] | None:
    """The answer that was typed, if it is one. Where messages hold no clinical fact, none is taken from one."""
    return typed_answer(consult.asks, typed.text) if office.privacy == "usual" else None


def _show_the_card(office: Office, consult: Consult, typed: Typed) -> None:
    """What to do first; nothing is taken for said, and what was typed is not kept."""
    card = emergency_post(consult, office.clock(), office.privacy)
    place = typed.place
    hint = for_one(typed.user, _hint(office, consult, typed.text), channel=place.channel, thread_ts=place.thread_ts)
    office.send([card, hint], typed.delivery)


def _by_word(office: Office, desk: Desk, kept: Kept, typed: Typed) -> Kept:
    said = " ".join(typed.text.lower().split()).strip(" .!")
    if said == "back":
        return desk.take(kept, Consult.back, delivery=typed.delivery)
    if said in ("pause", "later"):
        return desk.take(kept, Consult.pause, delivery=typed.delivery)
    if said in ("resume", "go on", "continue") and kept.consult.state == PAUSED:
        return desk.take(kept, Consult.resume, delivery=typed.delivery)
    raise Kindly(_hint(office, kept.consult, typed.text))


def _hint(office: Office, consult: Consult, text: str) -> Message:
    """Nothing of the text is kept; of what may identify somebody, and of what is longer, that is said."""
    may_add = consult.decision is None and not consult.finished and consult.state != PAUSED
    address = Address(consult.reference, consult.turn) if may_add else None
    if screen(text):
        return hints.not_kept(address)
    if address is not None and len(text) > A_SENTENCE:
        return hints.typed_a_note(address)
    return hints.not_understood(consult.asks if office.privacy == "usual" else (), address)


def _asked_at(office: Office, consult: Consult) -> str | None:
    """When the question that is asked now was posted. None: that is not known, after a moment of waiting for it.

    Slack shows a question before the program hears that it is there, and somebody may type at once.
    """
    until = time.monotonic() + POSTED_WITHIN
    while True:
        found = office.log.slot(shown(consult.reference, consult.turn))
        if found is not None or time.monotonic() >= until:
            return found
        time.sleep(LOOK_EVERY)


def _time(ts: str) -> tuple[int, int]:
    seconds, _, rest = ts.partition(".")
    return int(seconds), int(rest.ljust(9, "0"))
