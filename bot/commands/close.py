"""`curbside close`: end a consult after its decision."""

from __future__ import annotations

import click

from bot.failures import Refused

EXAMPLES = """\b
Examples:
  curbside close C-7F3K2
  curbside close C-7F3K2 --reason "Admitted; the hospital has taken over the warning"

\b
A closed consult stays in the log. Name nobody in what you write.
"""


@click.command(epilog=EXAMPLES)
@click.argument("reference")
@click.option("--reason", metavar="TEXT", help="Why; needed while something that the law requires is outstanding.")
@click.option("--identifies-nobody", is_flag=True, help="Keep the text as it is: you have seen that it names nobody.")
def command(reference: str, reason: str | None, identifies_nobody: bool) -> None:
    """Close a consult that is decided, when nothing more is to be done in it."""
    from bot.configuration import read_configuration, read_settings
    from bot.desk import Desk
    from bot.screened import screened
    from bot.slack.telling_beside import told_in_slack
    from bot.storage import open_log
    from bot.terminal.consult_page import stands
    from flows.consult import Consult
    from flows.machine import DECIDED

    screened({"--reason": reason}, identifies_nobody)
    configuration = read_configuration()
    with open_log(configuration.database, create=False) as log:
        desk = Desk(log, configuration.clinician, announce=told_in_slack(log, read_settings()))
        kept = desk.open(reference)
        if kept.consult.state != DECIDED:
            raise Refused(
                f"{kept.reference}: a consult is closed after its decision. This one: {stands(kept.consult)}."
            )
        left = [one["text"] for one in (kept.consult.decision or {})["outstanding"]]
        if left and not (reason or "").strip():
            raise Refused(
                f"{kept.reference}: still outstanding under the law: {'; '.join(left)}."
                " Report the step that was done, or say with --reason why it is closed. Nothing was written."
            )
        after = desk.take(kept, Consult.close, reason)
    click.echo(f"{after.reference} is closed." + (f" Outstanding under the law: {'; '.join(left)}." if left else ""))
