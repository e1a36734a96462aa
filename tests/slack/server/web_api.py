"""The Web API over HTTP: who calls, whether they may, what goes wrong by order, and the answer."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Any

from .arguments import Arguments, read_arguments
from .calls import Call
from .errors import ApiError, RateLimited
from .faults import Fault, Faults
from .methods import METHODS
from .rate_limits import RateLimits
from .scopes import PREFIX, SCOPES, check_scope
from .workspace import Workspace


@dataclass
class Answer:
    """What goes back; `drop`: nothing does."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False


class WebApi:
    """Carries out calls on a workspace."""

    def __init__(self, workspace: Workspace, open_connection: Callable[[], str], stopping: Event) -> None:
        self.faults = Faults()
        self.rate_limits = RateLimits()
        self.calls: list[Call] = []
        self.revoked = False  # from now on, the bot's token is no good
        self._workspace = workspace
        self._open_connection = open_connection
        self._stopping = stopping

    def answer(self, method: str, headers: Mapping[str, str], body: bytes, query: str) -> Answer:
        """Answer one request."""
        try:
            arguments = read_arguments(headers.get("content-type", ""), body, query)
        except ApiError as error:
            return _json(error.body)
        call = Call(method, {key: value for key, value in arguments.items() if key != "token"}, time.time())
        with self._workspace.lock:
            self.calls.append(call)
        fault = self.faults.take(method, arguments)
        if fault is None:
            answer = self._carry_out(call, arguments, headers)
        else:
            call.fault = fault.name
            answer = self._spoilt(fault, call, arguments, headers)
        call.status = None if answer.drop else answer.status
        return answer

    def _spoilt(self, fault: Fault, call: Call, arguments: Arguments, headers: Mapping[str, str]) -> Answer:
        if fault.held and fault.drop:
            threading.Thread(target=self._arrives, args=(fault.held, call, arguments, headers), daemon=True).start()
            return Answer(b"", drop=True)
        self._stopping.wait(fault.held)
        right = self._carry_out(call, arguments, headers) if fault.takes_effect else None
        if fault.again:
            again = replace(call, ok=False, repeats=True)
            with self._workspace.lock:
                self.calls.append(again)
            right = self._carry_out(again, arguments, headers)
        if fault.wait:
            self._stopping.wait(fault.wait)
        if fault.drop or (fault.body is None and right is None):
            return Answer(b"", drop=True)
        if fault.body is None and right is not None:
            return right
        return Answer(fault.body or b"", fault.status or 200, dict(fault.headers))

    def _arrives(self, seconds: float, call: Call, arguments: Arguments, headers: Mapping[str, str]) -> None:
        """What is still on its way when nobody waits for the answer any more."""
        if not self._stopping.wait(seconds):
            self._carry_out(call, arguments, headers)

    def _carry_out(self, call: Call, arguments: Arguments, headers: Mapping[str, str]) -> Answer:
        try:
            result = self._result(call.method, arguments, headers)
        except RateLimited as limited:
            call.error = "ratelimited"
            return _json({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(limited.retry_after)})
        except ApiError as error:
            call.error = error.name
            return _json(error.body)
        call.ok, call.took_effect_at = True, time.time()
        provided = (
            self._workspace.app.scopes if call.method != "apps.connections.open" else self._workspace.app.app_scopes
        )
        return _json({"ok": True, **result}, headers={"x-oauth-scopes": ",".join(sorted(provided))})

    def _result(self, method: str, arguments: Arguments, headers: Mapping[str, str]) -> dict[str, Any]:
        if method not in SCOPES:
            self._workspace.failures.append(f"{method}: a method that is not modelled, or misspelt")
            raise ApiError("unknown_method")
        if method != "api.test":
            self._check_token(method, arguments, headers)
        self.rate_limits.count(method, str(arguments.get("channel", "")))
        if method == "apps.connections.open":
            check_scope(SCOPES[method], self._workspace.app.app_scopes)
            return {"url": self._open_connection()}
        needed = SCOPES[method]
        if needed is None or PREFIX not in needed:
            check_scope(needed, self._workspace.app.scopes)
        with self._workspace.lock:
            return METHODS[method](self._workspace, arguments)

    def _check_token(self, method: str, arguments: Arguments, headers: Mapping[str, str]) -> None:
        given = headers.get("authorization", "").removeprefix("Bearer ") or str(arguments.get("token", ""))
        app = self._workspace.app
        if not given:
            raise ApiError("not_authed")
        if given not in (app.bot_token, app.app_token):
            raise ApiError("invalid_auth")
        if self.revoked and given == app.bot_token:
            raise ApiError("token_revoked")
        if method != "auth.test" and (given == app.app_token) != (method == "apps.connections.open"):
            raise ApiError("not_allowed_token_type")


def _json(body: Mapping[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    return Answer(json.dumps(body).encode(), status, headers or {})
