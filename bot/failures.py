"""What a command says and returns when something goes wrong: one line on standard error, never a traceback.

| what | exit status |
|---|---|
| the command, an answer, a file, the law table or the log is not as it must be | 2 |
| a check found a fault (`curbside law --check`) | 1 |
| Curbside itself failed | 70; with CURBSIDE_DEBUG=1 the traceback too |
| Ctrl-C | 130 |
| whoever read the output stopped reading | 141, silently |
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import click

LONGEST = 2_000
"""Characters of a line; what is longer quotes something that nobody would read."""
REFUSED, FAILED, INTERRUPTED, NOBODY_READS = 2, 70, 130, 141

# Errors whose text is meant for a person. By name, so that nothing is imported only to be caught: what was
# never imported can't have been raised.
_FOR_A_PERSON = (
    ("bot.configuration", "ConfigurationError"),
    ("bot.slack.owner", "AlreadyOwned"),
    ("bot.slack.running", "CannotRun"),
    ("bot.storage.errors", "LogError"),
    ("flows.errors", "AnswerError"),
    ("state_law.load", "TableError"),
    ("state_law.load", "UnknownJurisdiction"),
)


class Refused(click.ClickException):
    """What a person asked for can't be done; the text is one plain line that says why and what to do."""

    exit_code = REFUSED


def run(command: Callable[[], object]) -> int:
    """Run a command and return its exit status; whatever it raises has become one line on standard error."""
    try:
        status = command()
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.UsageError as error:
        where = f" Try '{error.ctx.command_path} --help'." if error.ctx else ""
        return _say(_one_line(error.format_message()) + where, REFUSED)
    except click.ClickException as error:
        return _say(_one_line(error.format_message()), error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        return _say("Stopped.", INTERRUPTED)
    except BrokenPipeError:
        # Python flushes standard output once more at its end, and would complain then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOBODY_READS
    except Exception as error:
        if is_for_a_person(error):
            return _say(_one_line(str(error)), REFUSED)
        return _apologise(error)


def is_for_a_person(error: BaseException) -> bool:
    """Whether the error's text was written for a person, and names what is wrong and what is allowed."""
    kinds = (getattr(sys.modules.get(module), name, None) for module, name in _FOR_A_PERSON)
    return any(isinstance(kind, type) and isinstance(error, kind) for kind in kinds)


def _apologise(error: Exception) -> int:
    if os.environ.get("CURBSIDE_DEBUG"):
        traceback.print_exception(error)
    # The place and the kind only: an error's text may repeat what somebody typed.
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{type(error).__name__} in {Path(last.filename).name}, line {last.lineno}"
    line = f"Sorry, something went wrong inside Curbside ({place}). What the log has already taken is kept."
    return _say(f"{line} CURBSIDE_DEBUG=1 shows the details.", FAILED)


def _say(line: str, status: int) -> int:
    click.echo(f"curbside: {line}", err=True)
    return status


def _one_line(text: str) -> str:
    from state_law.shown import one_line  # imported here: `curbside --help` needs nothing of the law

    return one_line(text, LONGEST)
