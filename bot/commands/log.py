"""`curbside log`: the consults in the log, the last begun first."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from bot.failures import Refused

if TYPE_CHECKING:
    from bot.storage import ConsultRow

EXAMPLES = """\b
Examples:
  curbside log                       the last consults
  curbside log --status decided      those that are decided and not closed
  curbside log --before C-7F3K2      those begun before that one
  curbside log --json --limit 1000   the same as data
  curbside log --where               where the log is, or will be
"""
STATUSES = ("asking", "review", "result", "decided", "closed", "paused", "cancelled", "purged")
NONE_YET = "There is no consult in the log yet. 'curbside try' begins one."


@click.command(epilog=EXAMPLES)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many.")
@click.option("--before", metavar="REFERENCE", help="Only those begun before this one.")
@click.option(
    "--status", type=click.Choice(STATUSES), metavar="STATUS", help=f"Only those that are: {', '.join(STATUSES)}."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--where", is_flag=True, help="Print only where the log is, or will be.")
def command(limit: int, before: str | None, status: str | None, as_json: bool, where: bool) -> None:
    """The consults in the log, the last begun first.

    Reference, when it began, where the client is, how far it has come, concern, level, duty, follow-up. A mark beside
    the reference says that something the law requires is outstanding.
    """
    from bot.configuration import read_configuration
    from bot.storage import NoLogYet, open_log

    database = read_configuration().database
    if where:
        if as_json or before or status:
            raise Refused("--where goes with no other option.")
        click.echo(str(database))
        return
    try:
        with open_log(database, create=False) as log:
            # One more than is shown, to know whether there are more.
            rows = log.consults(limit=limit + 1, before=before, status=status)
    except NoLogYet:
        rows = []
    if as_json:
        click.echo(json.dumps([as_data(row) for row in rows[:limit]], indent=2, ensure_ascii=False))
    elif rows:
        _print(rows[:limit], _next_page(rows[limit - 1], status) if len(rows) > limit else None)
    else:
        click.echo(_none(before, status))


def as_data(row: ConsultRow) -> dict[str, Any]:
    """A consult's row for JSON: its columns, and what is outstanding."""
    from bot.terminal.log_page import outstanding

    data = asdict(row)
    del data["state"]
    return {**data, "outstanding": outstanding(row)}


def _print(rows: list[ConsultRow], more: str | None) -> None:
    from rich.console import Console

    from bot.terminal.log_page import list_of_consults

    console = Console()
    text = list_of_consults(rows, console, [more] if more else [])
    click.echo(text, nl=False, color=console.is_terminal)


def _next_page(last: ConsultRow, status: str | None) -> str:
    more = f" --status {status}" if status else ""
    return f"More: curbside log --before {last.reference}{more}"


def _none(before: str | None, status: str | None) -> str:
    if not before and not status:
        return NONE_YET
    return f"There is none{f' that is {status!r}' if status else ''}{f' before {before}' if before else ''}."
