"""A payload into Bolt, the same way from both transports: checked first, so that whatever comes is answered and nothing raises.

Bolt gets the payload taken apart already, as Socket Mode brings it. With the text of a request it would parse that once more,
by rules of its own: it takes a command whose text has "payload" in it for a form without one.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from slack_bolt import App, BoltRequest, BoltResponse

from bot.slack.journal import log_line
from bot.slack.shape import WrongShape, check_shape

RETRIES = ("x-slack-retry-num", "x-slack-retry-reason")


def _is_text(value: object) -> bool:
    """Whether Bolt takes it for a header: an envelope can bring anything in its place."""
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))


def hand_to_bolt(
    app: App, payload: object, headers: Mapping[str, str | Sequence[str]] | None = None, *, checked: bool = False
) -> BoltResponse:
    """What the app answers; 400, with a line in the journal, to what is no payload of Slack's. It raises nothing.

    `headers`: of these, the ones by which Slack says that it brings something again are passed on. `checked`: whether the
    payload's shape was looked at before.
    """
    again = {name: value for name, value in (headers or {}).items() if name.lower() in RETRIES and _is_text(value)}
    try:
        body = payload if checked and isinstance(payload, dict) else check_shape(payload)
        return app.dispatch(BoltRequest(mode="socket_mode", body=body, headers=dict(again)))
    except WrongShape as error:
        log_line("malformed", what="payload", part=str(error))
    except Exception as error:  # what listeners raise Bolt catches itself; so it could not take the payload apart
        log_line("malformed", level=logging.WARNING, what="payload", why=type(error).__name__)
    return BoltResponse(status=400)
