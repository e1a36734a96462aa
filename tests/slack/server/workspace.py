"""All that Slack knows of the one workspace: accounts, conversations, messages, views."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .accounts import TEAM, User
from .channels import Channel, Kind
from .errors import ApiError
from .ids import Ids, Timestamps
from .installation import Installation
from .messages import Message
from .open_views import State, View
from .triggers import Triggers


class Workspace:
    """The state. Whoever reads or changes more than one thing of it holds the lock."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.ids = Ids()
        self.timestamps = Timestamps()
        self.app = Installation()
        self.triggers = Triggers(self.ids)
        self.team = TEAM
        self.domain = "invented-practice"
        bot = User(self.app.bot_user, "Curbside", is_bot=True)
        self.users: dict[str, User] = {bot.id: bot}
        self.channels: dict[str, Channel] = {}
        self.user_groups: dict[str, list[str]] = {}
        self.ephemerals: list[Message] = []
        self.homes: dict[str, View] = {}
        self.modals: dict[str, list[View]] = {}  # for each person, the last one is on top
        self.choices: dict[tuple[str, str], State] = {}  # by person, and ts of the message or id of the view
        self.failures: list[str] = []  # what no right program would do
        self.tell: Callable[[Channel, dict[str, Any]], None] = lambda channel, event: None

    def add_user(self, name: str, **more: Any) -> User:
        """A new account."""
        with self.lock:
            user = User(self.ids.next("U"), name, **more)
            self.users[user.id] = user
            return user

    def add_channel(self, name: str, kind: Kind = "group", members: Iterable[str] = (), **more: Any) -> Channel:
        """A new conversation; the app is a member only when it is named."""
        prefix = {"im": "D", "channel": "C", "group": "C", "mpim": "C"}[kind]
        with self.lock:
            channel = Channel(self.ids.next(prefix), name, kind, set(members), **more)
            self.channels[channel.id] = channel
            return channel

    def direct_message(self, user: str) -> Channel:
        """The conversation of a person with the app, which begins when either opens it."""
        with self.lock:
            for channel in self.channels.values():
                if channel.kind == "im" and channel.user == user:
                    return channel
            return self.add_channel("directmessage", "im", {user, self.app.bot_user}, user=user)

    def user(self, user: str) -> User:
        """The account with this id."""
        known = self.users.get(user)
        if known is None:
            raise ApiError("user_not_found")
        return known

    def channel(self, channel: str) -> Channel:
        """A conversation that the app can see: public, or one in which it is."""
        known = self.channels.get(channel)
        if known is None or (known.kind != "channel" and self.app.bot_user not in known.members):
            raise ApiError("channel_not_found")
        return known

    def post(self, channel: Channel, message: Message) -> Message:
        """Add a message to its channel and tell the app, as Slack does of its own messages too."""
        with self.lock:
            channel.messages.append(message)
            event = message.as_slack_says(with_metadata=True)
            self.tell(channel, event | {"team": self.team})
            return message

    def named(self, blocks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The blocks, with an id made up for each block and element that has none."""
        copied: list[dict[str, Any]] = copy.deepcopy([dict(block) for block in blocks])
        for block in copied:
            block.setdefault("block_id", self.ids.next("b"))
            row = block.get("elements", []) if block["type"] == "actions" else []
            for element in [block.get("accessory"), block.get("element"), *row]:
                if element is not None and element["type"] != "image":
                    element.setdefault("action_id", self.ids.next("a"))
        return copied

    def kept(self, message: Message) -> Message | None:
        """The message of which a test holds a copy; None when it is gone."""
        with self.lock:
            here = self.ephemerals if message.is_ephemeral else self.channels[message.channel].messages
            return next((one for one in here if one.ts == message.ts), None)

    def all_messages(self) -> list[Message]:
        """Copies of all that was posted, in the order of time."""
        with self.lock:
            everything = [message.copy() for channel in self.channels.values() for message in channel.messages]
        return sorted(everything, key=lambda message: float(message.ts))
