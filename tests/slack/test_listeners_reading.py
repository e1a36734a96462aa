"""What Slack brings is read into plain data; whatever won't do is Malformed, and nothing of it is repeated."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.addresses import Address
from bot.slack.listeners.reading import (
    Malformed,
    Place,
    read_command,
    read_home_opened,
    read_shortcut,
    read_submission,
    read_tap,
    read_typed,
    sender_of,
)

TAPPED: Mapping[str, Any] = {
    "type": "block_actions",
    "user": {"id": "U01", "team_id": "T1"},
    "team": {"id": "T1", "domain": "invented-practice"},
    "api_app_id": "A1",
    "trigger_id": "1.2.abc",
    "container": {"type": "message", "message_ts": "1700000000.000300", "thread_ts": "1700000000.000100"},
    "channel": {"id": "D01", "name": "directmessage"},
    "state": {"values": {"C-7F3K2:4:list.accepts": {"said:accepts": {"selected_options": []}}}},
    "actions": [
        {
            "type": "button",
            "action_id": "answer:threat:explicit",
            "block_id": "C-7F3K2:4:choose.threat",
            "action_ts": "1700000001.000000",
        }
    ],
}
METADATA = '{"c":"C-7F3K2","t":4,"k":"intent"}'
SUBMITTED: Mapping[str, Any] = {
    "type": "view_submission",
    "user": {"id": "U01"},
    "view": {"id": "V1", "hash": "1.a", "callback_id": "edit", "private_metadata": METADATA, "state": {"values": {}}},
}
COMMANDED: Mapping[str, Any] = {
    "command": "/consult",
    "text": "CO",
    "user_id": "U01",
    "channel_id": "C01",
    "trigger_id": "1.2.abc",
    "team_id": "T1",
    "team_domain": "invented-practice",
    "api_app_id": "A1",
}
TYPED: Mapping[str, Any] = {
    "type": "event_callback",
    "team_id": "T1",
    "event_id": "Ev1",
    "event": {
        "type": "message",
        "user": "U01",
        "channel": "D01",
        "channel_type": "im",
        "ts": "1700000001.000200",
        "text": "a &lt;b&gt; &amp;lt; c",
        "thread_ts": "1700000000.000100",
    },
}


def test_a_tap_says_what_of_which_consult_and_which_turn() -> None:
    tap = read_tap(TAPPED)
    assert (tap.user, tap.word, tap.about) == ("U01", "answer", ("threat", "explicit"))
    assert tap.address == Address("C-7F3K2", 4)
    assert tap.delivery == "tap:U01:1700000001.000000:answer:threat:explicit"
    assert tap.place == Place("D01", "1700000000.000100", "A1", "T1", "invented-practice") and tap.place.in_dm
    assert list(tap.values) == ["C-7F3K2:4:list.accepts"] and tap.trigger == "1.2.abc"


def test_what_is_chosen_in_a_select_is_its_value() -> None:
    select = {**TAPPED["actions"][0], "action_id": "answer:jurisdiction", "selected_option": {"value": "CO"}}
    tap = read_tap({**TAPPED, "actions": [select]})
    assert (tap.about, tap.value) == (("jurisdiction",), "CO")


def test_a_tap_in_a_modal_is_about_the_consult_of_the_modal() -> None:
    view = {"type": "modal", "id": "V1", "hash": "1.a", "private_metadata": METADATA, "state": {"values": {"b": {}}}}
    tap = read_tap({**TAPPED, "view": view, "actions": [{**TAPPED["actions"][0], "block_id": "pages"}]})
    assert (tap.address, tap.view_id, tap.view_hash) == (Address("C-7F3K2", 4), "V1", "1.a")
    assert tap.extra == {"k": "intent"} and tap.values == {"b": {}}


def test_a_tap_without_a_consult_names_none() -> None:
    assert read_tap({**TAPPED, "actions": [{**TAPPED["actions"][0], "block_id": "begin"}]}).address is None


def test_a_command_and_a_submission_and_a_shortcut() -> None:
    command = read_command(COMMANDED)
    assert (command.user, command.text, command.delivery) == ("U01", "CO", "cmd:1.2.abc") and not command.place.in_dm
    submission = read_submission(SUBMITTED)
    assert (submission.callback, submission.address, submission.extra) == (
        "edit",
        Address("C-7F3K2", 4),
        {"k": "intent"},
    )
    assert submission.delivery.startswith("view:V1:1.a:") and read_submission(SUBMITTED).delivery == submission.delivery
    changed = {
        **SUBMITTED["view"],
        "state": {"values": {"b": {"a": {"type": "plain_text_input", "value": "other words"}}}},
    }
    assert read_submission({**SUBMITTED, "view": changed}).delivery != submission.delivery
    assert read_shortcut({"user": {"id": "U01"}, "trigger_id": "1.2.abc"}).delivery == "cmd:1.2.abc"


def test_what_was_typed_is_read_as_it_was_typed() -> None:
    typed = read_typed(TYPED)
    assert typed is not None
    assert (typed.text, typed.delivery) == ("a <b> &lt; c", "msg:D01:1700000001.000200")
    assert typed.place.thread_ts == "1700000000.000100"


@pytest.mark.parametrize(
    "more",
    [
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "bot_message"},
        {"bot_id": "B1"},
        {"hidden": True},
        {"channel_type": "channel"},
    ],
)
def test_what_no_person_has_just_typed_to_the_app_is_passed_over(more: Mapping[str, Any]) -> None:
    assert read_typed({**TYPED, "event": {**TYPED["event"], **more}}) is None


def test_another_tab_than_the_home_is_passed_over() -> None:
    event = {"type": "app_home_opened", "user": "U01", "tab": "messages"}
    assert read_home_opened({"event_id": "Ev1", "event": event}) is None
    assert read_home_opened({"event_id": "Ev1", "event": {**event, "tab": "home"}}) is not None


def test_who_sent_it_is_found_as_far_as_it_can_be() -> None:
    assert sender_of({**TAPPED, "actions": None}) == ("U01", read_tap(TAPPED).place)
    assert sender_of({"type": "event_callback", "event": {"user": "U01", "channel": "D01", "text": 7}}) is not None
    assert sender_of({"user_id": "U01", "channel_id": "C01"}) == ("U01", Place("C01"))
    malformed: list[Any] = [None, [], {}, {"user": "U01"}, {"user": {"id": "U1 <!channel>"}}]
    assert [sender_of(one) for one in malformed] == [None] * 5


READERS: list[tuple[Callable[[Any], object], Mapping[str, Any]]] = [
    (read_tap, TAPPED),
    (read_command, COMMANDED),
    (read_typed, TYPED),
    (read_submission, SUBMITTED),
    (read_shortcut, {"user": {"id": "U01"}, "trigger_id": "1.2.abc"}),
    (read_home_opened, {"event_id": "Ev1", "event": {"type": "app_home_opened", "user": "U01", "tab": "home"}}),
]
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=20),
    st.builds(list),
    st.builds(dict),
    st.builds(lambda: [{}]),
    st.just("x" * 5000),
)


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_whatever_comes_is_read_or_malformed(data: st.DataObject) -> None:
    reader, good = data.draw(st.sampled_from(READERS))
    payload = copy.deepcopy(dict(good))
    for _ in range(data.draw(st.integers(1, 3))):
        holder, name = data.draw(st.sampled_from([*places(payload), (payload, "type")]))
        if data.draw(st.booleans()):
            holder[name] = data.draw(JUNK)
        elif isinstance(holder, dict):
            holder.pop(name, None)
    try:
        reader(payload)
    except Malformed as error:
        assert str(error).isidentifier()
    sender_of(payload)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place inside where something stands."""
    items = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    for name, inner in items:
        yield value, name
        yield from places(inner)
