"""The accounts of a workspace: clinicians, guests, bots, people of another organisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TEAM = "T0PRACTICE"
OTHER_TEAM = "T0ELSEWHERE"


@dataclass
class User:
    """A person or a bot. All are invented."""

    id: str
    name: str
    team: str = TEAM
    is_bot: bool = False
    is_guest: bool = False  # in several channels
    is_single_channel_guest: bool = False
    is_admin: bool = False
    deleted: bool = False
    tz: str = "America/Denver"
    do_not_disturb: tuple[int, int] | None = None  # from, until: seconds since 1970
    updated: int = 1_700_000_000

    def as_slack_says(self) -> dict[str, Any]:
        """What users.info answers."""
        return {
            "id": self.id,
            "team_id": self.team,
            "name": self.name.lower().replace(" ", "."),
            "real_name": self.name,
            "deleted": self.deleted,
            "tz": self.tz,
            "tz_label": self.tz,
            "tz_offset": -25200,
            "profile": {"real_name": self.name, "display_name": self.name, "team": self.team},
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.is_guest or self.is_single_channel_guest,
            "is_ultra_restricted": self.is_single_channel_guest,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "is_stranger": self.team != TEAM,
            "updated": self.updated,
        }
