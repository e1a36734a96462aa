"""The modal that says where a consult waits, for those who began it somewhere else than in the conversation."""

from __future__ import annotations

from bot.slack.listeners.beginning import Came
from bot.slack.listeners.reading import Place
from bot.slack.listeners.replies import link_to
from bot.slack.modals.moved import moved_view
from bot.slack.office import Office
from bot.slack.shown import View


def moved(office: Office, came: Came, place: Place) -> View:
    """Where the consult waits to which a wish has led."""
    assert came.consult is not None
    return moved_view(came.consult.reference, link_to(office, came.consult, place))
