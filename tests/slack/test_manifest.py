"""The manifest makes an app that can do what the program does, and nothing more."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from slack_bolt import App

from bot.commands.manifest import command
from bot.slack.actions import COMMAND, SHORTCUT
from bot.slack.app import make_app
from bot.slack.manifest import EVENTS, METHOD_SCOPES, manifest, request_url, scopes
from bot.slack.office import Office
from bot.slack.people import People
from bot.slack.sender import sending_client
from bot.storage import open_log

from .server.scopes import PREFIX, SCOPES

ROOT = Path(__file__).parents[2]
HTTP = "https://curbside.example.org"
CALL = re.compile(r"\.((?:chat|conversations|users|usergroups|views|apps|auth|dnd|team)_[a-zA-Z_]+)\(")
NAMED = re.compile(r'"((?:chat|conversations|users|usergroups|views|apps|auth|dnd)\.[a-zA-Z.]+)"')
METHODS = {method.lower().replace(".", "_"): method for method in [*METHOD_SCOPES, *SCOPES]}


def called() -> set[str]:
    """Every method of the Web API that the program's text names or calls."""
    found: set[str] = set()
    for path in (ROOT / "bot").rglob("*.py"):
        if path.name != "manifest.py":
            text = path.read_text(encoding="utf-8")
            calls = (METHODS.get(name.lower()) for name in CALL.findall(text))
            found |= {name for name in calls if name} | {
                name for name in NAMED.findall(text) if name in METHOD_SCOPES or name in SCOPES
            }
    return found


def test_the_file_is_the_one_for_socket_mode() -> None:
    text = (ROOT / "manifest.json").read_text(encoding="utf-8")
    assert json.loads(text) == manifest(), "run `curbside manifest > manifest.json`"


def test_it_has_the_scopes_of_what_is_called_and_no_other() -> None:
    assert called() == set(METHOD_SCOPES)
    for method, needed in METHOD_SCOPES.items():
        general = SCOPES[method]
        if general is None or method == "apps.connections.open":
            assert needed == ()
        else:
            suffix = general.replace(PREFIX, "")
            assert all(one == general or (PREFIX in general and one.endswith(suffix)) for one in needed) and needed
    assert scopes() == sorted({*(one for needed in METHOD_SCOPES.values() for one in needed), "commands"})


EVENT_SCOPES: dict[str, set[str]] = {
    "app_home_opened": set(),
    "member_joined_channel": {"channels:read", "groups:read"},
    "member_left_channel": {"channels:read", "groups:read"},
    "message.im": {"im:history"},
    "subteam_members_changed": {"usergroups:read"},
    "team_join": {"users:read"},
    "user_change": {"users:read"},
}
"""What Slack's documentation says that an event needs; of private and public channels both."""


def test_it_has_the_scopes_of_its_events() -> None:
    assert set(EVENT_SCOPES) == set(EVENTS)
    assert set().union(*EVENT_SCOPES.values()) <= set(scopes())


def test_the_documents_explain_each_scope() -> None:
    text = (ROOT / "docs" / "slack-set-up.md").read_text(encoding="utf-8")
    table = text.partition("| scope | for |")[2].partition("\n\n")[0]
    assert sorted(re.findall(r"`([a-z]+:[a-z]+|commands)`", table)) == scopes()


def test_it_is_printed_as_it_stands_in_the_file() -> None:
    printed = CliRunner().invoke(command, [], catch_exceptions=False)
    assert printed.output == (ROOT / "manifest.json").read_text(encoding="utf-8")
    assert json.loads(CliRunner().invoke(command, ["--http", HTTP]).output) == manifest(HTTP)
    refused = CliRunner().invoke(command, ["--http", "http://x"])
    assert refused.exit_code == 2 and "--http: 'http://x' won't do; allowed: an address with https" in refused.output


def events_of(app: App) -> set[str]:
    """The names that the app's listeners match by, of events, commands and the shortcut."""
    matchers: list[Any] = [matcher for listener in app._listeners for matcher in listener.matchers]
    cells = [cell.cell_contents for one in matchers for cell in one.func.__closure__ or ()]
    return {one for one in cells if isinstance(one, str)}


def test_it_has_the_events_that_are_listened_to(tmp_path: Path) -> None:
    client = sending_client("xoxb-invented", "http://localhost:1/api/")
    with open_log(tmp_path / "log.db") as log:
        app = make_app(Office(log, People(client, team="T1")), token="xoxb-invented", signing_secret="x", client=client)
        listened = events_of(app)
        app.listener_runner.listener_executor.shutdown()
    wanted = {event.partition(".")[0] for event in EVENTS}
    assert wanted <= listened, wanted - listened
    known = wanted | {COMMAND, SHORTCUT}
    kinds = {name for name in listened if re.fullmatch(r"[a-z]+(_[a-z]+)+", name)}
    assert kinds - known <= {"block_actions", "view_submission", "block_suggestion"}


def test_command_and_shortcut_are_those_that_are_listened_to() -> None:
    features = manifest()["features"]
    assert [one["command"] for one in features["slash_commands"]] == [COMMAND]
    assert [one["callback_id"] for one in features["shortcuts"]] == [SHORTCUT]
    assert features["app_home"]["home_tab_enabled"] and features["app_home"]["messages_tab_enabled"]
    assert not features["app_home"]["messages_tab_read_only_enabled"]


GIVEN = [HTTP, f"{HTTP}/", f"{HTTP}//", f"{HTTP}/slack/events", f" {HTTP}/slack/events/", f"{HTTP}//slack//events"]


@pytest.mark.parametrize("address", GIVEN)
def test_over_http_slack_is_told_where(address: str) -> None:
    found = manifest(address)
    there = f"{HTTP}/slack/events"
    assert found["settings"]["socket_mode_enabled"] is False and manifest()["settings"]["socket_mode_enabled"] is True
    assert found["settings"]["event_subscriptions"]["request_url"] == there
    assert found["settings"]["interactivity"]["request_url"] == there
    assert found["features"]["slash_commands"][0]["url"] == there
    assert found["oauth_config"] == manifest()["oauth_config"]


def test_a_port_and_a_path_are_kept() -> None:
    assert request_url("https://curbside.example.org:8443") == "https://curbside.example.org:8443/slack/events"
    assert request_url("https://example.org/curbside/") == "https://example.org/curbside/slack/events"


WRONG = [
    "",
    "curbside.example.org",
    "http://curbside.example.org",
    "https://",
    "https://x?y=1",
    "https://x#y",
    "https://user:password@x",
    "https://x:port",
    "https://x:0",
    "https://[::1",
    "https://exam ple.org",
    "https://x\\y",
    'https://x"y',
]


@pytest.mark.parametrize("address", WRONG)
def test_an_address_that_won_t_do_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="allowed: an address with https"):
        manifest(address)


def test_its_words_fit() -> None:
    shown = manifest()["display_information"]
    assert len(shown["name"]) <= 35 and len(shown["description"]) <= 140
    command = manifest()["features"]["slash_commands"][0]
    assert len(command["description"]) <= 2000 and len(manifest()["features"]["shortcuts"][0]["description"]) <= 150
