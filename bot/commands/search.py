"""`curbside search`: the consults that hold some words."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.storage import Log, SearchHit

EXAMPLES = """\b
Examples:
  curbside search firearm separation     both words, wherever they stand
  curbside search "restraining order"    these words together
  curbside search hosp                   words may be cut short, from three letters on
  curbside search high CO --json         level and place are found too; as data
"""


@click.command(epilog=EXAMPLES)
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(words: tuple[str, ...], limit: int, as_json: bool) -> None:
    """The consults that hold all these WORDS, the best match first.

    Looked through: reference, place, profession, concern, level, duty, the answers in words, and what was written freely.
    Each consult of which words are shown is recorded as read, as 'curbside audit' shows.
    """
    from bot.configuration import read_configuration
    from bot.storage import open_log

    configuration = read_configuration()
    with open_log(configuration.database, create=False) as log:
        hits = _recorded(log, log.search(" ".join(map(_quoted, words)), limit), configuration.clinician)
    if as_json:
        from bot.commands.log import as_data

        found = [{**as_data(hit.consult), "excerpt": hit.excerpt} for hit in hits]
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    elif not hits:
        click.echo("No consult holds all of these words.")
    else:
        from rich.console import Console

        from bot.terminal.log_page import list_of_found

        console = Console()
        text = list_of_found([(hit.consult, hit.excerpt) for hit in hits], console)
        click.echo(text, nl=False, color=console.is_terminal)


def _recorded(log: Log, hits: list[SearchHit], actor: str) -> list[SearchHit]:
    """What may be shown: with the words of each consult once it stands in the record that they were read, else without."""
    from bot.storage import LogError
    from flows.consult import now

    at = now()
    try:
        for hit in hits:
            if hit.excerpt:
                log.record_access("found", at=at, actor=actor, reference=hit.consult.reference)
    except LogError as error:
        click.echo(
            f"curbside: What the consults say is left out, since it can't be recorded as read. {error}", err=True
        )
        return [replace(hit, excerpt="") for hit in hits]
    return hits


def _quoted(words: str) -> str:
    """What stood in quotes on the command line, which the shell has taken away, is a phrase again."""
    return f'"{words}"' if " " in words.strip() and '"' not in words else words
