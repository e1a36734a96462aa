"""What the step of a command sends that is taken beside the running program: the same as if it were taken in Slack.

It is written to the outbox with the step. The program that runs sends it within half a minute, else the next one to run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bot.slack.addresses import thread

if TYPE_CHECKING:
    from bot.beside import Record
    from bot.desk import Announce
    from bot.storage import Log, Post
    from flows.consult import Consult, Step


def told_in_slack(log: Log, settings: Mapping[str, str]) -> Announce:
    """For the command's desk: what its step sends where the consult stands in Slack; else nothing.

    It raises ConfigurationError, before anything is written, where a setting won't do.
    """

    def announce(before: Consult | None, step: Step, record: Record, after: Record) -> Sequence[Post]:
        if log.slot(thread(step.consult.reference)) is None:
            return ()
        return _posts(log, settings, before, step, record, after)

    return announce


def _posts(
    log: Log, settings: Mapping[str, str], before: Consult | None, step: Step, record: Record, after: Record
) -> Sequence[Post]:
    # Most consults of a terminal are in no Slack, and nobody waits for its library then.
    from bot.slack.settings import read_privacy, read_supervisors_channel
    from bot.slack.supervisors.posting import posts_for_supervisors
    from bot.slack.telling import posts_in_conversation

    privacy, channel = read_privacy(settings), read_supervisors_channel(settings)
    supervisors = posts_for_supervisors(before, step, channel=channel, privacy=privacy, record=record, after=after)
    return (*posts_in_conversation(log, privacy, before, step), *supervisors)
