"""A question of the consult as inputs of a modal: radio buttons, a menu, or lists of what applies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from blockkit import Input, Option, RadioButtons

from bot.slack.blocks import MOST_IN_OPTION, shortened
from bot.slack.messages.ticking import items_menu, ticked_before
from bot.slack.modals.frame import ask, one_of, said
from bot.slack.modals.values import Values, chosen
from flows.errors import AnswerError
from flows.machine import Ask
from flows.questions import NOT_KNOWN, UNKNOWN, Question, question, say_answer
from state_law.load import jurisdiction_names

NOT_TICKED = "What is not ticked stays not known, never no."


def block_of(key: str) -> str:
    """The id of the block that asks a question."""
    return f"answer.{key}"


def input_for(of: Ask, given: Any) -> Input:
    """The input that asks it, with what was answered before."""
    one = question(of.question)
    if one.kind == "list":
        return _list(one, of.options, given if isinstance(given, Mapping) else {})
    return one_input(one, given)


def one_input(one: Question, given: Any) -> Input:
    """Exactly one answer: every answer is there to be seen, and none is chosen beforehand."""
    if one.kind == "place":
        places = one_of(jurisdiction_names(), said(one.key), chosen=given, placeholder="Choose a place")
        return ask(one.ask, places, block_of(one.key), hint=one.why)
    options = {value: _option(one, value) for value in one.values}
    buttons = RadioButtons(
        action_id=said(one.key), options=list(options.values()), initial_option=options.get(str(given))
    )
    return ask(one.ask, buttons, block_of(one.key), hint=one.why)


def read_one(one: Question, values: Values) -> str:
    """The answer that was chosen. AnswerError where none was."""
    value = chosen(values, block_of(one.key))
    if value is None:
        raise AnswerError(one.key, None, one.allowed)
    return value


def _option(one: Question, value: str) -> Option:
    """An answer in full; where Slack's field is too short for it, in short with the rest below it."""
    full = NOT_KNOWN if value == UNKNOWN else one.options[value]
    if len(full) <= MOST_IN_OPTION:
        return Option(full, value)
    short = say_answer(one.key, value)
    rest = full.removeprefix(short).strip(" ()")
    return Option(shortened(short, MOST_IN_OPTION), value, description=shortened(rest, MOST_IN_OPTION))


def _list(one: Question, options: Mapping[str, str], given: Mapping[str, str]) -> Input:
    menu = items_menu(options, said(one.key), ticked_before(options, given))
    return ask(one.ask, menu, block_of(one.key), hint=f"{one.why} {NOT_TICKED}", optional=True)
