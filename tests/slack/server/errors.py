"""An error as the Web API answers it."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """`{"ok": false, "error": name}`, with what else the answer holds."""

    def __init__(self, name: str, **more: Any) -> None:
        super().__init__(name)
        self.name = name
        self.more = more

    @property
    def body(self) -> dict[str, Any]:
        """The answer."""
        return {"ok": False, "error": self.name, **self.more}


class RateLimited(Exception):
    """Status 429: to be asked again after some seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after
