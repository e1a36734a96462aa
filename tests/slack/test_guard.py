"""What stands before Bolt over HTTP, by itself: each thing is looked at before what comes after it."""

from __future__ import annotations

import hmac
import io
import time
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.guard import FORM, JSON, Refusal, _only_payload, check


class Wsgi(dict[str, Any]):
    """A request as the guard gets it: good but for what a test changes."""

    def __init__(self, **changed: Any) -> None:
        body = changed.pop("body", b'{"type": "something"}')
        at = str(int(time.time()))
        signature = hmac.new(b"secret", b"v0:" + at.encode() + b":" + body, "sha256").hexdigest()
        super().__init__(
            PATH_INFO="/slack/events",
            REQUEST_METHOD="POST",
            CONTENT_TYPE=JSON,
            CONTENT_LENGTH=str(len(body)),
            HTTP_X_SLACK_REQUEST_TIMESTAMP=at,
            HTTP_X_SLACK_SIGNATURE=f"v0={signature}",
        )
        self["wsgi.input"] = io.BytesIO(body)
        self.update(changed)


WRONG_FROM_FIRST_TO_LAST: list[tuple[str, dict[str, Any], int]] = [
    ("path", {"PATH_INFO": "/slack"}, 404),
    ("method", {"REQUEST_METHOD": "GET"}, 405),
    ("too_large", {"CONTENT_LENGTH": "1000001"}, 413),
    ("encoding", {"HTTP_CONTENT_ENCODING": "gzip"}, 415),
    ("content_type", {"CONTENT_TYPE": "text/plain"}, 415),
    ("timestamp", {"HTTP_X_SLACK_REQUEST_TIMESTAMP": "yesterday"}, 401),
    ("signature", {"HTTP_X_SLACK_SIGNATURE": "v0=0"}, 401),
    ("not_json", {"body": b"{"}, 400),
]


@pytest.mark.parametrize("number", range(len(WRONG_FROM_FIRST_TO_LAST)))
def test_each_is_looked_at_before_what_comes_after_it(number: int) -> None:
    """So nothing is parsed that was not signed, and nothing is read that is too large: all that comes later is wrong too."""
    wrong: dict[str, Any] = {}
    for _, changed, _ in WRONG_FROM_FIRST_TO_LAST[number:]:
        wrong = changed | wrong
    why, _, status = WRONG_FROM_FIRST_TO_LAST[number]
    with pytest.raises(Refusal) as refused:
        check(Wsgi(**wrong), "secret")
    assert (refused.value.why, refused.value.status) == (why, status)


def test_what_is_right_passes() -> None:
    assert check(Wsgi(CONTENT_TYPE="Application/JSON; charset=UTF-8"), "secret").payload == {"type": "something"}
    form = check(Wsgi(CONTENT_TYPE=FORM, body=b"command=%2Fconsult&text=payload"), "secret")
    assert form.payload == {"command": "/consult", "text": "payload"}


PIECES = st.sampled_from(
    ["a", "%22", "%", "%2", "+", "=", "%3D", "%zz", "%C3%A9", "é", "%C3", "&", "%0A", "\n", "%25", "%00", " "]
)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_the_short_way_to_a_payload_reads_what_the_long_way_reads(value: str) -> None:
    """Whatever stands in the form: what is not read the short way is left to the long one, which may refuse it."""
    form = f"payload={value}"
    read = _only_payload(form.encode())
    if read is not None:
        assert parse_qsl(form, keep_blank_values=True, errors="strict") == [("payload", read)]


def test_what_slack_sends_is_read_the_short_way() -> None:
    said = '{"type": "block_actions", "text": "a=b & 100 % é + ’"}'
    assert _only_payload(urlencode({"payload": said}).encode()) == said
