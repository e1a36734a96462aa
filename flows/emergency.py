"""The emergency card: what to do first when there is danger now, and whom the law here lets you tell.

It needs nothing to be answered. With the place and the profession known it says, for these answers and danger now, who
may be told, who may not, and who is not confirmed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from flows.answers import facts_of
from flows.core import Outcome, core
from flows.questions import UNKNOWN
from flows.words import read_data
from state_law.load import Table, the_table

POLICE = "law_enforcement"


@dataclass(frozen=True)
class EmergencyCard:
    """The card in words. `steps`: (option, label) of the plan, the most urgent first; empty while the place is not known.

    `calling`: what is said of calling 911 where telling the police is not confirmed, and `beyond_the_call` how the police
    are then named; else both are empty.
    """

    title: str
    first: tuple[str, ...]
    say: str
    steps: tuple[tuple[str, str], ...] = ()
    may_tell: tuple[str, ...] = ()
    may_not_tell: tuple[tuple[str, str], ...] = ()
    not_confirmed: tuple[tuple[str, str], ...] = ()
    calling: str = ""
    beyond_the_call: str = ""
    jurisdiction: str | None = None


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    data: dict[str, Any] = read_data("emergency.yaml")
    return data


def emergency_card(given: Mapping[str, Any], on: date, table: Table | None = None) -> EmergencyCard:
    """The card for the answers so far, under the rules in force `on` that day. Recipients by the contract's names."""
    words = _words()
    first, say = tuple(words["first"]), words["say"]
    facts = {**facts_of(given), "danger_now": "yes"}
    if UNKNOWN in (facts["jurisdiction"], facts["profession"]):
        return EmergencyCard(words["title"], first, say)
    outcome = core(table or the_table(), on).evaluate(facts)
    recipients = outcome.recipients
    return EmergencyCard(
        title=words["title"],
        first=first,
        say=f"{say} {recipients.worded[0].upper()}{recipients.worded[1:]}." if recipients.worded else say,
        steps=tuple((one, outcome.plan.situated[one].option.data.label) for one in _urgent(outcome)),
        may_tell=tuple(dict.fromkeys(one.recipient for one in recipients.may_tell)),
        may_not_tell=tuple((one.recipient, one.because) for one in recipients.may_not_tell),
        not_confirmed=tuple((one.recipient, one.because) for one in recipients.not_confirmed),
        calling=words["calling"] if POLICE in recipients.doubtful else "",
        beyond_the_call=words["beyond_the_call"] if POLICE in recipients.doubtful else "",
        jurisdiction=outcome.laws[0].record.name,
    )


def _urgent(outcome: Outcome) -> tuple[str, ...]:
    """The steps of the plan that were weighed: those that protect, not those that any plan has."""
    plan = outcome.plan
    return tuple(one for one in plan.steps if one in plan.chosen)
