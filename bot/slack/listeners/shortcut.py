"""The global shortcut: a consult begins at once, and a modal says where it waits."""

from __future__ import annotations

import re
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.slack.actions import SHORTCUT
from bot.slack.listeners.beginning import admit, fulfil
from bot.slack.listeners.moving import moved
from bot.slack.listeners.opening import OPENS, Opening, opener, opening
from bot.slack.listeners.reading import Malformed, Payload, read_shortcut
from bot.slack.listeners.saying import kindly, malformed
from bot.slack.listeners.wishes import START
from bot.slack.office import Office


def register(app: App, office: Office, client: WebClient) -> None:
    """The shortcut; others are acknowledged and nothing happens."""

    def used(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        context[OPENS] = handle(office, body)
        ack()

    app.shortcut(SHORTCUT)(ack=used, lazy=[opener(client, office)])
    app.shortcut(re.compile(".*"))(_not_ours)


def handle(office: Office, payload: Payload) -> Opening | None:
    """Begin a consult; the modal that says where it waits. LogError when it could not be kept."""
    try:
        wish = read_shortcut(payload)
        with kindly(office, wish.user, wish.place, wish.delivery):
            if admit(office, wish.user, START, wish.delivery):
                came = fulfil(office, wish.user, START, wish.delivery, wish.place)
                return opening(wish, moved(office, came, wish.place))
    except Malformed as error:
        malformed(office, payload, error)
    return None


def _not_ours(ack: Ack) -> None:
    ack()
