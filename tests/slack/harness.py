"""The whole program in the test's own process, talking to the tests' Slack: a log in a real file, people, sender, app, transport.

with program(slack_server, tmp_path) as running:
    robin.command("/consult", "CO")

`program(...)` again on the same folder is the program after a restart.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from bot.desk import Kept, kept
from bot.records.retention import read_span
from bot.slack.app import make_app
from bot.slack.listeners.beginning import begin_now
from bot.slack.membership import parse_who
from bot.slack.office import Office
from bot.slack.pacing import Pacing
from bot.slack.people import People
from bot.slack.sender import Sender, sending_client
from bot.slack.shown import Privacy
from bot.slack.socket import Socket
from bot.slack.supervisors.on_call import OnCallSetting, parse_on_call
from bot.slack.supervisors.rhythm import parse_rhythm
from bot.slack.supervisors.starting import SupervisorsAtWork, SupervisorsSettings
from bot.slack.web import Web, make_wsgi
from bot.storage import Log, open_log
from flows.consult import now

from .server import Channel, SlackServer, wait_until

Transport = Literal["socket", "http"]


@dataclass
class Program:
    """A program at work."""

    log: Log
    office: Office
    people: People
    sender: Sender
    app: App
    supervisors: SupervisorsAtWork
    way: Socket | Web

    def quiet(self, seconds: float = 10.0) -> None:
        """Wait until all that was committed is sent, and nothing failed."""
        wait_until(
            lambda: not set(self.log.outbox_counts()) & {"waiting", "sending", "in_doubt"}, seconds, "the outbox"
        )
        assert "failed" not in self.log.outbox_counts(), self.log.outbox_counts()

    def only_consult(self, clinician: str) -> Kept:
        """The one consult of that person, whatever its state."""
        [row] = self.log.consults(clinician=clinician)
        return kept(row)


class Unpaced(Pacing):
    """Without the waits that Slack's limits ask for: the tests' Slack has limits only where a test switches them on."""

    def free_at(self, method: str, place: str, now: float, *, page: bool = False, tidying: bool = False) -> float:
        """At once."""
        return now


@contextmanager
def program(
    server: SlackServer,
    folder: Path,
    *,
    privacy: Privacy = "usual",
    transport: Transport = "socket",
    who: str = "everyone",
    know_everybody: bool = True,
    clock: Callable[[], str] = now,
    sending: bool = True,
    channel: Channel | None = None,
    supervisors: str | None = None,
    compliance: str | None = None,
    on_call: str | None = None,
    digest: str = "off",
    admin: str | None = None,
    timers: bool = True,
    expire_after: str | None = None,
) -> Iterator[Program]:
    """The program, running until the block is left.

    `who`: CURBSIDE_WHO_MAY_CONSULT. `know_everybody`: every account is known from the start, as after a refresh. `sending`:
    False leaves what is to be sent in the outbox. `channel`: the supervisors' channel; `supervisors`, `compliance`, `on_call`:
    the settings of these names. `timers`: False leaves it to the test to have the timers look (`supervisors.timers.look()`).
    """
    client = sending_client(server.workspace.app.bot_token, server.api_url)
    with ExitStack() as stack:
        log = stack.enter_context(open_log(folder / "consults.db"))
        people = People(client, team=server.workspace.team, who=parse_who(who))
        if know_everybody:
            people.refresh()
            for user in list(server.workspace.users):
                people.learn(user)
        office = Office(log, people, privacy, clock)
        sender = Sender(
            log,
            client,
            begin=lambda user, text: begin_now(office, user, text),
            settle=0.05,
            wait=lambda attempts: 0.05,
        )
        sender._pacing = Unpaced()
        office.wake = sender.wake
        at_work = SupervisorsAtWork(
            office,
            client,
            SupervisorsSettings(
                channel=channel.id if channel else None,
                supervisors=parse_who(supervisors) if supervisors else None,
                compliance=parse_who(compliance) if compliance else None,
                on_call=parse_on_call(on_call, folder) if on_call else OnCallSetting(),
                rhythm=parse_rhythm(digest),
                admin=admin,
                expire_after=read_span(expire_after) if expire_after else None,
            ),
        )
        at_work.refresh()
        if timers:
            at_work.start()
            stack.callback(at_work.stop)
        app = make_app(
            office,
            token=server.workspace.app.bot_token,
            signing_secret=server.workspace.app.signing_secret,
            client=client,
        )
        stack.callback(app.listener_runner.listener_executor.shutdown)
        if sending:
            sender.start()
            stack.callback(sender.stop)
        way = _way_in(server, app, client, transport)
        way.start()
        stack.callback(_stop, way)
        if isinstance(way, Web):
            server.deliver_by("http", f"{way.url}/slack/events")
        wait_until(lambda: server.connected or transport == "http")
        yield Program(log, office, people, sender, app, at_work, way)


def journal_lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """The lines of the journal so far."""
    return [json.loads(one.getMessage()) for one in caplog.records if one.name == "curbside"]


def _way_in(server: SlackServer, app: App, client: WebClient, transport: Transport) -> Socket | Web:
    if transport == "socket":
        return Socket(app, server.workspace.app.app_token, client)
    return Web(make_wsgi(app, server.workspace.app.signing_secret, lambda: True), "127.0.0.1", 0)


def _stop(way: Socket | Web) -> None:
    """Slack's own client waits up to a second for another message before it ends: it gets an empty one."""
    if isinstance(way, Socket):
        way._client.closed = True
        way._client.message_queue.put("")
    way.stop()
