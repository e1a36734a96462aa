"""A consult in a terminal, from the first question to the decision and what comes after it.

Everything said is committed before the next thing is asked, so that a consult can be left at any moment and taken up again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from bot.desk import Desk, Kept
from bot.terminal.asking import BACK, CANCEL, CHANGE, DANGER, HELP, PAUSE, Asking, Choice, Group, Pressed
from bot.terminal.deciding import Deciding
from bot.terminal.free_text import write_freely
from flows.consult import Consult, current_result
from flows.emergency import emergency_card
from flows.errors import AnswerError
from flows.machine import DECIDED, PAUSED, RESULT, REVIEW, Ask
from flows.pages import (
    answer_in_words,
    answers_page,
    decision_page,
    emergency_page,
    options_page,
    result_page,
    why_page,
)
from flows.questions import NOT_KNOWN, UNKNOWN, question, questions, say_answer
from state_law.describe import describe
from state_law.load import jurisdiction_names, the_table

LEAVE = "leave"


class Left(Exception):
    """The person leaves the consult for now; it is kept."""


class Walk:
    """One consult with one person at a terminal; `again` when they go on with one that was begun before."""

    def __init__(self, desk: Desk, kept: Kept, asking: Asking, *, again: bool = False) -> None:
        self.desk, self.kept, self.ask, self.again = desk, kept, asking, again

    @property
    def consult(self) -> Consult:
        """The consult as it stands in the log."""
        return self.kept.consult

    def run(self) -> None:
        """Walk until the consult is finished or left. KeyboardInterrupt and EOFError leave it paused, and go on."""
        try:
            if self.consult.state == PAUSED:
                self._take(Consult.resume)
            if self.again:
                self.ask.say(f"Going on with {self.kept.reference}.", "bold")
                if self.consult.state != REVIEW:  # which shows them itself
                    self.ask.show(answers_page(self.consult))
            while not self.consult.finished:
                self._once()
        except Left:
            return
        except (KeyboardInterrupt, EOFError):
            self._keep()
            raise

    def _once(self) -> None:
        """One question or menu, with the shortcuts that may be pressed instead."""
        steps: Mapping[str, Callable[[], None]] = {
            REVIEW: self._review,
            RESULT: self._result,
            DECIDED: self._afterwards,
        }
        try:
            steps.get(self.consult.state, self._screen)()
        except Pressed as pressed:
            try:
                self._shortcut(pressed.name)
            except Pressed:  # a shortcut within a shortcut leaves it
                self.ask.say("Left as it was.")

    # Questions

    def _screen(self) -> None:
        asks = self.consult.asks
        lists = [one for one in asks if question(one.question).kind == "list"]
        if asks[0] in lists:
            answers = self.ask.tick(self._title(lists), self._groups(lists), why=self._why(lists), head=self._head())
            self._take(Consult.answer, answers)
        else:
            key = asks[0].question
            self._take(Consult.answer, {key: self._value(asks[0], self._head())})

    def _title(self, lists: list[Ask]) -> str:
        screen = self.consult.screen
        return question(lists[0].question).ask if len(lists) == 1 or screen is None else f"{screen.title}?"

    def _why(self, lists: list[Ask]) -> str:
        return question(lists[0].question).why if len(lists) == 1 else "What is not marked stays not known, never no."

    def _groups(self, lists: list[Ask]) -> list[Group]:
        given = self.consult.given
        return [
            Group(one.question, question(one.question).ask, one.options, given.get(one.question, {})) for one in lists
        ]

    def _value(self, ask: Ask, head: str) -> Any:
        """What a person answers to one question that is not a list."""
        one = question(ask.question)
        given = self.consult.given.get(one.key)
        if one.kind == "place":
            code = given or ""
            return self.ask.write(one.ask, why=one.why, head=head, given=code, allowed=jurisdiction_names())
        choices = [Choice(value, words) for value, words in ask.options.items()]
        if one.can_be_unknown:
            choices.append(Choice(UNKNOWN, NOT_KNOWN))
        return self.ask.choose(one.ask, choices, why=one.why, head=head, given=given)

    def _head(self) -> str:
        facts, (number, of) = self.consult.facts, self.consult.place
        parts = [self.kept.reference]
        for key in ("jurisdiction", "profession"):
            if facts[key] != UNKNOWN:
                parts.append(say_answer(key, facts[key]))
        if number:
            parts.append(f"screen {number}" if facts["concern"] == UNKNOWN else f"screen {number} of {of}")
        if self.consult.danger_now:
            parts.append("DANGER NOW: call 911")
        return " · ".join(parts)

    # Review and result

    def _review(self) -> None:
        self.ask.show(answers_page(self.consult))
        chosen = self.ask.choose(
            "Is this right?",
            [
                Choice("result", "Yes: show what to do"),
                Choice(CHANGE, "Change an answer"),
                Choice("narrative", "Add something in your own words"),
                Choice("second_jurisdiction", "Another state is involved"),
            ],
            head=self._head(),
        )
        if chosen == "result":
            self.kept = self.desk.confirm(self.kept)
            self.ask.say("")
            self.ask.show(result_page(current_result(self.consult)))
        elif chosen == CHANGE:
            self._unless_back(self._change)
        else:
            self._unless_back(lambda: self._change_to(chosen))

    def _result(self) -> None:
        pages: Mapping[str, Callable[[], None]] = {
            "why": lambda: self.ask.show(why_page(current_result(self.consult))),
            "law": self._law,
            "options": lambda: self.ask.show(options_page(current_result(self.consult))),
            "again": lambda: self.ask.show(result_page(current_result(self.consult))),
            "note": lambda: self.ask.say(current_result(self.consult)["note"]),
            CHANGE: lambda: self._unless_back(self._change),
            LEAVE: self._leave,
        }
        chosen = self.ask.choose(
            "What now?",
            [
                Choice("decide", "Record my decision"),
                Choice("why", "Why: findings and rules"),
                Choice("law", "The law here"),
                Choice("options", "The other options, and why not"),
                Choice("note", "The note for the chart"),
                Choice("again", "Show the result again"),
                Choice(CHANGE, "Change an answer"),
                Choice(LEAVE, "Leave it for now"),
            ],
            why="The judgement is yours. Nothing is recorded as decided until you say so.",
            head=self._head(),
        )
        if chosen == "decide":
            self._decide()
        else:
            pages[chosen]()

    def _decide(self) -> None:
        def decide() -> None:
            self.kept = Deciding(self.desk, self.kept, self.ask).run()

        self._unless_back(decide)
        if self.consult.decision is not None:
            self._logged()

    def _unless_back(self, step: Callable[[], None]) -> None:
        """Something chosen from a menu: back from there is back to the menu."""
        try:
            step()
        except Pressed as pressed:
            if pressed.name != BACK:
                raise

    def _law(self) -> None:
        on = date.fromisoformat(current_result(self.consult)["law"]["evaluated_on"])
        for code in current_result(self.consult)["law"]["jurisdictions"]:
            self.ask.show(describe(the_table(), code, on))

    def _logged(self) -> None:
        assert self.consult.decision is not None
        self.ask.show(decision_page(self.consult.decision))
        self.ask.say(f"Logged as {self.kept.reference}. Write this reference in the chart.", "good")

    def _afterwards(self) -> None:
        assert self.consult.decision is not None
        chosen = self.ask.choose(
            "What now?",
            [
                Choice(LEAVE, "That is all for now"),
                Choice("report", "Report what became of a step"),
                Choice("decision", "Show the decision and what is outstanding"),
                Choice("note", "The note for the chart"),
                Choice("close", "Close this consult"),
            ],
            head=self._head(),
        )
        if chosen == LEAVE:
            self._leave()
        elif chosen == "report":
            self._unless_back(self._report)
        elif chosen == "decision":
            self.ask.show(decision_page(self.consult.decision))
        elif chosen == "note":
            self.ask.say(current_result(self.consult)["note"])
        else:
            self._unless_back(self._close)

    def _report(self) -> None:
        self.kept = Deciding(self.desk, self.kept, self.ask).report()

    def _close(self) -> None:
        assert self.consult.decision is not None
        reason = None
        if self.consult.decision["outstanding"]:
            reason = write_freely(self.ask, "What the law requires is still outstanding. Why do you close it?")
        self._take(Consult.close, reason)
        if self.consult.finished:
            self.ask.say(f"{self.kept.reference} is closed. It stays in the log.", "good")

    # Shortcuts

    def _shortcut(self, name: str) -> None:
        shortcuts: Mapping[str, Callable[[], None]] = {
            DANGER: self._danger,
            BACK: lambda: self._take(Consult.back),
            CHANGE: self._change,
            PAUSE: self._leave,
            CANCEL: self._cancel,
            HELP: self._help,
        }
        shortcuts[name]()

    def _danger(self) -> None:
        if self.consult.danger_now and self.consult.state != DECIDED:
            still = [Choice("yes", "Yes, still"), Choice("no", "No danger right now")]
            self._show_emergency()
            self._say_danger(self.ask.choose("Is someone still in danger?", still, given="yes"))
            return
        self._say_danger("yes")
        self._show_emergency()

    def _say_danger(self, value: str) -> None:
        self.kept = self.desk.say_danger(self.kept, value)
        if self.consult.state == RESULT:
            self.ask.show(result_page(current_result(self.consult)))

    def _show_emergency(self) -> None:
        self.ask.say("")
        self.ask.say("DANGER NOW: call 911 first.", "alarm")
        on = date.fromisoformat(self.desk.clock()[:10])
        self.ask.show(emergency_page(emergency_card(self.consult.given_answers, on)))

    def _change(self) -> None:
        given = self.consult.given_answers
        choices = [
            Choice(key, f"{one.topic}: {answer_in_words(key, given[key]) if key in given else 'not asked yet'}")
            for key, one in questions().items()
        ]
        self._change_to(self.ask.choose("Which answer?", choices, head=self._head()))

    def _change_to(self, key: str) -> None:
        one = question(key)
        if key == "narrative":
            text = write_freely(self.ask, one.ask, one.why, given=self.consult.given.get(key, ""))
            self._take(Consult.change, key, text or None)
        elif key == "second_jurisdiction" and self.consult.facts[key]:
            other = [Choice("none", "No other state is involved"), Choice(key, "Another one")]
            code = None
            if self.ask.choose(one.ask, other, why=one.why) == key:
                code = self._value(Ask(key, None, None), "")
            self._take(Consult.change, key, code)
        elif one.kind == "list":
            group = Group(key, one.ask, one.options, self.consult.given.get(key, {}))
            self._take(Consult.change, key, self.ask.tick(one.ask, [group], why=one.why)[key])
        else:
            self._take(Consult.change, key, self._value(Ask(key, None, None), ""))

    def _cancel(self) -> None:
        sure = [Choice("no", "No, go on"), Choice("yes", "Yes, cancel this consult (it stays in the log)")]
        if self.ask.choose("Cancel this consult?", sure) == "yes":
            self._take(Consult.cancel)
            if self.consult.finished:
                self.ask.say(f"{self.kept.reference} is cancelled. It stays in the log.")

    def _help(self) -> None:
        self.ask.say("Every answer can be “not known”: it is never taken for no. What you answered is already kept.")
        self.ask.say("d shows what to do first when there is danger; the questions can wait.")
        self.ask.say("b goes back, c changes any answer, p keeps it for later (curbside try --resume), x cancels.")
        self.ask.say("This supports your judgement; it is not legal advice. In an emergency call 911.")

    def _leave(self) -> None:
        self._keep()
        raise Left

    def _keep(self) -> None:
        """Pause what can be paused, and say how to go on."""
        if self.consult.screen is not None or self.consult.state in (REVIEW, RESULT):
            self._take(Consult.pause)
        if not self.consult.finished:
            self.ask.say("")
            self.ask.say(
                f"{self.kept.reference} is kept. Go on with: curbside try --resume {self.kept.reference}", "bold"
            )

    def _take(self, step: Callable[..., Any], *args: Any) -> None:
        """Take a step; what can't be done is said kindly, and nothing has changed."""
        try:
            self.kept = self.desk.take(self.kept, step, *args)
        except AnswerError as error:
            self.ask.say(f"That can't be done: {error}")
