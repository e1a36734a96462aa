"""The consult inside one modal, where messages hold no clinical fact: the questions, and by state whatever comes after them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from bot.slack.actions import EDIT, SCREEN_VIEW, action
from bot.slack.blocks import AnyBlock, bold, button, paragraph, rows
from bot.slack.messages.decided import decided_message
from bot.slack.messages.ended import cancelled_message, closed_message, paused_message
from bot.slack.messages.parts import address_of, answer_lines, bottom_rows, head
from bot.slack.messages.question import read_choices
from bot.slack.modals.emergency import emergency_view
from bot.slack.modals.frame import modal, modal_of
from bot.slack.modals.pages import page_view
from bot.slack.modals.question_inputs import input_for, read_one
from bot.slack.modals.values import Values
from bot.slack.shown import Message, View
from flows.consult import Consult
from flows.machine import CANCELLED, CLOSED, DECIDED, PAUSED, RESULT, REVIEW
from flows.questions import ABOUT_THE_CLINICIAN, question

AS_A_MESSAGE: Mapping[str, tuple[Callable[[Consult], Message], str]] = {
    DECIDED: (decided_message, "recorded"),
    PAUSED: (paused_message, "paused"),
    CANCELLED: (cancelled_message, "cancelled"),
    CLOSED: (closed_message, "closed"),
}


def screen_view(consult: Consult, *, emergency_on: date | None = None) -> View:
    """What is to be done now, whatever the consult's state.

    `emergency_on`: *Danger now* was tapped; then the emergency card, under the rules of that day, comes first.
    """
    if emergency_on is not None:
        return emergency_view(consult, emergency_on)
    if consult.state in AS_A_MESSAGE:
        build, says = AS_A_MESSAGE[consult.state]
        metadata = address_of(consult).metadata()
        return modal_of(f"{consult.reference}, {says}", build(consult), callback=SCREEN_VIEW, metadata=metadata)
    if consult.state == RESULT:
        return page_view(consult, "result")
    return _review_view(consult) if consult.state == REVIEW else _questions_view(consult)


def read_screen(consult: Consult, values: Values) -> dict[str, Any]:
    """What was filled in, as answers that `Consult.answer` takes. AnswerError where a question was left out."""
    found: dict[str, Any] = {**read_choices(consult, values)}
    for one in consult.asks:
        if one.question not in found:
            found[one.question] = read_one(question(one.question), values)
    return {one.question: found[one.question] for one in consult.asks}


def _questions_view(consult: Consult) -> View:
    """The questions of the screen that are still to be answered, and what was answered on it."""
    blocks: list[AnyBlock] = [*answer_lines(consult, [*_remembered(consult), *consult.done_here], address_of(consult))]
    blocks += [input_for(one, consult.given.get(one.question)) for one in consult.asks]
    return _asking(consult, blocks, back=consult.state != consult.first, submit="Continue")


def _remembered(consult: Consult) -> Iterator[str]:
    """What is known of the clinician from before, at the first screen: to go on is to confirm it."""
    if consult.state == consult.first:
        asked = {one.question for one in consult.asks}
        yield from (key for key in ABOUT_THE_CLINICIAN if key in consult.given and key not in asked)


def _review_view(consult: Consult) -> View:
    """The answers before the result, each with *Edit*; submitting it confirms them."""
    address = address_of(consult)
    on = [button("Add a note", action(EDIT, "narrative")), button("Another state", action(EDIT, "second_jurisdiction"))]
    blocks: list[AnyBlock] = [paragraph(bold("Is this right?"))]
    blocks += answer_lines(consult, consult.given_answers, address)
    return _asking(consult, [*blocks, *rows(on, address.block("review"))], back=True, submit="Show what to do")


def _asking(consult: Consult, blocks: list[AnyBlock], *, back: bool, submit: str) -> View:
    """A modal opens at its top, and a phone shows no more of it at first: so that is where danger now is."""
    danger, ways = bottom_rows(consult, back=back)
    title = consult.reference if consult.screen is not None else f"{consult.reference}, answers"
    metadata = address_of(consult).metadata()
    return modal(title, [head(consult), danger, *blocks, ways], callback=SCREEN_VIEW, metadata=metadata, submit=submit)
