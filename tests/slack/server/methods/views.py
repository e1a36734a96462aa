"""Modals and homes."""

from __future__ import annotations

from typing import Any

from ..arguments import Arguments
from ..checking import checked_view
from ..errors import ApiError
from ..modals import find_modal, new_hash, open_modal, push_modal, update_modal
from ..open_views import View
from ..workspace import Workspace


def open_view(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """views.open"""
    user = workspace.triggers.use(arguments.text("trigger_id"))
    return _shown(workspace, open_modal(workspace, user, _view(arguments), "views.open"))


def push(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """views.push"""
    user = workspace.triggers.use(arguments.text("trigger_id"))
    return _shown(workspace, push_modal(workspace, user, _view(arguments), "views.push"))


def update(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """views.update"""
    shown = find_modal(workspace, arguments.get("view_id"), arguments.get("external_id"))
    _check_hash(shown, arguments)
    return _shown(workspace, update_modal(workspace, shown, _view(arguments), "views.update"))


def publish(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """views.publish"""
    if not workspace.app.home:
        raise ApiError("not_enabled")
    user = workspace.user(arguments.text("user_id")).id
    view = checked_view(workspace, _view(arguments), "home", "views.publish")
    home = workspace.homes.get(user)
    if home is None:
        home = workspace.homes[user] = View(workspace.ids.next("V"), "home", user, [], "")
    else:
        _check_hash(home, arguments)
    home.fill(view, workspace.named(view["blocks"]))
    home.hash = new_hash(workspace)
    return _shown(workspace, home)


def _view(arguments: Arguments) -> Any:
    view = arguments.structure("view", "invalid_arguments")
    if view is None:
        arguments.text("view")
    return view


def _check_hash(shown: View, arguments: Arguments) -> None:
    """An update that names the version it is made from is refused when that is not what is shown."""
    if arguments.get("hash") not in (None, "", shown.hash):
        raise ApiError("hash_conflict")


def _shown(workspace: Workspace, view: View) -> dict[str, Any]:
    return {"view": view.as_slack_says(workspace.app.app_id, workspace.app.bot_id, workspace.team)}
