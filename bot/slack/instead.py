"""What is posted in place of a message that Slack will not take as it is, so that nobody is left with silence.

It goes out as the same row of the outbox: it keeps its place in the conversation, and is found again by the same metadata.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.slack.answers import THREAD_GONE, Answer
from bot.storage import QueuedPost

NOT_SHOWN = (
    "Sorry, I could not show the next part. Your answers are kept. Please type *help* or use `/consult resume`."
    " In an emergency call 911."
)
CARD_NOT_SHOWN = "Sorry, a card could not be shown here. What it says is kept in Curbside."
NOT_BEGUN = "Sorry, something went wrong and nothing was begun. Please try `/consult` again. In an emergency call 911."


def instead(row: QueuedPost, body: Mapping[str, Any], answer: Answer) -> dict[str, Any] | None:
    """The next simpler form of what was refused: beside a thread that is gone, then as a plain line. None: there is none."""
    if answer.meaning != "failed" or row.method != "chat.postMessage":
        return None
    if answer.why in THREAD_GONE and "thread_ts" in body:
        return {name: value for name, value in body.items() if name != "thread_ts"}
    if "blocks" in body:
        kept = {name: body[name] for name in ("channel", "thread_ts", "metadata") if name in body}
        return {**kept, "text": NOT_SHOWN if row.lane.startswith("dm:") else CARD_NOT_SHOWN}
    return None
