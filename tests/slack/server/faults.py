"""What goes wrong, when a test orders it: answers that are errors, are late, broken or never come."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

Condition = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True)
class Fault:
    """One fault. `takes_effect`: the call is carried out all the same, only its answer is spoilt.

    `held`: seconds for which the call is on its way, so that what is called meanwhile overtakes it. `again`: it arrives a second
    time. Where the connection is dropped (`drop`), that happens before what is held arrives.
    """

    name: str
    takes_effect: bool = False
    wait: float = 0.0  # before anything else
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    drop: bool = False  # close the connection without an answer
    held: float = 0.0
    again: bool = False

    def after(self, seconds: float) -> Fault:
        """The same, but later."""
        return replace(self, wait=seconds)


def rate_limited(retry_after: int = 1) -> Fault:
    """429 with Retry-After."""
    body = b'{"ok":false,"error":"ratelimited"}'
    return Fault("429", status=429, headers=(("Retry-After", str(retry_after)),), body=body)


def server_error(status: int = 500, takes_effect: bool = False) -> Fault:
    """500 or another status, with a page instead of JSON."""
    return Fault(str(status), takes_effect, status=status, body=b"<html>Something went wrong</html>")


def invalid_json(takes_effect: bool = True) -> Fault:
    """200 with a body that breaks off."""
    return Fault("invalid JSON", takes_effect, status=200, body=b'{"ok": true, "ts": "17')


def hangs(seconds: float = 30.0, takes_effect: bool = False) -> Fault:
    """No answer for a long time, then a dropped connection."""
    return Fault("hangs", takes_effect, wait=seconds, drop=True)


def drops(takes_effect: bool) -> Fault:
    """The connection is dropped before, or after, the call took effect."""
    return Fault("drops", takes_effect, drop=True)


def refuses(error: str) -> Fault:
    """200 with `{"ok": false, "error": error}`: channel_not_found, token_revoked, ..."""
    return Fault(error, status=200, body=f'{{"ok":false,"error":"{error}"}}'.encode())


def slow(seconds: float) -> Fault:
    """The right answer, late."""
    return Fault("slow", True, wait=seconds)


def repeated(answered: bool = True) -> Fault:
    """The network brings the call twice, as a proxy does that got no answer in time; the second answer goes back, or none."""
    return Fault("repeated", True, drop=not answered, again=True)


def held_back(seconds: float) -> Fault:
    """It arrives late, after what was called since, and is answered rightly then."""
    return Fault("held back", True, held=seconds)


def arrives_later(seconds: float) -> Fault:
    """The connection is dropped at once, and the call arrives all the same, later."""
    return Fault("arrives later", True, drop=True, held=seconds)


@dataclass
class _Ordered:
    method: str
    fault: Fault
    left: int
    when: Condition


class Faults:
    """The faults that are ordered and have not happened yet."""

    def __init__(self) -> None:
        self._ordered: list[_Ordered] = []
        self._lock = threading.Lock()

    def order(self, method: str, fault: Fault, times: int = 1, when: Condition = lambda arguments: True) -> None:
        """Let the next calls of a method ("*": any) go wrong; `when`: only those with such arguments."""
        with self._lock:
            self._ordered.append(_Ordered(method, fault, times, when))

    def clear(self) -> None:
        """Let all go well from now on."""
        with self._lock:
            self._ordered.clear()

    @property
    def left(self) -> int:
        """How many have not happened yet."""
        with self._lock:
            return sum(one.left for one in self._ordered)

    def take(self, method: str, arguments: Mapping[str, Any]) -> Fault | None:
        """The fault that befalls this call."""
        with self._lock:
            for one in self._ordered:
                if one.method in (method, "*") and one.left > 0 and one.when(arguments):
                    one.left -= 1
                    return one.fault
        return None
