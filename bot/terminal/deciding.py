"""The clinician's decision in a terminal: each step with its state, reasons where they are needed, the follow-up time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.desk import Desk, Kept
from bot.terminal.asking import Asking, Choice
from bot.terminal.free_text import write_freely
from flows.consult import Consult
from flows.decision import OMISSION, reasons_needed
from flows.errors import AnswerError
from flows.options import catalogue
from flows.pages import label, outstanding_lines, when, who
from state_law.describe import Section

STATES = [
    Choice("planned", "Planned"),
    Choice("done", "Done"),
    Choice("attempted", "Tried, not reached yet"),
    Choice("failed", "Tried, and it failed"),
    Choice("declined", "Not doing it"),
]
FOLLOW_UPS = [
    Choice("24", "In 24 hours"),
    Choice("72", "In 72 hours"),
    Choice("168", "In a week"),
    Choice("other", "At another time"),
    Choice("none", "No follow-up time"),
]
BY_LEVEL = {"low": "168", "elevated": "72", "high": "24", "emergency": "24"}
ENOUGH = "enough"


class Deciding:
    """Asks for a decision, or for a report on a step, and records it."""

    def __init__(self, desk: Desk, kept: Kept, asking: Asking) -> None:
        assert kept.consult.result is not None
        self.desk, self.kept, self.ask = desk, kept, asking
        self.result: Mapping[str, Any] = kept.consult.result

    def run(self) -> Kept:
        """The consult with the decision recorded, or as it was when the person thinks again."""
        steps = self._steps()
        self._add_others(steps)
        reasons = self._reasons(steps)
        tell = self._tell(steps)
        follow_up = self._follow_up()
        decision = {"steps": steps, "reasons": reasons, "tell": tell, "follow_up": follow_up}
        self.ask.say("")
        for one, step in steps.items():
            self.ask.say(f"  {label(one)}: {_words(step['state'])}")
        self.ask.say(f"  Follow-up: {when(follow_up) if follow_up else 'no time set'}")
        sure = [Choice("yes", "Yes, record it"), Choice("no", "No, think again")]
        if self.ask.choose("Record this decision?", sure) == "no":
            return self.kept
        try:
            self.kept = self.desk.take(self.kept, Consult.decide, decision)
        except AnswerError as error:
            self.ask.say(f"That can't be recorded yet: {error}")
        return self.kept

    def report(self) -> Kept:
        """The consult with what became of one step."""
        decision = self.kept.consult.decision
        assert decision is not None
        known = [*decision["steps"], *(one for one in catalogue() if one not in decision["steps"])]
        choices = [Choice(one, f"{label(one)}{_state_of(decision, one)}") for one in known]
        option = self.ask.choose("Which step?", choices)
        state = self.ask.choose(f"{label(option)}: what became of it?", STATES)
        step: dict[str, Any] = {"state": state, "result": self._outcome(state)}
        reason = None
        needed = reasons_needed(self.result, {**decision["steps"], option: step})
        lacking = [one for one in needed if not decision["reasons"].get(one)]
        if lacking:
            reason = write_freely(self.ask, f"Why? ({needed[lacking[0]]})")
        try:
            self.kept = self.desk.take(self.kept, Consult.report, option, step, reason=reason)
        except AnswerError as error:
            self.ask.say(f"That can't be recorded: {error}")
            return self.kept
        assert self.kept.consult.decision is not None
        left = outstanding_lines(self.kept.consult.decision["outstanding"])
        if left:
            self.ask.show(Section("Still outstanding under the law", left))
        else:
            self.ask.say("Recorded. Nothing that the law requires is outstanding.", "good")
        return self.kept

    def _steps(self) -> dict[str, dict[str, Any]]:
        plan = self.result["plan"]
        how = self.ask.choose(
            "How do you decide?",
            [Choice("plan", "As suggested: all of it is planned"), Choice("each", "Step by step")],
            why="A planned step is not done yet. Report it when it is.",
        )
        if how == "plan":
            return {one: {"state": "planned"} for one in plan}
        steps: dict[str, dict[str, Any]] = {}
        for number, one in enumerate(plan, 1):
            state = self.ask.choose(
                label(one), STATES, why=catalogue()[one].data.do, head=f"step {number} of {len(plan)}"
            )
            steps[one] = {"state": state, "result": self._outcome(state)}
        return steps

    def _add_others(self, steps: dict[str, dict[str, Any]]) -> None:
        while True:
            others = [one for one in self.result["options"] if one["id"] not in steps]
            choices = [Choice(ENOUGH, "No, that is all")]
            choices += [Choice(one["id"], f"{one['label']} ({one['status'].replace('_', ' ')})") for one in others]
            chosen = self.ask.choose("Another step beside these?", choices)
            if chosen == ENOUGH:
                return
            state = self.ask.choose(label(chosen), STATES, why=catalogue()[chosen].data.do)
            steps[chosen] = {"state": state, "result": self._outcome(state)}

    def _outcome(self, state: str) -> str | None:
        if state not in ("done", "attempted", "failed"):
            return None
        return write_freely(self.ask, "What came of it? (may be left empty)", "Name nobody.") or None

    def _reasons(self, steps: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
        found: dict[str, str] = {}
        for one, what_for in reasons_needed(self.result, steps).items():
            title = "What the law requires" if one == OMISSION else label(one)
            while not found.get(one):
                found[one] = write_freely(
                    self.ask, f"{title}: your reason?", f"Needed, because {what_for}. Name nobody."
                )
        return found

    def _tell(self, steps: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
        """What each person is, or was, told: the suggested minimum, unless the clinician says otherwise."""
        found: dict[str, str] = {}
        for one in self.result["disclosures"]:
            step = steps.get(one["option"])
            if step and step["state"] != "declined" and one["to"] not in found:
                ask = f"What is told to {who(one['to'])}? (empty: as suggested)"
                found[one["to"]] = write_freely(self.ask, ask, f"Suggested: {one['say']}") or one["say"]
        return found

    def _follow_up(self) -> str | None:
        chosen = self.ask.choose("When will you follow up?", FOLLOW_UPS, given=BY_LEVEL[self.result["level"]])
        if chosen == "none":
            return None
        now = datetime.fromisoformat(self.desk.clock())
        if chosen != "other":
            return (now + timedelta(hours=int(chosen))).isoformat(timespec="minutes")
        while True:
            typed = self.ask.write("When? (such as 2026-11-28 15:00)", why="Your local time. Empty: no follow-up time.")
            if not typed:
                return None
            try:
                time = datetime.fromisoformat(typed)
            except ValueError:
                self.ask.say(f"{typed!r} is not a date and time. Please type it as 2026-11-28 15:00.")
                continue
            time = time if time.tzinfo else time.replace(tzinfo=now.tzinfo)
            if time > now:
                return time.isoformat(timespec="minutes")
            self.ask.say("That time has passed.")


def _words(state: str) -> str:
    return next(one.words for one in STATES if one.value == state).lower()


def _state_of(decision: Mapping[str, Any], option: str) -> str:
    step = decision["steps"].get(option)
    return f"  (now: {_words(step['state'])})" if step else ""
