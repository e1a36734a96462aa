"""The modal in which one answer is changed, or added: any question, at any point before the decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.slack.actions import EDIT_VIEW
from bot.slack.blocks import AnyBlock, small
from bot.slack.messages.parts import address_of, head
from bot.slack.messages.start import KEEPS
from bot.slack.messages.ticking import several
from bot.slack.modals.frame import ask, modal, one_of, said
from bot.slack.modals.free_text import Found, notice, text_input
from bot.slack.modals.question_inputs import block_of, one_input, read_one
from bot.slack.modals.values import Values, chosen, ticked, typed
from bot.slack.shown import View
from flows.consult import Consult
from flows.errors import AnswerError
from flows.questions import UNKNOWN, Question, question
from state_law.load import jurisdiction_names

NO_OTHER_STATE = "none"
ALL_THE_OTHERS = "all_the_others"
NO = "no"
IN_NEITHER = "What stands in neither list stays not known."


def edit_view(consult: Consult, key: str, *, shown_turn: int, found: Found = (), given: Any = None) -> View:
    """The question with its answer as it is.

    `shown_turn`: the turn of the message in which *Edit* was tapped. `found`: what in the text may identify somebody. `given`:
    what `read_edit` gave, where the view comes back; otherwise the answer of the consult. KeyError for an unknown key.
    """
    one = question(key)
    before = consult.given.get(key) if given is None else given
    blocks: list[AnyBlock] = [head(consult), *notice(found, EDIT_VIEW)]
    if one.kind == "text":
        field = text_input(key, given=before or "")
        blocks.append(ask(one.ask, field, block_of(key), hint=one.why, optional=True))
        blocks.append(small(f"It goes into Curbside's log, and stands in no message. {KEEPS}"))
    elif one.kind == "list":
        blocks += _lists(one, before or {})
    elif key == "second_jurisdiction":
        places = {NO_OTHER_STATE: "No other state", **jurisdiction_names()}
        menu = one_of(places, said(key), chosen=before or NO_OTHER_STATE, placeholder="Choose a place")
        blocks.append(ask(one.ask, menu, block_of(key), hint=one.why))
    else:
        blocks.append(one_input(one, before))
    metadata = address_of(consult).metadata(k=key, m=shown_turn)
    return modal(one.topic, blocks, callback=EDIT_VIEW, metadata=metadata, submit="Keep", close="Leave as it is")


def read_edit(key: str, values: Values) -> Any:
    """What was filled in, as `Consult.change` takes it: None where a text is empty, or no other state is involved.

    AnswerError where nothing is chosen, or the same item is said to be so and not to be so. KeyError for an unknown key.
    """
    one = question(key)
    if one.kind == "text":
        return typed(values, block_of(key)) or None
    if one.kind == "list":
        return _read_lists(one, values)
    if key == "second_jurisdiction" and chosen(values, block_of(key)) == NO_OTHER_STATE:
        return None
    return read_one(one, values)


def _lists(one: Question, given: Mapping[str, str]) -> list[AnyBlock]:
    """Two lists, so that each item is yes, no or not known: what applies, and what was asked and does not."""
    yes, no = ([item for item in one.options if given.get(item) == value] for value in ("yes", "no"))
    applies = several(one.options, said(one.key), ticked=yes)
    others = {ALL_THE_OTHERS: "All the others", **one.options}
    does_not = several(others, said(one.key, NO), ticked=no, placeholder="Tick what does not apply")
    return [
        ask(one.ask, applies, block_of(one.key), hint=one.why, optional=True),
        ask("I asked, and this does not apply", does_not, _block_of_no(one.key), hint=IN_NEITHER, optional=True),
    ]


def _read_lists(one: Question, values: Values) -> dict[str, str]:
    yes, no = ticked(values, block_of(one.key)), ticked(values, _block_of_no(one.key))
    for item in one.options:
        if item in yes and item in no:
            raise AnswerError(one.key, item, "one of the two lists", f"“{one.options[item]}” stands in both")
    others = "no" if ALL_THE_OTHERS in no else UNKNOWN
    return {item: "yes" if item in yes else "no" if item in no else others for item in one.options}


def _block_of_no(key: str) -> str:
    return f"{block_of(key)}.{NO}"
