"""`curbside audit`: who did and read what with a consult."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.records.auditing import Entry

EXAMPLES = """\b
Examples:
  curbside audit C-7F3K2           everything done to it and read of it, in order
  curbside audit C-7F3K2 --reads   only who read it
  curbside audit C-7F3K2 --json    the same as data

\b
Recorded is who opens a consult, its note or its events, who finds it with words of it, and
every export, browsing and backup; not who lists the log. No content is shown here.
"""


@click.command(epilog=EXAMPLES)
@click.argument("reference")
@click.option("--reads", is_flag=True, help="Only who read it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(reference: str, reads: bool, as_json: bool) -> None:
    """Who did and read what with a consult, in order: when, who, what.

    REFERENCE is its code, such as C-7F3K2; small letters will do.
    """
    from bot.configuration import read_configuration
    from bot.records.auditing import audit
    from bot.storage import open_log

    with open_log(read_configuration().database, create=False) as log:
        entries = [one for one in audit(log, reference) if one.sort == "read" or not reads]
    if as_json:
        click.echo(json.dumps([asdict(one) for one in entries], indent=2, ensure_ascii=False))
    elif not entries:
        click.echo("Nobody has read it.")
    else:
        click.echo("\n".join(_line(one) for one in entries))


def _line(entry: Entry) -> str:
    from flows.words import spoken

    at = entry.at.replace("T", " ", 1)
    said = ", ".join(f"{name} {value}" for name, value in entry.detail.items())
    what = f"{'read: ' if entry.sort == 'read' else ''}{spoken(entry.what)}{f' ({said})' if said else ''}"
    return f"{at}  {_printable(entry.actor)}  {_printable(what)}"


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)
