"""What comes before Bolt's listeners: nothing is taken before what was missed, and a plain tap takes the short way.

Bolt works out all arguments that a listener may have for each that it asks, and authorizes for calls that no tap makes: 0.2
ms, most of what is not the step itself (measured). So a tap that opens no modal, which is nearly all that ever comes, is
taken by this middleware; the rest goes on to the listeners.
"""

from __future__ import annotations

from collections.abc import Callable

from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.middleware import Middleware

from bot.slack.listeners import taps
from bot.slack.office import Office


class First(Middleware):
    """Bolt asks it before it authorizes, and answers an error in it as one of a listener."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def process(self, *, req: BoltRequest, resp: BoltResponse, next: Callable[[], BoltResponse]) -> BoltResponse:
        """Take it, and acknowledge it; or let it pass."""
        self._office.hear_first()
        if req.body.get("type") == "block_actions" and taps.opens_nothing(req.body):
            taps.handle(self._office, req.body)
            return BoltResponse(status=200, body="")
        next()
        return resp
