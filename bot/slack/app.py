"""The Bolt app: the same listeners for both transports, made anew for each run, nothing global.

`process_before_response=True`: a listener commits, then the acknowledgement is sent at once. No call of the Web API is made on
the way: Bolt's own check of the token is off, and who the app is it is told here. Nobody calls by Bolt's own client, which has no
certificates: Bolt copies it for each request, and those can't be copied.
"""

from __future__ import annotations

import logging
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from slack_bolt import Ack, App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk import WebClient

from bot.slack.journal import log_line
from bot.slack.listeners import commands, home, messages, shortcut, submissions, taps
from bot.slack.listeners.first import First
from bot.slack.listeners.reading import Place, sender_of
from bot.slack.listeners.saying import tell
from bot.slack.messages import hints
from bot.slack.office import Office
from bot.slack.supervisors import listeners as supervisors
from bot.storage import LogError

OPENING_AT_ONCE = 16
"""Modals that are opened at the same time."""


def make_app(office: Office, *, token: str, signing_secret: str, client: WebClient) -> App:
    """The app that takes steps at this office. `client`: where the Web API is; listeners get one of their own for modals."""
    app = App(
        logger=_silent(),
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        signing_secret=signing_secret,
        client=WebClient(base_url=client.base_url, timeout=2, retry_handlers=[], proxy=client.proxy),
        before_authorize=First(office),
        authorize=lambda: AuthorizeResult(enterprise_id=None, team_id=None, bot_token=token),
        token_verification_enabled=False,
        ignoring_self_events_enabled=False,  # listeners pass over bots' messages themselves, and need no call for it
        listener_executor=ThreadPoolExecutor(OPENING_AT_ONCE, "opening"),
    )
    app.error(_error_handler(office))
    supervisors.register(app, office)
    commands.register(app, office)
    taps.register(app, office, client, supervisors.TAPS)
    submissions.register(app, office)
    shortcut.register(app, office, client)
    messages.register(app, office)
    home.register(app, office)
    _register_people(app, office)
    _register_the_rest(app)
    return app


def _register_people(app: App, office: Office) -> None:
    """What Slack tells of people: who joined, left, became a guest."""

    def changed(event: dict[str, Any]) -> None:
        office.people.changed(event)
        if office.supervision is not None:
            office.supervision.roles.changed(event)

    for kind in PEOPLE_EVENTS:
        app.event(kind)(changed)


PEOPLE_EVENTS = (
    "user_change",
    "team_join",
    "member_joined_channel",
    "member_left_channel",
    "subteam_members_changed",
)


def _register_the_rest(app: App) -> None:
    """What this program does not know, it acknowledges and leaves at that."""

    def passed_over(ack: Ack) -> None:
        ack()

    def no_such_command(ack: Ack) -> None:
        ack(response_type="ephemeral", **hints.not_known_here().as_body())

    app.command(re.compile(".*"))(no_such_command)
    app.options(re.compile(".*"))(passed_over)
    app.event(re.compile(".*"))(passed_over)


def _error_handler(office: Office) -> Any:
    """One journal line with the error's kind and place, no text of it; a kind line to the person, if the log takes it.

    The answer stays an error, so that Slack shows that nothing was taken, and delivers an event again.
    """

    def on_error(error: Exception, body: dict[str, Any], request: BoltRequest, response: BoltResponse) -> BoltResponse:
        kind = str(body.get("type") or ("command" if "command" in body else "unknown"))
        if isinstance(error, BoltUnhandledRequestError):
            log_line("not_known", what=kind)
            return BoltResponse(status=404)
        log_line("failed", level=logging.ERROR, what=kind, why=type(error).__name__, at=_place_of(error))
        if "command" in body:
            return request.context.ack(response_type="ephemeral", **hints.went_wrong().as_body())
        sender = sender_of(body)
        if sender is not None:
            event = body.get("event_id")
            _say_so(office, *sender, f"sorry:{event}" if isinstance(event, str) else None)
        return BoltResponse(status=500)

    return on_error


def _say_so(office: Office, user: str, place: Place, once: str | None) -> None:
    """`once`: for an event, which Slack brings several times."""
    try:
        tell(office, user, place, hints.went_wrong(), once)
    except (LogError, ValueError) as error:
        log_line("not_said", why=type(error).__name__)


def _place_of(error: Exception) -> str:
    """file:line of where it was raised, which holds nothing that anybody typed."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "unknown"
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"


def _silent() -> logging.Logger:
    """Bolt's own lines quote what came in, so none of them is printed."""
    logger = logging.getLogger("curbside.bolt")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    logger.setLevel(logging.CRITICAL + 1)
    return logger
