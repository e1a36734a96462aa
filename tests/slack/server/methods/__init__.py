"""The methods of the Web API that are modelled, each with the function that carries it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..arguments import Arguments
from ..workspace import Workspace
from . import chat, conversations, people, reading, views

Method = Callable[[Workspace, Arguments], dict[str, Any]]

METHODS: Mapping[str, Method] = {
    "api.test": people.api_test,
    "auth.test": people.auth_test,
    "chat.getPermalink": chat.get_permalink,
    "chat.postEphemeral": chat.post_ephemeral,
    "chat.postMessage": chat.post_message,
    "chat.update": chat.update,
    "conversations.history": reading.history,
    "conversations.info": conversations.info,
    "conversations.members": conversations.members,
    "conversations.open": conversations.open_direct_message,
    "conversations.replies": reading.replies,
    "dnd.teamInfo": people.dnd_team_info,
    "team.info": people.team_info,
    "usergroups.users.list": people.user_group,
    "users.info": people.users_info,
    "views.open": views.open_view,
    "views.publish": views.publish,
    "views.push": views.push,
    "views.update": views.update,
}
