"""A consult as a list of taps, the same for everybody: worked out once from the flow, so that tapping costs nothing later."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.slack.actions import CANCEL, CONFIRM, CONTINUE, SAID, action
from bot.slack.conversation import current_messages
from bot.slack.shown import Message
from flows.consult import Consult
from flows.questions import question
from tests.flows.making import BY, ON, THREAT, acts, begin

REFERENCE = "C-00000"
"""Stands in the payloads where the consult's own is to be put."""


MOMENT = "0000000000.000000000"
"""Stands where the moment of the tap is to be put."""


@dataclass(frozen=True, slots=True)
class Scripted:
    """One tap. `kind`: question, list, result or end. `payload`: JSON with REFERENCE in it, and without who taps and when.

    `next_turn`: the turn in which the next message is shown; None where it brings none.
    """

    kind: str
    payload: str
    next_turn: int | None


def script() -> list[Scripted]:
    """The taps from the first question to the result, and one that ends the consult."""
    return list(_script())


def _script() -> Iterator[Scripted]:
    consult = begin()
    for act, step in acts(consult, THREAT):
        is_list = question(act.keys[0]).kind == "list"
        [event] = step.events
        if is_list:
            name, values = CONTINUE, {key: event.data["answers"].get(key, {}) for key in act.keys}
        else:
            name, values = action("answer", act.keys[0], str(event.data["answers"][act.keys[0]])), {}
        yield _tap("list" if is_list else "question", consult, name, step.consult, values)
        consult = step.consult
    after = consult.confirm(on=ON, **BY).consult
    yield _tap("result", consult, CONFIRM, after)
    yield _tap("end", after, CANCEL, after.cancel(**BY).consult)


def _tap(
    kind: str, before: Consult, name: str, after: Consult, values: dict[str, dict[str, str]] | None = None
) -> Scripted:
    shown: Message = current_messages(before)[-1]
    payload: dict[str, Any] = {
        "type": "block_actions",
        "api_app_id": "A0INVENTED",
        "token": "invented",
        "team": {"id": "T0INVENTED", "domain": "invented"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"name": "directmessage"},
        "container": {"type": "message", "message_ts": "1700000000.000100", "is_ephemeral": False},
        "state": {
            "values": {f"{key}.list": {action(SAID, key): _ticked(said)} for key, said in (values or {}).items()}
        },
        "response_url": "https://hooks.example/invented",
        "message": {"type": "message", "ts": "1700000000.000100", "user": "U0BOT", **shown.as_body()},
        "actions": [
            {
                "type": "button",
                "action_id": name,
                "block_id": f"{REFERENCE}:{before.turn}:choose",
                "text": {"type": "plain_text", "text": "invented"},
                "action_ts": MOMENT,
            }
        ],
    }
    text = json.dumps(payload).replace(before.reference, REFERENCE)
    return Scripted(kind, text, after.turn if after.turn != before.turn else None)


def _ticked(said: dict[str, str]) -> dict[str, Any]:
    ticked = [item for item, value in said.items() if value == "yes"]
    return {"type": "multi_static_select", "selected_options": [{"value": one} for one in ticked]}
