"""What is tapped: one function for each word of actions.py. Each takes its step, or gives the modal that is to be opened."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.desk import Desk, Kept
from bot.slack import actions
from bot.slack.conversation import emergency_post
from bot.slack.journal import log_line
from bot.slack.listeners import replies
from bot.slack.listeners.beginning import Came, admit, admit_to_own, begin, fulfil, go_on, today
from bot.slack.listeners.moving import moved
from bot.slack.listeners.opening import OPENS, Opening, opener, opening
from bot.slack.listeners.reading import Malformed, Payload, Tap, about_one, in_consult, read_tap
from bot.slack.listeners.saying import kindly, malformed, tell
from bot.slack.listeners.wishes import DANGER, START, read_place
from bot.slack.messages import hints
from bot.slack.messages.question import read_choices
from bot.slack.modals.close import close_view
from bot.slack.modals.decision import decision_view
from bot.slack.modals.edit import edit_view
from bot.slack.modals.pages import TITLES, law_view, page_view
from bot.slack.modals.screen import screen_view
from bot.slack.modals.step import step_view
from bot.slack.office import Office
from bot.slack.refusals import Kindly
from flows.consult import Consult, Step
from flows.decision import STEP_STATES, reasons_needed
from flows.machine import DECIDED, PAUSED, RESULT, REVIEW
from flows.options import catalogue
from flows.questions import questions

EVERYTHING = re.compile(".*")
Handle = Callable[[Office, Tap], Opening | None]


def register(app: App, office: Office, client: WebClient) -> None:
    """What may open a modal, or is tapped in one, has a lazy listener; other taps are not slowed down by one."""

    def tapped(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        context[OPENS] = handle(office, body)
        ack()

    app.action(EVERYTHING, matchers=[_may_open])(ack=tapped, lazy=[opener(client, office)])
    app.action(EVERYTHING)(tapped)


def _may_open(body: dict[str, Any]) -> bool:
    word = str(body["actions"][0].get("action_id")).partition(":")[0]
    return "view" in body or word in MAY_OPEN


def handle(office: Office, payload: Payload) -> Opening | None:
    """Take the step that was tapped; the modal to open, if one is. LogError when it could not be kept."""
    try:
        tap = read_tap(payload)
        with kindly(office, tap.user, tap.place, tap.delivery):
            return TAPS.get(tap.word, _unknown)(office, tap)
        return _as_it_is(office, tap)
    except Malformed as error:
        malformed(office, payload, error)
    return None


def _as_it_is(office: Office, tap: Tap) -> Opening | None:
    """After a refusal in a modal in which the consult is walked: the modal as it is by now."""
    if office.privacy == "usual" or tap.view_id is None or tap.address is None:
        return None
    try:
        return opening(tap, screen_view(office.open(tap.user, tap.address.reference).consult))
    except Kindly:
        return None


# On a question


def _answer(office: Office, tap: Tap) -> Opening | None:
    key, *rest = tap.about or ("",)
    value = ":".join(rest) or tap.value
    if not key or value is None:
        raise Malformed("action_id")
    return _step(office, tap, lambda desk, kept: _answered(desk, _this_turn(kept, tap), {key: value}, tap))


def _continue(office: Office, tap: Tap) -> Opening | None:
    def take(desk: Desk, kept: Kept) -> Kept:
        answers = read_choices(_this_turn(kept, tap).consult, tap.values)
        return _answered(desk, kept, answers, tap)

    return _step(office, tap, take)


def _answered(desk: Desk, kept: Kept, answers: Mapping[str, Any], tap: Tap) -> Kept:
    asked = {one.question for one in kept.consult.asks}
    if not answers.keys() <= asked:
        raise Kindly(hints.already_said())
    return desk.take(kept, Consult.answer, answers, delivery=tap.delivery)


def _said(office: Office, tap: Tap) -> None:
    """A choice counts when *Continue* is tapped."""


# On every screen


def _danger(office: Office, tap: Tap) -> Opening | None:
    """Danger now can be said from any message, however old; that it is over, only from the one that counts."""
    value = about_one(tap)
    address = in_consult(tap)

    def take(desk: Desk, kept: Kept) -> Kept:
        consult = kept.consult
        if value != "yes":
            return desk.say_danger(_this_turn(kept, tap), value, delivery=tap.delivery)
        if not consult.danger_now:
            return desk.say_danger(kept, delivery=tap.delivery)
        if office.privacy == "usual" and address.turn != consult.turn:  # a finger that tapped twice, most likely
            raise Kindly(hints.danger_already_said())
        office.send([emergency_post(consult, office.clock(), office.privacy)], tap.delivery)
        return kept

    return _step(office, tap, take, emergency=value == "yes")


def _back(office: Office, tap: Tap) -> Opening | None:
    return _take(office, tap, Consult.back)


def _pause(office: Office, tap: Tap) -> Opening | None:
    return _take(office, tap, Consult.pause)


def _cancel(office: Office, tap: Tap) -> Opening | None:
    return _take(office, tap, Consult.cancel)


def _resume(office: Office, tap: Tap) -> Opening | None:
    """From any message: whoever goes on from an old card means the consult as it is."""
    admit_to_own(office, tap.user)
    came = go_on(office, tap.user, in_consult(tap).reference, tap.delivery, tap.place)
    if came.did == "resumed" and tap.place.thread_ts is not None:  # one sees it go on
        return None
    return _led(office, tap, came)


def _restart(office: Office, tap: Tap) -> Opening | None:
    """Cancel this one, and begin anew; the cancelled one has a button for that too, should the program end in between."""
    _take(office, tap, Consult.cancel)
    return _led(office, tap, begin(office, tap.user, f"{tap.delivery}:anew", tap.place, {}))


def _led(office: Office, tap: Tap, came: Came) -> Opening | None:
    """Tell somebody where the consult is to which their tap has led; in a modal, if they tapped in one or in the home."""
    if tap.place.channel is not None:
        tell(office, tap.user, tap.place, came.message, tap.delivery if came.did == "nothing" else None)
        return None
    assert came.consult is not None
    if office.privacy == "minimal":
        return opening(tap, screen_view(came.consult))
    return opening(tap, moved(office, came, tap.place))


# On what was answered, in the review and at the result


def _edit(office: Office, tap: Tap) -> Opening:
    return _editing(office, tap, about_one(tap))


def _change(office: Office, tap: Tap) -> Opening:
    if tap.value is None:
        raise Malformed("value")
    return _editing(office, tap, tap.value)


def _editing(office: Office, tap: Tap, key: str) -> Opening:
    if key not in questions():
        raise Malformed("action_id")
    consult = _own(office, tap).consult
    if consult.screen is None and consult.state not in (REVIEW, RESULT):
        raise Kindly(hints.too_old())
    return opening(tap, edit_view(consult, key, shown_turn=in_consult(tap).turn))


def _confirm(office: Office, tap: Tap) -> Opening | None:
    return _step(office, tap, lambda desk, kept: desk.confirm(_this_turn(kept, tap), delivery=tap.delivery))


def _page(office: Office, tap: Tap) -> Opening:
    """`why`, `why:2`, `law`, `law:CO`, `law:CO:2`: a page of the consult, or the law of a place, which is nobody's secret."""
    name, *rest = tap.about or ("",)
    if name == "law" and rest and not rest[0].isdigit():
        code = read_place(rest[0])
        if code is None:
            raise Malformed("action_id")
        return opening(tap, law_view(code, today(office), _number(rest[1:])))
    consult = _own(office, tap).consult
    if name not in TITLES:
        raise Malformed("action_id")
    if name != "answers" and consult.result is None:
        raise Kindly(hints.too_old())
    return opening(tap, page_view(consult, name, _number(rest)))


def _number(rest: list[str]) -> int:
    if not rest:
        return 1
    if not (rest[0].isdigit() and len(rest[0]) <= 4):
        raise Malformed("action_id")
    return int(rest[0])


def _decide(office: Office, tap: Tap) -> Opening:
    consult = _own(office, tap).consult
    if consult.state != RESULT:
        raise Kindly(hints.too_old())
    return opening(tap, decision_view(consult))


def _step_of_plan(office: Office, tap: Tap) -> Opening | None:
    """One tap reports it; where a reason is needed, or more is to be said, a modal asks."""
    option, state = (*tap.about, "", "")[:2]
    if option not in catalogue() or state not in (*STEP_STATES, "more"):
        raise Malformed("action_id")
    consult = _own(office, tap).consult
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

    return _step(office, tap, take)


def _lacking(consult: Consult, steps: Mapping[str, Any]) -> list[str]:
    """Where a reason is needed that was not given."""
    assert consult.decision is not None and consult.result is not None
    needed = reasons_needed(consult.result, steps, consult.decision["tell"])
    return [one for one in needed if not consult.decision["reasons"].get(one)]


def _close(office: Office, tap: Tap) -> Opening | None:
    """At once; while something that the law requires is outstanding, a modal asks why."""
    consult = _own(office, tap).consult
    if consult.state != DECIDED or consult.decision is None:
        raise Kindly(hints.too_old())
    if consult.decision["outstanding"]:
        return opening(tap, close_view(consult))
    return _step(office, tap, lambda desk, kept: desk.take(kept, Consult.close, delivery=tap.delivery))


# Without a consult


def _start(office: Office, tap: Tap) -> Opening | None:
    """From a card, the result of an earlier consult, or the home, which is left for the conversation."""
    wanted = DANGER if tap.about[:1] == ("danger",) else START
    if not admit(office, tap.user, wanted, tap.delivery):
        tell(office, tap.user, tap.place, replies.finding_out())
        return None
    came = fulfil(office, tap.user, wanted, tap.delivery, tap.place)
    if came.did == "begun" and tap.place.in_dm and tap.place.thread_ts is None:  # its root appears below
        return None
    return _led(office, tap, came)


def _open(office: Office, tap: Tap) -> Opening | None:
    """The consult in a modal, as it stands; a paused one goes on by it."""
    kept = _own(office, tap)
    if kept.consult.state == PAUSED:
        kept = office.step(tap.user, kept.reference, lambda desk, now: _gone_on(desk, now, tap))
    return opening(tap, screen_view(kept.consult))


def _gone_on(desk: Desk, kept: Kept, tap: Tap) -> Kept:
    return desk.take(kept, Consult.resume, delivery=tap.delivery) if kept.consult.state == PAUSED else kept


def _link(office: Office, tap: Tap) -> None:
    """A button that only leads somewhere: Slack tells of it all the same."""


def _unknown(office: Office, tap: Tap) -> None:
    log_line("not_known", what="tap", word=tap.word)
    raise Kindly(hints.not_known_here())


# What all of them do


def _own(office: Office, tap: Tap) -> Kept:
    """The person's own consult, which the tap is about. Kindly, Malformed."""
    address = in_consult(tap)
    admit_to_own(office, tap.user)
    return office.open(tap.user, address.reference)


def _step(office: Office, tap: Tap, take: Callable[[Desk, Kept], Kept], *, emergency: bool = False) -> Opening | None:
    """Take it; where it was tapped in a modal, the modal then shows how the consult stands, or what to do first."""
    address = in_consult(tap)
    admit_to_own(office, tap.user)
    consult = office.step(tap.user, address.reference, take).consult
    if tap.view_id is None:
        return None
    return opening(tap, screen_view(consult, emergency_on=today(office) if emergency else None))


def _take(office: Office, tap: Tap, step: Callable[..., Step]) -> Opening | None:
    return _step(office, tap, lambda desk, kept: desk.take(_this_turn(kept, tap), step, delivery=tap.delivery))


def _this_turn(kept: Kept, tap: Tap) -> Kept:
    """The consult, when what was tapped is what is shown of it now. Kindly."""
    if in_consult(tap).turn != kept.consult.turn:
        raise Kindly(hints.too_old())
    return kept


TAPS: Mapping[str, Handle] = {
    actions.ANSWER: _answer,
    actions.SAID: _said,
    actions.CONTINUE: _continue,
    actions.DANGER: _danger,
    actions.BACK: _back,
    actions.PAUSE: _pause,
    actions.CANCEL: _cancel,
    actions.RESUME: _resume,
    actions.RESTART: _restart,
    actions.EDIT: _edit,
    actions.CHANGE: _change,
    actions.CONFIRM: _confirm,
    actions.PAGE: _page,
    actions.DECIDE: _decide,
    actions.STEP: _step_of_plan,
    actions.CLOSE: _close,
    actions.START: _start,
    actions.OPEN: _open,
    actions.LINK: _link,
}
MAY_OPEN = (
    actions.RESUME,
    actions.RESTART,
    actions.EDIT,
    actions.CHANGE,
    actions.PAGE,
    actions.DECIDE,
    actions.STEP,
    actions.CLOSE,
    actions.START,
    actions.OPEN,
)
