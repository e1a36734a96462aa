"""Invented consults, walked as a person walks them: one for each of three states, with all that they pass through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.slack.preview.people import PERSON
from flows.consult import Consult, Step, start
from flows.machine import REVIEW
from flows.questions import UNKNOWN, question


@dataclass(frozen=True)
class Sample:
    """`answers`: what is said, where it is asked; all else is not known. `remembered`: of the clinician, from before."""

    title: str
    reference: str
    remembered: Mapping[str, Any]
    answers: Mapping[str, Any]


SAMPLES = (
    Sample(
        "Colorado: a threat against a partner, with a firearm",
        "C-7F3K2",
        {"jurisdiction": "CO", "profession": "psychologist"},
        {
            "concern": "harm_to_others",
            "threat": "explicit",
            "victim": "named",
            "harm": "death_or_serious_injury",
            "relation": "partner_or_ex",
            "intent": "stated",
            "imminence": "within_days",
            "plan": "partial",
            "preparation": "no",
            "means": "firearm",
            "history": "violence",
            "self_harm": "none",
            "client_now": "with_me",
            "aggravating": ["recent_loss_or_separation"],
            "accepts": ["storing_means", "safety_plan"],
        },
    ),
    Sample(
        "Texas: the client's own life, and a threat that is not clear",
        "C-2B9MX",
        {"jurisdiction": "TX", "profession": "social_worker", "setting": {"facility": "yes"}},
        {
            "concern": "harm_to_self",
            "self_harm": "plan_or_intent",
            "imminence": "within_a_day",
            "means": "obtainable",
            "client_now": "reachable",
            "threat": "vague",
            "victim": "identifiable",
            "history": "none",
            "aggravating": ["despair", "stopped_treatment"],
            "protective": ["supportive_others"],
        },
    ),
    Sample(
        "New York: suspected abuse of a child, by somebody new to Curbside",
        "C-4T8QD",
        {},
        {
            "jurisdiction": "NY",
            "profession": "counselor",
            "setting": ["school_records"],
            "concern": "abuse_of_child",
            "relation": "child",
            "client_now": "reachable",
            "threat": "none",
            "self_harm": "none",
        },
    ),
)


@dataclass(frozen=True)
class Walk:
    """A sample on its way. `at`: when it begins; each step takes a minute."""

    sample: Sample
    at: str

    @property
    def on(self) -> date:
        """The day under whose rules it is evaluated."""
        return date.fromisoformat(self.at[:10])

    def begun(self) -> Consult:
        """Just begun."""
        return start(self.sample.reference, PERSON, at=self.at, remembered=self.sample.remembered).consult

    def steps(self) -> Iterator[tuple[Consult, Step]]:
        """(before, step) for every act of answering, up to the review: one choice, or all the lists of a screen."""
        consult = self.begun()
        while consult.screen is not None:
            step = consult.answer(dict(self._said(consult)), **self.by(consult))
            yield consult, step
            consult = step.consult

    def at_review(self) -> Consult:
        """All answered."""
        *_, (_, last) = self.steps()
        assert last.consult.state == REVIEW
        return last.consult

    def at_result(self) -> Consult:
        """Evaluated."""
        consult = self.at_review()
        return consult.confirm(on=self.on, **self.by(consult)).consult

    def decided(self, **more: Any) -> Consult:
        """Decided as it is suggested; `more`: other parts of the decision."""
        consult = self.at_result()
        assert consult.result is not None
        tell = {one["to"]: one["say"] for one in consult.result["disclosures"]}
        steps = {one: {"state": "planned"} for one in consult.result["plan"]}
        follow_up = (datetime.fromisoformat(self.at) + timedelta(days=1)).isoformat()
        decision = {"steps": steps, "tell": tell, "follow_up": follow_up, **more}
        return consult.decide(decision, **self.by(consult)).consult

    def by(self, consult: Consult) -> dict[str, Any]:
        """By whom and when the next step is taken."""
        later = datetime.fromisoformat(consult.updated_at) + timedelta(minutes=1)
        return {"at": later.isoformat(timespec="seconds"), "actor": PERSON}

    def _said(self, consult: Consult) -> Iterator[tuple[str, Any]]:
        answers = self.sample.answers
        lists = [one for one in consult.asks if question(one.question).kind == "list"]
        first = consult.asks[0]
        if first not in lists:
            yield first.question, answers.get(first.question, UNKNOWN)
            return
        for one in lists:
            ticked = answers.get(one.question, [])
            yield one.question, {item: "yes" if item in ticked else UNKNOWN for item in one.options}
