"""Menus of which several are ticked: the items of a list question, what was ticked before, and that one asked for the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from blockkit import MultiStaticSelect, Option

from bot.slack.blocks import MOST_IN_OPTION, shortened

NONE_OF_THE_OTHERS = "none_of_the_others"
ASKED_NONE = "I asked: none of the others"


def several(
    options: Mapping[str, str], action_id: str, *, ticked: Sequence[str], placeholder: str = "Tick what applies"
) -> MultiStaticSelect:
    """A menu of which several can be chosen. `options`: value -> its words."""
    built = {value: Option(shortened(text, MOST_IN_OPTION), value) for value, text in options.items()}
    return MultiStaticSelect(
        action_id=action_id,
        options=list(built.values()),
        initial_options=[built[one] for one in ticked if one in built],
        placeholder=placeholder,
    )


def items_menu(options: Mapping[str, str], action_id: str, ticked: Sequence[str]) -> MultiStaticSelect:
    """The items of a list question. `ticked`: those that are ticked already when one comes back to it (`ticked_before`)."""
    return several({**options, NONE_OF_THE_OTHERS: ASKED_NONE}, action_id, ticked=ticked)


def ticked_before(options: Iterable[str], given: Mapping[str, str]) -> list[str]:
    """The items that apply; and that there was none of the others, where each of them was asked and does not."""
    here = {item: given.get(item) for item in options}
    ticked = [item for item, value in here.items() if value == "yes"]
    none_of_the_others = "no" in here.values() and set(here.values()) <= {"yes", "no"}
    return [*ticked, NONE_OF_THE_OTHERS] if none_of_the_others else ticked
