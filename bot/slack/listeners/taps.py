"""What is tapped: the step is taken, or the modal opened, by the one function that stands for its word (actions.py)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.desk import Desk, Kept
from bot.slack import actions
from bot.slack.journal import log_line
from bot.slack.listeners import replies
from bot.slack.listeners.beginning import admit, fulfil
from bot.slack.listeners.opening import OPENS, Opening, opener, opening
from bot.slack.listeners.reading import Malformed, Payload, Tap, read_tap
from bot.slack.listeners.saying import kindly, malformed, tell
from bot.slack.listeners.tapping import Handle, led, own
from bot.slack.listeners.taps_on_care import ON_CARE
from bot.slack.listeners.taps_on_questions import ON_QUESTIONS
from bot.slack.listeners.taps_on_results import ON_RESULTS
from bot.slack.listeners.wishes import DANGER, START
from bot.slack.messages import hints
from bot.slack.modals.screen import screen_view
from bot.slack.office import Office
from bot.slack.refusals import Kindly
from flows.consult import Consult
from flows.machine import PAUSED

EVERYTHING = re.compile(".*")
HandlePayload = Callable[[Office, Payload], Opening | None]


def register(app: App, office: Office, client: WebClient, others: Mapping[str, HandlePayload]) -> None:
    """The taps that may open a modal; the others, which nothing shall slow down, are taken before (first.py).

    `others`: words that are handled elsewhere. One listener for all: Bolt asks one after the other, which takes time.
    """

    def tapped(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        context[OPENS] = others.get(_word(body), handle)(office, body)
        ack()

    app.action(EVERYTHING)(ack=tapped, lazy=[opener(client, office)])


def opens_nothing(payload: Payload) -> bool:
    """Whether it is a tap that `handle` takes, and that opens no modal whatever comes of it."""
    return "view" not in payload and _word(payload) in STAYS


def _word(payload: Payload) -> str:
    return str(payload["actions"][0].get("action_id")).partition(":")[0]


def handle(office: Office, payload: Payload) -> Opening | None:
    """Take the step that was tapped; the modal to open, if one is. LogError when it could not be kept."""
    try:
        tap = read_tap(payload)
        with kindly(office, tap.user, tap.place, tap.delivery):
            return TAPS.get(tap.word, _unknown)(office, tap)
        return _as_it_is(office, tap)
    except Malformed as error:
        malformed(office, payload, error)
    return None


def _as_it_is(office: Office, tap: Tap) -> Opening | None:
    """After a refusal in a modal in which the consult is walked: the modal as it is by now."""
    if office.privacy == "usual" or tap.view_id is None or tap.address is None:
        return None
    try:
        return opening(tap, screen_view(office.open(tap.user, tap.address.reference).consult))
    except Kindly:
        return None


# Without a consult, or beside one


def _start(office: Office, tap: Tap) -> Opening | None:
    """From a card, the result of an earlier consult, or the home, which is left for the conversation."""
    wanted = DANGER if tap.about[:1] == ("danger",) else START
    if not admit(office, tap.user, wanted, tap.delivery):
        tell(office, tap.user, tap.place, replies.finding_out())
        return None
    came = fulfil(office, tap.user, wanted, tap.delivery, tap.place)
    if came.did == "begun" and tap.place.in_dm and tap.place.thread_ts is None:  # its root appears below
        return None
    return led(office, tap, came)


def _open(office: Office, tap: Tap) -> Opening | None:
    """The consult in a modal, as it stands; a paused one goes on by it."""
    kept = own(office, tap)
    if kept.consult.state == PAUSED:
        kept = office.step(tap.user, kept.reference, lambda desk, now: _gone_on(desk, now, tap))
    return opening(tap, screen_view(kept.consult))


def _gone_on(desk: Desk, kept: Kept, tap: Tap) -> Kept:
    return desk.take(kept, Consult.resume, delivery=tap.delivery) if kept.consult.state == PAUSED else kept


def _link(office: Office, tap: Tap) -> None:
    """A button that only leads somewhere: Slack tells of it all the same."""


def _unknown(office: Office, tap: Tap) -> None:
    log_line("not_known", what="tap", word=tap.word)
    raise Kindly(hints.not_known_here())


TAPS: Mapping[str, Handle] = {
    **ON_QUESTIONS,
    **ON_RESULTS,
    **ON_CARE,
    actions.START: _start,
    actions.OPEN: _open,
    actions.LINK: _link,
}
STAYS = {*ON_QUESTIONS, actions.CONFIRM} - {actions.RESUME, actions.RESTART}
"""The words of taps that open nothing, when they are tapped in a message."""
