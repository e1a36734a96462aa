"""The modals of a person: a stack of at most three, opened, pushed, updated and closed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from .block_kit.limits import VIEWS_PUSHED
from .checking import checked_view
from .errors import ApiError
from .open_views import View
from .workspace import Workspace


def open_modal(workspace: Workspace, user: str, view: object, source: str) -> View:
    """Show a modal; those that were open are gone."""
    checked = checked_view(workspace, view, "modal", source)
    shown = _new(workspace, user, checked)
    workspace.modals[user] = [shown]
    return shown


def push_modal(workspace: Workspace, user: str, view: object, source: str) -> View:
    """Show a modal above the one that is open."""
    stack = workspace.modals.get(user) or []
    if not stack:
        raise ApiError("not_found")
    if len(stack) >= VIEWS_PUSHED:
        raise ApiError("push_limit_reached")
    shown = _new(workspace, user, checked_view(workspace, view, "modal", source))
    shown.root, shown.previous = stack[0].id, stack[-1].id
    stack.append(shown)
    return shown


def update_modal(workspace: Workspace, shown: View, view: object, source: str) -> View:
    """Show something else in a modal that is open. What was filled in stays where the ids are the same."""
    checked = checked_view(workspace, view, "modal", source)
    shown.fill(checked, workspace.named(checked["blocks"]))
    shown.hash = new_hash(workspace)
    return shown


def find_modal(workspace: Workspace, view_id: str | None, external_id: str | None) -> View:
    """A modal that is open, by its id or by the app's own id."""
    for stack in workspace.modals.values():
        for view in stack:
            if view_id == view.id or (external_id and external_id == view.external_id):
                return view
    raise ApiError("not_found")


def close_modal(workspace: Workspace, view: View, everything: bool = False) -> None:
    """Close a modal; the one below it shows again, unless all are closed."""
    stack = workspace.modals.get(view.user, [])
    workspace.modals[view.user] = [] if everything else [one for one in stack if one.id != view.id]


def answer_submission(workspace: Workspace, view: View, answer: Mapping[str, Any]) -> None:
    """Do what the acknowledgement of a submission asks for: errors, update, push, clear; without it, close."""
    action = answer.get("response_action")
    source = "acknowledgement of view_submission"
    with workspace.lock:
        shown = find_modal(workspace, view.id, None)
        if action is None:
            close_modal(workspace, shown)
        elif action == "clear":
            close_modal(workspace, shown, everything=True)
        elif action == "update":
            update_modal(workspace, shown, answer.get("view"), source)
        elif action == "push":
            push_modal(workspace, view.user, answer.get("view"), source)
        elif action == "errors":
            _show_errors(workspace, shown, answer.get("errors"), source)
        else:
            workspace.failures.append(f"{source}: unknown response_action {action!r}")


def new_hash(workspace: Workspace) -> str:
    """A value that changes whenever a view does."""
    ts = workspace.timestamps.next()
    return f"{ts.partition('.')[0]}.{hashlib.sha256(ts.encode()).hexdigest()[:8]}"


def _show_errors(workspace: Workspace, shown: View, errors: object, source: str) -> None:
    asking = {block["block_id"] for block in shown.blocks if block["type"] == "input"}
    if not isinstance(errors, Mapping) or not errors or not errors.keys() <= asking:
        workspace.failures.append(f"{source}: errors must name input blocks of the view, not {errors!r}")
        return
    shown.errors = {str(block): str(words) for block, words in errors.items()}


def _new(workspace: Workspace, user: str, view: Mapping[str, Any]) -> View:
    external = view.get("external_id")
    if external and any(external == one.external_id for stack in workspace.modals.values() for one in stack):
        raise ApiError("duplicate_external_id")
    shown = View(workspace.ids.next("V"), "modal", user, [], new_hash(workspace))
    shown.fill(view, workspace.named(view["blocks"]))
    return shown
