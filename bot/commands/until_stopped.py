"""Running in Slack until a signal says to stop: what `curbside run` and `curbside serve` have in common."""

from __future__ import annotations

import signal
import sys
import threading

import click

from bot.slack.journal import to_stream
from bot.slack.running import running
from bot.slack.settings import Transport, read_slack_settings
from bot.slack.web import Web


def run_until_stopped(transport: Transport) -> None:
    """Run, and return when SIGINT or SIGTERM has come and all is stopped. The errors of `running`."""
    settings = read_slack_settings(transport)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    to_stream(sys.stderr)
    with running(settings) as program:
        where = f", at {program.way.url}/slack/events" if isinstance(program.way, Web) else ""
        click.echo(
            f"Curbside runs in {program.practice or 'Slack'} as {program.name or 'its bot'}{where}. Ctrl-C stops it.",
            err=True,
        )
        while not stop.wait(3600):
            pass
    click.echo("Curbside has stopped.", err=True)
