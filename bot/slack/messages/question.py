"""A screen of the flow as a message: its questions with one button an answer, and what was answered on it already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from blockkit import Option, StaticSelect

from bot.slack.actions import ANSWER, CHANGE, CONTINUE, SAID, action, read_action
from bot.slack.addresses import Address
from bot.slack.blocks import (
    FITS_ON_BUTTON,
    AnyBlock,
    bold,
    button,
    escape,
    message,
    paragraph,
    rows,
    small,
)
from bot.slack.messages.parts import address_of, answer_lines, bottom_row, head
from bot.slack.messages.ticking import NONE_OF_THE_OTHERS, items_menu
from bot.slack.shown import Message
from flows.consult import Consult
from flows.machine import Ask
from flows.questions import ABOUT_THE_CLINICIAN, NOT_KNOWN, UNKNOWN, question, say_answer, say_fact, say_topic
from state_law.load import jurisdiction_names


def question_message(consult: Consult) -> Message:
    """What is asked now. The consult must be on a screen."""
    assert consult.screen is not None
    address = address_of(consult)
    blocks: list[AnyBlock] = [head(consult)]
    if _remembers(consult):
        blocks += _confirmed(consult, address)
    blocks += answer_lines(consult, consult.done_here, address)
    lists = [one for one in consult.asks if question(one.question).kind == "list"]
    for ask in consult.asks:
        blocks += _list(consult, ask, address) if ask in lists else _one(consult, ask, address)
    if lists:
        blocks.append(small("What is not ticked stays *not known*, never no."))
        style = "primary" if len(lists) == len(consult.asks) else None
        blocks += rows([button("Continue", CONTINUE, style=style)], address.block("continue"))
    blocks.append(bottom_row(consult, back=consult.state != consult.first))
    return message(f"Curbside, {consult.reference}: the next question", blocks)


def answered_message(consult: Consult, keys: Iterable[str], turn: int) -> Message:
    """What remains of a screen once it was answered: a line an answer."""
    lines = list(answer_lines(consult, keys, Address(consult.reference, turn), editable=_may_change(consult)))
    return message(f"Curbside, {consult.reference}: answered", lines or [small("Answered.")])


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


def _confirmed(consult: Consult, address: Address) -> Iterator[AnyBlock]:
    """Where and as what one works, as it is remembered: to go on is to confirm it."""
    place, profession = (say_answer(key, consult.facts[key]) for key in ABOUT_THE_CLINICIAN)
    options = [Option(say_topic(key), key) for key in (*ABOUT_THE_CLINICIAN, "setting", "second_jurisdiction")]
    change = StaticSelect(action_id=CHANGE, options=options, placeholder="Change")
    text = f"The client is in {bold(place)}. You: {bold(profession)}."
    yield paragraph(text, address.block("confirmed"), change)
    workplace = [
        say_fact(f"setting.{item}", said) for item, said in consult.given.get("setting", {}).items() if said == "yes"
    ]
    if workplace:
        yield small(escape(". ".join(workplace)))


def _one(consult: Consult, ask: Ask, address: Address) -> Iterator[AnyBlock]:
    one = question(ask.question)
    yield paragraph(bold(one.ask), address.block(f"ask.{one.key}"))
    if one.kind == "place":
        yield small(escape(one.why))
        yield from rows(list(_places(consult, ask)), address.block(f"choose.{one.key}"))
        return
    choices = dict(ask.options) | ({UNKNOWN: NOT_KNOWN} if one.can_be_unknown else {})
    full = [text for value, text in choices.items() if _on_button(one.key, value, text) != text]
    yield small("\n".join(escape(line) for line in (one.why, *full)))
    buttons = [
        button(_on_button(one.key, value, text), action(ANSWER, one.key, value)) for value, text in choices.items()
    ]
    yield from rows(buttons, address.block(f"choose.{one.key}"))


def _on_button(key: str, value: str, text: str) -> str:
    """In short where the words are many and there are shorter ones; what stands in full is said above."""
    return text if len(text) <= FITS_ON_BUTTON else say_answer(key, value)


def _places(consult: Consult, ask: Ask) -> Iterator[Any]:
    """All of them to choose from. Slack says nothing when the one that is chosen already is chosen again: it has a button."""
    given = consult.given.get(ask.question)
    options = {code: Option(name, code) for code, name in jurisdiction_names().items()}
    if given:
        yield button(f"Yes, {say_answer(ask.question, given)}", action(ANSWER, ask.question, given), style="primary")
    yield StaticSelect(
        action_id=action(ANSWER, ask.question),
        options=list(options.values()),
        initial_option=options.get(given or ""),
        placeholder="Choose a place",
    )


def _list(consult: Consult, ask: Ask, address: Address) -> Iterator[AnyBlock]:
    one = question(ask.question)
    select = items_menu(ask.options, action(SAID, one.key), consult.given.get(ask.question, {}))
    yield paragraph(bold(one.ask), address.block(f"list.{one.key}"), select)
    yield small(escape(one.why))
