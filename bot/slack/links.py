"""Addresses inside Slack, for buttons that lead to the conversation with the app.

What leads to a message needs the workspace's domain, which some deliveries carry, and where the message stands, which is
known once it was sent. Otherwise the link opens the conversation as a whole; where not even the app's id is known, there is
no link, and the words say where to look.
"""

from __future__ import annotations

from urllib.parse import urlencode

from bot.slack.addresses import dm, shown, thread
from bot.storage import Log


def to_conversation(*, app: str, team: str) -> str | None:
    """The conversation of whoever follows the link with the app (docs: deep linking into Slack); None without an app id."""
    if not app:
        return None
    return f"https://slack.com/app_redirect?{urlencode({'app': app, **({'team': team} if team else {})})}"


def to_message(*, domain: str, channel: str, ts: str, root: str | None = None) -> str:
    """One message, as Slack's own permalinks have it. `root`: the `ts` of the thread in which it stands."""
    link = f"https://{domain}.slack.com/archives/{channel}/p{ts.replace('.', '')}"
    return link if root in (None, ts) else f"{link}?{urlencode({'thread_ts': root, 'cid': channel})}"


def to_consult(
    log: Log, user: str, reference: str, *, turn: int, app: str = "", team: str = "", domain: str = ""
) -> str | None:
    """The message in which the consult waits; else its thread; else the conversation; None where no link can be made."""
    channel, root = log.slot(dm(user)), log.slot(thread(reference))
    if not (domain and channel and root):
        return to_conversation(app=app, team=team)
    return to_message(domain=domain, channel=channel, ts=log.slot(shown(reference, turn)) or root, root=root)
