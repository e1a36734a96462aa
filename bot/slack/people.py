"""Who somebody is, and whether they may consult: members of this practice may; guests, other organisations' people and bots not.

Slack is asked by one thread, never by a listener: `standing` answers from what is known, and "unknown" where nothing is.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.answers import Answer, read_error
from bot.slack.every_minute import EveryMinute
from bot.slack.journal import log_line
from bot.slack.membership import Membership, Who

Standing = Literal["may_consult", "guest", "other_organisation", "bot", "not_listed", "unknown"]
Kind = Literal["member", "guest", "other_organisation", "bot", "gone"]

EVERYONE = Who("everyone")
AT_ONCE = 40
"""People who are looked up in one refresh: users.info is Tier 4, about 100 a minute."""
SLACKBOT = "USLACKBOT"


class People:
    """`client`: to ask Slack with. `team`, `enterprise`: of this installation (auth.test). `who`: who may consult."""

    def __init__(self, client: WebClient, *, team: str, enterprise: str = "", who: Who = EVERYONE) -> None:
        self._client, self._team, self._enterprise = client, team, enterprise
        self.may_consult = Membership(who)
        self._guard = threading.Lock()
        self._kinds: dict[str, Kind] = {SLACKBOT: "bot"}
        self._met: dict[str, None] = {}
        """Everybody who was met, the one longest ago looked up first."""
        self._refreshing = EveryMinute("people", self.refresh)

    def standing(self, user: str) -> Standing:
        """What the person may, from what is known; it never asks Slack."""
        with self._guard:
            self._met.setdefault(user)
            kind = self._kinds.get(user)
        if kind is None:
            return "unknown"
        if kind == "gone":
            return "not_listed"
        if kind != "member":
            return kind
        listed = self.may_consult.has(user)
        return "unknown" if listed is None else "may_consult" if listed else "not_listed"

    def learn(self, user: str) -> None:
        """Ask Slack who somebody is. Raises what the client raises, but for a person whom Slack does not know: they are gone."""
        try:
            self._note(self._client.users_info(user=user)["user"])
        except SlackApiError as error:
            if read_error(error).why not in ("user_not_found", "user_not_visible"):
                raise
            with self._guard:
                self._kinds[user] = "gone"
        if self.may_consult.has(user) is None:
            self.may_consult.refresh(self._client)

    def meet(self, users: Iterable[str]) -> None:
        """People whom the next refresh shall look up."""
        with self._guard:
            for user in users:
                self._met.setdefault(user)

    def refresh(self) -> Answer | None:
        """Read anew who may consult, and look up those who were looked up longest ago. Never raises; what went wrong."""
        try:
            self.may_consult.refresh(self._client)
            for user in self._next():
                self.learn(user)
        except Exception as error:
            failed = read_error(error)
            log_line("people_not_read", why=failed.why)
            return failed
        return None

    def changed(self, event: Mapping[str, Any]) -> None:
        """An event about accounts, channels' members or user groups."""
        if event.get("type") in ("user_change", "team_join") and isinstance(event.get("user"), Mapping):
            self._note(event["user"])
        self.may_consult.changed(event)

    def start(self) -> None:
        """Refresh now and then every minute, sooner where it failed, in a thread of its own."""
        self._refreshing.start()

    def stop(self) -> None:
        """Refresh no more."""
        self._refreshing.stop()

    def _next(self) -> list[str]:
        with self._guard:
            users = list(self._met)[:AT_ONCE]
            for user in users:
                self._met[user] = self._met.pop(user)  # to the end
            return users

    def _note(self, account: Mapping[str, Any]) -> None:
        user = account.get("id")
        if isinstance(user, str):
            with self._guard:
                self._kinds[user] = self._kind(account)
                self._met.setdefault(user)

    def _kind(self, account: Mapping[str, Any]) -> Kind:
        if account.get("deleted"):
            return "gone"
        if account.get("is_bot") or account.get("id") == SLACKBOT or account.get("is_workflow_bot"):
            return "bot"
        if account.get("is_stranger") or not self._ours(account):
            return "other_organisation"
        return "guest" if account.get("is_restricted") or account.get("is_ultra_restricted") else "member"

    def _ours(self, account: Mapping[str, Any]) -> bool:
        """Whether the account is of this workspace, or of a workspace of the same organisation (Enterprise Grid)."""
        if account.get("team_id") in (None, self._team):
            return True
        of = account.get("enterprise_user")
        return bool(self._enterprise) and isinstance(of, Mapping) and of.get("enterprise_id") == self._enterprise
