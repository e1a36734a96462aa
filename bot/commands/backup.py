"""`curbside backup`: a consistent, verified copy of the log."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.storage import Fault

EXAMPLES = """\b
Examples:
  curbside backup /mnt/safe/curbside-2026-11-25.db
  curbside backup --force /mnt/safe/curbside.db    in place of the one that is there

\b
Curbside may run meanwhile. An encrypted log makes an encrypted backup, under the same key.
Exit status: 0 written and verified, 1 the log was altered, 2 it can't be written.
"""


@click.command(epilog=EXAMPLES)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE when it exists.")
@click.option("--even-if-altered", is_flag=True, help="Keep the copy even when verifying it finds a fault.")
@click.pass_context
def command(ctx: click.Context, file: Path, force: bool, even_if_altered: bool) -> None:
    """Copy the log into FILE as it is at one moment, and verify the copy before it gets its name.

    The file is for its owner only, and holds all that the log holds: keep it as safe.
    """
    from bot.configuration import read_configuration
    from bot.records.copies import Altered, back_up, check_target
    from bot.storage import open_log
    from bot.storage.engine import the_key
    from flows.consult import now

    configuration = read_configuration()
    with open_log(configuration.database, create=False) as log:
        check_target(file, configuration.database, force)
        # Before the copy is made, so that it stands in the copy too.
        log.record_access("backup", at=now(), actor=configuration.clinician, detail={"to": str(file.absolute())})
        try:
            done = back_up(
                log,
                file,
                the_key(None),
                database=configuration.database,
                force=force,
                altered=even_if_altered,
                progress=progress("Copying"),
            )
        except Altered as error:
            click.echo(altered(error.faults, "No backup was made; --even-if-altered makes one all the same."), err=True)
            ctx.exit(1)
    click.echo(f"{file} has the log up to event {done.head.number}, {done.head.hash}.")
    if done.faults:
        click.echo(altered(done.faults, "The backup was made all the same."), err=True)
        ctx.exit(1)
    click.echo("Verified after writing.")


def progress(label: str) -> Callable[[int, int], None] | None:
    """Shows on standard error how far a copy has come; nothing where that is no terminal."""
    if not sys.stderr.isatty():
        return None

    def show(left: int, pages: int) -> None:
        done = 100 * (pages - left) // max(pages, 1)
        click.echo(f"\r{label}: {done:3d} %{'' if left else chr(10)}", nl=False, err=True)

    return show


def altered(faults: Iterable[Fault], what_follows: str) -> str:
    """What is wrong with a log, in one line."""
    found = list(faults)
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return f"curbside: The log is not what was written: {found[0].what}{more}. {what_follows}"
