"""`curbside preview`: every screen, card and window of Curbside in Slack as one HTML page."""

from __future__ import annotations

from pathlib import Path

import click

from bot.failures import Refused

EXAMPLES = """\b
Examples:
  curbside preview                       writes curbside-preview.html here
  curbside preview --out words.html      writes it elsewhere

\b
Open the page in a browser, print it, or pass it on: it needs no workspace and no network.
"""
DEFAULT = "curbside-preview.html"
HEAD = 2000
"""A preview says so within its first characters."""


@click.command(epilog=EXAMPLES)
@click.option("--out", metavar="FILE", default=DEFAULT, show_default=True, help="Where to write the page.")
def command(out: str) -> None:
    """All that people see in Slack, as one page to read.

    Made by the same code that builds the messages, with invented consults for three states.
    """
    from bot.slack.preview.page import MARK, preview
    from flows.consult import now

    target = Path(out)
    try:
        if not _may_be_written(target, MARK):
            raise Refused(f"--out: {out} is there and is no preview, so it is left as it is. Name another file.")
        target.write_text(preview(now()), encoding="utf-8")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise Refused(f"--out: {out!r} can't be written: {why}.") from None
    click.echo(f"Wrote {out}. Open it in a browser.")


def _may_be_written(target: Path, mark: str) -> bool:
    """Whether there is nothing yet, or an earlier preview. OSError, ValueError."""
    if not target.exists():
        return True
    if not target.is_file():
        return target.is_dir()  # to write there fails, and the system says why
    with target.open(encoding="utf-8", errors="replace") as there:
        return mark in there.read(HEAD)
