"""Consults walked at random over a real log: whatever a person does, in whatever order, nothing is lost or bent."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.beside import record_of
from bot.desk import Desk, kept, replayed, row_of
from bot.overview import overview_of, record_now
from bot.storage import Wanted, open_log
from flows.consult import Consult, current_result, snapshot
from flows.decision import STEP_STATES
from flows.errors import AnswerError
from flows.machine import AFTERWARDS, DECIDED, PAUSED, RESULT, REVIEW, the_flow
from flows.options import catalogue
from flows.questions import UNKNOWN, question, questions
from state_law.load import jurisdiction_names

from .making import stored

PLAIN = st.characters(codec="utf-8", exclude_categories=["Cc"], include_characters="\n\t")
"""What a text takes: no control characters but line breaks and tabs."""
VALUES: dict[str, st.SearchStrategy[Any]] = {}
for _key, _one in questions().items():
    if _one.kind == "list":
        _items = st.dictionaries(st.sampled_from(list(_one.options)), st.sampled_from(_one.values))
        VALUES[_key] = _items | st.lists(st.sampled_from(list(_one.options)), unique=True)
    elif _one.kind == "text":
        VALUES[_key] = st.text(PLAIN, max_size=40)
    else:
        VALUES[_key] = st.sampled_from(_one.values)
WRONG: st.SearchStrategy[Any] = st.sampled_from(
    ["", "perhaps", "UNKNOWN", None, 7, True, ["perhaps"], {"perhaps": "yes"}, [None], {"x": {}}]
)
"""Answers that no question takes, except that a text takes any text."""
PLACES = ["CO", "TX", "VT", "NY"]
REASON = "a reason that a test gives"


def a_value(draw: Callable[[st.SearchStrategy[Any]], Any], key: str, items: list[str]) -> Any:
    """An answer to this question; of a list only what is asked now."""
    if key == "jurisdiction":
        return draw(st.sampled_from(PLACES))
    value = draw(VALUES[key])
    if isinstance(value, dict):
        return {item: said for item, said in value.items() if item in items}
    return [item for item in value if item in items] if isinstance(value, list) else value


class Walked(RuleBasedStateMachine):
    """One clinician with a desk. Each rule is something that a person does; the invariants hold after every one."""

    @initialize(remembered=st.booleans(), ahead=st.integers(0, 3), data=st.data())
    def begin(self, remembered: bool, ahead: int, data: st.DataObject) -> None:
        """A new consult, or one that is already at the review, the result or the decision."""
        self.opened = ExitStack()
        folder = Path(self.opened.enter_context(tempfile.TemporaryDirectory()))
        self.log = self.opened.enter_context(open_log(folder / "log.db"))
        self.time = datetime.fromisoformat("2026-11-25T10:00:00-07:00")
        self.desk = Desk(self.log, "clinician-one", clock=self.tick)
        if remembered:
            first = self.desk.start()
            first = self.desk.take(first, Consult.answer, {"jurisdiction": "CO", "profession": "nurse", "setting": []})
            while first.consult.screen:
                asks = first.consult.asks
                first = self.desk.take(first, Consult.answer, {one.question: _unknown(one.question) for one in asks})
            self.desk.confirm(first)
        self.kept = self.desk.start()
        self.said: dict[str, Any] = dict(self.kept.consult.given)
        if ahead > 0:
            self.answer_through_to_the_review(data)
        if ahead > 1:
            self.confirm()
        if ahead > 2:
            self.decide(data, reasons=True, follow_up=None)

    def tick(self) -> str:
        """The next second."""
        self.time += timedelta(seconds=1)
        return self.time.isoformat(timespec="seconds")

    @property
    def consult(self) -> Consult:
        return self.kept.consult

    def teardown(self) -> None:
        if hasattr(self, "log"):
            event(f"ended {self.consult.status}")
            assert self.log.check_chain() == []
            self.opened.close()

    def take(self, step: Callable[..., Any], *args: Any, **more: Any) -> bool:
        """Take a step. When it is refused nothing has changed, here or in the log."""
        before = self.kept
        try:
            self.kept = self.desk.take(before, step, *args, **more)
        except AnswerError as error:
            assert str(error).count("\n") == 0
            assert kept(self.log.consult(before.reference)) == before
            return False
        assert self.kept.revision == before.revision + 1
        return True

    def list_said(self, key: str, value: Any, asked: Iterable[str]) -> None:
        """A plain list says something of every item that is asked; a mapping only of those that it names."""
        before = self.said.setdefault(key, {})
        for item in asked:
            if isinstance(value, list):
                before[item] = "yes" if item in value else UNKNOWN if value else "no"
            else:
                before[item] = value.get(item, before.get(item, UNKNOWN))

    # What a person does

    @precondition(lambda self: self.consult.asks)
    @rule(data=st.data(), whole_screen=st.booleans())
    def answer(self, data: st.DataObject, whole_screen: bool) -> None:
        asks = self.consult.asks if whole_screen else self.consult.asks[:1]
        values = {one.question: a_value(data.draw, one.question, list(one.options)) for one in asks}
        assert self.take(Consult.answer, values), "an answer to what is asked now is always taken"
        for one in asks:
            if question(one.question).kind == "list":
                self.list_said(one.question, values[one.question], one.options)
            else:
                self.said[one.question] = values[one.question]

    @precondition(lambda self: self.consult.asks)
    @rule(data=st.data())
    def answer_through_to_the_review(self, data: st.DataObject) -> None:
        while self.consult.asks:
            self.answer(data, whole_screen=True)
        assert self.consult.state == REVIEW

    @rule(key=st.sampled_from(list(questions())), value=WRONG)
    def answer_with_what_will_not_do(self, key: str, value: Any) -> None:
        assert not self.take(Consult.answer, {key: value})

    @rule(key=st.sampled_from([*questions(), "weather"]), data=st.data())
    def answer_something_else(self, key: str, data: st.DataObject) -> None:
        asked = [one.question for one in self.consult.asks]
        value = data.draw(VALUES[key]) if key in VALUES else "fine"
        if key not in asked:
            assert not self.take(Consult.answer, {key: value})

    @rule(key=st.sampled_from(list(questions())), data=st.data())
    def change(self, key: str, data: st.DataObject) -> None:
        value = data.draw(st.sampled_from(PLACES) if "jurisdiction" in key else VALUES[key])
        open_ = self.consult.screen is not None or self.consult.state in (REVIEW, RESULT)
        assert self.take(Consult.change, key, value) == open_
        if open_ and question(key).kind == "list":
            self.list_said(key, value, question(key).options)
        elif open_:
            self.said[key] = value.strip()

    @rule(key=st.sampled_from([key for key, one in questions().items() if one.kind != "text"]), value=WRONG)
    def change_to_what_will_not_do(self, key: str, value: Any) -> None:
        if (key, value) == ("second_jurisdiction", None):  # which withdraws it
            return
        assert not self.take(Consult.change, key, value)

    @rule()
    def withdraw_the_other_state(self) -> None:
        if self.take(Consult.change, "second_jurisdiction", None):
            self.said["second_jurisdiction"] = ""

    @rule()
    def back(self) -> None:
        was = self.consult.state
        if self.take(Consult.back):
            assert the_flow().before(was, self.consult.facts, self.consult.first) == self.consult.state or was == RESULT

    @rule(value=st.sampled_from(["yes", "no", UNKNOWN]))
    def danger(self, value: str) -> None:
        was = self.consult.state
        assert self.take(Consult.say_danger, value) == (not self.consult.finished)
        if was != DECIDED and not self.consult.finished:
            self.said["danger_now"] = value
            assert self.consult.state == (REVIEW if was == RESULT else was)

    @rule()
    def pause(self) -> None:
        was = self.consult
        if self.take(Consult.pause):
            assert (self.consult.state, self.consult.held) == (PAUSED, was.state)

    @rule()
    def resume(self) -> None:
        was = self.consult
        assert self.take(Consult.resume) == (was.state == PAUSED)
        if was.state == PAUSED:
            assert self.consult.state == was.held

    @rule()
    def put_aside_and_open_again(self) -> None:
        """Another day: what is open last is this consult, and it is as it was left."""
        last = self.desk.last_open()
        assert last == self.kept or self.consult.finished

    @precondition(lambda self: self.consult.state != DECIDED)
    @rule(chance=st.integers(1, 12))
    def cancel(self, chance: int) -> None:
        if chance == 1:
            self.take(Consult.cancel, "a test ends it")

    @rule()
    def confirm(self) -> None:
        if self.consult.state != REVIEW:
            assert not self.take(Consult.confirm, on=date(2026, 11, 25))
            return
        self.kept = self.desk.confirm(self.kept)
        assert self.consult.state == RESULT
        assert current_result(self.consult)["consult"] == self.kept.reference

    @rule(data=st.data(), reasons=st.booleans(), follow_up=st.sampled_from([None, "2026-12-01T09:00", "2020-01-01"]))
    def decide(self, data: st.DataObject, reasons: bool, follow_up: str | None) -> None:
        options = st.sampled_from(list(catalogue()))
        states = data.draw(st.dictionaries(options, st.sampled_from(STEP_STATES), max_size=3))
        plan = (self.consult.result or {"plan": []})["plan"]
        decision = {
            "steps": {one: {"state": states.get(one, "planned")} for one in [*plan, *states]},
            "reasons": dict.fromkeys([*catalogue(), "law"], REASON) if reasons else {},
            "follow_up": follow_up,
        }
        taken = self.take(Consult.decide, decision)
        if self.consult.state != DECIDED or follow_up == "2020-01-01":
            assert not taken

    @rule(option=st.sampled_from([*catalogue(), "weather"]), state=st.sampled_from([*STEP_STATES, "over"]))
    def report(self, option: str, state: str) -> None:
        can = self.consult.state == DECIDED and option != "weather" and state != "over"
        before = self.consult.decision
        assert self.take(Consult.report, option, {"state": state}, reason=REASON) == can
        if can and before is not None and self.consult.decision is not None:
            others = {one: step for one, step in before["steps"].items() if one != option}
            assert others.items() <= self.consult.decision["steps"].items()

    @rule(reason=st.sampled_from([None, REASON]))
    def close(self, reason: str | None) -> None:
        decision = self.consult.decision
        can = self.consult.state == DECIDED and decision is not None and bool(reason or not decision["outstanding"])
        assert self.take(Consult.close, reason) == can

    # What always holds

    @invariant()
    def the_log_has_the_consult_as_it_is(self) -> None:
        row = self.log.consult(self.kept.reference)
        assert row.state == stored_state(self.consult)
        assert kept(row) == self.kept
        assert row.revision == self.kept.revision and row.status == self.consult.status
        wanted = row_of(self.consult)
        assert (row.jurisdiction, row.level, row.follow_up) == (wanted.jurisdiction, wanted.level, wanted.follow_up)

    @invariant()
    def replaying_its_events_gives_it_again(self) -> None:
        events = self.log.events(self.kept.reference)
        assert replayed(events) == stored(self.consult) == self.consult
        assert [event.revision for event in events] == list(range(1, self.kept.revision + 1))

    @invariant()
    def its_overview_is_the_one_that_its_events_give(self) -> None:
        record = record_of(self.log.events(self.kept.reference))
        assert record_now(self.log, self.kept.reference) == record
        whole = overview_of(self.consult, record)
        listed = self.log.overviews(Wanted(), limit=100)
        found = [one for one in listed if one.reference == self.kept.reference]
        assert found == ([replace(whole, beside={})] if whole.listed else [])

    @invariant()
    def only_what_is_done_counts_for_what_the_law_requires(self) -> None:
        decision, result = self.consult.decision, self.consult.result
        if decision is not None and result is not None:
            done = {option for option, step in decision["steps"].items() if step["state"] == "done"}
            met = {
                need["under"]
                for need in result["law"]["requires"]
                if any(set(one) <= done for one in need["any_of"] if one)
            }
            required = {need["under"] for need in result["law"]["requires"]}
            assert {one["under"] for one in decision["outstanding"]} == required - met

    @invariant()
    def no_answer_is_lost(self) -> None:
        given = self.consult.given
        for key, value in self.said.items():
            if isinstance(value, dict):
                assert value.items() <= given[key].items(), key
            else:
                assert given[key] == value, key

    @invariant()
    def what_is_shown_is_on_the_path_and_asks_something(self) -> None:
        if self.consult.screen is not None:
            number, of = self.consult.place
            assert 1 <= number <= of
            assert self.consult.asks
            assert all(one in self.consult.screen.questions(self.consult.facts) for one in self.consult.asks)
        else:
            assert self.consult.state in AFTERWARDS and self.consult.asks == ()

    @invariant()
    def a_result_is_only_there_where_it_fits_the_answers(self) -> None:
        if self.consult.state in (RESULT, DECIDED):
            assert self.consult.result is not None
        elif self.consult.screen is not None or self.consult.state == REVIEW:
            assert self.consult.result is None
        if self.consult.state == RESULT:
            assert self.consult.result is not None
            assert (self.consult.facts["danger_now"] == "yes") <= (self.consult.result["level"] != "low")


def _unknown(key: str) -> Any:
    return {} if question(key).kind == "list" else "none_of_these" if key == "concern" else UNKNOWN


def stored_state(consult: Consult) -> dict[str, Any]:
    """The snapshot as JSON keeps it."""
    return snapshot(stored(consult))


HOW = settings(deadline=None, suppress_health_check=list(HealthCheck), stateful_step_count=40, print_blob=True)
QUICK = settings(HOW, max_examples=50, phases=[Phase.explicit, Phase.reuse, Phase.generate])
"""Without shrinking, which takes minutes: a walk that fails is printed as it was found, and can be run again."""


def test_a_consult_walked_at_random() -> None:
    run_state_machine_as_test(Walked, settings=QUICK)


@pytest.mark.exhaustive
def test_a_consult_walked_at_random_many_times(record_property: Callable[[str, object], None]) -> None:
    walks = 1_000
    run_state_machine_as_test(Walked, settings=settings(HOW, max_examples=walks, stateful_step_count=60))
    record_property("walks", walks)


def test_every_place_of_the_tests_is_one() -> None:
    assert set(PLACES) < set(jurisdiction_names())
