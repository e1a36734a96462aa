"""Blocks and views beyond Slack's published limits are refused and kept as failures; those within are taken."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from .making import actions, asking, button, client, home, modal, options, plain, section
from .server import SlackServer
from .server.block_kit import MESSAGE, Surface, check_blocks, check_metadata, check_view
from .server.block_kit.complaints import Complaints

FIELD = {"type": "plain_text_input", "action_id": "words"}
MANY = {"type": "multi_static_select", "action_id": "many", "options": options("a", "b")}
ONE = {"type": "static_select", "action_id": "one", "options": options("a", "b"), "placeholder": plain("Choose")}
BOXES = {"type": "checkboxes", "action_id": "boxes", "options": options("a", "b")}
WHEN = {"type": "datetimepicker", "action_id": "when", "initial_date_time": 1_767_225_600}
IMAGE = {"type": "image", "image_url": "https://example.invalid/a.png", "alt_text": "Invented"}
ASK = {"title": plain("Sure?"), "text": plain("It is recorded."), "confirm": plain("Yes"), "deny": plain("No")}


def complaints(*blocks: Any, surface: Surface = MESSAGE) -> list[str]:
    """What is wrong with blocks."""
    found = Complaints()
    check_blocks(list(blocks), surface, found)
    return found.lines


def test_what_slack_takes_is_taken() -> None:
    assert complaints() == []
    assert (
        complaints(
            {"type": "header", "text": plain("h" * 150)},
            section("s" * 3000, accessory=button(value="v" * 2000, style="danger", confirm=ASK), block_id="i" * 255),
            section(fields=[plain("f" * 2000)] * 10),
            {"type": "section", "fields": [plain("only fields")]},
            {"type": "context", "elements": [plain("c"), IMAGE] * 5},
            actions(*[button(action_id=f"answer:{n}") for n in range(25)]),
            actions(ONE, BOXES, MANY, WHEN, {"type": "datepicker", "action_id": "day", "initial_date": "2026-03-02"}),
            asking({**FIELD, "multiline": True, "max_length": 3000, "placeholder": plain("p" * 150)}, hint=plain("h")),
            asking({**MANY, "action_id": "m", "initial_options": options("b"), "max_selected_items": 1}),
            {**IMAGE, "title": plain("t")},
            {"type": "divider"},
            {"type": "markdown", "text": "*m*"},
        )
        == []
    )


GROUPS = [{"label": plain("g"), "options": options("a")}]
MANY_GROUPS = [{"label": plain("g"), "options": options(str(n))} for n in range(101)]
TOO_MUCH: dict[str, Any] = {
    "no_text": {"type": "section"},
    "empty_text": section(""),
    "section_text": section("s" * 3001),
    "section_field": {"type": "section", "fields": [plain("f" * 2001)]},
    "section_fields": {"type": "section", "fields": [plain("f")] * 11},
    "header": {"type": "header", "text": plain("h" * 151)},
    "header_marked_up": {"type": "header", "text": {"type": "mrkdwn", "text": "h"}},
    "context_elements": {"type": "context", "elements": [plain("c")] * 11},
    "context_empty": {"type": "context", "elements": []},
    "context_button": {"type": "context", "elements": [button()]},
    "actions_elements": actions(*[button(action_id=f"{n}") for n in range(26)]),
    "actions_empty": actions(),
    "actions_text_input": actions(FIELD),
    "button_text": actions(button("b" * 76)),
    "button_text_marked_up": actions({**button(), "text": {"type": "mrkdwn", "text": "b"}}),
    "button_value": actions(button(value="v" * 2001)),
    "button_value_empty": actions(button(value="")),
    "button_style": actions(button(style="success")),
    "action_id": actions(button(action_id="a" * 256)),
    "action_id_twice": actions(button(), button("No")),
    "block_id": section(block_id="b" * 256),
    "placeholder": actions({**ONE, "placeholder": plain("p" * 151)}),
    "options": actions({**ONE, "options": options(*map(str, range(101)))}),
    "no_options": actions({**ONE, "options": []}),
    "options_and_groups": actions({**ONE, "option_groups": GROUPS}),
    "neither_options_nor_groups": actions({"type": "static_select", "action_id": "one"}),
    "option_groups": actions({"type": "static_select", "action_id": "one", "option_groups": MANY_GROUPS}),
    "group_label": actions({"type": "static_select", "option_groups": [{**GROUPS[0], "label": plain("l" * 76)}]}),
    "option_text": actions({**ONE, "options": [{"text": plain("t" * 76), "value": "v"}]}),
    "option_text_marked_up": actions({**ONE, "options": [{"text": {"type": "mrkdwn", "text": "t"}, "value": "v"}]}),
    "option_value": actions({**BOXES, "options": [{"text": plain("t"), "value": "v" * 151}]}),
    "option_value_in_menu": actions({**ONE, "options": [{"text": plain("t"), "value": "v" * 76}]}),
    "option_value_twice": actions({**ONE, "options": options("a", "a")}),
    "option_description": actions({**ONE, "options": [{**options("a")[0], "description": plain("d" * 76)}]}),
    "boxes": actions({**BOXES, "options": options(*map(str, range(11)))}),
    "overflow": actions({"type": "overflow", "action_id": "o", "options": options(*map(str, range(6)))}),
    "initial_option": actions({**ONE, "initial_option": options("c")[0]}),
    "initial_options": actions({**MANY, "initial_options": options("c")}),
    "initial_options_too_many": actions({**MANY, "initial_options": options("a", "b"), "max_selected_items": 1}),
    "max_selected_items": actions({**MANY, "max_selected_items": 0}),
    "moment_beside_text": section(accessory=WHEN),
    "moment_in_milliseconds": actions({**WHEN, "initial_date_time": 1_767_225_600_000}),
    "date": actions({"type": "datepicker", "action_id": "d", "initial_date": "2.3.2026"}),
    "confirm_title": actions(button(confirm={**ASK, "title": plain("t" * 101)})),
    "confirm_text": actions(button(confirm={**ASK, "text": plain("t" * 301)})),
    "confirm_button": actions(button(confirm={**ASK, "deny": plain("d" * 31)})),
    "input_label": asking(FIELD, "l" * 2001),
    "input_hint": asking(FIELD, hint=plain("h" * 2001)),
    "input_button": asking(button()),
    "input_length": asking({**FIELD, "max_length": 3001}),
    "input_initial": asking({**FIELD, "initial_value": "xx", "max_length": 1}),
    "number_in_message": asking({"type": "number_input", "is_decimal_allowed": False, "action_id": "n"}),
    "unknown_block": {"type": "sektion"},
    "unknown_element": actions({"type": "knob", "action_id": "k"}),
    "unknown_key": section(colour="red"),
    "not_an_object": "section",
    "markdown": {"type": "markdown", "text": "m" * 12001},
    "no_alt_text": {"type": "image", "image_url": "https://example.invalid/a.png"},
}


@pytest.mark.parametrize("block", TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_is_beyond_a_limit_is_complained_about(block: Any) -> None:
    assert len(complaints(copy.deepcopy(block))) == 1


def test_limits_of_a_whole_message_or_view() -> None:
    assert complaints(*[section()] * 50) == [] != complaints(*[section()] * 51)
    assert check_view(modal(*[section()] * 100), "modal") == [] != check_view(modal(*[section()] * 101), "modal")
    twice = [section(block_id="same"), section(block_id="same")]
    assert complaints(*twice) == ["[ERROR] block_id already exists: same [json-pointer:/blocks]"]
    assert complaints({"type": "markdown", "text": "m" * 7000}, {"type": "markdown", "text": "m" * 7000}) != []
    assert complaints({"type": "markdown", "text": "m"}, surface="modal") != []
    assert complaints(actions(WHEN), surface="home") != []
    assert complaints(actions({**ONE, "focus_on_load": True}), actions({**MANY, "focus_on_load": True})) != []


VIEWS: dict[str, Any] = {
    "title": {**modal(), "title": plain("t" * 25)},
    "submit": {**modal(), "submit": plain("s" * 25)},
    "close": {**modal(), "close": plain("c" * 25)},
    "no_title": {"type": "modal", "blocks": []},
    "private_metadata": modal(private_metadata="p" * 3001),
    "callback_id": modal(callback_id="c" * 256),
    "home_as_modal": home(),
    "unknown_key": modal(notify="yes"),
    "input_without_submit": {"type": "modal", "title": plain("t"), "blocks": [asking(FIELD)]},
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_what_a_view_must_not_be(view: Any) -> None:
    assert check_view(view, "modal") != []


def test_views_within_the_limits() -> None:
    view = modal(asking(FIELD), private_metadata="p" * 3000, callback_id="c" * 255, close=plain("c" * 24))
    assert check_view(view, "modal") == [] == check_view(home(section()), "home")


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ({"event_type": "curbside_post", "event_payload": {"row": 1, "log": "x"}}, None),
        ({}, None),
        ("row 1", "invalid_metadata_format"),
        ({"event_type": "curbside_post"}, "invalid_metadata_format"),
        ({"event_type": "with spaces", "event_payload": {}}, "invalid_metadata_format"),
        ({"event_type": "x", "event_payload": {"row": None}}, "invalid_metadata_schema"),
        ({"event_type": "x", "event_payload": {"row": "r" * 8000}}, "metadata_too_large"),
    ],
)
def test_metadata(metadata: Any, error: str | None) -> None:
    assert check_metadata(metadata) == error


def test_the_server_refuses_and_keeps_what_was_wrong(slack_server: SlackServer) -> None:
    robin, web = slack_server.clinician(), client(slack_server)
    with pytest.raises(SlackApiError) as caught:
        web.chat_postMessage(channel=robin.id, text="x", blocks=[section("s" * 3001)])
    wrong = "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert caught.value.response["error"] == "invalid_blocks"
    assert caught.value.response["response_metadata"]["messages"] == [wrong]
    assert robin.dm() == []
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        web.views_publish(user_id=robin.id, view=modal())
    with pytest.raises(SlackApiError, match="metadata_too_large"):
        long = {"event_type": "x", "event_payload": {"a": "a" * 8000}}
        web.chat_postMessage(channel=robin.id, text="x", metadata=long)
    first, *others = slack_server.take_failures()
    assert first == f"chat.postMessage: {wrong}"
    assert others[-1] == "chat.postMessage: metadata_too_large" and slack_server.failures == []


def test_blocks_without_a_text_for_the_notification_are_taken_but_are_a_failure(slack_server: SlackServer) -> None:
    robin, web = slack_server.clinician(), client(slack_server)
    web.api_call("chat.postMessage", json={"channel": robin.id, "blocks": [section()]})
    assert len(robin.dm()) == 1
    assert slack_server.take_failures() == ["chat.postMessage: blocks without a text for the notification"]
    with pytest.raises(SlackApiError, match="no_text"):
        web.api_call("chat.postMessage", json={"channel": robin.id})
