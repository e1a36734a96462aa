"""Who may do what with a logged consult: a table of deeds and roles, checked anew at every deed from copies of who belongs where.

| role | who | may |
|---|---|---|
| clinician | whoever ran the consult | answer, hear of it |
| supervisor | CURBSIDE_SUPERVISORS; left out: the channel's members | read, find, review (but not their own) |
| compliance | CURBSIDE_COMPLIANCE | read and find; it signs nothing |

Guests, bots and people of other organisations have no role, wherever they are listed. Where the copy is older than ten minutes,
nobody has one: what a supervisor does has weight, so that it is better tried again than done by somebody who left.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from slack_sdk import WebClient

from bot.slack.answers import Answer, read_error
from bot.slack.journal import log_line
from bot.slack.membership import Membership
from bot.slack.people import People
from bot.slack.refusals import Kindly
from bot.slack.supervisors import words
from flows.review import SUPERVISOR, the_review

Role = Literal["supervisor", "compliance"]
Unsure = Literal["not_known_yet", "copy_too_old"]
OLD = 600.0
"""Seconds after which a copy of who belongs where is not relied on any more."""
LEARNED_AT_ONCE = 40
NEVER = ("guest", "other_organisation", "bot")
"""Who has no role, wherever they are listed."""

READ, FIND, OVERVIEW = "read", "find", "overview"
ADVISE, ASK, SIGN = "advise", "return_", "sign"
REVIEWING = tuple(one.id for one in the_review().actions.values() if one.who == SUPERVISOR)
"""The deeds of a review that are supervisors': acknowledge, advise, return_ (to ask), call_me, escalate, take_back, sign."""
MAY: Mapping[str, frozenset[Role]] = {
    READ: frozenset(("supervisor", "compliance")),
    FIND: frozenset(("supervisor", "compliance")),
    OVERVIEW: frozenset(("supervisor",)),
    **{deed: frozenset(("supervisor",)) for deed in REVIEWING},
}
"""Every deed, with the roles of which one is needed."""


class NotTheirs(Kindly):
    """The person has no role for it. `why`: for the journal and the record of who tried."""

    def __init__(self, why: Literal["role"] | Unsure) -> None:
        super().__init__(words.no_role() if why == "role" else words.not_sure_of_roles())
        self.why = why


class Roles:
    """`supervisors`, `compliance`: who they are, as copies; compliance may be nobody."""

    def __init__(self, people: People, supervisors: Membership, compliance: Membership | None = None) -> None:
        self._people, self.supervisors, self.compliance = people, supervisors, compliance
        self.open_to_others = False
        """Whether anybody can come into the supervisors' channel; then being in a channel gives no role."""

    def check(self, user: str, deed: str) -> None:
        """NotTheirs unless the person may do it now. KeyError for what is no deed."""
        found, unsure = self._look(user)
        if found & MAY[deed]:
            return
        raise NotTheirs(unsure or "role")

    def of(self, user: str) -> frozenset[Role]:
        """The roles that the person has for certain."""
        return self._look(user)[0]

    def _look(self, user: str) -> tuple[frozenset[Role], Unsure | None]:
        """The roles that are certain, and why there may be more."""
        standing = self._people.standing(user)
        if standing in NEVER:
            return frozenset(), None
        found: set[Role] = set()
        unsure: Unsure | None = None
        for role, members in self._listed():
            listed = members.has(user)
            if listed is None:
                unsure = "not_known_yet"
            elif members.age > OLD or (self.open_to_others and members.who.kind == "channel"):
                unsure = "copy_too_old"
            elif listed:
                found.add(role)
        if found and standing == "unknown":  # on the list, and not met yet: it may be a guest
            return frozenset(), "not_known_yet"
        return frozenset(found), unsure

    def another_supervisor(self, *besides: str) -> bool:
        """Whether there is a supervisor beside these people, as far as is known; somebody who was not met yet counts as one."""
        if self.supervisors.who.kind == "everyone":
            return True
        others = self.supervisors.members() - set(besides)
        return any(self._people.standing(one) not in NEVER for one in others)

    def refresh(self, client: WebClient) -> Answer | None:
        """Read anew who they are, and find out who of them is a guest. It asks Slack, so never in a listener. Never raises; what
        went wrong."""
        failed: Answer | None = None
        for _, members in self._listed():
            try:
                members.refresh(client)
                unknown = [one for one in sorted(members.members()) if self._people.standing(one) == "unknown"]
                for user in unknown[:LEARNED_AT_ONCE]:
                    self._people.learn(user)
            except Exception as error:
                failed = read_error(error)
                log_line("roles_not_read", level=logging.WARNING, why=failed.why)
        return failed

    def changed(self, event: Mapping[str, Any]) -> None:
        """An event about channels' members or user groups."""
        for _, members in self._listed():
            members.changed(event)

    def _listed(self) -> Iterator[tuple[Role, Membership]]:
        yield "supervisor", self.supervisors
        if self.compliance is not None:
            yield "compliance", self.compliance
