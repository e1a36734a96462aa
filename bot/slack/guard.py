"""What stands before Bolt on the way in over HTTP: nothing is parsed that Slack did not sign, and nothing gives a 500.

| in this order | refused with |
|---|---|
| path, method | 404, 405 |
| length, size (a megabyte) | 400, 413 |
| content type, encoding, charset | 415 |
| timestamp (five minutes), signature | 401 |
| UTF-8, JSON, form, shape | 400 |

See Slack's documentation: verifying requests from Slack.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from binascii import a2b_qp
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from bot.slack.shape import WrongShape, check_shape

PATH = "/slack/events"
MOST_BYTES = 1_000_000
OLDEST = 300
"""Seconds: a request that was signed earlier is a replay."""
MOST_FIELDS = 100
RETRY_HEADERS = {
    "X-Slack-Retry-Num": "HTTP_X_SLACK_RETRY_NUM",
    "X-Slack-Retry-Reason": "HTTP_X_SLACK_RETRY_REASON",
}
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


class Refusal(Exception):
    """A request that is not from Slack, or not one. `status`: of the answer. `why`: a code for the journal, no content."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


@dataclass(frozen=True, slots=True)
class Request:
    """A request that Slack has signed: its payload, and the headers that say whether it is brought again."""

    payload: Mapping[str, Any]
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
    headers = {name: str(environ[key]) for name, key in RETRY_HEADERS.items() if key in environ}
    if kind == JSON:
        return Request(_json(text), headers)
    only = _only_payload(body)
    return Request(_form(text) if only is None else _json(only), headers)


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


def _only_payload(body: bytes) -> str | None:
    """The payload of a form that has nothing else, as interactions have; None when `_form` must take it apart.

    It says what `_form` says, twenty times sooner (12 instead of 240 µs): an escape of a form is one of quoted-printable with
    % in place of =, which Python decodes in C. A valid escape is three bytes for one; an invalid one is left to `_form`.
    """
    value = body[len(_PAYLOAD) :]
    if not body.startswith(_PAYLOAD) or any(one in value for one in (b"&", b"=", b"\r", b"\n")):
        return None
    decoded = a2b_qp(value.translate(_AS_QUOTED_PRINTABLE))
    if len(value) - len(decoded) != 2 * value.count(b"%"):
        return None
    try:
        return decoded.decode("utf-8")
    except UnicodeDecodeError:
        return None


_PAYLOAD = b"payload="
_AS_QUOTED_PRINTABLE = bytes.maketrans(b"%+", b"= ")


def _form(text: str) -> dict[str, Any]:
    """A command as it is; of anything else what stands in the field "payload"."""
    try:
        fields = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Refusal(400, "form") from None
    form: dict[str, Any] = dict(fields)
    if len(form) != len(fields):
        raise Refusal(400, "field_twice")
    if "payload" in form:
        return _json(form["payload"])
    if "command" not in form and "ssl_check" not in form:
        raise Refusal(400, "form")
    return _checked(form)


def _json(text: str) -> dict[str, Any]:
    try:
        return _checked(json.loads(text))
    except (ValueError, RecursionError):
        raise Refusal(400, "not_json") from None


def _checked(found: object) -> dict[str, Any]:
    try:
        return check_shape(found)
    except WrongShape as error:
        raise Refusal(400, f"shape:{error}") from None
