"""The program as it runs in Slack, put together: log, people, office, sender, app, and the way in."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.configuration import ConfigurationError
from bot.overview import make_overviews
from bot.slack.addresses import dm
from bot.slack.answers import read_error
from bot.slack.app import make_app
from bot.slack.hearing import Hearing
from bot.slack.journal import log_line
from bot.slack.listeners.beginning import begin_now
from bot.slack.office import Office
from bot.slack.owner import owning
from bot.slack.people import People
from bot.slack.sender import Sender, sending_client
from bot.slack.settings import SlackSettings
from bot.slack.socket import Socket
from bot.slack.supervisors.starting import SupervisorsAtWork
from bot.slack.web import Web, make_wsgi
from bot.storage import Log, LogError, open_log

T = TypeVar("T")
Pause = Callable[[float], object]
ATTEMPTS, BETWEEN = 6, 3.0
"""How often, and after how many seconds, it is tried at the start to reach Slack: a machine may start before its network."""


class CannotRun(Exception):
    """Slack does not let the program in, or can't be reached; str() is one plain line."""


@dataclass(frozen=True)
class Running:
    """The program at work. `way`: how Slack reaches it."""

    log: Log
    sender: Sender
    app: App
    way: Socket | Web
    practice: str
    name: str

    @property
    def healthy(self) -> bool:
        """Whether the log answers and what it holds is being sent."""
        return is_healthy(self.log, self.sender)


class Sends(Protocol):
    """A Sender, so far as its health goes."""

    @property
    def running(self) -> bool:
        """Whether it is at work."""
        ...

    @property
    def paused(self) -> bool:
        """Whether it waits because Slack does not accept the token."""
        ...


def is_healthy(log: Log, sender: Sends) -> bool:
    """Whether the log answers and what it holds is being sent."""
    try:
        log.slot("log:id")
    except (LogError, ValueError):
        return False
    return sender.running and not sender.paused


@contextmanager
def running(settings: SlackSettings, *, pause: Pause = time.sleep) -> Iterator[Running]:
    """The program, at work until the block is left. `pause`: waits, while Slack can't be reached at the start.

    ConfigurationError, AlreadyOwned, CannotRun, LogError.
    """
    for name in ("slack_sdk", "slack_bolt"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # their lines quote what came in
    with ExitStack() as stack:
        stack.enter_context(owning(settings.database))
        log = stack.enter_context(open_log(settings.database))
        if made := make_overviews(log):
            log_line("overviews_made", consults=made)
        client = sending_client(settings.bot_token, settings.api_url)
        us = _who_we_are(client, pause)
        people = People(client, team=us.get("team_id", ""), enterprise=us.get("enterprise_id") or "", who=settings.who)
        people.meet(slot.partition(":")[2] for slot in log.slots_like(dm("")))
        office = Office(log, people, settings.privacy)
        sender = Sender(log, client, begin=lambda user, text: begin_now(office, user, text))
        office.wake = sender.wake
        supervisors = SupervisorsAtWork(office, client, settings.supervision)
        _check_rota(supervisors)
        app = make_app(office, token=settings.bot_token, signing_secret=settings.signing_secret, client=client)
        stack.callback(app.listener_runner.listener_executor.shutdown, wait=False, cancel_futures=True)
        people.start()
        stack.callback(people.stop)
        sender.start()
        stack.callback(sender.stop)
        supervisors.start()
        stack.callback(supervisors.stop)
        way = _way_in(settings, app, client, lambda: is_healthy(log, sender))
        hearing = Hearing(log, client, office, lambda: way.connection)
        office.hear_first = hearing.wait
        stack.callback(way.stop)
        _connect(way, settings, pause)
        hearing.start()
        stack.callback(hearing.stop)
        log_line("started", way=type(way).__name__, table=_table_version())
        yield Running(log, sender, app, way, str(us.get("team", "")), str(us.get("user", "")))
        log_line("stopped")


def _check_rota(supervisors: SupervisorsAtWork) -> None:
    """A page that reaches nobody is worse than no start. ConfigurationError."""
    try:
        supervisors.check_rota()
    except ValueError as error:
        raise ConfigurationError(f"CURBSIDE_ON_CALL: {error}") from None


def _way_in(settings: SlackSettings, app: App, client: WebClient, healthy: Callable[[], bool]) -> Socket | Web:
    if settings.app_token:
        return Socket(app, settings.app_token, client)
    try:
        return Web(make_wsgi(app, settings.signing_secret, healthy), settings.host, settings.port)
    except OSError as error:
        why = (error.strerror or "no such address").lower()
        what = "Set CURBSIDE_HOST and CURBSIDE_PORT to an address of this machine that is free"
        raise CannotRun(f"{settings.host}, port {settings.port}: {why}. {what}.") from None


def _connect(way: Socket | Web, settings: SlackSettings, pause: Pause) -> None:
    """Have Slack reach the program. CannotRun."""
    if isinstance(way, Web):
        way.start()
        return
    _patiently(way.start, "SLACK_APP_TOKEN", settings.api_url, pause)
    for _ in range(ATTEMPTS):
        if way.connected:
            return
        pause(BETWEEN)  # it is tried again meanwhile
    what = "Does a firewall or proxy let WebSockets (wss) through?"
    raise CannotRun(f"Slack gave an address for Socket Mode, and no connection to it could be made. {what}")


def _who_we_are(client: WebClient, pause: Pause) -> dict[str, Any]:
    data = _patiently(client.auth_test, "SLACK_BOT_TOKEN", client.base_url, pause).data
    return data if isinstance(data, dict) else {}


def _patiently(call: Callable[[], T], variable: str, address: str, pause: Pause) -> T:
    """What the call returns. A network that is not there yet is waited for; a token that is not accepted is not. CannotRun.

    `variable`: where the token comes from.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return call()
        except Exception as error:
            answer = read_error(error)
            if isinstance(error, SlackApiError) and answer.meaning not in ("later", "in_doubt"):
                raise CannotRun(f"Slack does not accept {variable} ({answer.why}). See docs/slack-set-up.md.") from None
            log_line("slack_not_reached", why=answer.why, attempt=attempt)
            if attempt < ATTEMPTS:
                pause(max(answer.after, BETWEEN))
    raise CannotRun(f"Slack can't be reached at {address}. Is the network there, and is SLACK_API_URL right?")


def _table_version() -> str:
    from state_law.load import the_table

    return the_table().version
