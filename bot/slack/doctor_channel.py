"""Whether the supervisors' channel is what it must be, and whether the bot finds there what it has posted."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from slack_sdk import WebClient

from bot.slack.answers import read_error
from bot.slack.finding import Finding
from bot.slack.lookup import EVENT_TYPE, find_post

NAME = "supervisors' channel"
PROBE = "Curbside checks that it can post here and find its own messages. Nothing needs to be done."


def look_at_channel(client: WebClient, channel: str | None) -> Iterator[Finding]:
    """Nothing is posted where anything about the channel won't do."""
    if channel is None:
        to_do = "Make a private channel, invite the bot, and set CURBSIDE_SUPERVISORS_CHANNEL to its id."
        yield Finding(NAME, "warn", "none is set, so that no supervisor hears of a consult", to_do)
        return
    finding = what_it_is(client, channel)
    yield finding
    if finding.state == "ok":
        yield _probe(client, channel)


def what_it_is(client: WebClient, channel: str) -> Finding:
    """How the channel is.

    `why` of a fault: `direct_message`, `archived`, `shared`, `public`, `not_in_it`; `not_found`: Slack shows the bot no such
    channel; `unseen`: it could not be asked.
    """
    try:
        found: dict[str, Any] = client.conversations_info(channel=channel)["channel"]
    except Exception as error:
        to_do = "Invite the bot to it (/invite @Curbside), and check CURBSIDE_SUPERVISORS_CHANNEL."
        code = read_error(error).why
        why = "not_found" if code == "channel_not_found" else "unseen"
        return Finding(NAME, "fault", f"it can't be seen ({code})", to_do, why)
    another = "Set CURBSIDE_SUPERVISORS_CHANNEL to a private channel of your own."
    is_im = found.get("is_im") or found.get("is_mpim")
    for bad, why, says, to_do in (
        (is_im, "direct_message", "it is a direct message, not a channel", another),
        (found.get("is_archived"), "archived", "it is archived", "Unarchive it, or set another one."),
        (_is_shared(found), "shared", "it is shared with another organisation", another),
        (not found.get("is_private"), "public", "it is public", "Make it private, or set another one."),
        (not found.get("is_member", True), "not_in_it", "the bot is not in it", "Invite the bot: /invite @Curbside."),
    ):
        if bad:
            return Finding(NAME, "fault", says, to_do, why)
    return Finding(NAME, "ok", "private, and the bot is in it")


def _is_shared(found: Mapping[str, Any]) -> bool:
    """Slack Connect, also an invitation to it. A channel of several workspaces of one organisation is not meant."""
    shares = ("is_ext_shared", "is_pending_ext_shared", "pending_shared", "pending_connected_team_ids")
    return any(found.get(name) for name in shares)


def _probe(client: WebClient, channel: str) -> Finding:
    """Post a line and find it again by its metadata, as the sender does after a doubt."""
    at = time.time()
    metadata = {"event_type": EVENT_TYPE, "event_payload": {"row": 0, "log": "doctor", "at": int(at * 1000)}}
    try:
        client.chat_postMessage(channel=channel, text=PROBE, metadata=metadata)
        found = find_post(client, channel=channel, thread_ts=None, metadata=metadata, around=at)
    except Exception as error:
        to_do = "Check the scopes, and whether the bot may post in the channel."
        return Finding("posting", "fault", f"it did not succeed ({read_error(error).why})", to_do)
    if found is None:
        to_do = "See that the scope groups:history is granted, and try again."
        return Finding("posting", "fault", "what was posted is not found again", to_do)
    return Finding("posting", "ok", "a line was posted in the supervisors' channel and found again")
