"""What it means for a post that Slack answered so, or did not answer: to be sent later, in doubt, or never to be sent.

After a timeout, a 5xx or a dropped connection nobody knows whether Slack has the post. The codes are those of the methods'
pages in Slack's documentation; one that is in no table means "failed".
"""

from __future__ import annotations

import errno
import math
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.error import URLError

from slack_sdk.errors import SlackApiError

_CODE = re.compile(r"[a-z][a-z0-9_]{1,80}")

Meaning = Literal["later", "in_doubt", "failed", "token", "scope", "channel"]
"""`later`: Slack has it not, and may take it later. `in_doubt`: Slack may have it. `failed`: Slack will never take it.
`token`: nothing can be sent with this token. `scope`: nothing by this method. `channel`: nothing there, until it is mended."""

RATE_LIMITED = "ratelimited"
IN_DOUBT = frozenset(("internal_error", "fatal_error", "service_unavailable", "request_timeout"))
SCOPE = frozenset(("missing_scope",))
TOKEN = frozenset(
    (
        "account_inactive",
        "access_denied",
        "enterprise_is_restricted",
        "invalid_auth",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
    )
)
CHANNEL = frozenset(("channel_not_found", "is_archived", "not_in_channel", "restricted_action"))
THREAD_GONE = frozenset(("thread_not_found", "cannot_reply_to_message"))
"""Among those that mean "failed": what can't be posted under a message may still be posted beside it."""
_NO_WAY_THERE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN)
LONGEST_RETRY_AFTER = 3600.0


@dataclass(frozen=True, slots=True)
class Answer:
    """`why`: Slack's code, or the error's kind; no content. `after`: seconds to wait at least, where Slack said so."""

    meaning: Meaning
    why: str
    after: float = 0.0


def read_error(error: Exception) -> Answer:
    """What a call that raised means for its post."""
    if isinstance(error, SlackApiError):
        return _refused(error)
    if _never_sent(error):
        return Answer("later", type(error).__name__)
    return Answer("in_doubt", type(error).__name__)


def _refused(error: SlackApiError) -> Answer:
    response: Any = error.response
    headers: Mapping[str, Any] = getattr(response, "headers", None) or {}
    status = getattr(response, "status_code", 200)
    code = _code(response)
    if status == 429 or code in (RATE_LIMITED, "rate_limited"):
        return Answer("later", RATE_LIMITED, _seconds(headers))
    if status >= 500 or code in IN_DOUBT or code == "":
        return Answer("in_doubt", code or f"status_{status}")
    tables: tuple[tuple[frozenset[str], Meaning], ...] = ((TOKEN, "token"), (SCOPE, "scope"), (CHANNEL, "channel"))
    return Answer(next((meaning for codes, meaning in tables if code in codes), "failed"), code)


def _code(response: Any) -> str:
    """Slack's error code; "" where the answer was no JSON: the library then puts a sentence in the code's place."""
    try:
        code = str(response.get("error") or "")
    except (AttributeError, TypeError, ValueError):
        return ""
    return code if _CODE.fullmatch(code) else ""


def _seconds(headers: Mapping[str, Any]) -> float:
    """Of Retry-After; a second where it is missing or no number. slack_sdk gives a header as text or as a list."""
    found = next((value for name, value in headers.items() if name.lower() == "retry-after"), "1")
    try:
        seconds = float(found[0] if isinstance(found, list) else found)
    except (ValueError, IndexError):
        return 1.0
    return min(max(0.0, seconds), LONGEST_RETRY_AFTER) if math.isfinite(seconds) else 1.0


def _never_sent(error: Exception) -> bool:
    """Whether not even a connection was made, so that Slack can't have the post."""
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, (ConnectionRefusedError, socket.gaierror)):
        return True
    return isinstance(reason, OSError) and reason.errno in _NO_WAY_THERE
