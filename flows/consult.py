"""One consult: where it stands, what was answered, and every step that can be taken, as events.

Each step checks first, then returns the events and the consult after them; nothing changes otherwise. An event carries
where the consult goes, so that replaying the events gives the state again without asking the machine, the law or this
version of the questions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from flows.after_care import CARE_REPORTED, Care, care_after, care_due, care_recorded, care_steps, named
from flows.answers import Answers, check_answer, check_decision_shape, check_text, facts_of
from flows.decision import check_decision, check_step, reasons_needed
from flows.errors import AnswerError, OutOfTurn
from flows.evaluation import evaluate
from flows.machine import CANCELLED, CLOSED, DECIDED, PAUSED, RESULT, REVIEW, Ask, Screen, the_flow
from flows.note import note
from flows.questions import question, questions
from flows.review import Review, review_after
from flows.version import flow_version
from state_law.load import Table, the_table

DANGER = "danger_now"


@dataclass(frozen=True)
class Event:
    """Something that happened: `kind`, when (ISO 8601 with its offset), who, and the data that the state needs."""

    kind: str
    at: str
    actor: str
    data: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """In the form that the log takes."""
        return {"kind": self.kind, "at": self.at, "actor": self.actor, "data": dict(self.data)}


@dataclass(frozen=True)
class Consult:
    """A consult after its events.

    `state`: a screen, `review`, `result`, `decided`, `closed`, `paused` or `cancelled` (see machine.py). `held`: the state
    to which a paused consult goes back. `done_here`: what was answered since this screen was entered. `returning`: an
    earlier answer was changed, so that screens which are answered already are passed over. `turn`: how often what the person
    sees has moved on; what was shown in an earlier turn is out of date. `given`: the answers.
    `result`: as the contract has it, once evaluated. `decision`: as recorded, with what is outstanding. `review`: by the
    supervisors (review.py), None before there is one. `care`: of the client after somebody was told (after_care.py), None before.
    What is asked again and again in a step is worked out once.
    """

    reference: str
    clinician: str
    started_at: str
    updated_at: str
    first: str
    state: str
    given: Mapping[str, Any] = field(default_factory=dict)
    held: str | None = None
    done_here: tuple[str, ...] = ()
    returning: bool = False
    turn: int = 0
    result: Mapping[str, Any] | None = None
    decision: Mapping[str, Any] | None = None
    ended_because: str | None = None
    review: Review | None = None
    care: Care | None = None

    # What a person sees

    @cached_property
    def facts(self) -> dict[str, str]:
        """The answers as facts, not known where nothing was said; nobody changes what this returns."""
        return facts_of(self.given)

    @property
    def screen(self) -> Screen | None:
        """The screen that is asked now; None when none is."""
        return the_flow().screens.get(self.state)

    @cached_property
    def asks(self) -> tuple[Ask, ...]:
        """The questions of this screen that are still to be answered, in order."""
        if self.screen is None:
            return ()
        return tuple(one for one in self.screen.questions(self.facts) if one.question not in self.done_here)

    @cached_property
    def place(self) -> tuple[int, int]:
        """(number of this screen, number of screens) on the path as the answers are now; (0, n) off the path."""
        path = the_flow().path(self.facts, self.first)
        return (path.index(self.state) + 1 if self.state in path else 0, len(path))

    @property
    def finished(self) -> bool:
        """True when nothing more can happen in it."""
        return self.state in (CLOSED, CANCELLED)

    @property
    def status(self) -> str:
        """In a word, for lists: asking, review, result, decided, closed, paused or cancelled."""
        return "asking" if self.screen is not None else self.state

    @property
    def danger_now(self) -> bool:
        """True once it was said that somebody is in danger now."""
        return self.facts[DANGER] == "yes"

    # Steps

    def answer(self, values: Mapping[str, Any], *, at: str, actor: str) -> Step:
        """Answer questions of this screen. AnswerError for a value that won't do, OutOfTurn for another question."""
        now = {one.question: one for one in self.asks}
        if not values:
            raise AnswerError("answers", None, ", ".join(now) or "nothing", "no answer was given")
        for key in values:
            if key not in now:
                raise self._out_of_turn(key)
        checked = {key: self._merged(key, value, now[key].items) for key, value in values.items()}
        for key in values:
            checked.update(self._along(key, checked[key]))
        done = (*self.done_here, *values)
        after = replace(self, given={**self.given, **checked}, done_here=done)
        to = after._onwards() if not after.asks else self.state
        return self._step("answered", {"answers": checked, "asked": list(values), "to": to}, at, actor)

    def change(self, key: str, value: Any, *, at: str, actor: str) -> Step:
        """Change or add any answer before the decision; a result is then evaluated again. AnswerError, OutOfTurn."""
        if key not in questions():
            raise AnswerError("answers", key, ", ".join(questions()), "no such key")
        if self.screen is None and self.state not in (REVIEW, RESULT):
            raise self._out_of_turn(key)
        withdrawn = value is None and key in ("narrative", "second_jurisdiction")
        checked = "" if withdrawn else self._merged(key, value, None)
        answers = {key: checked, **self._along(key, checked)}
        after = replace(self, given={**self.given, **answers})
        to = after._after_change()
        if the_flow().go("change", self.state, after.facts, to) is None:
            raise self._out_of_turn(key)
        data = {"answers": answers, "was": self.given.get(key), "to": to}
        return self._step("changed", data, at, actor)

    def back(self, *, at: str, actor: str) -> Step:
        """To the screen before. OutOfTurn at the first."""
        to = REVIEW if self.state == RESULT else the_flow().before(self.state, self.facts, self.first)
        if to is None or the_flow().go("back", self.state, self.facts, to) is None:
            raise self._out_of_turn("back", "there is nothing before this" if self.screen else "")
        return self._step("went_back", {"to": to}, at, actor)

    def say_danger(self, value: str = "yes", *, at: str, actor: str) -> Step:
        """Danger now (yes), or no longer (no): can be said at any point, and moves nobody from the screen that they see.

        A result must then be evaluated again. After the decision it is kept as an event, and the emergency card is shown.
        """
        check_answer(DANGER, value)
        if self.finished:
            raise OutOfTurn(DANGER, self.state, "call 911, and start a new consult")
        if self.state == DECIDED:
            return self._step("danger_said", {"value": value}, at, actor)
        data = {"answers": {DANGER: value}, "was": self.given.get(DANGER), "to": self.state}
        if self.state == RESULT:
            data["to"] = REVIEW
        elif self.held == RESULT:
            data["held"] = REVIEW
        return self._step("danger_said", data, at, actor)

    def pause(self, *, at: str, actor: str) -> Step:
        """Put it aside; everything is kept."""
        return self._moved("pause", "paused", {}, at, actor)

    def resume(self, *, at: str, actor: str) -> Step:
        """Go on where it was paused."""
        if self.state != PAUSED or self.held is None:
            raise self._out_of_turn("resume", "only a paused consult can be resumed")
        return self._step("resumed", {"to": self.held}, at, actor)

    def cancel(self, reason: str | None = None, *, at: str, actor: str) -> Step:
        """End it before a decision. It stays in the log."""
        return self._moved("cancel", "cancelled", {"reason": reason}, at, actor)

    def confirm(
        self,
        *,
        on: date,
        at: str,
        actor: str,
        table: Table | None = None,
        evaluated: Mapping[str, Any] | None = None,
    ) -> Step:
        """From the review to the result: evaluated under the rules in force `on` that day.

        `evaluated`: the result of `evaluate` on these very answers, where it was worked out already.
        """
        if the_flow().go("confirm", self.state, self.facts) is None:
            raise self._out_of_turn(
                "result", "answer the questions and review the answers first" if self.screen else ""
            )
        answers = Answers(self.given_answers)
        if evaluated is None:
            result = evaluate(answers, on=on, reference=self.reference, table=table, at=at)
        else:
            result = {**evaluated, "consult": self.reference}
            result["note"] = note(result, answers, on)
        return self._step("evaluated", {"result": result, "on": on.isoformat(), "to": RESULT}, at, actor)

    def decide(self, decision: object, *, at: str, actor: str) -> Step:
        """Record the clinician's decision. OutOfTurn before the result; AnswerError names what won't do or is missing."""
        shaped = check_decision_shape(decision)
        if self.result is None or the_flow().go("decide", self.state, self.facts) is None:
            raise self._out_of_turn("decision", "a decision comes after the result, once")
        checked = check_decision(self.result, shaped, at).as_dict()
        return self._step("decided", {"decision": checked, **self._care(checked), "to": DECIDED}, at, actor)

    def report(self, option: str, step: Mapping[str, Any], *, at: str, actor: str, reason: str | None = None) -> Step:
        """Report what became of a step: {state, at, result}. `reason` where it now differs or omits what the law requires."""
        if self.result is None or self.decision is None or the_flow().go("report", self.state, self.facts) is None:
            raise self._out_of_turn("step", "steps are reported after the decision")
        steps = {**self.decision["steps"], option: step}
        shape = {"steps": steps, "reasons": dict(self.decision["reasons"]), "tell": self.decision["tell"]}
        check_decision_shape(shape)
        steps[option] = check_step(option, step, at)
        if reason:
            check_text("reason", reason)
            needed = reasons_needed(self.result, steps)
            shape["reasons"].update({one: reason for one in needed if one == option or one not in shape["reasons"]})
        checked = check_decision(self.result, shape, at).as_dict()
        checked["follow_up"] = self.decision["follow_up"]
        reported = {"option": option, "step": checked["steps"][option], "decision": checked}
        return self._step("step_reported", {**reported, **self._care(checked), "to": DECIDED}, at, actor)

    def report_care(self, step: str, done: bool, *, at: str, actor: str) -> Step:
        """Tick a step of the client's care after somebody was told, or take the tick back; also once it is closed.

        OutOfTurn while nobody was told; AnswerError names a step that is not on the list.
        """
        due = named(care_steps(self.care))
        if not due:
            raise OutOfTurn("care", self.state, "it is ticked once a step that tells somebody is done")
        if step not in due:
            raise AnswerError("care", step, ", ".join(due), "not on the list")
        return self._step(CARE_REPORTED, {"step": step, "done": done, "text": due[step].text}, at, actor)

    def close(self, reason: str | None = None, *, at: str, actor: str) -> Step:
        """End it after the decision. A reason is needed while something that the law requires is outstanding."""
        if self.decision is None or the_flow().go("close", self.state, self.facts) is None:
            raise self._out_of_turn("close", "a consult is closed after its decision")
        if self.decision["outstanding"] and not (reason or "").strip():
            raise AnswerError("reason", None, "a short reason", "what the law requires is still outstanding")
        check_text("reason", reason or "")
        return self._step("closed", {"reason": reason, "to": CLOSED}, at, actor)

    # How it comes about

    @property
    def given_answers(self) -> dict[str, Any]:
        """The answers without those that were withdrawn."""
        return {key: value for key, value in self.given.items() if value != ""}

    def _merged(self, key: str, value: Any, items: Sequence[str] | None) -> Any:
        """A checked answer. Of a list, items that are not asked now, or that a mapping does not name, stay as they were."""
        checked = check_answer(key, value)
        if not isinstance(checked, dict):
            return checked
        asked = checked if items is None else items
        for item in value:
            if item not in asked:
                raise AnswerError(key, item, ", ".join(asked), "not asked on this screen")
        before = self.given.get(key, {})
        named = value if isinstance(value, Mapping) else asked
        return {**before, **{item: checked[item] for item in asked if item in named or item not in before}}

    def _care(self, decision: Mapping[str, Any]) -> dict[str, Any]:
        """What an event says of the client's care, when by that decision another list is due than before."""
        assert self.result is not None
        due = care_due(self.result, decision["steps"])
        return {"care": due} if due != (self.care["due"] if self.care else []) else {}

    def _onwards(self) -> str:
        """Where the answered screen leads; past those that are answered, when an earlier answer was changed."""
        flow = the_flow()
        here = self.state
        while True:
            screen = flow.screens[here]
            after = flow.go("next", here, self.facts)
            if after is None:  # the machine is built from these ways, so one is always open
                raise OutOfTurn("next", here, ", ".join(way.to for way in screen.ways))
            here = after
            if not self.returning or here == REVIEW or not self._answered(here):
                return here

    def _along(self, key: str, value: Any) -> dict[str, str]:
        """What an answer says along with itself, of questions that were not answered yet."""
        along = question(key).along.get(value, {}) if isinstance(value, str) else {}
        return {other: said for other, said in along.items() if other not in self.given}

    def _after_change(self) -> str:
        """Where a change leads: to the first screen that is not answered, else the review; never past this screen."""
        path = [*the_flow().path(self.facts, self.first), REVIEW]
        to = next((one for one in path if one == REVIEW or not self._answered(one)), REVIEW)
        here = self.state if self.asks and self.state in path else to
        return here if path.index(here) < path.index(to) else to

    def _answered(self, screen: str) -> bool:
        for ask in the_flow().screens[screen].questions(self.facts):
            value = self.given.get(ask.question)
            if value is None or (ask.items is not None and not set(ask.items) <= set(value)):
                return False
        return True

    def _moved(self, trigger: str, kind: str, data: Mapping[str, Any], at: str, actor: str) -> Step:
        to = the_flow().go(trigger, self.state, self.facts)
        if to is None:
            raise self._out_of_turn(trigger)
        return self._step(kind, {**data, "to": to}, at, actor)

    def _step(self, kind: str, data: Mapping[str, Any], at: str, actor: str) -> Step:
        event = Event(kind, at, actor, data)
        return Step((event,), apply(self, event))

    def _out_of_turn(self, what: str, allowed: str = "") -> OutOfTurn:
        """`allowed`: what can be done instead, in words; where it is empty, what is asked now or what can be done here."""
        if self.finished:
            return OutOfTurn(what, self.state, "nothing more; begin a new consult")
        if self.screen is not None:
            allowed = allowed or f"now it asks for {', '.join(one.question for one in self.asks)}"
        return OutOfTurn(what, self.state, allowed or ", ".join(the_flow().triggers(self.state)))


@dataclass(frozen=True)
class Step:
    """What a step comes to: its events, and the consult after them."""

    events: tuple[Event, ...]
    consult: Consult

    def then(self, after: Step) -> Step:
        """Both as one step. `after` was taken on this step's consult."""
        return Step((*self.events, *after.events), after.consult)


def start(
    reference: str,
    clinician: str,
    *,
    at: str,
    remembered: Mapping[str, Any] | None = None,
    table: Table | None = None,
) -> Step:
    """Begin a consult. `remembered`: jurisdiction, profession and the items of `setting` that say where one works.

    AnswerError for a value that won't do.
    """
    flow = the_flow()
    answers = {key: check_answer(key, value) for key, value in (remembered or {}).items()}
    if "setting" in answers:
        answers["setting"] = {item: said for item, said in answers["setting"].items() if item in remembered["setting"]}  # type: ignore[index]
    first = flow.first_when_remembered if {"jurisdiction", "profession"} <= set(answers) else flow.first
    data = {
        "reference": reference,
        "answers": answers,
        "first": first,
        "to": first,
        "flow_version": flow_version(),
        "table_version": (table or the_table()).version,
    }
    event = Event("started", at, clinician, data)
    return Step((event,), apply(None, event))


def whole(
    reference: str,
    answers: Answers,
    *,
    clinician: str,
    on: date,
    at: str,
    table: Table | None = None,
    evaluated: Mapping[str, Any] | None = None,
) -> Step:
    """A whole consult from a file: each answer an event, then the result and, when it comes with one, the decision."""
    step = start(reference, clinician, at=at, table=table)
    events = list(step.events)
    consult = step.consult
    for key, value in answers.given.items():
        event = Event("answered", at, clinician, {"answers": {key: value}, "asked": [key], "to": REVIEW})
        events.append(event)
        consult = apply(consult, event)
    step = consult.confirm(on=on, at=at, actor=clinician, table=table, evaluated=evaluated)
    events += step.events
    if answers.decision is not None:
        step = step.consult.decide(answers.decision, at=at, actor=clinician)
        events += step.events
    return Step(tuple(events), step.consult)


def replay(events: Iterable[Event]) -> Consult:
    """The consult that these events lead to. ValueError when they do not begin with `started`."""
    consult = None
    for event in events:
        consult = apply(consult, event)
    if consult is None:
        raise ValueError("a consult has at least one event")
    return consult


def apply(consult: Consult | None, event: Event) -> Consult:
    """The consult after an event: the only place where its state changes."""
    data = event.data
    if consult is None:
        if event.kind != "started":
            raise ValueError(f"a consult begins with `started`, not {event.kind!r}")
        return Consult(
            reference=data["reference"],
            clinician=event.actor,
            started_at=event.at,
            updated_at=event.at,
            first=data["first"],
            state=data["to"],
            given=dict(data["answers"]),
        )
    review = review_after(consult.review, event.kind, event.at, event.actor, data)
    care = care_after(consult.care, event.kind, event.at, event.actor, data)
    change = _CHANGES.get(event.kind)
    if change is None:  # an event of the review, of another part, or of a later version
        return replace(consult, updated_at=event.at, review=review, care=care)
    after = replace(change(consult, data), updated_at=event.at, review=review, care=care)
    return replace(after, turn=consult.turn + 1) if _shows_anew(event, consult, after) else after


def _shows_anew(event: Event, before: Consult, after: Consult) -> bool:
    """Whether the person sees something new after it, not the same screen or page with more said on it.

    The review lists the answers, so a change shows it anew; the emergency card comes between, so the screen is shown again.
    """
    said_in_review = event.kind == "changed" and after.state == REVIEW
    return after.state != before.state or said_in_review or event.kind == "danger_said"


def _answered(consult: Consult, data: Mapping[str, Any]) -> Consult:
    given = {**consult.given, **data["answers"]}
    if data["to"] == consult.state:
        return replace(consult, given=given, done_here=(*consult.done_here, *data["asked"]))
    returning = consult.returning and data["to"] != REVIEW
    return replace(consult, given=given, state=data["to"], done_here=(), returning=returning)


def _changed(consult: Consult, data: Mapping[str, Any]) -> Consult:
    given = {**consult.given, **data["answers"]}
    if data["to"] == consult.state and consult.state != REVIEW:
        return replace(consult, given=given)
    returning = data["to"] != REVIEW
    return replace(consult, given=given, state=data["to"], done_here=(), returning=returning, result=None)


def _danger(consult: Consult, data: Mapping[str, Any]) -> Consult:
    if "answers" not in data:
        return consult
    given = {**consult.given, **data["answers"]}
    held = data.get("held", consult.held)
    again = (data["to"], held) != (consult.state, consult.held)
    return replace(consult, given=given, state=data["to"], held=held, result=None if again else consult.result)


def _moved(consult: Consult, data: Mapping[str, Any]) -> Consult:
    result = consult.result if data["to"] in (RESULT, DECIDED) else None
    return replace(consult, state=data["to"], done_here=(), returning=False, held=None, result=result)


def _paused(consult: Consult, data: Mapping[str, Any]) -> Consult:
    return replace(consult, state=PAUSED, held=consult.state)


def _resumed(consult: Consult, data: Mapping[str, Any]) -> Consult:
    return replace(consult, state=data["to"], held=None)


def _cancelled(consult: Consult, data: Mapping[str, Any]) -> Consult:
    return replace(consult, state=CANCELLED, held=None, ended_because=data.get("reason"))


def _evaluated(consult: Consult, data: Mapping[str, Any]) -> Consult:
    return replace(consult, state=RESULT, result=data["result"], done_here=(), returning=False)


def _decided(consult: Consult, data: Mapping[str, Any]) -> Consult:
    return replace(consult, state=DECIDED, decision=data["decision"])


def _closed(consult: Consult, data: Mapping[str, Any]) -> Consult:
    return replace(consult, state=CLOSED, ended_because=data.get("reason"))


_CHANGES: Mapping[str, Callable[[Consult, Mapping[str, Any]], Consult]] = {
    "answered": _answered,
    "changed": _changed,
    "went_back": _moved,
    "danger_said": _danger,
    "paused": _paused,
    "resumed": _resumed,
    "cancelled": _cancelled,
    "evaluated": _evaluated,
    "decided": _decided,
    "step_reported": _decided,
    "closed": _closed,
}


def current_result(consult: Consult) -> dict[str, Any]:
    """The result with what was decided and reported since: decision, what is outstanding, and the note as it reads now.

    OutOfTurn before there is a result.
    """
    if consult.result is None:
        raise OutOfTurn("result", consult.state, "answer the questions and review the answers first")
    result = {**consult.result, "law": dict(consult.result["law"])}
    if consult.decision is not None:
        result["decision"] = consult.decision
        result["law"]["outstanding"] = consult.decision["outstanding"]
        result["after_care"] = care_recorded(result, consult.care)
        on = date.fromisoformat(result["law"]["evaluated_on"])
        result["note"] = note(result, Answers(consult.given_answers), on)
    return result


def now() -> str:
    """The time of a step: local time with its offset, to the second (2026-11-25T14:03:11-07:00)."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


SNAPSHOT = (
    "first", "state", "given", "held", "done_here", "returning", "turn", "result", "decision", "ended_because",
    "review", "care",
)  # fmt: skip


def snapshot(consult: Consult) -> dict[str, Any]:
    """What the log keeps as the consult's current state, beside the columns that lists need."""
    found = {name: getattr(consult, name) for name in SNAPSHOT}
    return {**found, "done_here": list(consult.done_here)}


def restore(reference: str, clinician: str, started_at: str, updated_at: str, state: Mapping[str, Any]) -> Consult:
    """The consult that `snapshot` was taken of."""
    fields = {
        "turn": 0,
        "review": None,
        "care": None,
        **{name: state[name] for name in SNAPSHOT if name in state},
    }  # the first versions kept none of these
    fields["done_here"] = tuple(fields["done_here"])
    return Consult(reference, clinician, started_at, updated_at, **fields)
