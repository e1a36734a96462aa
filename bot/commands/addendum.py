"""`curbside addendum`: a correction or a remark, added to a consult with its author and time."""

from __future__ import annotations

import click

from bot.failures import Refused

EXAMPLES = """\b
Examples:
  curbside addendum C-7F3K2 "The call to the crisis team was at 15:10, not 14:10."

\b
What was logged never changes; the note shows addenda at its end. Name nobody in what you write.
"""
LONGEST = 4000


@click.command(epilog=EXAMPLES)
@click.argument("reference")
@click.argument("text")
@click.option("--identifies-nobody", is_flag=True, help="Keep the text as it is: you have seen that it names nobody.")
def command(reference: str, text: str, identifies_nobody: bool) -> None:
    """Add a dated addendum to a consult of the log, finished or not.

    REFERENCE is its code, such as C-7F3K2; small letters will do. TEXT is what is to be added.
    """
    from bot.configuration import read_configuration
    from bot.records.recording import ADDENDUM, add_event
    from bot.screened import screened
    from bot.storage import open_log
    from flows.consult import now

    if not text.strip():
        raise Refused("The addendum is empty. Nothing was written.")
    if len(text) > LONGEST:
        raise Refused(f"The addendum has {len(text)} characters; at most {LONGEST} are kept. Nothing was written.")
    screened({"the addendum": text}, identifies_nobody)
    configuration = read_configuration()
    with open_log(configuration.database, create=False) as log:
        row = add_event(log, reference, ADDENDUM, {"text": text.strip()}, at=now(), actor=configuration.clinician)
    click.echo(f"Added to {row.reference}.")
