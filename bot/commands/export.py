"""`curbside export`: consults for a request, as notes, PDF, FHIR, events and facts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from bot.counted import counted
from bot.failures import Refused
from flows.levels import LEVELS

EXAMPLES = """\b
Examples:
  curbside export C-7F3K2 C-9BCD1 --to request.zip     the consults of these references
  curbside export --since 2026-01-01 --until 2026-03-31 --to first-quarter
  curbside export --clinician U024BE7LH --level high --to high.zip
  curbside export --all --only facts --to facts        only the structured facts, for analysis

\b
A client is known here only by the references in the chart: for a request about a client, give
all those that the chart has. CURBSIDE_LETTERHEAD stands at the head of each PDF; '|' begins
a line.
"""
FORMS = ("notes", "pdf", "fhir", "events", "facts")


@click.command(epilog=EXAMPLES)
@click.argument("references", nargs=-1)
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path),
    required=True,
    metavar="PLACE",
    help="A new folder, or a file that ends in .zip.",
)
@click.option("--clinician", metavar="NAME", help="Only those of this clinician.")
@click.option("--since", metavar="DATE", help="Only those begun on this day or later.")
@click.option("--until", metavar="DATE", help="Only those begun on this day or earlier.")
@click.option(
    "--level", type=click.Choice(LEVELS), metavar="LEVEL", help=f"Only those of this level: {', '.join(LEVELS)}."
)
@click.option("--all", "everything", is_flag=True, help="All of them.")
@click.option(
    "--only",
    "only",
    type=click.Choice(FORMS),
    multiple=True,
    metavar="FORM",
    help=f"Only this form, which may be given again: {', '.join(FORMS)}.",
)
@click.option("--force", is_flag=True, help="Replace a zip that exists.")
@click.pass_context
def command(
    ctx: click.Context,
    references: tuple[str, ...],
    target: Path,
    clinician: str | None,
    since: str | None,
    until: str | None,
    level: str | None,
    everything: bool,
    only: tuple[str, ...],
    force: bool,
) -> None:
    """Export consults for a records request, with a manifest that has the SHA-256 of each file.

    Chosen by REFERENCES, or by clinician, days and level, which then all must hold. The export is itself recorded:
    'curbside audit' shows it. It is for its owner only, and holds all that the consults say.
    """
    from bot.configuration import read_configuration, read_settings
    from bot.records.exporting import Wanted, check_target, export
    from bot.storage import open_log
    from flows.consult import now

    days = _day("--since", since), _day("--until", until)
    if days[0] and days[1] and days[0] > days[1]:
        raise Refused("--since is later than --until.")
    chosen = bool(references or clinician or since or until or level)
    if chosen == everything:
        raise Refused(
            "Say which consults: references, --clinician, --since, --until or --level; or --all, and none of them."
        )
    check_target(target, force)
    wanted = Wanted(references, clinician, *days, level)
    configuration = read_configuration()
    letterhead = read_settings().get("CURBSIDE_LETTERHEAD", "").replace("|", "\n").replace("\\n", "\n")
    with open_log(configuration.database, create=False) as log:
        done = export(
            log,
            wanted,
            target,
            only or FORMS,
            at=now(),
            actor=configuration.clinician,
            letterhead=letterhead,
            force=force,
        )
    click.echo(f"{counted(len(done.references), 'consult')} in {done.files} files: {target}")
    click.echo(f"SHA-256 of the manifest: {done.manifest_hash}")
    if done.left_out:
        click.echo(f"Left out, since their content was purged: {', '.join(done.left_out)}")
    if done.fault:
        click.echo(f"curbside: The log is not what was written: {done.fault}. The manifest says so.", err=True)
        ctx.exit(1)


def _day(option: str, given: str | None) -> date | None:
    if given is None:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise Refused(f"{option}: {given!a} is no date. Write it as 2026-11-25.") from None
