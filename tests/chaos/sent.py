"""What the log sent against what Slack has: each post once, but for pages and for what the network itself repeated; and each
message that was edited as the newest edit has it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.slack.lookup import EVENT_TYPE
from bot.slack.supervisors.witness import HEAD_EVENT
from bot.storage.records import PAGE

from ..slack.server import Message, SlackServer
from ..slack.server.calls import Call
from ..storage.beside import OutboxRow
from .found import Found
from .life import SETTLE

POST, FOR_ONE, EDIT = "chat.postMessage", "chat.postEphemeral", "chat.update"
Which = tuple[int, int]
"""A row of the outbox, and when it was written: what a message's metadata says."""


def check_posts(rows: Sequence[OutboxRow], server: SlackServer, log: str | None, found: Found) -> None:
    """Each row was sent, and stands in Slack once; pages may stand there more often, and nothing that no row tells of."""
    there = Counter(filter(None, (which(message.metadata, log) for message in server.messages())))
    found.posts = sum(there.values())
    by_the_network = _by_the_network(server.calls(POST), log)
    found.network_repeats = sum(by_the_network.values())
    found.reordered = overtaken(server.calls(POST, EDIT))
    for row in rows:
        if row.state != "sent" and not (row.method == FOR_ONE and row.why == "in_doubt"):
            found.lost.append(f"row {row.id}, {row.method}: {row.state} {row.why or ''}")
        number = there.pop((row.id, row.at), 0)
        if row.method != POST or row.state != "sent":
            continue
        if not number:
            found.lost.append(f"row {row.id} is sent, and Slack has it not")
        more = number - 1 - by_the_network[row.id, row.at]
        if more > 0 and row.priority == PAGE:
            found.pages_sent_again += more
        elif more > 0:
            found.duplicates.append(f"row {row.id} is in Slack {number} times")
    for row_id, number in there.items():
        found.duplicates.append(f"Slack has row {row_id[0]} {number} times, and the log has it not")


def which(metadata: Mapping[str, Any] | None, log: str | None) -> Which | None:
    """The row of the log that posted what has this metadata."""
    if not metadata or metadata.get("event_type") not in (EVENT_TYPE, HEAD_EVENT):
        return None
    said = metadata["event_payload"]
    return (said["row"], said["at"]) if said["log"] == log else None


def check_edits(
    rows: Sequence[OutboxRow], messages: Sequence[Message], slot: Callable[[str], str | None], found: Found
) -> None:
    """A message that was edited is what the newest edit of it says; those that it replaced before they were sent do not count."""
    by_place: dict[str, list[OutboxRow]] = defaultdict(list)
    for row in rows:
        if row.method == EDIT:
            by_place[row.body["ts"]["slot"]].append(row)
    now = {message.ts: message for message in messages}
    for place, edits in by_place.items():
        newest = max(edits, key=lambda row: row.id)
        message = now.get(slot(place) or "")
        if message is None:
            found.lost.append(f"row {newest.id} edits {place}, and there is no such message")
            continue
        found.edits_checked += 1
        blocks = newest.body.get("blocks", message.blocks)  # what is not given stays as it was
        if shown(message.text, message.blocks) != shown(newest.body.get("text", ""), blocks):
            found.wrong_states.append(
                f"{place} does not say what row {newest.id}, the newest of {len(edits)} edits, says"
            )


def shown(text: str, blocks: Sequence[Mapping[str, Any]]) -> tuple[str, str, list[Any]]:
    """What a person sees, and can tap."""
    message = Message("", "", "", text, [dict(block) for block in blocks])
    return text, message.words, [element.get("action_id") for _, element in message.elements()]


def _by_the_network(calls: Sequence[Call], log: str | None) -> Counter[Which]:
    """How often the network alone put a row's message there once more: it brought the call twice, or so late that the program
    had to take it for lost. Nobody can tell Slack that it has a post already."""
    found: Counter[Which] = Counter()
    for call in calls:
        of = which(call.arguments.get("metadata"), log) if call.took_effect_at is not None else None
        if of is not None and call.took_effect_at is not None:
            found[of] += call.repeats or call.took_effect_at - call.at > SETTLE
    return found


def overtaken(calls: Sequence[Call]) -> int:
    """The posts and edits that arrived after one that was sent later."""
    arrived = [(call.at, call.took_effect_at) for call in calls if call.took_effect_at is not None]
    return sum(any(at < other and then > later for other, later in arrived) for at, then in arrived)
