"""Consults in every state to which a person can bring them, and what holds of every message that is shown of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.slack import actions
from bot.slack.actions import LINK, PAGE, START, read_action
from bot.slack.addresses import read_block
from bot.slack.blocks import FITS_ON_BUTTON, MOST_IN_ROW
from bot.slack.shown import Block, Message
from flows.consult import Consult
from flows.decision import STEP_STATES

from ..flows.making import ANGER, BY, ON, THREAT, acts, begin
from .server.block_kit import MESSAGE, check_blocks
from .server.block_kit.complaints import Complaints
from .server.block_kit.ids import elements_of

PATHS: Mapping[str, Mapping[str, Any]] = {
    "a threat": THREAT,
    "vague anger": ANGER,
    "nothing is known": {"concern": "harm_to_others"},
    "harm to self": {**THREAT, "concern": "harm_to_self", "self_harm": "plan_or_intent", "threat": "none"},
    "both": {**THREAT, "concern": "harm_to_self_and_others", "self_harm": "active"},
    "abuse of a child": {"concern": "abuse_of_child", "relation": "child", "threat": "none"},
    "abuse of an adult, and a threat": {
        **THREAT,
        "concern": "abuse_of_vulnerable_adult",
        "relation": "cared_for_person",
    },
    "a past act": {**ANGER, "concern": "past_act_only", "threat": "none"},
    "none of these": {**THREAT, "concern": "none_of_these", "victim": "none"},
}
"""Answers for every branch of the flow; what they do not name is not known."""
NEWCOMER: Mapping[str, Any] = {"jurisdiction": "CO", "profession": "psychologist", "setting": []}
FOLLOW_UP = "2026-12-01T10:00:00-07:00"
WORDS_OF_ACTIONS = {value for name, value in vars(actions).items() if name.isupper() and isinstance(value, str)}


def every_state(answers: Mapping[str, Any], place: str = "CO", profession: str = "psychologist") -> Iterator[Consult]:
    """A consult from its beginning to its end; at each place also gone back, put aside, given up and with danger now."""
    consult = begin({"jurisdiction": place, "profession": profession})
    yield from _and_beside(consult)
    for _, step in acts(consult, answers):
        consult = step.consult
        yield from _and_beside(consult)
    consult = consult.confirm(on=ON, **BY).consult
    yield from _and_beside(consult)
    yield from after_the_result(consult)
    in_danger = consult.say_danger(**BY).consult.confirm(on=ON, **BY).consult
    yield in_danger
    yield from after_the_result(in_danger)


def _and_beside(consult: Consult) -> Iterator[Consult]:
    in_danger = consult.say_danger(**BY).consult
    yield consult
    yield in_danger
    yield in_danger.say_danger("no", **BY).consult
    if consult.state != consult.first:
        yield consult.back(**BY).consult
    yield consult.pause(**BY).consult
    yield consult.cancel(**BY).consult


def newcomer(answers: Mapping[str, Any]) -> Iterator[Consult]:
    """Somebody of whom nothing is remembered, up to the review."""
    consult = begin(None)
    yield from _and_beside(consult)
    for _, step in acts(consult, {**answers, **NEWCOMER}):
        yield from _and_beside(step.consult)


def after_the_result(consult: Consult) -> Iterator[Consult]:
    """The suggested plan decided, its steps reported in every state, and closed."""
    assert consult.result is not None
    steps: dict[str, Any] = {one: {"state": "planned"} for one in consult.result["plan"]}
    consult = consult.decide({"steps": steps, "follow_up": FOLLOW_UP}, **BY).consult
    yield consult
    for number, option in enumerate(steps):
        report = {"state": STEP_STATES[number % len(STEP_STATES)], "result": "an invented result"}
        consult = consult.report(option, report, reason="an invented reason", **BY).consult
        yield consult
    yield consult.close("an invented reason", **BY).consult


# What holds of a message


def fits(message: Message) -> None:
    """Slack accepts it, whatever can be tapped can be read again, and it can be taken in on a phone."""
    found = Complaints()
    check_blocks(list(message.blocks), MESSAGE, found)
    assert found.lines == []
    assert message.text
    for block in message.blocks:
        elements = list(elements_of(block))
        for element in elements:
            _leads_somewhere(block, element)
        if block["type"] == "actions":
            labels = [words_on(element) for element in elements if element["type"] == "button"]
            assert len(elements) <= MOST_IN_ROW
            assert len(labels) == 1 or max(map(len, labels), default=0) <= FITS_ON_BUTTON, labels
    assert all(text.get("verbatim") for text in _marked_up(message.blocks)), "nothing links by itself"
    buttons = [one for block in message.blocks for one in elements_of(block) if one["type"] == "button"]
    assert sum(one.get("style") == "primary" for one in buttons) <= 1, "one obvious next step"
    assert all(is_danger(one) == (one.get("style") == "danger") for one in buttons)


def offers_danger_now(message: Message) -> None:
    """*Danger now* is the first button of the message's last row, and nowhere else."""
    last = [block for block in message.blocks if block["type"] == "actions"][-1]
    assert last is message.blocks[-1]
    assert is_danger(last["elements"][0])
    everywhere = [one for block in message.blocks for one in elements_of(block) if is_danger(one)]
    assert len(everywhere) == 1


def is_danger(element: Mapping[str, Any]) -> bool:
    """Whether it says that there is danger now."""
    return element["action_id"] in ("danger:yes", "start:danger")


def words_on(button: Mapping[str, Any]) -> str:
    """The words on a button."""
    return str(button["text"]["text"])


def _leads_somewhere(block: Block, element: Mapping[str, Any]) -> None:
    """Its action is one that the program knows, and the block says of which consult and turn."""
    word, about = read_action(element["action_id"])
    assert word in WORDS_OF_ACTIONS
    if word not in (START, LINK) and (word, about[:1]) != (PAGE, ("law",)):
        read_block(block["block_id"])


def _marked_up(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        if value.get("type") == "mrkdwn":
            yield value
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for inner in value:
            yield from _marked_up(inner)


def said_in(*messages: Message) -> str:
    """All that is shown in these messages, line under line; the notifications are not among it."""
    return "\n".join(text for message in messages for text in _texts(message.blocks))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name == "text" and isinstance(inner, str):
                yield inner
            else:
                yield from _texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner)


def tapped(message: Message, action_id: str) -> Mapping[str, Any]:
    """The element of that action; StopIteration where there is none."""
    return next(one for block in message.blocks for one in elements_of(block) if one["action_id"] == action_id)


def can_be_tapped(message: Message) -> list[str]:
    """The actions of the message in order."""
    return [one["action_id"] for block in message.blocks for one in elements_of(block)]
