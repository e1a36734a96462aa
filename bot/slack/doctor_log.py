"""Whether the log can be used, is whole, is its owner's alone, and whether what it is to send is sent."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bot.counted import agrees, counted
from bot.slack.finding import Finding
from bot.slack.owner import is_owned
from bot.storage import Log, LogError, open_log

WAITS_LONG = 600.0
"""Seconds: by then a post that Slack takes has been sent, also after several failures."""
A_WEEK, MOST_ROWS = 7 * 86400.0, 5000


def look_at_log(path: Path, channel: str | None = None) -> Iterator[Finding]:
    """The log at `path`, which is made where there is none, as `curbside run` would. `channel`: the supervisors' channel."""
    try:
        with open_log(path) as log:
            log.set_slot("doctor:at", f"{time.time():.0f}")
            yield Finding("database", "ok", f"{path} can be read and written")
            yield _chain(log)
            yield _witness(log, channel)
            yield _outbox(log)
        yield _program(path)
    except LogError as error:
        yield Finding("database", "fault", str(error), "See what CURBSIDE_DATABASE is set to.")
        return
    yield from _rights(path)


def _chain(log: Log) -> Finding:
    faults = log.check_chain()
    if not faults:
        return Finding("chain", "ok", "every event is what was written")
    to_do = "Keep the file as it is; `curbside verify` shows the first event that is wrong."
    return Finding(
        "chain",
        "fault",
        f"{counted(len(faults), 'place')} {agrees(len(faults), 'is', 'are')} not what was written",
        to_do,
    )


def _witness(log: Log, channel: str | None) -> Finding:
    """Whether the heads of the log are posted where those who can write its file can't change them."""
    posted = [one for one in log.posted_heads() if one.head.chain == "events"]
    if channel is None:
        to_do = "Set CURBSIDE_SUPERVISORS_CHANNEL, or keep what `curbside verify` prints where those who can write the log can't."
        says = "nothing of the log is posted, so that a log that was rewritten as a whole would not be noticed"
        return Finding("witness", "warn", says, to_do)
    if not posted:
        return Finding("witness", "ok", "the first head of the log is posted after the first consult")
    last, events = max(posted, key=lambda one: one.head.number), log.head().number
    says = f"the channel witnesses {last.head.number} of {events} events; `curbside verify --slack` compares them"
    return Finding("witness", "ok", says)


def _outbox(log: Log) -> Finding:
    counts, now = log.outbox_counts(), time.time()
    waiting = sum(counts.get(state, 0) for state in ("waiting", "sending", "in_doubt"))
    failed = counts.get("failed", 0)
    oldest = min((row.created_at for row in log.due(now + A_WEEK, MOST_ROWS)), default=now)
    says = f"{waiting} wait"
    if now - oldest > WAITS_LONG:
        says += f", one of them for {(now - oldest) / 60:.0f} minutes"
        to_do = "Is the program running? Its journal says why: not_sent, sending_paused, method_paused."
        return Finding("outbox", "warn", f"{says}; {failed} failed in the last day" if failed else says, to_do)
    if failed:
        to_do = "The journal's lines failed say which, and Slack's code for why. They are not sent any more."
        return Finding("outbox", "warn", f"{failed} failed in the last day; {says}", to_do)
    return Finding("outbox", "ok", says)


def _program(path: Path) -> Finding:
    return Finding(
        "program", "ok", "runs on this database now" if is_owned(path) else "does not run on this database now"
    )


def _rights(path: Path) -> Iterator[Finding]:
    if os.name != "posix":
        return
    with suppress(OSError):
        others = stat.S_IMODE(path.stat().st_mode) & 0o077
        if others:
            to_do = f"Run: chmod 600 {path}"
            yield Finding("database's rights", "fault", "other users of this machine may read it", to_do)
        else:
            yield Finding("database's rights", "ok", "for its owner alone")
