"""`curbside verify`: whether the log is what was written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.counted import agrees, counted
from bot.failures import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.records.missing_end import MissingEnd
    from bot.records.verifying import Verified
    from bot.slack.supervisors.witnessed import Witnessed
    from bot.storage import Fault, Log

EXAMPLES = """\b
Examples:
  curbside verify                      the whole log
  curbside verify --heads heads.txt    also against heads that you have noted elsewhere
  curbside verify --slack              also against the heads in the supervisors' channel
  curbside verify --json               the same as data

\b
A file of heads has one a line, as this command prints them: 'events 142 HASH'. The text of
the messages in the supervisors' channel will do. --slack reads them there itself; it needs
SLACK_BOT_TOKEN and CURBSIDE_SUPERVISORS_CHANNEL.
Exit status: 0 all is well, 1 something was altered or is missing, as after a restore from a
backup, of which it says how to tell; 2 the log or the file can't be read.
"""
SHOWN_AT_MOST = 20
NO_WITNESS = (
    "No head was noted anywhere yet, so a chain that was computed anew as a whole would not be noticed."
    " Keep the two lines above somewhere else, and give them back with --heads."
)
ONLY_HERE = (
    "The posted heads were read from the log itself; for proof against somebody who can write its file, have them"
    " read from the supervisors' channel with --slack, or copy them from there and give them with --heads."
)

TO_TELL = """\
Whoever cuts off the end of the file can leave the same traces. This tells the two apart:
  - Did somebody put a backup back then? It should stand in your own notes.
  - The log that was replaced is kept beside this one, as NAME.replaced-DATE. Verify it in the same way, with
    CURBSIDE_DATABASE set to it: every head of before the restore must fit there.
  - The backup itself, verified so, must fit up to its own end.
The heads that do not fit:"""


@click.command(epilog=EXAMPLES)
@click.option(
    "--heads",
    "heads_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Heads that were noted outside the log, one a line.",
)
@click.option("--slack", "from_slack", is_flag=True, help="Read the heads in the supervisors' channel.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(ctx: click.Context, heads_file: Path | None, from_slack: bool, as_json: bool) -> None:
    """Check that nothing in the log was altered, and name the first event that is wrong.

    It follows the chain of hashes through every event and every reading, compares each consult's state with its
    events, and the heads with those that were posted. It never asks what the law is today.
    """
    from bot.configuration import read_configuration
    from bot.records.verifying import read_heads, verify
    from bot.storage import open_log

    given = read_heads(heads_file) if heads_file else []
    with open_log(read_configuration().database, create=False) as log:
        # The channel first: a log at work has every head by the time that it is read.
        channel = _from_slack(log) if from_slack else None
        if channel is not None:
            given += channel.heads
        posted_at = channel.heads if channel else None
        found = verify(log, given, channel.others_until if channel else None, posted_at)
        gone = _gone(log, channel) if channel else 0
    if as_json:
        click.echo(json.dumps(_as_data(found) | (_channel_as_data(channel, gone) if channel else {}), indent=2))
    else:
        click.echo("\n".join([_as_text(found), *(_channel_as_text(channel, gone) if channel else ())]))
    if found.faults:
        ctx.exit(1)


def _from_slack(log: Log) -> Witnessed:
    from bot.slack.sender import sending_client
    from bot.slack.settings import read_channel_settings
    from bot.slack.supervisors.witnessed import CannotRead, witnessed_in

    settings = read_channel_settings()
    try:
        client = sending_client(settings.bot_token, settings.api_url)
        return witnessed_in(client, settings.channel, log.slot("log:id"))
    except CannotRead as error:
        raise Refused(str(error)) from None


def _gone(log: Log, channel: Witnessed) -> int:
    """How many messages the log has noted that are not in the channel."""
    return len({one.where for one in log.posted_heads()} - channel.places)


def _channel_as_text(channel: Witnessed, gone: int) -> Iterator[str]:
    if channel.last is None:
        yield "No head of this log stands in the supervisors' channel."
    else:
        number, last = len(channel.places), f"{channel.last:%Y-%m-%d %H:%M}"
        yield f"Compared with {counted(number, 'message')} in the supervisors' channel, the last of {last}."
    if unlike := channel.edited + channel.foreign:
        yield (
            f"{counted(unlike, 'message')} there {agrees(unlike, 'looks', 'look')} like heads and count for nothing:"
            f" {channel.edited} edited, {channel.foreign} not posted by Curbside."
        )
    if gone:
        yield (
            f"{counted(gone, 'message')} that the log has noted {agrees(gone, 'is', 'are')} not there: deleted, edited,"
            " older than Slack shows, or in another channel."
        )
    if channel.others:
        yield f"{counted(channel.others, 'message')} there {agrees(channel.others, 'is', 'are')} of another log."


def _channel_as_data(channel: Witnessed, gone: int) -> dict[str, Any]:
    return {
        "channel": {
            "messages": len(channel.places),
            "last": channel.last.isoformat(timespec="seconds") if channel.last else None,
            "edited": channel.edited,
            "foreign": channel.foreign,
            "noted_and_gone": gone,
            "of_another_log": channel.others,
        }
    }


def _as_text(found: Verified) -> str:
    from bot.records.verifying import head_line

    if found.faults:
        end = found.missing_end
        others = [fault for fault in found.faults if end is None or fault not in end.faults]
        return "\n".join([*_others_as_text(others), *_end_as_text(end, alone=not others)])
    heads = (
        f"; {counted(found.compared, 'posted head')} {agrees(found.compared, 'fits', 'fit')}" if found.compared else ""
    )
    lines = [
        f"Nothing was altered: {counted(found.events.number, 'event')}, {counted(found.accesses.number, 'reading')}{heads}.",
        head_line(found.events),
        head_line(found.accesses),
    ]
    if not found.compared:
        lines.append(NO_WITNESS)
    elif not found.given:
        lines.append(ONLY_HERE)
    return "\n".join(lines)


def _others_as_text(faults: Sequence[Fault]) -> Iterator[str]:
    if not faults:
        return
    first = next((fault.event for fault in faults if fault.event is not None), None)
    named = f" The first event that is wrong: {first}." if first is not None else ""
    yield f"The log is not what was written.{named}"
    yield from (f"  {fault.what}" for fault in faults[:SHOWN_AT_MOST])
    if len(faults) > SHOWN_AT_MOST:
        yield f"  and {len(faults) - SHOWN_AT_MOST} more"


def _end_as_text(end: MissingEnd | None, *, alone: bool) -> Iterator[str]:
    """What is missing since a restore, or seems to be; `alone`: nothing else is wrong."""
    if end is None:
        return
    number = len(end.faults)
    of = f"{counted(number, 'posted head')} {agrees(number, 'is', 'are')} of"
    rest = " Everything else fits." if alone else ""
    if not end.restores:
        yield f"The log ends too early: {of} entries that are not in it.{rest}"
        yield "Its end was cut off, or an older copy was put in its place without `curbside restore`, which writes itself down."
    else:
        after = min(one.after_event for one in end.restores)
        yield f"The end of the log was lost: {of} what was logged after event {after}, and is not in it.{rest}"
        for one in end.restores:
            yield f"Its record says that it was restored: {one.at}, by {one.actor}, from {one.detail.get('from')}."
        yield "After restoring a backup that was made before these heads were posted, this is to be expected; it stays so."
    yield TO_TELL
    yield from (f"  {fault.what}" for fault in end.faults[:SHOWN_AT_MOST])
    if number > SHOWN_AT_MOST:
        yield f"  and {number - SHOWN_AT_MOST} more"


def _as_data(found: Verified) -> dict[str, Any]:
    return {
        "unaltered": not found.faults,
        "faults": [{"event": fault.event, "consult": fault.consult, "what": fault.what} for fault in found.faults],
        "heads": {head.chain: {"number": head.number, "hash": head.hash} for head in (found.events, found.accesses)},
        "posted_heads": found.posted,
        "given_heads": found.given,
        "missing_end": _end_as_data(found.missing_end) if found.missing_end else None,
    }


def _end_as_data(end: MissingEnd) -> dict[str, Any]:
    restores = [
        {"at": one.at, "by": one.actor, "from": one.detail.get("from"), "event": one.after_event}
        for one in end.restores
    ]
    return {"heads": len(end.faults), "restores": restores}
