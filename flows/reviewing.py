"""What can be done with a consult's review, and by whom: each action is one event of the consult.

Nobody reviews their own consult; compliance reads, and does none of this.
"""

from __future__ import annotations

from flows.answers import check_text
from flows.consult import Consult, Event, Step, apply
from flows.errors import AnswerError, OutOfTurn
from flows.machine import CANCELLED, CLOSED, DECIDED
from flows.review import ACKNOWLEDGE, CLINICIAN, KIND, LOGGED, SIGN, SUPERVISOR, TAKE_BACK, Action, the_review
from flows.words import spoken

LONGEST = 3000


def review_state(consult: Consult) -> str | None:
    """Where the review stands; None while there is none."""
    return consult.review["state"] if consult.review is not None else None


def actions_open(consult: Consult, role: str, person: str) -> tuple[str, ...]:
    """What this person may do now in that role (supervisor, clinician, compliance); nothing before there is a review."""
    state = review_state(consult)
    if state is None:
        return ()
    return tuple(
        one for one in the_review().open(state) if _refused(consult, the_review().actions[one], role, person) is None
    )


def review(consult: Consult, action: str, *, role: str, at: str, actor: str, text: str | None = None) -> Step:
    """Do it. `role`: in which the person acts. OutOfTurn says what can be done instead; AnswerError for a text that won't do."""
    flow = the_review()
    known = flow.actions.get(action)
    if known is None:
        raise AnswerError("review", action, ", ".join(flow.actions), "no such action")
    state = review_state(consult)
    if state is None:
        raise OutOfTurn(action, consult.state, "a consult is reviewed once it is decided, or serious")
    to = flow.go(action, state)
    if to is None:
        can = ", ".join(spoken(one.rstrip("_")) for one in actions_open(consult, role, actor)) or "nothing more"
        raise OutOfTurn(action, state, f"it is {flow.states[state]}; what can be done: {can}")
    refused = _refused(consult, known, role, actor)
    if refused is not None:
        raise OutOfTurn(action, state, refused)
    said = _text(known, text)
    claims = known.claims and (action == TAKE_BACK or not handed_on(consult, actor))
    if known.claims and not claims and state == "escalated":
        to = state  # it still waits for somebody else
    data = {"to": to, "claims": claims, "text": said}
    event = Event(f"{KIND}{action}", at, actor, data)
    return Step((event,), apply(consult, event))


def _refused(consult: Consult, action: Action, role: str, person: str) -> str | None:
    """Why this person may not, in words; None when they may."""
    own = person == consult.clinician
    if action.who == SUPERVISOR:
        if role != SUPERVISOR:
            return "only supervisors do that"
        if own:
            return "nobody reviews their own consult; another supervisor does"
        if action.id in (ACKNOWLEDGE, SIGN) and handed_on(consult, person):
            return "you have asked for another supervisor, who takes it first"
        if action.id == TAKE_BACK and not handed_on(consult, person):
            return "only whoever has handed it on takes it back"
        if action.id == ACKNOWLEDGE and not _waits(consult):
            return "a supervisor has it already"
        if action.id == SIGN and consult.state not in (DECIDED, CLOSED, CANCELLED):
            return "it is signed once the clinician has decided"
    elif role != CLINICIAN or not own:
        return "only the clinician of this consult does that"
    return None


def handed_on(consult: Consult, person: str) -> bool:
    """Whether this person has asked for another supervisor, and none has it yet."""
    return consult.review is not None and consult.review.get("escalated_by") == person


def _waits(consult: Consult) -> bool:
    """Whether it waits for somebody to look after it: at first, and after it was handed on, whatever was said since."""
    review = consult.review or {}
    return review.get("state") in (LOGGED, "escalated") or bool(review.get("escalated_by"))


def _text(action: Action, text: str | None) -> str | None:
    said = (text or "").strip()
    if action.text == "needed" and not said:
        raise AnswerError("text", None, "a few words", "nothing was written")
    if len(said) > LONGEST:
        raise AnswerError("text", f"{len(said)} characters", f"at most {LONGEST}", "it is too long")
    check_text("text", said)
    return said or None if action.text != "none" else None
