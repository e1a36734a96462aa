"""The tests' own Slack brings to a program what people do, over a socket or HTTP, and shows them what it answers."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from slack_bolt import Ack, App, BoltRequest, Respond
from slack_sdk import WebClient

from .making import actions, asking, button, client, connected, listening, modal, options, plain, program, section
from .server import CannotBeDone, Person, SlackServer, at_once, wait_until
from .server.courier import Lost

Running = Callable[[App], AbstractContextManager[Any]]
FIELD = {"type": "plain_text_input", "action_id": "words"}
HELP = [section("What is it?"), actions(button("Help", "help", value='{"c":"C-7F3K2","r":1}'))]


@pytest.fixture
def app(slack_server: SlackServer) -> App:
    return program(slack_server)


@pytest.fixture
def robin(slack_server: SlackServer) -> Person:
    return slack_server.clinician()


@pytest.fixture(params=[connected, listening])
def running(request: pytest.FixtureRequest, slack_server: SlackServer) -> Running:
    """Runs a program; each test that asks for it is run over both transports."""

    @contextmanager
    def run(app: App) -> Iterator[None]:
        with request.param(slack_server, app):
            yield

    return run


def heard(app: App) -> list[dict[str, Any]]:
    """The messages that people wrote and the program heard."""
    messages: list[dict[str, Any]] = []

    @app.event("message")
    def keep(body: dict[str, Any]) -> None:
        if "bot_id" not in body["event"] and "subtype" not in body["event"]:
            messages.append(body)

    return messages


def test_a_message_reaches_the_program_and_its_answer_the_person(app: App, robin: Person, running: Running) -> None:
    @app.event("message")
    def answer(event: dict[str, Any], client: WebClient) -> None:
        if event.get("text") == "a &lt;b&gt; &amp; c":
            client.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], text="Yes", blocks=HELP)

    with running(app):
        delivery = robin.types_dm("a <b> & c")
        assert delivery is not None and delivery.acknowledged
        (mine,) = robin.dm()
        shown = robin.sees("What is it?", mine)
        assert (shown.buttons, shown.thread_ts) == (["Help"], mine.ts)


def test_a_tap_carries_value_trigger_and_all_that_is_chosen(
    slack_server: SlackServer, app: App, robin: Person, running: Running
) -> None:
    tapped: list[dict[str, Any]] = []

    @app.action({"type": "block_actions", "action_id": "help"})
    @app.action("many")
    @app.action("when")
    def keep(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        tapped.append(body)

    many = {"type": "multi_static_select", "action_id": "many", "options": options("a", "b", "c")}
    when = {"type": "datetimepicker", "action_id": "when"}
    with running(app):
        row = actions(button("Help", "help", value="v"), when, block_id="row")
        client(slack_server).chat_postMessage(
            channel=robin.id, text="x", blocks=[section(accessory=many, block_id="which"), row]
        )
        message = robin.sees("Invented")
        robin.ticks(message, "many", ["c", "the a"])
        robin.selects(message, "when", datetime(2026, 3, 2, tzinfo=UTC))
        assert robin.taps(message, "Help").acknowledged
    values = tapped[-1]["state"]["values"]
    assert [one["value"] for one in values["which"]["many"]["selected_options"]] == ["c", "a"]
    assert values["row"]["when"]["selected_date_time"] == 1_772_409_600
    (action,) = tapped[-1]["actions"]
    assert (action["action_id"], action["block_id"], action["value"]) == ("help", "row", "v")
    assert tapped[-1]["container"]["message_ts"] == message.ts and tapped[-1]["trigger_id"]
    with pytest.raises(CannotBeDone, match="no 'Go on' here"):
        robin.taps(message, "Go on")


def test_a_tap_that_is_not_acknowledged_is_not_brought_again(
    slack_server: SlackServer, app: App, robin: Person, running: Running
) -> None:
    slack_server.courier.acknowledge_within = 0.3
    client(slack_server).chat_postMessage(channel=robin.id, text="x", blocks=HELP)
    with running(app):  # which has no listener for it
        delivery = robin.taps(robin.sees("What"), "help")
        time.sleep(0.4)
    assert not delivery.acknowledged and len(delivery.attempts) == 1


def test_an_event_that_is_not_acknowledged_is_brought_again(
    slack_server: SlackServer, app: App, robin: Person, running: Running
) -> None:
    slack_server.courier.acknowledge_within = 0.3
    seen: list[tuple[str, str]] = []

    @app.middleware
    def fail_once(req: BoltRequest, next: Callable[[], None]) -> None:
        seen.append((req.body["event_id"], req.headers.get("x-slack-retry-num", ["first"])[0]))
        if len(seen) == 1:
            raise RuntimeError("invented")
        next()

    heard(app)
    with running(app):
        delivery = robin.types_dm("help")
        assert delivery is not None
        assert delivery.finished.wait(5) and delivery.acknowledged
    assert len({event for event, _ in seen}) == 1 and seen[1][1] == "1"


def test_a_modal_is_opened_refused_and_kept(
    slack_server: SlackServer, app: App, robin: Person, running: Running
) -> None:
    kept: list[str] = []

    @app.shortcut("begin")
    def open_it(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        view = modal(asking(FIELD, "Your words", block_id="ask"), callback_id="narrative")
        client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("narrative")
    def keep(ack: Ack, view: dict[str, Any]) -> None:
        words = view["state"]["values"]["ask"]["words"]["value"]
        if words == "name":
            ack(response_action="errors", errors={"ask": "That is a name"})
        else:
            kept.append(words)
            ack()

    with running(app):
        assert robin.shortcut("begin").acknowledged
        view = robin.sees_modal("Your words")
        with pytest.raises(CannotBeDone, match="required"):
            robin.submits(view)
        robin.submits(view, {"words": "name"})
        assert robin.sees_modal().errors == {"ask": "That is a name"}
        robin.submits(view, {"Your words": "nobody's"})
        assert robin.modal() is None
    assert kept == ["nobody's"]


def test_a_command_is_answered_to_the_person_alone(
    slack_server: SlackServer, app: App, robin: Person, running: Running
) -> None:
    alex = slack_server.clinician("Alex Invented")
    hallway = slack_server.channel("hallway", robin, alex)

    @app.command("/consult")
    def consult(ack: Ack, command: dict[str, Any]) -> None:
        ack(text=f"In the direct message: {command['text']}, not in {command['channel_id']}")

    with running(app):
        assert robin.command("/consult", "CO", channel=hallway).acknowledged
    assert robin.sees_ephemeral("CO").channel == hallway.id
    assert alex.ephemerals() == [] and slack_server.messages(hallway) == []


def test_an_answer_can_be_sent_to_the_response_url(
    slack_server: SlackServer, app: App, robin: Person, running: Running
) -> None:
    @app.action("help")
    def answer(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        ack()
        original = "message" not in body  # an ephemeral line, which is not sent along
        respond("Gone by" if original else "This one is answered already", replace_original=original)

    client(slack_server).chat_postMessage(channel=robin.id, text="x", blocks=HELP)
    with running(app):
        robin.taps(robin.sees("What"), "Help")
        assert robin.sees_ephemeral("answered already")
        client(slack_server).chat_postEphemeral(channel=robin.dm_channel.id, user=robin.id, text="x", blocks=HELP)
        line = robin.sees_ephemeral("What")
        robin.taps(line, "Help")
        assert robin.again(line).words == "Gone by"


def test_what_the_manifest_does_not_declare_is_not_brought(
    slack_server: SlackServer, app: App, robin: Person, running: Running
) -> None:
    slack_server.install({"settings": {"event_subscriptions": {"bot_events": ["app_home_opened"]}}})
    opened: list[str] = []

    @app.event("app_home_opened")
    def keep(event: dict[str, Any]) -> None:
        opened.append(event["tab"])

    with running(app):
        assert robin.types_dm("help") is None
        delivery = robin.opens_home()
        assert delivery is not None and delivery.acknowledged
        with pytest.raises(CannotBeDone, match="manifest"):
            robin.command("/consult")
        with pytest.raises(CannotBeDone, match="manifest"):
            robin.shortcut("begin")
    assert opened == ["home"]


def test_deliveries_can_come_late_twice_and_in_another_order(
    slack_server: SlackServer, app: App, robin: Person, running: Running
) -> None:
    messages = heard(app)

    def texts() -> list[str]:
        return [one["event"]["text"] for one in messages]

    with running(app):
        slack_server.courier.duplicate_next()
        robin.types_dm("twice")
        wait_until(lambda: len(messages) == 2)
        assert messages[0]["event_id"] == messages[1]["event_id"]
        slack_server.courier.delay_next(0.3)
        robin.types_dm("late")
        robin.types_dm("at once")
        wait_until(lambda: texts()[2:] == ["at once", "late"])
        with slack_server.courier.reordered():
            robin.types_dm("first")
            robin.types_dm("second")
        assert texts()[4:] == ["second", "first"]


@pytest.mark.parametrize("what", ["delivery", "acknowledgement"])
def test_what_is_lost_on_the_way_is_brought_again_if_it_is_an_event(
    app: App, robin: Person, running: Running, slack_server: SlackServer, what: Lost
) -> None:
    messages = heard(app)
    slack_server.courier.redeliver_after = (0.05,)
    with running(app):
        slack_server.courier.lose_next(what)
        said = robin.types_dm("hello")
        assert said is not None and said.finished.wait(3) and said.acknowledged
        assert [attempt.failure for attempt in said.attempts] == [f"the {what} was lost", None]
        assert len(messages) == (1 if what == "delivery" else 2)


def test_two_devices_can_tap_at_once(slack_server: SlackServer, app: App, robin: Person, running: Running) -> None:
    taps: list[str] = []

    @app.action("help")
    def keep(ack: Ack, body: dict[str, Any]) -> None:
        taps.append(body["actions"][0]["action_ts"])
        ack()

    client(slack_server).chat_postMessage(channel=robin.id, text="x", blocks=HELP)
    with running(app):
        message = robin.sees("What")
        deliveries = at_once(lambda: robin.taps(message, "Help"), lambda: robin.taps(message, "Help"))
    assert all(delivery.acknowledged for delivery in deliveries) and len(set(taps)) == 2


def test_a_socket_is_greeted_pinged_refreshed_and_cut(slack_server: SlackServer, app: App, robin: Person) -> None:
    messages = heard(app)
    with connected(slack_server, app):
        assert slack_server.socket.ping()
        slack_server.socket.disconnect()
        wait_until(lambda: slack_server.socket.opened == 2 and len(slack_server.socket.connections) == 1)
        robin.types_dm("after a refresh")
        slack_server.socket.drop()
        slack_server.courier.redeliver_after = (0.5,) * 20
        robin.types_dm("while it was cut", wait=False)
        wait_until(lambda: len(messages) == 2, 15)
    assert [one["event"]["text"] for one in messages] == ["after a refresh", "while it was cut"]
    assert slack_server.socket.acknowledgements[-1].payload == {}


def test_without_a_program_nothing_is_acknowledged(slack_server: SlackServer, robin: Person) -> None:
    slack_server.courier.redeliver_after = ()
    delivery = robin.types_dm("Is anybody there?")
    assert delivery is not None and not delivery.acknowledged
    assert [attempt.failure for attempt in delivery.attempts] == ["not_connected"]
    assert [one.text for one in robin.dm()] == ["Is anybody there?"]


def test_requests_are_signed_as_slack_signs_them(slack_server: SlackServer) -> None:
    request = slack_server.http.signed(b"a=b", at=1_700_000_000)
    secret = slack_server.workspace.app.signing_secret.encode()
    expected = hmac.new(secret, b"v0:1700000000:a=b", hashlib.sha256).hexdigest()
    assert request.headers["X-Slack-Signature"] == f"v0={expected}"


def test_requests_that_slack_would_never_send(slack_server: SlackServer, app: App) -> None:
    body = b'{"type":"url_verification","challenge":"invented","token":"x"}'
    http = slack_server.http
    with listening(slack_server, app):
        assert (http.send(http.signed(body)).status, http.send(http.sent[-1]).status) == (200, 200)
        for request in (http.unsigned(body), http.stale(body), http.forged(body)):
            assert http.send(request).status == 401
        for request in (http.truncated(body), http.not_utf8(), http.oversized(100_000)):
            assert 400 <= http.send(request).status < 500


def test_choices_that_nobody_could_make(slack_server: SlackServer, robin: Person) -> None:
    one = {"type": "static_select", "action_id": "one", "options": options("a"), "placeholder": plain("Choose")}
    client(slack_server).chat_postMessage(channel=robin.id, text="x", blocks=[actions(one), asking(FIELD)])
    message = robin.sees("Your words")
    with pytest.raises(CannotBeDone, match="no option 'b'"):
        robin.selects(message, "one", "b")
    with pytest.raises(CannotBeDone):
        robin.ticks(message, "one", ["a"])
    with pytest.raises(CannotBeDone):
        robin.selects(message, "words", "x")
