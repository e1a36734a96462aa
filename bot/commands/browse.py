"""`curbside browse`: the facts of all consults in a browser, for compliance."""

from __future__ import annotations

import os
import secrets
import signal
import socket
from contextlib import suppress
from types import FrameType

import click

from bot.counted import counted
from bot.failures import Refused

EXAMPLES = """\b
Examples:
  curbside browse                 then open the link that it prints; Ctrl-C ends it
  curbside browse --port 8010
  ssh -L 8001:127.0.0.1:8001 HOST    then open the link, when Curbside is on another machine

\b
It needs Datasette, which is not installed with Curbside: pip install 'datasette<1'.
Exit status: 0 it was ended, 1 the log was altered, 2 it can't be shown.
"""
HOST = "127.0.0.1"
"""There is no setting for another: what the log says is for nobody but who sits here."""


@click.command(epilog=EXAMPLES)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="At which port; 0 for any free one."
)
@click.pass_context
def command(ctx: click.Context, port: int) -> None:
    """Look through the facts of all consults, what happened and who read what, in a browser, with Datasette.

    Tables of structured facts without free text, made in memory: nothing is written to the disk, also when the log is
    encrypted, and nothing can be changed. Only this machine is answered, and only who has the link. Each opening is
    recorded, as 'curbside audit' shows.
    """
    from bot.configuration import read_configuration
    from bot.records.browsing import browsable
    from bot.records.datasette_pages import check_installed, pages
    from bot.records.gate import Gate
    from bot.records.verifying import verify
    from bot.storage import open_log
    from bot.storage.memory_tables import in_memory
    from flows.consult import now

    check_installed()
    configuration, at = read_configuration(), now()
    with _listening(port) as listening:
        with open_log(configuration.database, create=False) as log:
            # Before anything is shown.
            log.record_access("browse", at=at, actor=configuration.clinician)
            verified, tables = verify(log), browsable(log)
        number, head = len(tables[0].rows), verified.events
        about = f"{counted(number, 'consult')}, up to event {head.number} ({head.hash[:16]}…), as of {at}"
        if verified.faults:
            about += f". THE LOG IS NOT WHAT WAS WRITTEN: {verified.faults[0].what}"
        name = f"curbside-{secrets.token_hex(8)}"
        with in_memory(name, tables):
            gate = Gate(pages(name, about), secrets.token_urlsafe(24))
            where = f"http://{HOST}:{listening.getsockname()[1]}"
            click.echo(f"{counted(number, 'consult')} to look through: {where}{gate.way_in}")
            click.echo("Whoever on this machine has this link can read them until you end it with Ctrl-C.")
            if verified.faults:
                click.echo(f"curbside: The log is not what was written: {verified.faults[0].what}.", err=True)
            _serve(gate, listening)
    click.echo("Ended. Nothing of it was written to the disk.", err=True)
    if verified.faults:
        ctx.exit(1)


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        why = os.strerror(error.errno).lower() if error.errno else str(error)
        raise Refused(f"Port {port} of this machine can't be used: {why}. Name another with --port.") from None


def _serve(gate: object, listening: socket.socket) -> None:
    """Until SIGINT or SIGTERM has come."""
    import uvicorn

    class Stopped(BaseException):
        """One of them came. uvicorn ends in peace, and then raises the signal again."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    server = uvicorn.Server(
        uvicorn.Config(gate, log_level="warning", access_log=False, timeout_graceful_shutdown=2)  # type: ignore[arg-type]
    )
    with suppress(Stopped):
        server.run(sockets=[listening])
