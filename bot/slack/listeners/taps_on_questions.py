"""Taps on a question, and on what stands below every screen: answers, danger now, back, pause and the ways out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.desk import Desk, Kept
from bot.slack import actions
from bot.slack.conversation import emergency_post
from bot.slack.listeners.beginning import admit_to_own, begin, go_on
from bot.slack.listeners.opening import Opening
from bot.slack.listeners.reading import Malformed, Tap, about_one, in_consult
from bot.slack.listeners.tapping import Handle, led, of_this_turn, simple_step, take_step
from bot.slack.messages import hints
from bot.slack.messages.question import read_choices
from bot.slack.office import Office
from bot.slack.refusals import Kindly
from flows.consult import Consult


def _answer(office: Office, tap: Tap) -> Opening | None:
    key, *rest = tap.about or ("",)
    value = ":".join(rest) or tap.value
    if not key or value is None:
        raise Malformed("action_id")
    return take_step(office, tap, lambda desk, kept: _answered(desk, of_this_turn(kept, tap), {key: value}, tap))


def _continue(office: Office, tap: Tap) -> Opening | None:
    def take(desk: Desk, kept: Kept) -> Kept:
        answers = read_choices(of_this_turn(kept, tap).consult, tap.values)
        return _answered(desk, kept, answers, tap)

    return take_step(office, tap, take)


def _answered(desk: Desk, kept: Kept, answers: Mapping[str, Any], tap: Tap) -> Kept:
    asked = {one.question for one in kept.consult.asks}
    if not answers.keys() <= asked:
        raise Kindly(hints.already_said())
    return desk.take(kept, Consult.answer, answers, delivery=tap.delivery)


def _said(office: Office, tap: Tap) -> None:
    """A choice counts when *Continue* is tapped."""


# On every screen


def _danger(office: Office, tap: Tap) -> Opening | None:
    """Danger now can be said from any message, however old; that it is over, only from the one that counts."""
    value = about_one(tap)
    address = in_consult(tap)

    def take(desk: Desk, kept: Kept) -> Kept:
        consult = kept.consult
        if value != "yes":
            return desk.say_danger(of_this_turn(kept, tap), value, delivery=tap.delivery)
        if not consult.danger_now:
            return desk.say_danger(kept, delivery=tap.delivery)
        if office.privacy == "usual" and address.turn != consult.turn:  # a finger that tapped twice, most likely
            raise Kindly(hints.danger_already_said())
        office.send([emergency_post(consult, office.clock(), office.privacy)], tap.delivery)
        return kept

    return take_step(office, tap, take, emergency=value == "yes")


def _back(office: Office, tap: Tap) -> Opening | None:
    return simple_step(office, tap, Consult.back)


def _pause(office: Office, tap: Tap) -> Opening | None:
    return simple_step(office, tap, Consult.pause)


def _cancel(office: Office, tap: Tap) -> Opening | None:
    return simple_step(office, tap, Consult.cancel)


def _resume(office: Office, tap: Tap) -> Opening | None:
    """From any message: whoever goes on from an old card means the consult as it is."""
    admit_to_own(office, tap.user)
    came = go_on(office, tap.user, in_consult(tap).reference, tap.delivery, tap.place)
    if came.did == "resumed" and tap.place.thread_ts is not None:  # one sees it go on
        return None
    return led(office, tap, came)


def _restart(office: Office, tap: Tap) -> Opening | None:
    """Cancel this one, and begin anew; the cancelled one has a button for that too, should the program end in between."""
    simple_step(office, tap, Consult.cancel)
    return led(office, tap, begin(office, tap.user, f"{tap.delivery}:anew", tap.place, {}))


ON_QUESTIONS: Mapping[str, Handle] = {
    actions.ANSWER: _answer,
    actions.SAID: _said,
    actions.CONTINUE: _continue,
    actions.DANGER: _danger,
    actions.BACK: _back,
    actions.PAUSE: _pause,
    actions.CANCEL: _cancel,
    actions.RESUME: _resume,
    actions.RESTART: _restart,
}
