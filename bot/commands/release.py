"""`curbside release`: end a consult's legal hold."""

from __future__ import annotations

import click

from bot.failures import Refused

EXAMPLES = """\b
Examples:
  curbside release C-7F3K2 --reason "Counsel's letter of 9 May"

\b
A consult that is old enough is then purged by the next 'curbside purge'.
"""


@click.command(epilog=EXAMPLES)
@click.argument("reference")
@click.option("--reason", metavar="TEXT", required=True, help="Why; it is kept. Name nobody.")
@click.option("--identifies-nobody", is_flag=True, help="Keep the text as it is: you have seen that it names nobody.")
def command(reference: str, reason: str, identifies_nobody: bool) -> None:
    """Release a consult from its legal hold.

    REFERENCE is its code, such as C-7F3K2; small letters will do.
    """
    from bot.beside import RELEASED
    from bot.configuration import read_configuration
    from bot.records.recording import add_event, hold_of
    from bot.screened import screened
    from bot.storage import open_log
    from flows.consult import now

    if not reason.strip():
        raise Refused("--reason is empty; say why the hold ends. Nothing was written.")
    screened({"--reason": reason}, identifies_nobody)
    configuration = read_configuration()
    with open_log(configuration.database, create=False) as log:
        if hold_of(log.events(reference)) is None:
            raise Refused(f"{log.consult(reference).reference} is under no hold. Nothing was written.")
        row = add_event(log, reference, RELEASED, {"reason": reason.strip()}, at=now(), actor=configuration.clinician)
    click.echo(f"{row.reference} is released from its legal hold.")
