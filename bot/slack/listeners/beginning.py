"""The ways into a consult: who may, what was asked for, and what is said about it.

Somebody whom the program has not met yet is not kept waiting for the Web API: what they want is committed to the outbox as
`curbside.begin`, and the sender, which finds out who they are, has it begun.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from bot.desk import Desk, Kept, kept
from bot.slack.addresses import dm
from bot.slack.conversation import in_dm
from bot.slack.journal import log_line
from bot.slack.listeners import replies
from bot.slack.listeners.reading import Place
from bot.slack.listeners.wishes import Wanted, read_kept
from bot.slack.messages import hints
from bot.slack.messages.emergency import emergency_message
from bot.slack.messages.start import greeting, help_message, law_answer
from bot.slack.office import Office
from bot.slack.refusals import Kindly, NotAdmitted, in_words
from bot.slack.sender import BEGIN
from bot.slack.shown import Message
from bot.storage import AlreadySeen, BadReference, Post, parse_reference
from bot.storage.records import CARD, PAGE, SCREEN
from flows.consult import Consult
from flows.errors import AnswerError
from flows.machine import PAUSED


@dataclass(frozen=True, slots=True)
class Came:
    """What is answered to a wish. `consult`: the one it led to. `urgent`: a card that comes before everything else.

    `did`: what was committed with the delivery's id, if anything was. Of what has begun the root of its thread tells, too.
    """

    message: Message
    consult: Consult | None = None
    urgent: Message | None = None
    did: Literal["nothing", "begun", "resumed"] = "nothing"


def admit(office: Office, user: str, wanted: Wanted, delivery: str) -> bool:
    """True when the person may consult; False when it must be found out first, and will be. NotAdmitted, AlreadySeen."""
    standing = office.people.standing(user)
    if standing == "may_consult":
        return True
    if standing != "unknown":
        raise NotAdmitted(standing)
    text = f"{wanted.as_text()} {delivery}"
    posts = [Post(lane=dm(user), method=BEGIN, body={"user": user, "text": text}, priority=SCREEN)]
    if wanted.kind in ("danger", "words_of_danger"):  # what to do first is not kept back from anybody
        posts.insert(0, in_dm(user, _card(office), PAGE))
    office.send(posts, delivery)
    return False


def admit_to_own(office: Office, user: str) -> None:
    """Whoever began a consult goes on with it, known or not; those who may not (any more) are refused. NotAdmitted."""
    standing = office.people.standing(user)
    if standing not in ("may_consult", "unknown"):
        raise NotAdmitted(standing)


def fulfil(office: Office, user: str, wanted: Wanted, delivery: str, place: Place) -> Came:
    """What somebody who may consult wants. Kindly and the errors of the office."""
    return FULFILLED[wanted.kind](office, user, wanted, delivery, place)


def begin_now(office: Office, user: str, text: str) -> None:
    """What `admit` has put off, once the sender comes to it: find out who they are, and answer in their direct message.

    `text`: as `admit` has kept it. Done once, however often it is called. Raises what People.learn raises, to be tried again.
    """
    office.people.learn(user)
    kept_text, _, delivery = text.partition(" ")
    delivery = f"begin:{delivery}"
    try:
        standing = office.people.standing(user)
        if standing != "may_consult":
            raise NotAdmitted(standing)
        came = fulfil(office, user, read_kept(kept_text), delivery, Place())
        say_in_dm(office, user, came, delivery)
    except AlreadySeen:
        log_line("seen_before", user=user)
    except (Kindly, AnswerError) as error:
        if isinstance(error, NotAdmitted):
            log_line("refused", user=user, standing=error.standing)
        with suppress(AlreadySeen):
            office.send([in_dm(user, in_words(error), CARD)], delivery)


def say_in_dm(office: Office, user: str, came: Came, delivery: str) -> None:
    """What is answered to a wish, as messages; a consult that has begun speaks for itself."""
    if came.did == "begun":
        return
    posts = [in_dm(user, came.urgent, PAGE)] if came.urgent else []
    posts.append(in_dm(user, came.message, CARD))
    office.send(posts, delivery if came.did == "nothing" else None)


def _start(office: Office, user: str, wanted: Wanted, delivery: str, place: Place) -> Came:
    return begin(office, user, delivery, place, {"jurisdiction": wanted.code} if wanted.code else {})


def _danger(office: Office, user: str, wanted: Wanted, delivery: str, place: Place) -> Came:
    """What to do first is in the answer, too, wherever that is given."""
    return replace(begin(office, user, delivery, place, {"danger_now": "yes"}), urgent=_card(office))


def begin(office: Office, user: str, delivery: str, place: Place, given: dict[str, Any]) -> Came:
    """A new consult, or the one of this very moment, in which danger is then said as it was given."""
    found, is_new = office.begin(user, given, delivery)
    if is_new:
        log_line("begun", user=user, consult=found.reference)
        return Came(replies.begun(office, found.consult, place), found.consult, did="begun")
    if given.get("danger_now") == "yes" and not found.consult.danger_now:
        found = office.step(user, found.reference, lambda desk, now: desk.say_danger(now, delivery=delivery))
        return Came(replies.just_begun(office, found.consult, place), found.consult, did="begun")
    return Came(replies.just_begun(office, found.consult, place), found.consult)


def _words_of_danger(office: Office, user: str, wanted: Wanted, delivery: str, place: Place) -> Came:
    """Nothing is taken for said; what to do first is shown at once, with the way to begin."""
    return Came(greeting(_open(office, user), typed=True, danger_first=True), urgent=_card(office))


def _help(office: Office, user: str, wanted: Wanted, delivery: str, place: Place) -> Came:
    return Came(help_message())


def _greeting(office: Office, user: str, wanted: Wanted, delivery: str, place: Place) -> Came:
    return Came(greeting(_open(office, user), typed=True))


def _law(office: Office, user: str, wanted: Wanted, delivery: str, place: Place) -> Came:
    code = wanted.code or office.desk(user).remembered().get("jurisdiction")
    if code is None:
        raise Kindly(replies.law_of_which_place())
    return Came(law_answer(code, today(office)))


def _not_understood(office: Office, user: str, wanted: Wanted, delivery: str, place: Place) -> Came:
    raise Kindly(replies.no_such_command())


def _resume(office: Office, user: str, wanted: Wanted, delivery: str, place: Place) -> Came:
    """The one that was named, or the only one; of several, the person chooses."""
    if wanted.reference is not None:
        try:
            return go_on(office, user, parse_reference(wanted.reference), delivery, place)
        except BadReference:
            raise Kindly(hints.no_such_consult()) from None
    found = _open(office, user)
    if not found:
        raise Kindly(hints.nothing_open())
    return go_on(office, user, found[0].reference, delivery, place) if len(found) == 1 else Came(greeting(found))


def go_on(office: Office, user: str, reference: str, delivery: str, place: Place) -> Came:
    """A paused consult goes on; another one waits in its thread, and the person is told where."""

    def take(desk: Desk, kept: Kept) -> Kept:
        return desk.take(kept, Consult.resume, delivery=delivery) if kept.consult.state == PAUSED else kept

    before = office.open(user, reference)
    after = office.step(user, reference, take)
    if after.revision == before.revision:
        return Came(replies.waits(office, after.consult, place), after.consult)
    return Came(replies.goes_on(office, after.consult, place), after.consult, did="resumed")


def _open(office: Office, user: str) -> list[Kept]:
    return [kept(row) for row in office.log.open_consults(user)]


def _card(office: Office) -> Message:
    """What to do first, without anything of a consult."""
    return emergency_message({}, today(office))


def today(office: Office) -> date:
    """The day on which rules must be in force."""
    return date.fromisoformat(office.clock()[:10])


FULFILLED: dict[str, Callable[[Office, str, Wanted, str, Place], Came]] = {
    "start": _start,
    "danger": _danger,
    "words_of_danger": _words_of_danger,
    "help": _help,
    "greeting": _greeting,
    "law": _law,
    "resume": _resume,
    "not_understood": _not_understood,
}
