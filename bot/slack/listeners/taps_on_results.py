"""Taps on what was answered, in the review, at the result and on the decision: most of them open a modal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.desk import Desk, Kept
from bot.slack import actions
from bot.slack.listeners.beginning import today
from bot.slack.listeners.opening import Opening, opening
from bot.slack.listeners.reading import Malformed, Tap, about_one, in_consult, page_number
from bot.slack.listeners.tapping import Handle, of_this_turn, own, take_step
from bot.slack.listeners.wishes import read_place
from bot.slack.messages import hints
from bot.slack.modals.close import close_view
from bot.slack.modals.decision import decision_view
from bot.slack.modals.edit import edit_view
from bot.slack.modals.pages import TITLES, law_view, page_view
from bot.slack.modals.step import step_view
from bot.slack.office import Office
from bot.slack.refusals import Kindly
from flows.consult import Consult
from flows.decision import STEP_STATES, reasons_needed
from flows.machine import DECIDED, RESULT, REVIEW
from flows.options import catalogue
from flows.questions import questions


def _edit(office: Office, tap: Tap) -> Opening:
    return _editing(office, tap, about_one(tap))


def _change(office: Office, tap: Tap) -> Opening:
    if tap.value is None:
        raise Malformed("value")
    return _editing(office, tap, tap.value)


def _editing(office: Office, tap: Tap, key: str) -> Opening:
    if key not in questions():
        raise Malformed("action_id")
    consult = own(office, tap).consult
    if consult.screen is None and consult.state not in (REVIEW, RESULT):
        raise Kindly(hints.too_old())
    return opening(tap, edit_view(consult, key, shown_turn=in_consult(tap).turn))


def _confirm(office: Office, tap: Tap) -> Opening | None:
    return take_step(office, tap, lambda desk, kept: desk.confirm(of_this_turn(kept, tap), delivery=tap.delivery))


def _page(office: Office, tap: Tap) -> Opening:
    """`why`, `why:2`, `law`, `law:CO`, `law:CO:2`: a page of the consult, or the law of a place, which is nobody's secret."""
    name, *rest = tap.about or ("",)
    if name == "law" and rest and not rest[0].isdigit():
        code = read_place(rest[0])
        if code is None:
            raise Malformed("action_id")
        return opening(tap, law_view(code, today(office), _number(rest[1:])))
    consult = own(office, tap).consult
    if name not in TITLES:
        raise Malformed("action_id")
    if name != "answers" and consult.result is None:
        raise Kindly(hints.too_old())
    return opening(tap, page_view(consult, name, _number(rest)))


def _number(rest: list[str]) -> int:
    return page_number(rest[0]) if rest else 1


def _decide(office: Office, tap: Tap) -> Opening:
    consult = own(office, tap).consult
    if consult.state != RESULT:
        raise Kindly(hints.too_old())
    return opening(tap, decision_view(consult))


def _step_of_plan(office: Office, tap: Tap) -> Opening | None:
    """One tap reports it; where a reason is needed, or more is to be said, a modal asks."""
    option, state = (*tap.about, "", "")[:2]
    if option not in catalogue() or state not in (*STEP_STATES, "more"):
        raise Malformed("action_id")
    consult = own(office, tap).consult
    if consult.state != DECIDED or consult.decision is None or consult.result is None:
        raise Kindly(hints.too_old())
    steps = {**consult.decision["steps"], option: {"state": state}}
    if state == "more" or _lacking(consult, steps):
        return opening(tap, step_view(consult, option, None if state == "more" else state))

    def take(desk: Desk, kept: Kept) -> Kept:
        decision = kept.consult.decision or {}
        if decision.get("steps", {}).get(option, {}).get("state") == state:
            raise Kindly(hints.already_said())
        return desk.take(kept, Consult.report, option, {"state": state}, delivery=tap.delivery)

    return take_step(office, tap, take)


def _lacking(consult: Consult, steps: Mapping[str, Any]) -> list[str]:
    """Where a reason is needed that was not given."""
    assert consult.decision is not None and consult.result is not None
    needed = reasons_needed(consult.result, steps, consult.decision["tell"])
    return [one for one in needed if not consult.decision["reasons"].get(one)]


def _close(office: Office, tap: Tap) -> Opening | None:
    """At once; while something that the law requires is outstanding, a modal asks why."""
    consult = own(office, tap).consult
    if consult.state != DECIDED or consult.decision is None:
        raise Kindly(hints.too_old())
    if consult.decision["outstanding"]:
        return opening(tap, close_view(consult))
    return take_step(office, tap, lambda desk, kept: desk.take(kept, Consult.close, delivery=tap.delivery))


ON_RESULTS: Mapping[str, Handle] = {
    actions.EDIT: _edit,
    actions.CHANGE: _change,
    actions.CONFIRM: _confirm,
    actions.PAGE: _page,
    actions.DECIDE: _decide,
    actions.STEP: _step_of_plan,
    actions.CLOSE: _close,
}
