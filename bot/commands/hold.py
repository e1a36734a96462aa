"""`curbside hold`: keep a consult from being purged."""

from __future__ import annotations

import click

from bot.failures import Refused

EXAMPLES = """\b
Examples:
  curbside hold C-7F3K2 --reason "Records request of 3 March"

\b
A consult under a hold is never purged, however old. 'curbside release' ends the hold.
"""


@click.command(epilog=EXAMPLES)
@click.argument("reference")
@click.option("--reason", metavar="TEXT", required=True, help="Why; it is kept with the hold. Name nobody.")
@click.option("--identifies-nobody", is_flag=True, help="Keep the text as it is: you have seen that it names nobody.")
def command(reference: str, reason: str, identifies_nobody: bool) -> None:
    """Place a consult under a legal hold: it is not purged until it is released.

    REFERENCE is its code, such as C-7F3K2; small letters will do.
    """
    from bot.beside import HELD
    from bot.configuration import read_configuration
    from bot.records.recording import add_event, hold_of
    from bot.screened import screened
    from bot.storage import open_log
    from bot.terminal.log_page import moment
    from flows.consult import now

    if not reason.strip():
        raise Refused("--reason is empty; say why the consult is held. Nothing was written.")
    screened({"--reason": reason}, identifies_nobody)
    configuration = read_configuration()
    with open_log(configuration.database, create=False) as log:
        if held := hold_of(log.events(reference)):
            raise Refused(f"{held.consult} is under a hold already, since {moment(held.at)}. Nothing was written.")
        row = add_event(log, reference, HELD, {"reason": reason.strip()}, at=now(), actor=configuration.clinician)
    click.echo(f"{row.reference} is under a legal hold. It is not purged until 'curbside release {row.reference}'.")
