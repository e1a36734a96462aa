"""Opening modals: the only calls of the Web API that listeners cause, made in lazy ones, after the acknowledgement.

A listener that has committed its step (or has nothing to commit) leaves an Opening in the request's context; Bolt hands a
copy of it to the lazy listener in a thread of its own. Where the listener raised or refused, there is none, and nothing opens.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from slack_bolt import BoltContext
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.journal import log_line
from bot.slack.listeners.reading import Place, Tap, Wish
from bot.slack.listeners.saying import tell
from bot.slack.messages import hints
from bot.slack.office import Office
from bot.slack.shown import View

OPENS = "opens"
SECONDS = 2


@dataclass(frozen=True, slots=True)
class Opening:
    """A modal that is to be opened, or shown in the place of the one in which something was tapped (`view_id`)."""

    view: View
    user: str
    place: Place
    trigger: str | None
    view_id: str | None = None
    view_hash: str | None = None


def opening(came: Tap | Wish, view: View) -> Opening:
    """The modal as the answer to what came: in place of the modal in which it was tapped, else a new one."""
    if isinstance(came, Tap):
        return Opening(view, came.user, came.place, came.trigger, came.view_id, came.view_hash)
    return Opening(view, came.user, came.place, came.trigger)


def opener(client: WebClient, office: Office) -> Callable[[BoltContext], None]:
    """The lazy listener. `client`: whose token and address it uses, with a short timeout and without retries.

    A modal can't be looked up afterwards, so it is opened at most once; when it did not open, the person is told.
    """
    quick = WebClient(
        client.token,
        base_url=client.base_url,
        timeout=SECONDS,
        ssl=client.ssl,
        proxy=client.proxy,
        headers=client.headers,
        retry_handlers=[],
    )

    def open_what_was_left(context: BoltContext) -> None:
        wanted = context.get(OPENS)
        if isinstance(wanted, Opening):
            _open(quick, office, wanted)

    return open_what_was_left


def _open(client: WebClient, office: Office, wanted: Opening) -> None:
    try:
        if wanted.view_id is not None:
            client.views_update(view=dict(wanted.view), view_id=wanted.view_id, hash=wanted.view_hash)
        else:
            client.views_open(view=dict(wanted.view), trigger_id=wanted.trigger or "")
    except Exception as error:  # also a timeout or a dropped connection, of which the library has several kinds
        why = error.response.get("error") if isinstance(error, SlackApiError) else type(error).__name__
        log_line("modal_not_opened", user=wanted.user, why=str(why))
        tell(office, wanted.user, wanted.place, hints.window_did_not_open())
