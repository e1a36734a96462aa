"""What Slack's answers mean for a post, as a table."""

from __future__ import annotations

import errno
from http.client import IncompleteRead, RemoteDisconnected
from typing import Any
from urllib.error import URLError

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.slack.answers import Answer, read_error


def answered(data: Any, status: int = 200, headers: dict[str, Any] | None = None) -> SlackApiError:
    response = SlackResponse(
        client=WebClient(),
        http_verb="POST",
        api_url="chat.postMessage",
        req_args={},
        data=data,
        headers=headers or {},
        status_code=status,
    )
    return SlackApiError("refused", response)  # type: ignore[no-untyped-call]


CODES = {
    "internal_error": "in_doubt",
    "fatal_error": "in_doubt",
    "service_unavailable": "in_doubt",
    "request_timeout": "in_doubt",
    "ratelimited": "later",
    "rate_limited": "later",
    "token_revoked": "token",
    "token_expired": "token",
    "invalid_auth": "token",
    "account_inactive": "token",
    "not_authed": "token",
    "missing_scope": "scope",
    "is_archived": "channel",
    "channel_not_found": "channel",
    "not_in_channel": "channel",
    "invalid_blocks": "failed",
    "msg_too_long": "failed",
    "message_not_found": "failed",
    "cant_update_message": "failed",
    "edit_window_closed": "failed",
    "thread_not_found": "failed",
    "a_code_that_is_new": "failed",
}


@pytest.mark.parametrize("code", CODES)
def test_an_error_code_means(code: str) -> None:
    assert read_error(answered({"ok": False, "error": code})).meaning == CODES[code]


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (ConnectionRefusedError(), "later"),
        (URLError(ConnectionRefusedError()), "later"),
        (URLError(OSError(errno.ENETUNREACH, "unreachable")), "later"),
        (URLError(TimeoutError()), "in_doubt"),
        (TimeoutError(), "in_doubt"),
        (ConnectionResetError(), "in_doubt"),
        (RemoteDisconnected("gone"), "in_doubt"),
        (IncompleteRead(b""), "in_doubt"),
    ],
)
def test_no_answer_means(error: Exception, meaning: str) -> None:
    assert read_error(error) == Answer(meaning, type(error).__name__)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "status", "why"),
    [
        ({"ok": False, "error": "Received a response in a non-JSON format: <html>he said"}, 200, "status_200"),
        ({"ok": False, "error": "Received a response in a non-JSON format: <html>he said"}, 503, "status_503"),
        ({"ok": False, "error": "channel_not_found"}, 500, "channel_not_found"),
        ([], 200, "status_200"),
        (None, 200, "status_200"),
        ({}, 200, "status_200"),
        ({"ok": False, "error": ["odd"]}, 200, "status_200"),
    ],
)
def test_an_answer_that_is_none_leaves_doubt_and_is_not_quoted(data: Any, status: int, why: str) -> None:
    assert read_error(answered(data, status)) == Answer("in_doubt", why)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30.0),
        ({"retry-after": ["7"]}, 7.0),
        ({}, 1.0),
        ({"Retry-After": "Wed, 25 Nov 2026 16:00:00 GMT"}, 1.0),
        ({"Retry-After": "-5"}, 0.0),
        ({"Retry-After": "nan"}, 1.0),
        ({"Retry-After": "inf"}, 1.0),
        ({"Retry-After": "1e9"}, 3600.0),
        ({"Retry-After": []}, 1.0),
    ],
)
def test_how_long_to_wait(headers: dict[str, Any], seconds: float) -> None:
    error = answered({"ok": False, "error": "ratelimited"}, 429, headers)
    assert read_error(error) == Answer("later", "ratelimited", seconds)
