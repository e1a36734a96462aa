"""Who the app is, who people are, and whether they may be disturbed."""

from __future__ import annotations

import time
from typing import Any

from ..arguments import Arguments
from ..errors import ApiError
from ..workspace import Workspace


def api_test(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """api.test: says back what it was given"""
    if "error" in arguments:
        raise ApiError(arguments.text("error"), args=dict(arguments))
    return {"args": {key: value for key, value in arguments.items() if key != "token"}}


def auth_test(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """auth.test"""
    app = workspace.app
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": "Invented Practice",
        "user": "curbside",
        "team_id": workspace.team,
        "user_id": app.bot_user,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


def team_info(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """team.info"""
    return {"team": {"id": workspace.team, "name": "Invented Practice", "domain": workspace.domain}}


def users_info(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """users.info"""
    return {"user": workspace.user(arguments.text("user")).as_slack_says()}


def user_group(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """usergroups.users.list"""
    group = arguments.text("usergroup")
    if group not in workspace.user_groups:
        raise ApiError("no_such_subteam")
    return {"users": list(workspace.user_groups[group])}


def dnd_team_info(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """dnd.teamInfo"""
    wanted = [one for one in arguments.text("users").split(",") if one]
    if len(wanted) > 50:
        raise ApiError("too_many_users")
    return {"users": {one: _disturbing(workspace, one) for one in wanted if one in workspace.users}}


def _disturbing(workspace: Workspace, user: str) -> dict[str, Any]:
    start, end = workspace.users[user].do_not_disturb or (1, 1)
    return {"dnd_enabled": end > time.time(), "next_dnd_start_ts": start, "next_dnd_end_ts": end}
