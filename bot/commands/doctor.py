"""`curbside doctor`: whether all that the program needs is there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.slack.finding import Finding

NOT_CONFIGURED = 2


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Check tokens, scopes, database, supervisors' channel and clock, and say for each what to do.

    It posts one line in the supervisors' channel, if one is set, to see that the bot finds its own messages
    again. Exit status: 0 when there is no fault, 1 when there is one, 2 when it is not configured.

    \b
    Examples:
      curbside doctor
      curbside doctor --json
    """
    from dataclasses import asdict

    from bot.slack.doctor import configured, look

    settings, transport, found = configured()
    if not as_json:
        for one in found:
            click.echo(line(one))
    if settings is not None:
        for one in look(settings, transport):
            found.append(one)
            if not as_json:
                click.echo(line(one))
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2))
    if settings is None:
        ctx.exit(NOT_CONFIGURED)
    ctx.exit(1 if any(one.state == "fault" for one in found) else 0)


def line(found: Finding) -> str:
    """A finding as one line."""
    said = f"{found.what}: {found.says}"
    to_do = f"{'' if said.endswith('.') else '.'} {found.to_do}" if found.to_do else ""
    return f"{found.state:<6} {said}{to_do}"
