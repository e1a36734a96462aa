"""Whether the supervisors' channel is still what it must be; looked at every minute, never in a listener.

Where others could read along (it was made public, or shared) nothing is posted there until that is mended: what is to be posted
waits in the outbox, since the channel's id, which stands in a slot, is taken out of it. CURBSIDE_ADMIN is told what to do.
"""

from __future__ import annotations

import logging
from contextlib import suppress

from slack_sdk import WebClient

from bot.slack.blocks import bold, escape
from bot.slack.conversation import in_dm
from bot.slack.doctor_channel import what_it_is
from bot.slack.journal import log_line
from bot.slack.messages.hints import line
from bot.slack.office import Office
from bot.slack.supervisors.places import channel_slot
from bot.storage import AlreadySeen
from bot.storage.records import CARD

HELD = "held"
"""What stands in the slot while nothing is to be posted: no channel has that id, so that Slack refuses and it is tried later."""
BY_ITSELF = ("archived", "not_in_it", "not_found")
"""Faults in which Slack itself takes nothing, and nobody reads along."""


class ChannelWatch:
    """`admin`: who is told; None: nobody."""

    def __init__(self, office: Office, client: WebClient, channel: str, admin: str | None) -> None:
        self._office, self._client, self._channel, self._admin = office, client, channel, admin
        self.open_to_others = False
        """Whether people could have come in by themselves: then being in it makes nobody a supervisor."""
        if office.log.slot(channel_slot(channel)) is None:
            office.log.set_slot(channel_slot(channel), channel)

    def look(self) -> None:
        """Ask Slack. LogError."""
        found = what_it_is(self._client, self._channel)
        if found.state == "ok":
            self._hold(False)
        elif found.why != "unseen":
            self._hold(found.why not in BY_ITSELF)
            log_line(
                "channel_not_as_it_must_be", level=logging.WARNING, channel=self._channel, held=self.open_to_others
            )
            self._tell(found.says, found.to_do)

    def _hold(self, held: bool) -> None:
        self.open_to_others = held
        name, value = channel_slot(self._channel), HELD if held else self._channel
        if self._office.log.slot(name) != value:
            self._office.log.set_slot(name, value)
            self._office.wake()

    def _tell(self, says: str, to_do: str) -> None:
        """Once a day while it lasts."""
        if self._admin is None:
            return
        text = (
            f"{bold('The supervisors’ channel is not as it must be')}: {escape(says)}. {escape(to_do)}"
            " Consults are logged meanwhile, and what is to be posted there waits. `curbside doctor` says more."
        )
        day = self._office.clock()[:10]
        with suppress(AlreadySeen):
            self._office.send([in_dm(self._admin, line(text), CARD)], f"channel:{self._channel}:{says[:40]}:{day}")
