"""A screen of the flow as a message: its questions with one button an answer, and what was answered on it already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.slack.actions import SAID, read_action
from bot.slack.addresses import Address
from bot.slack.blocks import built, small
from bot.slack.messages import pieces
from bot.slack.messages.parts import address_of, answer_line, head_text
from bot.slack.messages.pieces import addressed
from bot.slack.messages.ticking import NONE_OF_THE_OTHERS, ticked_before
from bot.slack.shown import Block, Message
from flows.consult import Consult
from flows.questions import ABOUT_THE_CLINICIAN, UNKNOWN, question


def question_message(consult: Consult) -> Message:
    """What is asked now. The consult must be on a screen."""
    assert consult.screen is not None
    blocks = addressed(_blocks(consult), address_of(consult))
    return Message(f"Curbside, {consult.reference}: the next question", (pieces.line(head_text(consult)), *blocks))


def _blocks(consult: Consult) -> Iterator[Block]:
    if _remembers(consult):
        facts, setting = consult.facts, consult.given.get("setting", {})
        works_in = tuple(item for item, said in setting.items() if said == "yes")
        yield from pieces.confirmed(*(facts[key] for key in ABOUT_THE_CLINICIAN), works_in)
    yield from _answers(consult, consult.done_here, editable=True)
    lists = 0
    for ask in consult.asks:
        kind = question(ask.question).kind
        if kind == "list":
            lists += 1
            ticked = ticked_before(ask.options, consult.given.get(ask.question, {}))
            yield from pieces.listed(ask.question, ask.items, tuple(ticked))
        else:
            given = consult.given.get(ask.question) if kind == "place" else None
            yield from pieces.asked(ask.question, ask.items, given)
    if lists:
        yield from pieces.go_on(lists == len(consult.asks))
    yield from pieces.ways(consult.danger_now, consult.state != consult.first)


def answered_message(consult: Consult, keys: Iterable[str], turn: int) -> Message:
    """What remains of a screen once it was answered: a line an answer."""
    lines = addressed(_answers(consult, keys, editable=_may_change(consult)), Address(consult.reference, turn))
    return Message(f"Curbside, {consult.reference}: answered", tuple(lines) or tuple(built([small("Answered.")])))


def _answers(consult: Consult, keys: Iterable[str], *, editable: bool) -> Iterator[Block]:
    """Each answer in a line. What was written freely is built each time, so that it is kept nowhere."""
    for key in dict.fromkeys(keys):
        value = consult.given.get(key)
        if value in (None, ""):
            continue
        if isinstance(value, Mapping):
            yield from pieces.said(key, tuple(value.items()), editable)
        elif question(key).kind == "text":
            yield from built([answer_line(key, value, f"said.{key}", editable=editable)])
        else:
            yield from pieces.said(key, value, editable)


def read_choices(consult: Consult, values: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What *Continue* gives: for each list that is asked, what was said of each item. `values`: the message's state.

    What was not ticked is not known, unless the person said that they asked and there was none of the others.
    """
    chosen = {key: items for block in values.values() for key, items in _chosen(block)}
    found = {}
    for ask in consult.asks:
        if question(ask.question).kind == "list":
            ticked = chosen.get(ask.question, set())
            other = "no" if NONE_OF_THE_OTHERS in ticked else UNKNOWN
            found[ask.question] = {item: "yes" if item in ticked else other for item in ask.options}
    return found


def _chosen(block: Any) -> Iterator[tuple[str, set[str]]]:
    """(key, what was chosen) of each list in a block's state; what Slack would not send is passed over."""
    for action_id, state in block.items() if isinstance(block, Mapping) else ():
        word, about = read_action(action_id)
        options = state.get("selected_options") if isinstance(state, Mapping) else None
        if word == SAID and about and isinstance(options, list):
            yield about[0], {str(one["value"]) for one in options if isinstance(one, Mapping) and "value" in one}


def _may_change(consult: Consult) -> bool:
    """Until the decision."""
    return consult.decision is None and not consult.finished


def _remembers(consult: Consult) -> bool:
    """Whether this is the first screen of somebody whose place and profession need not be asked."""
    asked = {one.question for one in consult.screen.asks} if consult.screen else set()
    return consult.state == consult.first and asked.isdisjoint(ABOUT_THE_CLINICIAN)
