"""A view as a person fills it in: what Slack then says stands in its inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.slack.shown import View

from .server.block_kit import Surface, check_view
from .server.block_kit.views import too_large
from .server.screens import Screen
from .server.state import KEYS, Value, chosen, state_of


class Filled(Screen):
    """A view that Slack accepts, with what a person does in it."""

    def __init__(self, view: View, surface: Surface = "modal") -> None:
        complaints = check_view(view, surface)
        assert complaints == [] and not too_large(view)
        self.view = view
        self.blocks = [dict(block) for block in view["blocks"]]
        self.state: dict[str, dict[str, Any]] = {}

    def fill(self, block_id: str, value: Value) -> Filled:
        """Choose or type in one input; for lists, exactly these options."""
        block, element = self.find(block_id, *KEYS)
        self.state.setdefault(block["block_id"], {})[element["action_id"]] = chosen(element, value)
        return self

    @property
    def values(self) -> dict[str, dict[str, Any]]:
        """payload["view"]["state"]["values"] of the submission."""
        return state_of(self, self.state)

    @property
    def inputs(self) -> list[str]:
        """The block ids of its inputs, in order."""
        return [block["block_id"] for block in self.blocks if block["type"] == "input"]

    def options(self, block_id: str) -> dict[str, str]:
        """Value -> words of what can be chosen there."""
        _, element = self.find(block_id, *KEYS)
        return {option["value"]: option["text"]["text"] for option in element["options"]}


def all_words(value: Any) -> Iterator[str]:
    """Every text that is somewhere inside, those of options and hints too."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name in ("text", "initial_value") and isinstance(inner, str):
                yield inner
            else:
                yield from all_words(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from all_words(inner)
