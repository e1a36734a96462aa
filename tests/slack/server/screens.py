"""Blocks as a person sees them: the words, and what can be tapped, ticked and filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .block_kit.composition import options_of
from .block_kit.ids import elements_of

Blocks = Sequence[Mapping[str, Any]]


class CannotBeDone(AssertionError):
    """A test asks a person for what nobody could do in Slack: tap a button that is not there, for example."""


class Screen:
    """What shows blocks: a message, a modal, a home."""

    blocks: list[dict[str, Any]]

    @property
    def words(self) -> str:
        """All words that are shown, one block a line."""
        return "\n".join(filter(None, (" ".join(_words(block)) for block in self.blocks)))

    @property
    def buttons(self) -> list[str]:
        """The labels of its buttons, in order."""
        return [one["text"]["text"] for _, one in self.elements() if one["type"] == "button"]

    @property
    def actions(self) -> list[str]:
        """The action ids of all that it offers, in order."""
        return [one["action_id"] for _, one in self.elements()]

    def elements(self) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        """Every interactive element, with its block."""
        for block in self.blocks:
            for element in elements_of(block):
                yield block, element

    def find(self, what: str, *kinds: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """The one element with this action id, label or block id, among those of some types, with its block."""
        candidates = [pair for pair in self.elements() if not kinds or pair[1]["type"] in kinds]
        for names in (_action_id, _label, _block_id):
            found = [pair for pair in candidates if names(*pair) == what]
            if len(found) == 1:
                return found[0]
            if found:
                raise CannotBeDone(f"{what!r} is there {len(found)} times")
        raise CannotBeDone(
            f"there is no {what!r} here, but {[names['action_id'] for _, names in candidates]}: {self.words}"
        )


def option_of(element: Mapping[str, Any], wanted: str) -> Mapping[str, Any]:
    """The option with this value or this text."""
    options: list[Mapping[str, Any]] = options_of(element)
    for option in options:
        if wanted in (option["value"], option["text"]["text"]):
            return option
    raise CannotBeDone(f"no option {wanted!r} among {[option['value'] for option in options]}")


def _action_id(block: Mapping[str, Any], element: Mapping[str, Any]) -> Any:
    return element["action_id"]


def _block_id(block: Mapping[str, Any], element: Mapping[str, Any]) -> Any:
    return block["block_id"]


def _label(block: Mapping[str, Any], element: Mapping[str, Any]) -> Any:
    text = element.get("text") or block.get("label") or {}
    return text.get("text")


def _words(thing: Any) -> Iterator[str]:
    """The words in a block, in the order in which they stand; options, placeholders and dialogs are not open yet."""
    if isinstance(thing, Mapping):
        if thing.get("type") in ("plain_text", "mrkdwn", "markdown", "text") and isinstance(thing.get("text"), str):
            yield thing["text"]
            return
        for key, value in thing.items():
            if key not in ("options", "option_groups", "placeholder", "confirm", "initial_option", "initial_options"):
                yield from _words(value)
    elif isinstance(thing, list):
        for one in thing:
            yield from _words(one)
