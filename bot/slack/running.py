"""The program as it runs in Slack, put together: log, people, office, sender, app, and the way in."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.addresses import dm
from bot.slack.answers import TOKEN, read_error
from bot.slack.app import make_app
from bot.slack.hearing import Hearing
from bot.slack.journal import log_line
from bot.slack.listeners import messages
from bot.slack.listeners.beginning import begin_now
from bot.slack.office import Office
from bot.slack.owner import owning
from bot.slack.people import People
from bot.slack.sender import Sender, sending_client
from bot.slack.settings import SlackSettings
from bot.slack.socket import Socket
from bot.slack.web import Web, make_wsgi
from bot.storage import Log, LogError, open_log

ATTEMPTS, BETWEEN = 6, 3.0


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


def is_healthy(log: Log, sender: Sender) -> bool:
    """Whether the log answers and what it holds is being sent."""
    try:
        log.slot("log:id")
    except (LogError, ValueError):
        return False
    return sender.running


@contextmanager
def running(settings: SlackSettings, *, pause: Callable[[float], object] = time.sleep) -> Iterator[Running]:
    """The program, at work until the block is left. ConfigurationError, AlreadyOwned, CannotRun, LogError."""
    for name in ("slack_sdk", "slack_bolt"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # their lines quote what came in
    with ExitStack() as stack:
        stack.enter_context(owning(settings.database))
        log = stack.enter_context(open_log(settings.database))
        client = sending_client(settings.bot_token, settings.api_url)
        us = _who_we_are(client, pause)
        people = People(client, team=us.get("team_id", ""), enterprise=us.get("enterprise_id") or "", who=settings.who)
        people.meet(slot.partition(":")[2] for slot in log.slots_like(dm("")))
        office = Office(log, people, settings.privacy)
        sender = Sender(log, client, begin=lambda user, text: begin_now(office, user, text))
        office.wake = sender.wake
        app = make_app(office, token=settings.bot_token, signing_secret=settings.signing_secret, client=client)
        stack.callback(app.listener_runner.listener_executor.shutdown, wait=False, cancel_futures=True)
        people.start()
        stack.callback(people.stop)
        sender.start()
        stack.callback(sender.stop)
        hearing = Hearing(log, client, lambda payload: messages.handle(office, payload))
        hearing.catch_up()
        way = _way_in(settings, app, client, log, sender)
        stack.callback(way.stop)
        hearing.start(way if isinstance(way, Socket) else None)
        stack.callback(hearing.stop)
        log_line("started", way=type(way).__name__, table=_table_version())
        yield Running(log, sender, app, way, str(us.get("team", "")), str(us.get("user", "")))
        log_line("stopped")


def _way_in(settings: SlackSettings, app: App, client: WebClient, log: Log, sender: Sender) -> Socket | Web:
    way: Socket | Web
    try:
        if settings.app_token:
            way = Socket(app, settings.app_token, client)
        else:
            wsgi = make_wsgi(app, settings.signing_secret, lambda: is_healthy(log, sender))
            way = Web(wsgi, settings.host, settings.port)
        way.start()
    except SlackApiError as error:
        raise CannotRun(
            f"Slack does not accept SLACK_APP_TOKEN ({read_error(error).why}). See docs/slack-set-up.md."
        ) from None
    except OSError as error:
        raise CannotRun(
            f"{settings.host}, port {settings.port}: {(error.strerror or 'no such address').lower()}."
        ) from None
    return way


def _who_we_are(client: WebClient, pause: Callable[[float], object]) -> dict[str, Any]:
    """auth.test. A network that is not there yet is waited for; a token that is not accepted is not."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            data = client.auth_test().data
            return data if isinstance(data, dict) else {}
        except Exception as error:
            why = read_error(error)
            if why.why in TOKEN or why.meaning == "failed":
                raise CannotRun(
                    f"Slack does not accept SLACK_BOT_TOKEN ({why.why}). See docs/slack-set-up.md."
                ) from None
            log_line("slack_not_reached", why=why.why, attempt=attempt)
            if attempt < ATTEMPTS:
                pause(max(why.after, BETWEEN))
    raise CannotRun(f"Slack can't be reached at {client.base_url}. Is the network there, and is SLACK_API_URL right?")


def _table_version() -> str:
    from state_law.load import the_table

    return the_table().version
