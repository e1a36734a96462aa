"""`curbside run`: in Slack, over Socket Mode."""

from __future__ import annotations

import click


@click.command()
def command() -> None:
    """Run in Slack over Socket Mode: no public address is needed.

    It needs SLACK_BOT_TOKEN and SLACK_APP_TOKEN, in the environment or in a file .env; docs/slack-set-up.md says where they
    come from, and .env.example what else can be set. Ctrl-C stops it; what was acknowledged is kept, and what is still to be
    sent is sent by the next run.

    \b
    Examples:
      curbside run
      SLACK_API_URL=http://localhost:3000/api/ curbside run     against a stand-in for Slack
    """
    from bot.commands.until_stopped import run_until_stopped

    run_until_stopped("socket")
