"""The tests' own Slack answers as Slack does: the Web API, its errors, its limits, its faults by order."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from typing import Any
from urllib.error import URLError

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from .making import actions, asking, button, client, home, modal, section
from .server import (
    SlackServer,
    arrives_later,
    drops,
    hangs,
    held_back,
    invalid_json,
    rate_limited,
    refuses,
    repeated,
    server_error,
    slow,
)
from .server.faults import Fault
from .server.rate_limits import Rate

ROW = {"event_type": "curbside_post", "event_payload": {"row": 7, "log": "invented"}}
FIELD = {"type": "plain_text_input", "action_id": "words"}


@pytest.fixture
def web(slack_server: SlackServer) -> WebClient:
    return client(slack_server)


def refused(call: Callable[[], Any]) -> str:
    """The error with which a call is refused."""
    with pytest.raises(SlackApiError) as caught:
        call()
    return str(caught.value.response["error"])


def test_it_says_who_the_app_is_and_what_it_may(slack_server: SlackServer, web: WebClient) -> None:
    answer = web.auth_test()
    assert answer["user_id"] == slack_server.workspace.app.bot_user
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")
    assert web.api_test()["ok"] and web.team_info()["team"]["domain"] == "invented-practice"


@pytest.mark.parametrize(
    ("token", "error"),
    [
        ("xoxb-someone-elses", "invalid_auth"),
        ("xapp-invented-for-tests", "not_allowed_token_type"),
        (None, "not_authed"),
    ],
)
def test_a_wrong_token_is_refused(slack_server: SlackServer, token: str | None, error: str) -> None:
    stranger = WebClient(token, base_url=slack_server.api_url)
    assert refused(lambda: stranger.team_info()) == error


def test_a_revoked_token_is_refused(slack_server: SlackServer, web: WebClient) -> None:
    slack_server.api.revoked = True
    assert refused(web.auth_test) == "token_revoked"


def test_a_scope_that_was_not_granted_is_missing(slack_server: SlackServer, web: WebClient) -> None:
    robin = slack_server.clinician()
    slack_server.install({"oauth_config": {"scopes": {"bot": ["chat:write", "im:write"]}}})
    channel = web.conversations_open(users=robin.id)["channel"]["id"]
    web.chat_postMessage(channel=channel, text="May post")
    with pytest.raises(SlackApiError) as caught:
        web.conversations_history(channel=channel)
    assert caught.value.response["error"] == "missing_scope"
    assert caught.value.response["needed"] == "im:history"
    assert caught.value.response["provided"] == "chat:write,im:write"


def test_a_message_is_posted_changed_and_found_by_its_metadata(slack_server: SlackServer, web: WebClient) -> None:
    robin = slack_server.clinician()
    channel = web.conversations_open(users=robin.id)["channel"]["id"]
    root = web.chat_postMessage(channel=channel, text="A consult", blocks=[section("C-7F3K2")], metadata=ROW)["ts"]
    web.chat_postMessage(channel=channel, text="A question", thread_ts=root, metadata=ROW)
    web.chat_update(channel=channel, ts=root, text="A consult, changed", blocks=[section("C-7F3K2 is open")])
    (seen,) = robin.dm()
    assert (seen.words, seen.text, seen.edits, seen.metadata) == ("C-7F3K2 is open", "A consult, changed", 1, ROW)
    assert [one.text for one in robin.thread(seen)] == ["A question"]
    found = web.conversations_replies(channel=channel, ts=root, include_all_metadata=True)["messages"]
    assert [one["metadata"] for one in found] == [ROW, ROW]
    assert found[0]["reply_count"] == 1
    (top,) = web.conversations_history(channel=channel)["messages"]
    assert "metadata" not in top
    assert root.replace(".", "") in web.chat_getPermalink(channel=channel, message_ts=root)["permalink"]


def test_a_long_history_comes_in_pages(slack_server: SlackServer, web: WebClient) -> None:
    channel = web.conversations_open(users=slack_server.clinician().id)["channel"]["id"]
    posted = [web.chat_postMessage(channel=channel, text=f"{n}")["ts"] for n in range(7)]
    pages = web.conversations_history(channel=channel, limit=3)
    read = [one["ts"] for answer in pages for one in answer["messages"]]
    assert read == posted[::-1]
    between = web.conversations_history(channel=channel, oldest=posted[1], latest=posted[4])["messages"]
    assert [one["ts"] for one in between] == [posted[3], posted[2]]
    inclusive = web.conversations_history(channel=channel, oldest=posted[1], latest=posted[2], inclusive=True)
    assert [one["ts"] for one in inclusive["messages"]] == [posted[2], posted[1]]
    thread = web.conversations_replies(channel=channel, ts=posted[0], oldest=posted[3])["messages"]
    assert [one["ts"] for one in thread] == [posted[0]]


def test_what_is_not_there_is_refused(slack_server: SlackServer, web: WebClient) -> None:
    robin = slack_server.clinician()
    closed = slack_server.channel("supervisors", robin, with_app=False)
    public = slack_server.channel("hallway", robin, with_app=False, private=False)
    here = robin.dm_channel.id
    robin.types_dm("My own words", wait=False)
    (mine,) = robin.dm()
    assert refused(lambda: web.chat_postMessage(channel="C404", text="x")) == "channel_not_found"
    assert refused(lambda: web.chat_postMessage(channel=closed.id, text="x")) == "channel_not_found"
    assert refused(lambda: web.chat_postMessage(channel=public.id, text="x")) == "not_in_channel"
    assert refused(lambda: web.chat_postMessage(channel=here, text="x", thread_ts="1.000001")) == "thread_not_found"
    assert refused(lambda: web.chat_update(channel=here, ts="1.000001", text="x")) == "message_not_found"
    assert refused(lambda: web.chat_update(channel=here, ts=mine.ts, text="x")) == "cant_update_message"
    assert refused(lambda: web.conversations_open(users="U404")) == "user_not_found"
    assert refused(lambda: web.conversations_open(users=slack_server.bot().id)) == "cannot_dm_bot"
    assert refused(lambda: web.users_info(user="U404")) == "user_not_found"
    assert refused(lambda: web.usergroups_users_list(usergroup="S404")) == "no_such_subteam"
    other = slack_server.clinician("Alex Invented")
    assert refused(lambda: web.chat_postEphemeral(channel=here, user=other.id, text="x")) == "user_not_in_channel"
    assert refused(lambda: web.views_update(view_id="V404", view=modal())) == "not_found"
    assert refused(lambda: web.conversations_history(channel=here, cursor="?")) == "invalid_cursor"


def test_a_method_that_it_does_not_know_is_a_failure(slack_server: SlackServer, web: WebClient) -> None:
    assert refused(lambda: web.api_call("chat.postMesage")) == "unknown_method"
    assert slack_server.take_failures() == ["chat.postMesage: a method that is not modelled, or misspelt"]


def test_it_knows_who_is_who(slack_server: SlackServer, web: WebClient) -> None:
    robin, guest, stranger, bot = (
        slack_server.clinician(),
        slack_server.guest(),
        slack_server.stranger(),
        slack_server.bot(),
    )
    people = [web.users_info(user=one.id)["user"] for one in (robin, guest, stranger, bot)]
    assert [one["is_restricted"] for one in people] == [False, True, False, False]
    assert [one["team_id"] == slack_server.workspace.team for one in people] == [True, True, False, True]
    assert [one["is_bot"] for one in people] == [False, False, False, True]
    group = slack_server.user_group(robin)
    assert web.usergroups_users_list(usergroup=group)["users"] == [robin.id]
    shared = slack_server.channel("supervisors", robin, stranger, shared_with={stranger.user.team})
    info = web.conversations_info(channel=shared.id)["channel"]
    assert (info["is_private"], info["is_ext_shared"], info["is_member"]) == (True, True, True)
    assert set(web.conversations_members(channel=shared.id)["members"]) >= {robin.id, stranger.id}
    robin.user.do_not_disturb = (0, int(time.time()) + 600)
    disturbing = web.dnd_teamInfo(users=[robin.id, guest.id])["users"]
    assert [disturbing[one.id]["dnd_enabled"] for one in (robin, guest)] == [True, False]


def test_an_ephemeral_message_is_seen_by_one_person_and_forgotten(slack_server: SlackServer, web: WebClient) -> None:
    robin, alex = slack_server.clinician(), slack_server.clinician("Alex Invented")
    channel = slack_server.channel("hallway", robin, alex)
    web.chat_postEphemeral(channel=channel.id, user=robin.id, text="For you alone")
    assert robin.sees_ephemeral("For you").shown_to == robin.id
    assert alex.ephemerals() == [] and web.conversations_history(channel=channel.id)["messages"] == []


def test_a_modal_needs_a_fresh_trigger_and_takes_it_once(slack_server: SlackServer, web: WebClient) -> None:
    robin = slack_server.clinician()
    triggers = slack_server.workspace.triggers
    trigger = triggers.give(robin.id)
    opened = web.views_open(trigger_id=trigger, view=modal(section()))["view"]
    assert refused(lambda: web.views_open(trigger_id=trigger, view=modal(section()))) == "exchanged_trigger_id"
    assert refused(lambda: web.views_open(trigger_id="1.2.x", view=modal(section()))) == "invalid_trigger_id"
    web.views_update(view_id=opened["id"], hash=opened["hash"], view=modal(section("Changed")))
    assert robin.sees_modal("Changed").id == opened["id"]
    late = {"view_id": opened["id"], "hash": opened["hash"], "view": modal(section())}
    assert refused(lambda: web.views_update(**late)) == "hash_conflict"
    for _ in range(2):
        web.views_push(trigger_id=triggers.give(robin.id), view=modal(section("Above")))
    trigger = triggers.give(robin.id)
    assert refused(lambda: web.views_push(trigger_id=trigger, view=modal())) == "push_limit_reached"
    triggers.lifetime = 0.01
    stale = triggers.give(robin.id)
    time.sleep(0.05)
    assert refused(lambda: web.views_open(trigger_id=stale, view=modal())) == "expired_trigger_id"


def test_a_home_is_published(slack_server: SlackServer, web: WebClient) -> None:
    robin = slack_server.clinician()
    web.views_publish(user_id=robin.id, view=home(section("Nothing open"), actions(button("Begin"))))
    shown = robin.home()
    assert shown is not None and shown.words == "Nothing open\nBegin" and shown.buttons == ["Begin"]
    slack_server.workspace.app.home = False
    assert refused(lambda: web.views_publish(user_id=robin.id, view=home())) == "not_enabled"


def test_rate_limits_are_off_until_a_test_switches_them_on(slack_server: SlackServer, web: WebClient) -> None:
    one, two = slack_server.clinician(), slack_server.clinician("Alex Invented")
    for _ in range(3):
        web.chat_postMessage(channel=one.id, text="x")
    slack_server.api.rate_limits.on = True
    web.chat_postMessage(channel=one.id, text="x")
    web.chat_postMessage(channel=two.id, text="x")
    with pytest.raises(SlackApiError) as caught:
        web.chat_postMessage(channel=one.id, text="x")
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "1")
    slack_server.api.rate_limits.rates["chat.update"] = Rate(2)
    (first, *_) = one.dm()
    for _ in range(2):
        web.chat_update(channel=first.channel, ts=first.ts, text="y")
    assert refused(lambda: web.chat_update(channel=first.channel, ts=first.ts, text="y")) == "ratelimited"


# A fault, the exception that Slack's own client raises for it, and whether the message stands all the same.
FAULTS: list[tuple[Fault, type[Exception], bool]] = [
    (rate_limited(7), SlackApiError, False),
    (server_error(), SlackApiError, False),
    (server_error(503, takes_effect=True), SlackApiError, True),
    (invalid_json(), SlackApiError, True),
    (drops(takes_effect=False), OSError, False),
    (drops(takes_effect=True), OSError, True),
    (hangs(0.6), TimeoutError, False),
    (hangs(0.6, takes_effect=True), TimeoutError, True),
    (refuses("channel_not_found"), SlackApiError, False),
    (refuses("token_revoked"), SlackApiError, False),
]


@pytest.mark.parametrize(("fault", "raises", "stands"), FAULTS, ids=lambda one: getattr(one, "name", None))
def test_faults_by_order(slack_server: SlackServer, fault: Fault, raises: type[Exception], stands: bool) -> None:
    robin = slack_server.clinician()
    impatient = client(slack_server, timeout=1)
    if raises is TimeoutError:
        fault = fault.after(1.5)
    slack_server.api.faults.order("chat.postMessage", fault)
    with pytest.raises((raises, URLError) if raises is OSError else raises):
        impatient.chat_postMessage(channel=robin.id, text="Is it there?")
    assert bool(robin.dm()) is stands
    assert slack_server.api.faults.left == 0
    impatient.chat_postMessage(channel=robin.id, text="Now it is")
    last, *_ = reversed(slack_server.calls("chat.postMessage"))
    assert (last.ok, last.fault) == (True, None)


def test_the_network_brings_a_call_twice_late_or_after_its_connection_was_dropped(
    slack_server: SlackServer, web: WebClient
) -> None:
    robin = slack_server.clinician()
    for fault in (repeated(), held_back(0.2)):
        slack_server.api.faults.order("chat.postMessage", fault)
        answer = web.chat_postMessage(channel=robin.id, text=fault.name)
        assert answer["ts"] == robin.dm()[-1].ts
    slack_server.api.faults.order("chat.postMessage", arrives_later(0.2))
    with pytest.raises((OSError, URLError)):
        web.chat_postMessage(channel=robin.id, text="arrives later")
    assert robin.dm()[-1].text != "arrives later"
    robin.sees("arrives later")
    assert [one.text for one in robin.dm()] == ["repeated", "repeated", "held back", "arrives later"]
    calls = slack_server.calls("chat.postMessage")
    assert [call.repeats for call in calls] == [False, True, False, False]
    took = [(call.took_effect_at or 0.0) - call.at >= 0.2 for call in calls]
    assert took == [False, False, True, True]


def test_a_fault_can_be_meant_for_some_calls_only(slack_server: SlackServer, web: WebClient) -> None:
    one, two = slack_server.clinician(), slack_server.clinician("Alex Invented")
    slack_server.api.faults.order("*", refuses("fatal_error"), times=2, when=lambda call: call.get("channel") == two.id)
    web.chat_postMessage(channel=one.id, text="x")
    assert [refused(lambda: web.chat_postMessage(channel=two.id, text="x")) for _ in range(2)] == ["fatal_error"] * 2
    slack_server.api.faults.order("chat.postMessage", slow(0.1))
    began = time.monotonic()
    web.chat_postMessage(channel=two.id, text="x")
    assert time.monotonic() - began >= 0.1
    assert [call.error for call in slack_server.calls("chat.postMessage")] == [None] * 4


def test_its_clock_can_be_ahead(slack_server: SlackServer, web: WebClient) -> None:
    slack_server.set_clock_ahead(86400 * 400)
    assert str(time.gmtime().tm_year) not in web.api_test().headers["Date"]


def test_forms_json_and_the_address_are_all_understood(slack_server: SlackServer, web: WebClient) -> None:
    robin = slack_server.clinician()
    blocks = [section(), asking(FIELD)]
    web.api_call("chat.postMessage", json={"channel": robin.id, "text": "json", "blocks": blocks})
    form = {"channel": robin.id, "text": "form", "metadata": json.dumps(ROW), "blocks": json.dumps(blocks)}
    web.api_call("chat.postMessage", params=form)
    assert [(one.text, one.actions) for one in robin.dm()] == [("json", ["words"]), ("form", ["words"])]


def test_it_closes_what_it_opened() -> None:
    with SlackServer() as server:
        port = int(server.api_url.split(":")[2].split("/")[0])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 1)
