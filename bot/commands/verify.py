"""`curbside verify`: whether the log is what was written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from bot.records.verifying import Verified

EXAMPLES = """\b
Examples:
  curbside verify                      the whole log
  curbside verify --heads heads.txt    also against heads that you have noted elsewhere
  curbside verify --json               the same as data

\b
A file of heads has one a line, as this command prints them: 'events 142 HASH'.
Exit status: 0 all is well, 1 something was altered, 2 the log or the file can't be read.
"""
SHOWN_AT_MOST = 20
NO_WITNESS = (
    "No head was noted anywhere yet, so a chain that was computed anew as a whole would not be noticed."
    " Keep the two lines above somewhere else, and give them back with --heads."
)
ONLY_HERE = (
    "The posted heads were read from the log itself; for proof against somebody who can write its file, copy them"
    " from where they were posted and give them with --heads."
)


@click.command(epilog=EXAMPLES)
@click.option(
    "--heads",
    "heads_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Heads that were noted outside the log, one a line.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(ctx: click.Context, heads_file: Path | None, as_json: bool) -> None:
    """Check that nothing in the log was altered, and name the first event that is wrong.

    It follows the chain of hashes through every event and every reading, compares each consult's state with its
    events, and the heads with those that were posted. It never asks what the law is today.
    """
    from bot.configuration import read_configuration
    from bot.records.verifying import read_heads, verify
    from bot.storage import open_log

    given = read_heads(heads_file) if heads_file else []
    with open_log(read_configuration().database, create=False) as log:
        found = verify(log, given)
    click.echo(json.dumps(_as_data(found), indent=2) if as_json else _as_text(found))
    if found.faults:
        ctx.exit(1)


def _as_text(found: Verified) -> str:
    from bot.records.verifying import head_line

    if found.faults:
        shown = [f"  {fault.what}" for fault in found.faults[:SHOWN_AT_MOST]]
        more = len(found.faults) - len(shown)
        first = next((fault.event for fault in found.faults if fault.event is not None), None)
        named = f" The first event that is wrong: {first}." if first is not None else ""
        lines = [f"The log is not what was written.{named}", *shown]
        return "\n".join(lines + ([f"  and {more} more"] if more else []))
    heads = f"{found.posted + found.given} posted head{'s' if found.posted + found.given != 1 else ''} fit"
    lines = [
        f"Nothing was altered: {found.events.number} events, {found.accesses.number} readings; {heads}.",
        head_line(found.events),
        head_line(found.accesses),
    ]
    if not found.posted + found.given:
        lines.append(NO_WITNESS)
    elif not found.given:
        lines.append(ONLY_HERE)
    return "\n".join(lines)


def _as_data(found: Verified) -> dict[str, Any]:
    return {
        "unaltered": not found.faults,
        "faults": [{"event": fault.event, "consult": fault.consult, "what": fault.what} for fault in found.faults],
        "heads": {head.chain: {"number": head.number, "hash": head.hash} for head in (found.events, found.accesses)},
        "posted_heads": found.posted,
        "given_heads": found.given,
    }
