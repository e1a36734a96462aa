"""What the app sends is held against Slack's limits; what is beyond them is refused and kept as a failure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .block_kit import MESSAGE, Surface, check_blocks, check_metadata, check_view
from .block_kit.complaints import Complaints
from .block_kit.limits import MESSAGE_TEXT
from .block_kit.views import too_large
from .errors import ApiError
from .workspace import Workspace


def checked_blocks(workspace: Workspace, blocks: object, source: str) -> list[dict[str, Any]]:
    """The blocks of a message, named; `invalid_blocks` when Slack would not take them."""
    found = Complaints()
    check_blocks(blocks, MESSAGE, found)
    if found.lines or not isinstance(blocks, list):
        _fail(workspace, source, found.lines)
        errors = [line.removeprefix("[ERROR] ") for line in found.lines]
        raise ApiError("invalid_blocks", errors=errors, response_metadata={"messages": found.lines})
    return workspace.named(blocks)


def checked_view(workspace: Workspace, view: object, surface: Surface, source: str) -> Mapping[str, Any]:
    """The view; `invalid_arguments` when Slack would not take it."""
    found = check_view(view, surface)
    if found or not isinstance(view, Mapping):
        _fail(workspace, source, found)
        raise ApiError("invalid_arguments", response_metadata={"messages": found})
    if too_large(view):
        _fail(workspace, source, ["view_too_large"])
        raise ApiError("view_too_large")
    return view


def checked_text(workspace: Workspace, text: str, blocks: list[dict[str, Any]], source: str) -> str:
    """The text of a message, without which its notification would be made from the blocks."""
    if not text and not blocks:
        raise ApiError("no_text")
    if not text:  # Slack takes it with a warning; a program of ours must not rely on that
        _fail(workspace, source, ["blocks without a text for the notification"])
    if len(text) > MESSAGE_TEXT:
        _fail(workspace, source, ["msg_too_long"])
        raise ApiError("msg_too_long")
    return text


def checked_metadata(workspace: Workspace, metadata: Any, source: str) -> dict[str, Any] | None:
    """The metadata of a message."""
    error = check_metadata(metadata)
    if error is not None:
        _fail(workspace, source, [error])
        raise ApiError(error)
    return dict(metadata) or None


def _fail(workspace: Workspace, source: str, lines: list[str]) -> None:
    workspace.failures.extend(f"{source}: {line}" for line in lines)
