"""A person, as a test tells what they do."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from .accounts import User
from .channels import Channel
from .deliveries import Attempt, Delivery
from .errors import ApiError
from .messages import Message
from .screens import CannotBeDone
from .seeing import Seeing
from .touching import Touching

if TYPE_CHECKING:
    from .server import SlackServer

T = TypeVar("T")
SPECIAL = re.compile(r"&(?!(?:amp|lt|gt);)|<(?![@#!]|https?:|mailto:)")


class Person(Seeing, Touching):
    """Types, gives commands, opens the home; acts on screens (Touching) and sees (Seeing)."""

    def __init__(self, server: SlackServer, user: User) -> None:
        self.server = server
        self.user = user
        self.id = user.id

    def types_dm(self, text: str, thread_ts: Message | str | None = None, wait: bool = True) -> Delivery | None:
        """Write to the app, in its conversation or in a thread there."""
        return self.types_in(self.dm_channel, text, thread_ts, wait)

    def types_in(
        self, channel: Channel, text: str, thread_ts: Message | str | None = None, wait: bool = True
    ) -> Delivery | None:
        """Write in a channel; None when the app does not hear what is said there."""
        if self.id not in channel.members:
            raise CannotBeDone(f"{self.user.name} is not in {channel.name}")
        root = thread_ts.ts if isinstance(thread_ts, Message) else thread_ts
        workspace = self.server.workspace
        with workspace.lock:
            said = Message(channel.id, workspace.timestamps.next(), self.id, _as_sent(text), thread_ts=root)
            if self.user.is_bot:
                said.bot_id, said.app_id = "B0ANOTHER", "A0ANOTHER"
            channel.messages.append(said)
        event: dict[str, Any] = said.as_slack_says() | {
            "client_msg_id": workspace.ids.next("m"),
            "team": self.user.team,
            "channel": channel.id,
            "channel_type": channel.kind,
            "event_ts": said.ts,
        }
        if root is not None:
            parent = channel.find(root)
            event["parent_user_id"] = parent.user if parent else None
        return self.server.event(event, channel, wait)

    def edits(self, message: Message, text: str) -> Delivery | None:
        """Change what one wrote."""
        workspace = self.server.workspace
        channel = workspace.channels[message.channel]
        with workspace.lock:
            known = channel.find(message.ts)
            if known is None or known.user != self.id:
                raise CannotBeDone("only one's own messages can be edited")
            before = known.as_slack_says()
            known.text, known.edited_ts = _as_sent(text), workspace.timestamps.next()
        said = {"message": known.as_slack_says(), "previous_message": before, "ts": known.edited_ts}
        more = {"channel": channel.id, "channel_type": channel.kind, "event_ts": known.edited_ts, "hidden": True}
        return self.server.event({"type": "message", "subtype": "message_changed", **said, **more}, channel)

    def command(self, command: str, text: str = "", channel: Channel | None = None, wait: bool = True) -> Delivery:
        """Give a slash command, in the conversation with the app or in a channel. Its answer is shown there."""
        declared = self.server.workspace.app.commands
        if declared is not None and command not in declared:
            raise CannotBeDone(f"{command} is not in the app's manifest")
        place = channel or self.dm_channel
        payload = self.server.payloads.command(self.id, place, command, text)

        def done(attempt: Attempt) -> None:
            self._show(place, attempt.answer)

        return self.server.courier.deliver(Delivery("slash_commands", payload), wait, done)

    def shortcut(self, callback_id: str, wait: bool = True) -> Delivery:
        """Use a global shortcut."""
        declared = self.server.workspace.app.shortcuts
        if declared is not None and callback_id not in declared:
            raise CannotBeDone(f"the shortcut {callback_id} is not in the app's manifest")
        payload = self.server.payloads.shortcut(self.id, callback_id)
        return self.server.courier.deliver(Delivery("interactive", payload), wait)

    def opens_home(self, tab: str = "home", wait: bool = True) -> Delivery | None:
        """Open the app's home (or its messages)."""
        event: dict[str, Any] = {
            "type": "app_home_opened",
            "user": self.id,
            "channel": self.dm_channel.id,
            "tab": tab,
            "event_ts": self.server.workspace.timestamps.next(),
        }
        home = self.home()
        if home is not None and tab == "home":
            app = self.server.workspace.app
            event["view"] = home.as_slack_says(app.app_id, app.bot_id, self.server.workspace.team)
        return self.server.event(event, wait=wait)

    def _show(self, place: Channel, answer: dict[str, Any]) -> None:
        if not answer:
            return
        try:
            self.server.response_urls.show(self.id, place.id, answer)
        except ApiError as error:
            self.server.workspace.failures.append(f"acknowledgement of a command: {error.name}")


def at_once(*deeds: Callable[[], T]) -> list[T]:
    """Do several things at the same moment, as two devices can; their results in order."""
    start = threading.Barrier(len(deeds))
    results: dict[int, T] = {}

    def run(number: int, deed: Callable[[], T]) -> None:
        start.wait()
        results[number] = deed()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results[number] for number in range(len(deeds))]


def _as_sent(text: str) -> str:
    """What is typed, as Slack passes it on: & < > escaped, unless they mention or link."""
    escaped = SPECIAL.sub(lambda found: "&amp;" if found[0] == "&" else "&lt;", text)
    return escaped if "<" in escaped else escaped.replace(">", "&gt;")
