"""Who is on call, in order: a list, a user group, or a rota file; and who has do-not-disturb on, as far as is known.

Slack is asked by a thread, every minute, never on the way of a page: what was known last decides. The limits: somebody who has
switched do-not-disturb on within the last minute is called in vain, and the next call goes on as planned. Slack tells nothing of
a telephone's own silence, and not whether a message was seen.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slack_sdk import WebClient

from bot.slack.answers import Answer, read_error
from bot.slack.journal import log_line

if TYPE_CHECKING:
    from flows.rota import Rota

MOST_AT_ONCE = 50
"""People of whom dnd.teamInfo tells in one call."""
_GROUP, _PERSON = re.compile(r"S[A-Z0-9]{2,20}"), re.compile(r"[UW][A-Z0-9]{2,20}")
ALLOWED = "people's ids with commas between (U…,U…), a user group's id (S…), or the path of a rota file"


@dataclass(frozen=True, slots=True)
class OnCallSetting:
    """CURBSIDE_ON_CALL: one of the three, or none. `path`: of the rota's file."""

    people: tuple[str, ...] = ()
    group: str = ""
    rota: Rota | None = None
    path: Path | None = None


def parse_on_call(text: str, folder: Path, known: frozenset[str] | None = None) -> OnCallSetting:
    """The setting as it is written. `known`: the people who may stand in a rota, where that is known already.

    ValueError says what is allowed, and which line of a rota file is wrong.
    """
    said = text.strip()
    if _GROUP.fullmatch(said):
        return OnCallSetting(group=said)
    people = tuple(one.strip() for one in said.split(","))
    if all(_PERSON.fullmatch(one) for one in people):
        return OnCallSetting(people=people)
    path = folder / Path(said).expanduser()
    if not path.is_file():
        raise ValueError(f"{text!r} won't do; allowed: {ALLOWED}")
    return OnCallSetting(rota=rota_in(path, known), path=path)


def rota_in(path: Path, known: frozenset[str] | None) -> Rota:
    """The rota of that file. ValueError names the line."""
    from flows.rota import read_rota

    return read_rota(path, lambda person: known is None or person in known)


class OnCall:
    """`setting`: from parse_on_call. `everybody`: the supervisors, who stand in where nobody is named."""

    def __init__(self, setting: OnCallSetting, everybody: Callable[[], frozenset[str]]) -> None:
        self.setting, self._everybody = setting, everybody
        self._guard = threading.Lock()
        self._group: tuple[str, ...] = ()
        self._quiet: dict[str, tuple[float, float]] = {}

    def order(self, at: datetime) -> tuple[str, ...]:
        """Who is to be called then, in order; every supervisor where nobody is on call."""
        found = self._named(at)
        return found or tuple(sorted(self._everybody()))

    def quiet(self, at: datetime) -> frozenset[str]:
        """Those who have do-not-disturb on then, as far as is known."""
        time = at.timestamp()
        with self._guard:
            return frozenset(user for user, (start, end) in self._quiet.items() if start <= time < end)

    def everybody(self) -> frozenset[str]:
        """All supervisors."""
        return self._everybody()

    def refresh(self, client: WebClient, at: datetime) -> Answer | None:
        """Read anew who is in the group, and who may not be disturbed. It asks Slack. Never raises; what went wrong."""
        try:
            if self.setting.group:
                found = tuple(client.usergroups_users_list(usergroup=self.setting.group)["users"])
                with self._guard:
                    self._group = found
            wanted = sorted({*self.order(at), *self._everybody()})
            quiet: dict[str, tuple[float, float]] = {}
            for start in range(0, len(wanted), MOST_AT_ONCE):
                users = wanted[start : start + MOST_AT_ONCE]
                answer: Mapping[str, Any] = client.dnd_teamInfo(users=users)["users"]
                quiet.update({user: _quiet(said) for user, said in answer.items()})
            with self._guard:
                self._quiet = quiet
        except Exception as error:
            failed = read_error(error)
            log_line("on_call_not_read", level=logging.WARNING, why=failed.why)
            return failed
        return None

    def _named(self, at: datetime) -> tuple[str, ...]:
        if self.setting.rota is not None:
            return tuple(self.setting.rota.on_call(at))
        with self._guard:
            return self.setting.people or self._group


def _quiet(said: Mapping[str, Any]) -> tuple[float, float]:
    """From when to when, in seconds since 1970; never, where it is off."""
    if not said.get("dnd_enabled"):
        return (0.0, 0.0)
    return float(said.get("next_dnd_start_ts", 0)), float(said.get("next_dnd_end_ts", 0))
