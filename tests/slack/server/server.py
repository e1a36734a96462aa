"""The server: one workspace, its Web API, its Socket Mode, and its requests to the app."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Literal

from .accounts import OTHER_TEAM
from .calls import Call
from .channels import Channel
from .courier import Courier
from .deliveries import Delivery, Transport
from .http_delivery import HttpDelivery
from .http_server import HttpServer
from .messages import Message
from .payloads import Payloads
from .person import Person
from .response_urls import ResponseUrls
from .socket_mode import SocketMode
from .web_api import WebApi
from .workspace import Workspace


class SlackServer:
    """Speaks Slack's protocol on loopback ports, for a program that is pointed at `api_url`."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self.workspace = Workspace()
        self.socket = SocketMode(self.workspace, self._stopping)
        self.http = HttpDelivery(self.workspace)
        self.api = WebApi(self.workspace, self.socket.new_address, self._stopping)
        self.response_urls = ResponseUrls(self.workspace)
        self.payloads = Payloads(self.workspace, self.response_urls)
        self.courier = Courier(self.socket)
        self._server = HttpServer(self.api, self.response_urls)
        self.response_urls.base = self._server.url
        self.workspace.tell = self._tell

    def __enter__(self) -> SlackServer:
        self._server.start()
        self.socket.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self.courier.stop()
        self.socket.stop()
        self._server.stop()

    # --- what a program is told --------------------------------------------------------------------------------

    @property
    def api_url(self) -> str:
        """The base address of the Web API, with a slash at its end: what SLACK_API_URL is."""
        return f"{self._server.url}/api/"

    def environment(self) -> dict[str, str]:
        """The variables by which the program finds its way here."""
        app = self.workspace.app
        return {
            "SLACK_API_URL": self.api_url,
            "SLACK_BOT_TOKEN": app.bot_token,
            "SLACK_APP_TOKEN": app.app_token,
            "SLACK_SIGNING_SECRET": app.signing_secret,
        }

    # --- how it behaves ----------------------------------------------------------------------------------------

    def deliver_by(self, way: Literal["socket", "http"], url: str = "") -> None:
        """Bring events and interactions over the socket (the usual way), or to a program's address over HTTP."""
        self.http.url = url or self.http.url
        transports: dict[str, Transport] = {"socket": self.socket, "http": self.http}
        self.courier.transport = transports[way]

    def install(self, manifest: Mapping[str, Any]) -> None:
        """Have the app be what its manifest says: scopes, events, commands, shortcuts."""
        self.workspace.app.declare(manifest)

    def set_clock_ahead(self, seconds: float) -> None:
        """Let Slack's clock, in the Date of its answers, be ahead."""
        self._server.clock_skew = seconds

    @property
    def connected(self) -> bool:
        """Whether the program holds a socket open."""
        return bool(self.socket.connections)

    # --- who and what there is ---------------------------------------------------------------------------------

    def clinician(self, name: str = "Robin Invented", **more: Any) -> Person:
        """A person of the practice."""
        return Person(self, self.workspace.add_user(name, **more))

    def guest(self, name: str = "Gail Guest") -> Person:
        """A guest in some channels."""
        return self.clinician(name, is_guest=True)

    def stranger(self, name: str = "Sam Elsewhere") -> Person:
        """Someone of another organisation, met in a shared channel."""
        return self.clinician(name, team=OTHER_TEAM)

    def bot(self, name: str = "Other Bot") -> Person:
        """Another app's bot."""
        return self.clinician(name, is_bot=True)

    def channel(self, name: str, *members: Person, private: bool = True, with_app: bool = True, **more: Any) -> Channel:
        """A channel with these members; `with_app`: the app is in it."""
        ids = {person.id for person in members} | ({self.workspace.app.bot_user} if with_app else set())
        return self.workspace.add_channel(name, "group" if private else "channel", ids, **more)

    def user_group(self, *members: Person) -> str:
        """A group of people; its id."""
        group = self.workspace.ids.next("S")
        self.workspace.user_groups[group] = [person.id for person in members]
        return group

    # --- what happened -----------------------------------------------------------------------------------------

    @property
    def failures(self) -> list[str]:
        """What no right program does: the fixture asserts that there is none. `take_failures` when one is meant."""
        return list(self.workspace.failures)

    def take_failures(self) -> list[str]:
        """The failures so far, which are forgotten."""
        with self.workspace.lock:
            taken, self.workspace.failures[:] = list(self.workspace.failures), []
        return taken

    def calls(self, *methods: str) -> list[Call]:
        """What was called, in order: all, or these methods."""
        with self.workspace.lock:
            return [call for call in self.api.calls if not methods or call.method in methods]

    def messages(self, channel: Channel | None = None) -> list[Message]:
        """Copies of all messages, or of those in a channel, in the order of time."""
        everything = self.workspace.all_messages()
        return [one for one in everything if channel is None or one.channel == channel.id]

    # --- events ------------------------------------------------------------------------------------------------

    def event(self, event: Mapping[str, Any], channel: Channel | None = None, wait: bool = True) -> Delivery | None:
        """Send an event to the app; None when it has not subscribed to those of its kind."""
        kind = channel.event if event["type"] == "message" and channel is not None else event["type"]
        if kind not in self.workspace.app.events:
            return None
        if channel is not None and event["type"] == "message" and self.workspace.app.bot_user not in channel.members:
            return None
        shared = channel is not None and bool(channel.shared_with)
        payload = self.payloads.event(event, shared)
        return self.courier.deliver(Delivery("events_api", payload), wait)

    def changed_account(self, person: Person, **more: Any) -> Delivery | None:
        """Change a person's account and tell the app, as user_change."""
        for name, value in more.items():
            setattr(self.workspace.users[person.id], name, value)
        return self.event({"type": "user_change", "user": self.workspace.users[person.id].as_slack_says()})

    def changed_user_group(self, group: str, members: Iterable[Person]) -> Delivery | None:
        """Change who is in a group and tell the app, as subteam_members_changed."""
        before, now = set(self.workspace.user_groups[group]), [person.id for person in members]
        self.workspace.user_groups[group] = now
        return self.event(
            {
                "type": "subteam_members_changed",
                "subteam_id": group,
                "team_id": self.workspace.team,
                "added_users": sorted(set(now) - before),
                "removed_users": sorted(before - set(now)),
            }
        )

    def _tell(self, channel: Channel, event: dict[str, Any]) -> None:
        """A message was posted or changed: the app hears of it, if it can be reached."""
        if self.connected or self.http.url:
            more = {"channel": channel.id, "channel_type": channel.kind, "event_ts": event["ts"]}
            self.event(event | more, channel, wait=False)
