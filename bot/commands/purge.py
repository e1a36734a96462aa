"""`curbside purge`: remove what consults say that have been kept long enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bot.counted import agrees, counted
from bot.failures import Refused

if TYPE_CHECKING:
    from datetime import date

    from bot.records.retention import Due, Span
    from bot.storage import Log

EXAMPLES = """\b
Examples:
  curbside purge --dry-run    what would be removed, and what would not
  curbside purge              the same, then it asks
  curbside purge --yes        without asking, for a timer

\b
CURBSIDE_RETENTION says how long consults are kept, such as '7 years', counted from the day on
which they were last worked on. It is not set by default: then nothing is purged.
"""
OUT_OF_REACH = """\
This can't reach:
  Slack's own copies: messages, their edits and Slack's exports keep what was written there.
  Backups, replicas, exports and copies of the database that were made before.
  What the disk itself keeps of deleted files (snapshots, copy-on-write, worn cells)."""


@click.command(epilog=EXAMPLES)
@click.option("--dry-run", is_flag=True, help="Only show what would be done.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--on", metavar="DATE", help="As if it were that day, which is not in the future; with --dry-run.")
def command(dry_run: bool, yes: bool, on: str | None) -> None:
    """Remove the content of consults that are older than the retention that is set.

    Removed is what was said, found, decided and written, the search words, and what waits to be sent. What stays is
    the reference, who, when and what kind of step, so that the log can still be verified. Consults under a legal
    hold are skipped.
    """
    from bot.configuration import read_configuration, read_settings
    from bot.records.retention import SETTING, due_consults, purge_of, read_span
    from bot.storage import Locked, open_log
    from flows.consult import now

    given = read_settings().get(SETTING)
    if not given:
        raise Refused(f"{SETTING} is not set, so consults are kept for good. Set it, as in {SETTING}='7 years'.")
    span = read_span(given)
    today = _day(on, dry_run)
    configuration = read_configuration()
    with open_log(configuration.database, create=False) as log:
        due = list(due_consults(log, span, today))
        free = [one for one in due if one.held is None]
        unswept = log.sweep_due()
        click.echo(_plan(due, free, span, unswept))
        if dry_run or not (free or unswept):
            return
        if not yes and not _agreed(len(free)):
            raise Refused("Nothing was purged.")
        at = now()
        if free:
            log.purge([purge_of(one.row, at=at, actor=configuration.clinician) for one in free])
        try:
            log.sweep()
        except Locked:
            raise Refused(_not_swept(len(free))) from None
        _check_gone(log)
    click.echo(f"{counted(len(free), 'consult')} purged. Nothing of it is left in the database.\n{OUT_OF_REACH}")


def _day(on: str | None, dry_run: bool) -> date:
    from datetime import date, datetime

    today = datetime.now().astimezone().date()
    if on is None:
        return today
    if not dry_run:
        raise Refused("--on goes only with --dry-run.")
    try:
        return date.fromisoformat(on)
    except ValueError:
        raise Refused(f"--on: {on!a} is no date. Write it as 2026-11-25.") from None


def _plan(due: list[Due], free: list[Due], span: Span, unswept: bool) -> str:
    lines = [f"Kept for {span} after they were last worked on: {counted(len(free), 'consult')} would be purged."]
    lines += [f"  {one.row.reference}  last worked on {one.last}  {_slack(one)}".rstrip() for one in free]
    for one in due:
        if one.held:
            lines.append(
                f"  {one.row.reference}  last worked on {one.last}  stays: legal hold since {one.held.at[:10]}"
            )
    if unswept:
        lines.append(
            "An earlier purge was interrupted before its traces were removed from the file; they would be now."
        )
    return "\n".join(lines)


def _slack(one: Due) -> str:
    stay = agrees(one.messages, "stays", "stay")
    return f"{counted(one.messages, 'Slack message')} {stay} in Slack" if one.messages else ""


def _agreed(number: int) -> bool:
    try:
        return click.confirm(
            f"Remove what {counted(number, 'consult')} {agrees(number, 'says', 'say')} for good? It can't be undone.",
            default=False,
        )
    except click.Abort:  # no terminal to ask at
        raise Refused("Nothing was purged: nobody answered. --yes purges without asking.") from None


def _not_swept(number: int) -> str:
    return (
        f"{counted(number, 'consult')} purged, but traces may still stand in the database file: another program kept it busy."
        " Run 'curbside purge' again to remove them."
    )


def _check_gone(log: Log) -> None:
    if log.sweep_due():
        raise Refused(_not_swept(0))
