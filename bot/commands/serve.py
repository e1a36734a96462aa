"""`curbside serve`: in Slack, over HTTP."""

from __future__ import annotations

import click


@click.command()
def command() -> None:
    """Run in Slack over HTTP: Slack sends signed requests to an address of yours.

    It needs SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET. It listens on CURBSIDE_HOST and CURBSIDE_PORT (or PORT), by default
    127.0.0.1:3000, at /slack/events; /healthz says whether all is well. Put a web server with TLS before it, and make the
    Slack app with the manifest of `curbside manifest --http URL`.

    \b
    Examples:
      curbside serve
      CURBSIDE_HOST=0.0.0.0 PORT=8080 curbside serve
    """
    from bot.commands.until_stopped import run_until_stopped

    run_until_stopped("http")
