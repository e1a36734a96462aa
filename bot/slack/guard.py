"""What stands before Bolt on the way in over HTTP: nothing is parsed that Slack did not sign, and nothing gives a 500.

In this order: path and method, size, encoding, signature and age, shape. See docs: verifying requests from Slack.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

PATH = "/slack/events"
MOST_BYTES = 1_000_000
OLDEST = 300
"""Seconds: a request that was signed earlier is a replay."""
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
HEADERS = (
    "X-Slack-Signature",
    "X-Slack-Request-Timestamp",
    "X-Slack-Retry-Num",
    "X-Slack-Retry-Reason",
    "Content-Type",
)


class Refusal(Exception):
    """A request that is not from Slack, or not one. `status`: of the answer. `why`: a code for the journal, no content."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


@dataclass(frozen=True, slots=True)
class Request:
    """A request that Slack has signed: its text and the headers that Bolt needs."""

    body: str
    headers: Mapping[str, str]


def check(environ: Mapping[str, Any], secret: str, clock: Callable[[], float] = time.time) -> Request:
    """The request of a WSGI environment. Refusal."""
    if environ.get("PATH_INFO") != PATH:
        raise Refusal(404, "path")
    if environ.get("REQUEST_METHOD") != "POST":
        raise Refusal(405, "method")
    body = _body(environ)
    kind = _kind(environ)
    _check_signature(environ, body, secret, clock)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal(400, "not_utf8") from None
    _check_shape(text, kind)
    return Request(text, _headers(environ))


def _body(environ: Mapping[str, Any]) -> bytes:
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        raise Refusal(400, "length") from None
    if length < 0:
        raise Refusal(400, "length")
    if length > MOST_BYTES:
        raise Refusal(413, "too_large")
    body: bytes = environ["wsgi.input"].read(length)
    if len(body) != length:
        raise Refusal(400, "cut_short")
    return body


def _kind(environ: Mapping[str, Any]) -> str:
    if environ.get("HTTP_CONTENT_ENCODING", "identity") != "identity":
        raise Refusal(415, "encoding")
    kind, *parameters = str(environ.get("CONTENT_TYPE") or "").lower().split(";")
    charsets = [one.partition("=")[2].strip(' "') for one in parameters if one.strip().startswith("charset=")]
    if kind.strip() not in (JSON, FORM) or any(one not in ("utf-8", "utf8") for one in charsets):
        raise Refusal(415, "content_type")
    return kind.strip()


def _check_signature(environ: Mapping[str, Any], body: bytes, secret: str, clock: Callable[[], float]) -> None:
    at = str(environ.get("HTTP_X_SLACK_REQUEST_TIMESTAMP") or "")
    if not (at.isascii() and at.isdigit() and len(at) <= 12):
        raise Refusal(401, "timestamp")
    if abs(clock() - int(at)) > OLDEST:
        raise Refusal(401, "too_old")
    expected = "v0=" + hmac.new(secret.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
    given = str(environ.get("HTTP_X_SLACK_SIGNATURE") or "")
    if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
        raise Refusal(401, "signature")


def _check_shape(text: str, kind: str) -> None:
    """That Bolt can take it apart: an object in JSON, a command, or a form with an object as its payload."""
    if kind == FORM:
        form = parse_qs(text, keep_blank_values=True)
        if "payload" in form:
            _check_object(form["payload"][0])
        elif "command" not in form and "ssl_check" not in form:
            raise Refusal(400, "form")
    else:
        _check_object(text)


def _check_object(text: str) -> None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Refusal(400, "not_json") from None
    if not isinstance(found, dict):
        raise Refusal(400, "no_object")


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for name in HEADERS:
        key = name.upper().replace("-", "_")
        value = environ.get(key if name == "Content-Type" else f"HTTP_{key}")
        if value is not None:
            found[name] = str(value)
    return found
