"""`curbside manifest`: what makes the app in Slack."""

from __future__ import annotations

import json

import click

from bot.failures import Refused


@click.command()
@click.option(
    "--http", "url", metavar="URL", help="For HTTP instead of Socket Mode: the https address of your `curbside serve`."
)
def command(url: str | None) -> None:
    """Print the manifest that makes the whole app in Slack in one paste.

    In Slack: api.slack.com/apps, Create New App, From a manifest. Without --http it is the one for Socket Mode, the same as
    the file manifest.json.

    \b
    Examples:
      curbside manifest
      curbside manifest --http https://curbside.example.org
    """
    from bot.slack.manifest import manifest

    try:
        click.echo(json.dumps(manifest(url), indent=2))
    except ValueError as error:
        raise Refused(f"--http: {error}") from None
