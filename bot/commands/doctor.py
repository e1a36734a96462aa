"""`curbside doctor`: whether all that the program needs is there."""

from __future__ import annotations

import json

import click

MARKS = {"ok": "ok   ", "warn": "warn ", "fault": "FAULT"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Check tokens, scopes, database, supervisors' channel and clock, and say for each what to do.

    It posts one line in the supervisors' channel, if one is set, to see that the bot finds its own messages again.
    Exit status: 0 when all is well, 1 when there is a fault, 2 when it is not configured.

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
            _say(one.what, one.state, one.says, one.to_do)
    if settings is not None:
        for one in look(settings, transport):
            found.append(one)
            if not as_json:
                _say(one.what, one.state, one.says, one.to_do)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2))
    if settings is None:
        ctx.exit(2)
    ctx.exit(1 if any(one.state == "fault" for one in found) else 0)


def _say(what: str, state: str, says: str, to_do: str) -> None:
    click.echo(f"{MARKS[state]}  {what}: {says}" + (f"\n       {to_do}" if to_do else ""))
