"""`curbside care`: the care of the client after somebody was told, as a checklist."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bot.failures import Refused

if TYPE_CHECKING:
    from flows.consult import Consult

EXAMPLES = """\b
Examples:
  curbside care C-7F3K2                     the list, with the name of each step
  curbside care C-7F3K2 tell_client         it is done
  curbside care C-7F3K2 tell_client --undo  it is not done after all

\b
The list is there once a step that tells somebody outside treatment is reported as done.
"""


@click.command(epilog=EXAMPLES)
@click.argument("reference")
@click.argument("step", required=False)
@click.option("--undo", is_flag=True, help="Take back that the step is done.")
def command(reference: str, step: str | None, undo: bool) -> None:
    """See the care that the client is due after a disclosure, or say that a step of it is done.

    STEP is its name on the list. Each is written down with its time. Where the consult stands in Slack,
    its list there shows it within half a minute.
    """
    from bot.configuration import read_configuration, read_settings
    from bot.desk import Desk
    from bot.slack.telling_beside import told_in_slack
    from bot.storage import open_log
    from flows.consult import Consult

    if undo and step is None:
        raise Refused("--undo needs the step that is taken back, such as tell_client.")
    configuration = read_configuration()
    with open_log(configuration.database, create=False) as log:
        desk = Desk(log, configuration.clinician, announce=told_in_slack(log, read_settings()))
        kept = desk.open(reference)
        if step is not None:
            kept = desk.take(kept, Consult.report_care, step.lower().replace("-", "_"), not undo)
    _print(kept.consult)


def _print(consult: Consult) -> None:
    from bot.terminal.log_page import moment
    from bot.terminal.text import show
    from flows.after_care import care_counted, care_steps
    from state_law.describe import Line, Section

    steps = care_steps(consult.care)
    if not steps:
        raise Refused(f"{consult.reference} has no such list: it comes once a step that tells somebody is done.")
    lines = tuple(
        Line(f"{one.text} ({f'done {moment(one.at)}' if one.at else 'not recorded as done'})", one.id) for one in steps
    )
    show(Section(f"Consult {consult.reference}: care afterwards, {care_counted(consult.care)}", lines))
