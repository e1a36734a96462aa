"""A view: a modal or the app's home."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from . import limits
from .blocks import Surface, check_blocks
from .complaints import Complaints
from .composition import check_text

_BOTH = {"private_metadata", "callback_id", "external_id"}
_MODAL = {"submit", "close", "clear_on_close", "notify_on_close", "submit_disabled"}


def check_view(view: object, surface: Surface) -> list[str]:
    """What is wrong with a view that is to be a modal or a home; empty when nothing is."""
    found = Complaints()
    if not isinstance(view, Mapping):
        found.add("/view", "must be an object")
        return found.lines
    if view.get("type") != surface:
        found.add("/view/type", f"must be {surface}")
    modal = surface == "modal"
    required = {"type", "blocks", "title"} if modal else {"type", "blocks"}
    if found.keys(view, "/view", required, _BOTH | _MODAL if modal else _BOTH):
        check_blocks(view["blocks"], surface, found, "/view/blocks")
    if modal:
        _check_frame(view, found)
    for key, longest in (("private_metadata", limits.PRIVATE_METADATA), ("callback_id", limits.ID)):
        if key in view:
            found.string(view[key], f"/view/{key}", longest, least=0)
    if "external_id" in view:
        found.string(view["external_id"], "/view/external_id", limits.ID, least=0)
    return found.lines


def too_large(view: object) -> bool:
    """Whether a view is greater than Slack takes."""
    return len(json.dumps(view).encode()) > limits.VIEW_BYTES


def _check_frame(view: Mapping[str, Any], found: Complaints) -> None:
    """Title, buttons and flags of a modal."""
    for key in ("title", "submit", "close"):
        if key in view:
            check_text(view[key], f"/view/{key}", found, limits.VIEW_TITLE, plain=True)
    for flag in ("clear_on_close", "notify_on_close", "submit_disabled"):
        found.flag(view.get(flag, False), f"/view/{flag}")
    blocks = view.get("blocks")
    asks = isinstance(blocks, list) and any(isinstance(one, Mapping) and one.get("type") == "input" for one in blocks)
    if asks and "submit" not in view:
        found.add("/view", "submit is required when there is an input block")
