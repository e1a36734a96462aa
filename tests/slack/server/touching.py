"""What a person does with what is on the screen: taps, ticks, chooses, fills in, submits, closes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .deliveries import Attempt, Delivery
from .messages import Message
from .modals import answer_submission, close_modal, find_modal
from .open_views import State, View
from .screens import CannotBeDone
from .state import KEYS, MANY, Value, chosen, state_of

if TYPE_CHECKING:
    from .server import SlackServer

Shown = Message | View
COPIED_FROM_BUTTON = ("text", "value", "style")
MENUS_OF_ONE = tuple(kind for kind in KEYS if kind not in MANY and not kind.endswith("_input"))
INPUTS = tuple(kind for kind in KEYS if kind.endswith("_input"))


class Touching:
    """Acts of one person on a message, a modal or a home. What is acted on is a copy: it may look otherwise by now."""

    server: SlackServer
    id: str

    def taps(self, shown: Shown, what: str, wait: bool = True) -> Delivery:
        """Tap a button, by its label or action id (and confirm, where it asks)."""
        block, button = shown.find(what, "button")
        action = {key: button[key] for key in COPIED_FROM_BUTTON if key in button}
        return self._act(shown, block, button, {"type": "button", **action}, wait)

    def ticks(self, shown: Shown, what: str, values: list[str], wait: bool = True) -> Delivery:
        """Choose exactly these options of checkboxes or of a menu of several, by value or text."""
        block, element = shown.find(what, *MANY)
        return self._act(shown, block, element, chosen(element, values), wait)

    def selects(self, shown: Shown, what: str, value: Value, wait: bool = True) -> Delivery:
        """Choose an option, a person, a date, a time: in a menu, radio buttons, a picker."""
        block, element = shown.find(what, *MENUS_OF_ONE)
        return self._act(shown, block, element, chosen(element, value), wait)

    def fills(self, shown: Shown, what: str, value: Value) -> None:
        """Type or choose in an input, of which the app hears only with the next tap or on submitting."""
        block, element = shown.find(what, *KEYS)
        self._remember(shown, block, element, chosen(element, value))

    def submits(self, view: View, values: Mapping[str, Value] | None = None, wait: bool = True) -> Delivery:
        """Fill in inputs, by action id, label or block id, and submit. Slack refuses when a required one is empty."""
        for what, value in (values or {}).items():
            self.fills(view, what, value)
        if view.submit is None:
            raise CannotBeDone(f"{view.title!r} can't be submitted")
        state = self._state(view)
        _check_filled_in(view, state_of(view, state))
        if view.id not in [one.id for one in self.server.workspace.modals.get(self.id, [])]:
            raise CannotBeDone(f"{view.title!r} is not open any more")
        find_modal(self.server.workspace, view.id, None).errors = {}
        delivery = Delivery("interactive", self.server.payloads.submission(view, state))

        def done(attempt: Attempt) -> None:
            answer_submission(self.server.workspace, view, attempt.answer)

        return self.server.courier.deliver(delivery, wait, done)

    def closes(self, view: View) -> Delivery | None:
        """Close a modal; None when the app does not want to hear of it."""
        close_modal(self.server.workspace, view, everything=view.clear_on_close)
        if not view.notify_on_close:
            return None
        payload = self.server.payloads.closed(view, view.clear_on_close)
        return self.server.courier.deliver(Delivery("interactive", payload))

    def _act(
        self, shown: Shown, block: Mapping[str, Any], element: Mapping[str, Any], what: dict[str, Any], wait: bool
    ) -> Delivery:
        if not self.server.workspace.app.interactive:
            raise CannotBeDone("the app's manifest does not enable interactivity")
        if block["type"] == "input" and not block.get("dispatch_action"):
            raise CannotBeDone(f"{element['action_id']} is an input without dispatch_action: use fills")
        if element["type"] in KEYS and element["type"] != "overflow":
            self._remember(shown, block, element, what)
        action = {**what, "action_id": element["action_id"], "block_id": block["block_id"]}
        state = self._state(shown)
        if isinstance(shown, Message):
            payload = self.server.payloads.tapped_in_message(self.id, shown, action, state)
        else:
            payload = self.server.payloads.tapped_in_view(shown, action, state)
        return self.server.courier.deliver(Delivery("interactive", payload), wait)

    def _state(self, shown: Shown) -> State:
        key = (self.id, shown.ts if isinstance(shown, Message) else shown.id)
        return self.server.workspace.choices.setdefault(key, {})

    def _remember(
        self, shown: Shown, block: Mapping[str, Any], element: Mapping[str, Any], what: dict[str, Any]
    ) -> None:
        self._state(shown).setdefault(block["block_id"], {})[element["action_id"]] = what


def _check_filled_in(view: View, state: State) -> None:
    """Slack's own clients do not submit while a required input is empty."""
    for block in view.blocks:
        if block["type"] == "input" and not block.get("optional"):
            for answer in state.get(block["block_id"], {}).values():
                if not answer[KEYS[answer["type"]][0]]:
                    raise CannotBeDone(f"{block['label']['text']!r} is required")
