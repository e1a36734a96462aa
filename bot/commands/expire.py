"""`curbside expire`: end unfinished consults that nobody goes on with."""

from __future__ import annotations

import click

from bot.counted import counted
from bot.failures import Refused

EXAMPLES = """\b
Examples:
  curbside expire --dry-run    what would be ended, and what waits for somebody
  curbside expire              end them, for a timer

\b
CURBSIDE_EXPIRE_AFTER says how long an unfinished consult may lie, such as '14 days'. Not set
by default: then none is ended. `curbside run` and `serve` do the same by themselves, and remind
the clinician in Slack before.
"""


@click.command(epilog=EXAMPLES)
@click.option("--dry-run", is_flag=True, help="Only show what would be done.")
def command(dry_run: bool) -> None:
    """End unfinished consults that have no result and on which nothing was done for long.

    They stay in the log, cancelled, with that reason. One in which danger was said, which has a result, or which is
    under a legal hold is shown and left as it is: somebody must look at it. So is one in Slack whose clinician was not
    reminded yet.
    """
    from datetime import datetime

    from bot.configuration import read_configuration, read_settings
    from bot.desk import Desk
    from bot.records.expiring import SETTING, expire, lying
    from bot.records.retention import read_span
    from bot.slack.addresses import thread
    from bot.slack.telling_beside import told_in_slack
    from bot.storage import StaleRevision, open_log

    given = read_settings().get(SETTING)
    if not given:
        raise Refused(f"{SETTING} is not set, so no consult expires. Set it, as in {SETTING}='14 days'.")
    span = read_span(given, SETTING)
    configuration = read_configuration()
    ended, now = 0, datetime.now().astimezone()
    with open_log(configuration.database, create=False) as log:
        desk = Desk(log, configuration.clinician, announce=told_in_slack(log, read_settings()))
        for one in lying(log, span, now):
            where = f"{one.kept.reference}  last worked on {one.last.date()}, by {one.kept.consult.clinician}"
            in_slack = log.slot(thread(one.kept.reference)) is not None
            stays = one.stays
            if stays is None and in_slack and (not one.reminded or one.ends_at > now):
                stays = "its clinician is reminded in Slack first, by `curbside run` or `serve`"
            if stays:
                click.echo(f"{where}  stays: {stays}")
                continue
            if not dry_run:
                try:
                    expire(desk, one.kept, span)
                except StaleRevision:
                    click.echo(f"{where}  stays: somebody has just gone on with it")
                    continue
            ended += 1
            click.echo(f"{where}  {'would end' if dry_run else 'ended'}")
    click.echo(f"{counted(ended, 'consult')} {'would be ended' if dry_run else 'ended'}.")
