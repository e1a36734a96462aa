"""What stands beside a consult's own messages: ways in, danger now, changed answers, minimal privacy, short notes, the home."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.desk import Kept
from bot.slack.messages import hints
from bot.slack.messages.emergency import emergency_message
from bot.slack.messages.minimal import ended_line, urgency_line, waiting_message
from bot.slack.messages.parts import address_of
from bot.slack.messages.question import question_message
from bot.slack.messages.start import greeting, help_message, law_answer, root_message
from bot.slack.modals.edit import edit_view
from bot.slack.modals.emergency import emergency_view
from bot.slack.modals.home import home_view
from bot.slack.modals.moved import moved_view
from bot.slack.modals.pages import law_view
from bot.slack.modals.screen import screen_view
from bot.slack.preview.chapter import Chapter
from bot.slack.preview.frames import Frame
from bot.slack.preview.people import PERSON
from bot.slack.preview.samples import Walk
from bot.slack.shown import Message
from flows.questions import questions

Hint = Callable[..., Message]
INVENTED = "An invented text. Dr. Jane Doe called on 2026-01-02."


def ways_in(walks: Sequence[Walk]) -> Chapter:
    """How somebody begins."""
    on = walks[0].on
    opened = [Kept(walk.begun(), 1) for walk in walks]
    frames = [
        Frame("Somebody writes to Curbside for the first time", [greeting([], typed=True)]),
        Frame("They have open consults", [greeting(opened)]),
        Frame(
            "What they wrote sounds like danger",
            [emergency_message({}, on), greeting([], typed=True, danger_first=True)],
        ),
        Frame("/consult help", [help_message()]),
        Frame("/consult law TX", [law_answer("TX", on)]),
        *(Frame(f"Window: All of it, page {page}", law_view("TX", on, page)) for page in (1, 2)),
        Frame(
            "Window: after the shortcut", moved_view(opened[0].reference, "https://example.slack.com/archives/D0/p0")
        ),
        Frame("The same, where no link can be made", moved_view(opened[0].reference)),
    ]
    return Chapter("The ways in", "A slash command, a message, the shortcut. All lead into the direct message.", frames)


def home(walks: Sequence[Walk]) -> Chapter:
    """The App Home."""
    first, second, third = walks
    reported = first.decided()
    later = (datetime.fromisoformat(first.at) + timedelta(days=2)).isoformat()
    done = replace(second.decided(), state="closed")
    frames = [
        Frame("With nothing yet", home_view(PERSON, [], [], at=first.at)),
        Frame(
            "With a follow-up that is due, an open consult and one that is done",
            home_view(PERSON, [Kept(reported, 9), Kept(third.begun(), 1)], [Kept(done, 12)], at=later),
        ),
    ]
    return Chapter(
        "The home", "The tab of the app. It holds references, times and the urgency, and nothing clinical.", frames
    )


def danger(walk: Walk) -> Chapter:
    """Danger now, before and within a consult."""
    *_, (asked, _) = walk.steps()
    consult = asked.say_danger(**walk.by(asked)).consult
    frames = [
        Frame("The card, with nothing known yet", [emergency_message({}, walk.on)]),
        Frame("The card within a consult", [emergency_message(consult.given_answers, walk.on)]),
        Frame("The screen that comes again below it", [question_message(consult)]),
        Frame("The head of the thread", [root_message(consult, "usual")]),
        Frame("Window: the card, where the consult is walked in one", emergency_view(consult, walk.on)),
    ]
    return Chapter("Danger now", "One tap on any screen. What to do first comes before everything else.", frames)


def changed_answers(walk: Walk) -> Chapter:
    """The window of every question."""
    consult = walk.at_review()
    frames = [Frame(f"Window: {one.topic}", edit_view(consult, key, shown_turn=0)) for key, one in questions().items()]
    found = ("Your words: a name and a date",)
    back = edit_view(consult, "narrative", shown_turn=0, found=found, given=INVENTED)
    frames.append(Frame("Window: a note that may identify somebody comes back", back))
    return Chapter("An answer, changed or added", "Every answer can be changed until the decision.", frames)


def minimal(walk: Walk) -> Chapter:
    """With CURBSIDE_PRIVACY=minimal."""
    return Chapter(
        "With minimal privacy",
        "No message holds a clinical fact: reference and urgency only. The consult is walked in one window.",
        [*_minimal(walk)],
    )


def _minimal(walk: Walk) -> Iterator[Frame]:
    begun, result, decided = walk.begun(), walk.at_result(), walk.decided()
    review = walk.at_review()
    paused = review.pause(**walk.by(review)).consult
    yield Frame("The thread at the start", [root_message(begun, "minimal"), waiting_message(begun)])
    shown = ""
    for before, _ in walk.steps():
        if before.state != shown and before.screen is not None:
            yield Frame(f"Window: {before.screen.title}", screen_view(before))
        shown = before.state
    yield Frame("Window: the answers, before the result", screen_view(review))
    yield Frame("The result is there", [root_message(result, "minimal"), urgency_line(result)])
    yield Frame("Window: the result", screen_view(result))
    yield Frame("Recorded", [ended_line(decided)])
    yield Frame("Window: the steps", screen_view(decided))
    yield Frame("Paused", [ended_line(paused)])
    yield Frame("Window: paused", screen_view(paused))
    ended = [begun.cancel(**walk.by(begun)).consult, replace(decided, state="closed")]
    yield Frame("Cancelled, and closed", [ended_line(one) for one in ended])
    yield Frame("Window: closed", screen_view(ended[1]))


def short_notes(walk: Walk) -> Chapter:
    """Every kind line that says why something can't be done, and what can."""
    consult = walk.begun()
    address = address_of(consult)
    notes: list[tuple[Hint, Message]] = [
        *((hint, hint()) for hint in _without_arguments()),
        (hints.waits_there, hints.waits_there(consult.reference)),
        (hints.not_understood, hints.not_understood(consult.asks, address)),
        (hints.not_kept, hints.not_kept(address)),
        (hints.typed_a_note, hints.typed_a_note(address)),
    ]
    frames = [Frame((inspect.getdoc(hint) or "").partition(".")[0], [message]) for hint, message in notes]
    return Chapter("Short notes", "Seen by one person, and gone when they reload. Nothing has changed then.", frames)


def _without_arguments() -> Iterator[Hint]:
    """All hints that need to be told nothing."""
    for name, hint in inspect.getmembers(hints, inspect.isfunction):
        own = hint.__module__ == hints.__name__ and not name.startswith("_")
        if own and not inspect.signature(hint).parameters:
            yield hint
