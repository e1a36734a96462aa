"""`curbside restore`: a backup put back in the log's place."""

from __future__ import annotations

from pathlib import Path

import click

EXAMPLES = """\b
Examples:
  curbside restore /mnt/safe/curbside-2026-11-25.db
  curbside restore --force /mnt/safe/curbside.db    in place of the log that is there

\b
Stop Curbside first. The log that was there is kept beside the new one.
Exit status: 0 restored, 1 the backup was altered, 2 it can't be restored.
"""


@click.command(epilog=EXAMPLES)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Put it in the place of the log that is there.")
@click.option("--even-if-altered", is_flag=True, help="Restore it even when verifying it finds a fault.")
@click.pass_context
def command(ctx: click.Context, file: Path, force: bool, even_if_altered: bool) -> None:
    """Put the backup FILE in the log's place, after verifying it.

    The log is where CURBSIDE_DATABASE says. At every moment the old log or the new one is there, whole.
    """
    from bot.commands.backup import altered, progress
    from bot.configuration import read_configuration
    from bot.failures import Refused
    from bot.records.copies import Altered, put_back
    from bot.slack.owner import owning
    from bot.storage import open_log
    from bot.storage.engine import the_key
    from flows.consult import now

    configuration = read_configuration()
    database = configuration.database
    if database.exists() and not force:
        raise Refused(
            f"There is a log at {database} already. --force puts the backup in its place and keeps it beside."
        )
    with owning(database):
        try:
            done = put_back(
                file, database, the_key(None), force=force, altered=even_if_altered, progress=progress("Restoring")
            )
        except Altered as error:
            click.echo(altered(error.faults, "Nothing was restored."), err=True)
            ctx.exit(1)
        with open_log(database, create=False) as log:
            log.record_access("restore", at=now(), actor=configuration.clinician, detail={"from": str(file.absolute())})
    click.echo(f"Restored from {file}, up to event {done.head.number}, {done.head.hash}.")
    if done.kept:
        had = f", which had {done.head_before.number} events" if done.head_before else ""
        click.echo(f"The log that was there{had}, is kept as {done.kept}. Delete it when nobody needs it.")
    if done.faults:
        click.echo(altered(done.faults, "It was restored all the same."), err=True)
        ctx.exit(1)
