"""Looking for consults from the home: its button, and what was filled in in the window that it opens."""

from __future__ import annotations

from bot.slack.listeners.opening import Opening, opening
from bot.slack.listeners.reading import Form, Payload, Tap, read_form
from bot.slack.listeners.submitting import Answer, answer, shown
from bot.slack.office import Office
from bot.slack.supervisors.finding import look_up
from bot.slack.supervisors.listening import channel_of, check_role
from bot.slack.supervisors.roles import FIND
from bot.slack.supervisors.search_form import NOTHING, WORDS, found_view, read_search, search_view


def open_search(office: Office, tap: Tap) -> Opening:
    """The window, for those who may look for consults. Kindly, LogError."""
    check_role(office, tap.user, FIND)
    return opening(tap, search_view())


def handle_search(office: Office, payload: Payload) -> Answer:
    """What was found takes the place of what was filled in. LogError."""
    return answer(office, payload, read_form, _found, also_in=channel_of(office))


def _found(office: Office, came: Form) -> Answer:
    text = read_search(came.values)
    if not text:
        return {"response_action": "errors", "errors": {WORDS: NOTHING}}
    return shown(found_view(look_up(office, came.user, text)))
