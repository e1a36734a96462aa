"""Running in Slack until a signal says to stop: what `curbside run` and `curbside serve` have in common."""

from __future__ import annotations

import gc
import logging
import queue
import signal
import sys
import threading
from types import FrameType

import click

from bot import disk
from bot.failures import Refused
from bot.slack.journal import log_line, to_stream
from bot.slack.running import running
from bot.slack.settings import SlackSettings, Transport, read_slack_settings
from bot.slack.web import Web

LOOK_EVERY = 1.0
"""Seconds: on Windows a thread that waits sees no signal until then."""


class _Stopped(BaseException):
    """A signal came while the program was starting; nothing that catches errors may keep it."""


class _Signals:
    """SIGINT and SIGTERM. While the program starts they interrupt it, whatever it waits for; later they are waited for."""

    def __init__(self) -> None:
        self._starting = True
        self._came: queue.SimpleQueue[int] = queue.SimpleQueue()  # may be filled from within a signal, unlike an Event
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._handle)

    def started(self) -> None:
        """From now on they are waited for."""
        self._starting = False

    def wait(self) -> None:
        """Until one has come."""
        while True:
            try:
                self._came.get(timeout=LOOK_EVERY)
                return
            except queue.Empty:
                continue

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self._starting:
            self._starting = False  # a second one does not disturb the end
            raise _Stopped
        self._came.put(number)


def run_until_stopped(transport: Transport) -> None:
    """Run, and return when SIGINT or SIGTERM has come and all is stopped. The errors of `running`; Refused."""
    settings = read_slack_settings(transport)
    _check_disk(settings)
    signals = _Signals()
    to_stream(sys.stderr)
    logging.getLogger().addHandler(
        logging.NullHandler()
    )  # else what no handler takes is printed, with all that it quotes
    threading.excepthook = _thread_failed
    try:
        with running(settings) as program:
            signals.started()
            _keep_what_was_read()
            where = f", at {program.way.url}/slack/events" if isinstance(program.way, Web) else ""
            practice, name = program.practice or "Slack", program.name or "its bot"
            click.echo(f"Curbside runs in {practice} as {name}{where}. Ctrl-C stops it.", err=True)
            signals.wait()
    except _Stopped:
        pass
    click.echo("Curbside has stopped.", err=True)


def _keep_what_was_read() -> None:
    """The tables and modules stay for the whole run: the collector, which holds everybody up, need not look through them
    again and again."""
    gc.collect()
    gc.freeze()


def _check_disk(settings: SlackSettings) -> None:
    """Refused where the log would be lost with the next restart; a consult in the terminal is nobody's record yet."""
    why = None if settings.ephemeral_disk else disk.look(settings.database)
    if why:
        raise Refused(
            f"The log {settings.database} would not last: {why}. Set CURBSIDE_DATABASE to a place on a volume; or, where"
            f" something else keeps a copy of it, set {disk.SETTING}={disk.ALLOWED}. docs/hosting.md says how."
        )


def _thread_failed(failure: threading.ExceptHookArgs) -> None:
    """One line about a thread that failed, instead of a traceback whose text may repeat what somebody typed."""
    trace = failure.exc_traceback
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "unknown" if trace is None else f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
    thread = failure.thread.name.replace(" ", "_") if failure.thread else "unknown"
    log_line("thread_failed", level=logging.ERROR, thread=thread, why=failure.exc_type.__name__, at=place)
