"""One invented consult from its beginning to its end, in messages: every screen, the result with its pages, the decision."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.slack.messages.decided import decided_message
from bot.slack.messages.ended import cancelled_message, closed_message, paused_message
from bot.slack.messages.question import answered_message, question_message
from bot.slack.messages.result import result_messages
from bot.slack.messages.review import review_message
from bot.slack.messages.shrunk import shrunk_message
from bot.slack.messages.start import root_message
from bot.slack.modals.close import close_view
from bot.slack.modals.decision import decision_view, reasons_view
from bot.slack.modals.pages import TITLES, page_view
from bot.slack.modals.step import step_view
from bot.slack.preview.chapter import Chapter
from bot.slack.preview.frames import Frame
from bot.slack.preview.samples import Walk
from bot.slack.shown import View
from flows.consult import Consult
from flows.decision import reasons_needed
from flows.machine import the_flow
from flows.pages import label


def consult_chapters(walk: Walk) -> Iterator[Chapter]:
    """The chapters of one sample."""
    name = walk.sample.title
    says = "One question a message, answered with one tap; what was answered becomes a line with Edit."
    yield Chapter(f"{name}. The questions", says, [*_questions(walk)])
    says = "First the steps, then what to find out, who may be told, the law; the rest behind buttons."
    yield Chapter(f"{name}. The result", says, [*_result(walk)])
    says = "What the clinician decides, and what becomes of each step. What the law requires stays until it is done."
    yield Chapter(f"{name}. The decision", says, [*_decision(walk)])


def _questions(walk: Walk) -> Iterator[Frame]:
    begun = walk.begun()
    yield Frame("The head of the consult's thread", [root_message(begun, "usual")])
    yield from _screens(walk)
    review = walk.at_review()
    yield Frame("The answers, before the result", [review_message(review)])
    paused = review.pause(**walk.by(review)).consult
    yield Frame("Paused", [shrunk_message(review, paused), paused_message(paused)])
    yield Frame("Cancelled", [cancelled_message(begun.cancel(**walk.by(begun)).consult)])


def _screens(walk: Walk) -> Iterator[Frame]:
    """Every screen; of the first one that asks twice, also how it looks in between, and what remains of it."""
    shown, in_between = "", ""
    for before, step in walk.steps():
        title = the_flow().screens[before.state].title
        if before.state != shown:
            yield Frame(f"Screen: {title}", [question_message(before)])
        elif before.done_here and not in_between:
            in_between = before.state
            yield Frame(f"{title}: the first answer is given", [question_message(before)])
        shown = before.state
        if step.consult.state != before.state == in_between:
            keys = [*before.done_here, *step.events[0].data["asked"]]
            yield Frame(f"{title}: what remains of it", [answered_message(step.consult, keys, before.turn)])


def _result(walk: Walk) -> Iterator[Frame]:
    consult = walk.at_result()
    yield Frame("The head of the thread, with the urgency", [root_message(consult, "usual")])
    yield Frame("The result, as a sequence of messages", result_messages(consult))
    for name in TITLES:
        yield from _pages(consult, name)


def _pages(consult: Consult, name: str) -> Iterator[Frame]:
    """All pages behind a button, each as a window."""
    seen: list[View] = []
    while (view := page_view(consult, name, len(seen) + 1)) not in seen:
        seen.append(view)
    for number, view in enumerate(seen, 1):
        more = f", page {number} of {len(seen)}" if len(seen) > 1 else ""
        yield Frame(f"Window: {TITLES[name]}{more}", view)


def _decision(walk: Walk) -> Iterator[Frame]:
    consult = walk.at_result()
    at = walk.by(consult)["at"]
    yield Frame("Window: the decision", decision_view(consult, at=at))
    yield from _reasons(consult)
    decided = walk.decided()
    yield Frame("The decision, recorded", [decided_message(decided)])
    steps = [*(decided.decision or {})["steps"]]
    yield Frame(f"Window: report a step ({label(steps[0])})", step_view(decided, steps[0], None, at=at))
    yield Frame(f"Window: not doing a step ({label(steps[-2])})", step_view(decided, steps[-2], "declined", at=at))
    reported = _reported(walk, decided)
    yield Frame("After reports: done, tried, not doing it", [decided_message(reported)])
    yield Frame("Window: close the consult", close_view(reported))
    reason = "An invented reason, for the preview."
    yield Frame("Closed", [closed_message(reported.close(reason, **walk.by(reported)).consult)])


def _reasons(consult: Consult) -> Iterator[Frame]:
    """As if the first step that tells somebody or that the law accepts were not done, and police were told unasked."""
    assert consult.result is not None
    steps: dict[str, dict[str, Any]] = {one: {"state": "declined"} for one in consult.result["plan"]}
    steps.setdefault("call_911", {"state": "planned"})
    decision = {"steps": steps, "tell": {}, "follow_up": None}
    needed = reasons_needed(consult.result, steps)
    yield Frame("Window: reasons, where all of it is declined", reasons_view(consult, decision, needed))


def _reported(walk: Walk, consult: Consult) -> Consult:
    states = ("done", "attempted", "failed")
    for option, state in zip(consult.decision["steps"] if consult.decision else (), states, strict=False):
        step = {"state": state, "result": "An invented outcome."}
        consult = consult.report(option, step, reason="An invented reason.", **walk.by(consult)).consult
    return consult
