"""Who belongs to what a setting names: everyone, a user group, a channel's members, or a list of people. Kept as a copy.

The copy is read anew within a minute, and events change it at once. When Slack can't be asked, the copy stays, and grows old.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from slack_sdk import WebClient

ALLOWED = "everyone, a user group's id (S…), a channel's id (C…), or people's ids with commas between (U…,U…)"
_GROUP, _CHANNEL, _PERSON = (re.compile(rf"{letters}[A-Z0-9]{{2,20}}") for letters in ("S", "[CG]", "[UW]"))


@dataclass(frozen=True, slots=True)
class Who:
    """What a setting names. `id`: of the group or channel. `people`: of a list."""

    kind: Literal["everyone", "group", "channel", "people"]
    id: str = ""
    people: frozenset[str] = frozenset()


def parse_who(text: str) -> Who:
    """The setting as it is written. ValueError says what is allowed."""
    said = text.strip()
    if said == "everyone":
        return Who("everyone")
    if _GROUP.fullmatch(said):
        return Who("group", said)
    if _CHANNEL.fullmatch(said):
        return Who("channel", said)
    people = [one.strip() for one in said.split(",")]
    if said and all(_PERSON.fullmatch(one) for one in people):
        return Who("people", people=frozenset(people))
    raise ValueError(f"{text!r} won't do; allowed: {ALLOWED}")


class Membership:
    """The people whom a setting names, as far as is known. It may be asked from any thread, and asks nobody itself."""

    def __init__(self, who: Who, clock: Callable[[], float] = time.monotonic) -> None:
        self.who = who
        self._clock = clock
        self._guard = threading.Lock()
        self._members: frozenset[str] | None = who.people if who.kind == "people" else None
        self._read_at: float | None = None

    def has(self, user: str) -> bool | None:
        """Whether the person is among them; None while that was never read."""
        if self.who.kind == "everyone":
            return True
        with self._guard:
            return None if self._members is None else user in self._members

    @property
    def age(self) -> float:
        """Seconds since it was read; 0 for what needs no reading, infinite before the first."""
        if self.who.kind in ("everyone", "people"):
            return 0.0
        return float("inf") if self._read_at is None else self._clock() - self._read_at

    def members(self) -> frozenset[str]:
        """Those who are known; empty for everyone."""
        with self._guard:
            return self._members or frozenset()

    def refresh(self, client: WebClient) -> None:
        """Read it anew. Raises what the client raises; then the copy stays as it is."""
        if self.who.kind == "group":
            found = frozenset(client.usergroups_users_list(usergroup=self.who.id)["users"])
        elif self.who.kind == "channel":
            found = frozenset(_in_channel(client, self.who.id))
        else:
            return
        with self._guard:
            self._members, self._read_at = found, self._clock()

    def changed(self, event: Mapping[str, Any]) -> None:
        """An event that says who came or went; any other changes nothing."""
        added, removed = self._moved(event)
        if added or removed:
            with self._guard:
                if self._members is not None:
                    self._members = (self._members | added) - removed

    def _moved(self, event: Mapping[str, Any]) -> tuple[frozenset[str], frozenset[str]]:
        kind, nobody = event.get("type"), frozenset[str]()
        if self.who.kind == "group" and kind == "subteam_members_changed" and event.get("subteam_id") == self.who.id:
            return _ids(event.get("added_users")), _ids(event.get("removed_users"))
        if self.who.kind == "channel" and event.get("channel") == self.who.id:
            if kind == "member_joined_channel":
                return _ids([event.get("user")]), nobody
            if kind == "member_left_channel":
                return nobody, _ids([event.get("user")])
        return nobody, nobody


def _ids(given: object) -> frozenset[str]:
    return frozenset(one for one in given if isinstance(one, str)) if isinstance(given, list) else frozenset()


def _in_channel(client: WebClient, channel: str) -> Iterator[str]:
    cursor = None
    while True:
        answer = client.conversations_members(channel=channel, limit=200, cursor=cursor)
        yield from answer["members"]
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
