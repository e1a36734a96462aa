"""Bolt alone, as a process: an app that acknowledges every tap and does nothing, with default settings and with
`process_before_response`, each behind the same web server as ours. It prints the two ports, and ends with its input."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from slack_bolt import Ack, App
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult

from bot.slack.web import Web
from tools.bench.program import BOT_TOKEN, SECRET

Wsgi = Callable[[Mapping[str, Any], Callable[..., object]], Iterable[bytes]]


def ack_only(*, process_before_response: bool) -> Wsgi:
    """The app with Bolt's own adapter, which checks the signature too. It calls nobody to find out who it is."""
    app = App(
        signing_secret=SECRET,
        authorize=lambda: AuthorizeResult(enterprise_id=None, team_id=None, bot_token=BOT_TOKEN),
        token_verification_enabled=False,
        process_before_response=process_before_response,
    )

    def acknowledged(ack: Ack) -> None:
        ack()

    app.action(re.compile(".*"))(acknowledged)
    return cast(Wsgi, SlackRequestHandler(app))


def main() -> None:
    """Serve until the input ends."""
    logging.disable(logging.CRITICAL)
    served = [Web(ack_only(process_before_response=fast), "127.0.0.1", 0) for fast in (False, True)]
    for one in served:
        one.start()
    print(*(one.url.rpartition(":")[2] for one in served), flush=True)
    sys.stdin.read()
    for one in served:
        one.stop()


if __name__ == "__main__":
    main()
