"""The App Home: published anew whenever somebody opens it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_bolt import App

from bot.desk import kept
from bot.slack.listeners.reading import Malformed, Payload, read_home_opened
from bot.slack.listeners.saying import kindly, malformed
from bot.slack.modals.home import home_view
from bot.slack.office import Office
from bot.slack.shown import View
from bot.storage import FINISHED, Post
from bot.storage.records import CARD

MOST_RECENT = 5


def register(app: App, office: Office) -> None:
    """Opening the home."""

    def opened(body: dict[str, Any]) -> None:
        handle(office, body, view_of)

    app.event("app_home_opened")(opened)


def handle(office: Office, payload: Payload, view_for: Callable[[Office, str], View]) -> None:
    """Have the home of whoever opened it published. `view_for`: what somebody sees there."""
    try:
        wish = read_home_opened(payload)
        if wish is not None:
            with kindly(office, wish.user, wish.place, wish.delivery):
                office.send([home_post(wish.user, view_for(office, wish.user))], wish.delivery)
    except Malformed as error:
        malformed(office, payload, error)


def view_of(office: Office, user: str) -> View:
    """What somebody sees there: their own consults, and the ways to begin."""
    open_ones = [kept(row) for row in office.log.open_consults(user)]
    rows = office.log.consults(clinician=user, limit=MOST_RECENT + len(open_ones))
    recent = [kept(row) for row in rows if row.status in FINISHED][:MOST_RECENT]
    return home_view(user, open_ones, recent)


def home_post(user: str, view: View) -> Post:
    """Of several that wait only the newest is sent; it keeps back nothing of the conversation."""
    body = {"user_id": user, "view": dict(view)}
    return Post(lane=f"home:{user}", method="views.publish", body=body, priority=CARD, coalesce=f"home:{user}")
