"""The doctor looks at everything that the program needs, and says for each fault what to do."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.commands.doctor import command
from bot.desk import Desk
from bot.slack.doctor import _address, configured, look
from bot.slack.doctor_channel import _is_shared
from bot.slack.finding import Finding
from bot.slack.manifest import manifest
from bot.slack.owner import owning
from bot.storage import Post, open_log

from .mortal import ROOT, environment
from .server import SlackServer, refuses, server_error


def looked(server: SlackServer, folder: Path, **more: str) -> dict[str, Finding]:
    settings, transport, found = configured(environment(server, folder, **more), folder)
    assert settings is not None
    return {one.what: one for one in [*found, *look(settings, transport)]}


@pytest.fixture
def installed(slack_server: SlackServer) -> SlackServer:
    slack_server.install(manifest())
    return slack_server


def test_all_is_well(installed: SlackServer, tmp_path: Path) -> None:
    channel = installed.channel("supervisors")
    found = looked(installed, tmp_path, CURBSIDE_SUPERVISORS_CHANNEL=channel.id)
    assert {one.state for one in found.values()} == {"ok"}, found
    assert set(found) >= {
        "bot token",
        "app token",
        "scopes",
        "clock",
        "database",
        "chain",
        "witness",
        "outbox",
        "supervisors' channel",
        "posting",
        "who may consult",
        "database's rights",
        "program",
    }
    assert len(installed.messages(channel)) == 1


def test_each_fault_says_what_to_do(installed: SlackServer, tmp_path: Path) -> None:
    installed.workspace.app.scopes = {"chat:write", "files:read"}
    found = looked(installed, tmp_path, SLACK_APP_TOKEN="xapp-of-somebody-else")
    assert found["scopes"].state == "fault" and "im:history" in found["scopes"].says
    assert found["app token"].state == "fault"
    assert found["supervisors' channel"].state == "warn"
    assert all(one.to_do for one in found.values() if one.state != "ok")


def test_scopes_that_are_wider_are_named(installed: SlackServer, tmp_path: Path) -> None:
    installed.workspace.app.scopes.add("files:read")
    found = looked(installed, tmp_path)["scopes"]
    assert (found.state, found.says) == ("warn", "wider than needed: files:read")


def test_a_clock_that_is_wrong_is_found(installed: SlackServer, tmp_path: Path) -> None:
    installed.set_clock_ahead(200)
    assert looked(installed, tmp_path)["clock"].state == "fault"


def test_a_token_that_is_revoked_is_found(installed: SlackServer, tmp_path: Path) -> None:
    installed.api.revoked = True
    channel = installed.channel("supervisors")
    found = looked(installed, tmp_path, CURBSIDE_SUPERVISORS_CHANNEL=channel.id)
    assert "token_revoked" in found["bot token"].says and "SLACK_BOT_TOKEN" in found["bot token"].to_do
    assert found["database"].state == "ok", "the rest is looked at all the same"
    assert "supervisors' channel" not in found and installed.messages(channel) == []


def test_a_slack_that_can_not_be_reached_is_no_fault_of_the_token(installed: SlackServer, tmp_path: Path) -> None:
    installed.api.faults.order("auth.test", server_error(503))
    found = looked(installed, tmp_path)["bot token"]
    assert found.state == "fault" and "can't be reached" in found.says and "network" in found.to_do


def test_an_address_without_tls_is_warned_of() -> None:
    settings, _, _ = configured(
        {"SLACK_BOT_TOKEN": "xoxb-x", "SLACK_APP_TOKEN": "xapp-x", "SLACK_API_URL": "http://slack.example/api/"}, ROOT
    )
    assert settings is not None
    [found] = _address(settings.api_url)
    assert found.state == "warn" and "unencrypted" in found.says


WAYS: list[tuple[dict[str, str], list[str], str | None]] = [
    ({"SLACK_APP_TOKEN": "xapp-x"}, ["ok"], "socket"),
    ({"SLACK_SIGNING_SECRET": "x"}, ["ok"], "http"),
    ({"SLACK_APP_TOKEN": "xapp-x", "SLACK_SIGNING_SECRET": "x"}, ["ok", "ok"], "socket"),
    ({"SLACK_APP_TOKEN": "xoxb-x", "SLACK_SIGNING_SECRET": "x"}, ["fault", "ok"], "http"),
    ({"SLACK_APP_TOKEN": "xapp-x", "CURBSIDE_PRIVACY": "none"}, ["fault"], None),
    ({}, ["fault"], None),
]


@pytest.mark.parametrize(("given", "states", "way"), WAYS)
def test_each_way_of_which_something_is_set_is_looked_at(
    given: dict[str, str], states: list[str], way: str | None, tmp_path: Path
) -> None:
    settings, transport, found = configured({"SLACK_BOT_TOKEN": "xoxb-x"} | given, tmp_path)
    assert [one.state for one in found] == states
    assert (transport if settings else None) == way
    assert "xoxb-x" not in str(found) and "xapp-x" not in str(found)


CHANNELS: dict[str, tuple[dict[str, Any], str]] = {
    "public": ({"private": False}, "it is public"),
    "without the bot": ({"with_app": False}, "it can't be seen (channel_not_found)"),
    "shared": ({"shared_with": {"T0OTHER"}}, "it is shared with another organisation"),
    "shared and public": ({"private": False, "shared_with": {"T0OTHER"}}, "it is shared with another organisation"),
    "archived": ({"is_archived": True}, "it is archived"),
}


@pytest.mark.parametrize("name", CHANNELS)
def test_a_channel_that_won_t_do_is_refused(installed: SlackServer, tmp_path: Path, name: str) -> None:
    how, says = CHANNELS[name]
    channel = installed.channel("supervisors", **how)
    found = looked(installed, tmp_path, CURBSIDE_SUPERVISORS_CHANNEL=channel.id)
    assert (found["supervisors' channel"].state, found["supervisors' channel"].says) == ("fault", says)
    assert "posting" not in found and installed.messages(channel) == []


def test_a_channel_of_several_workspaces_of_one_organisation_is_our_own() -> None:
    assert not _is_shared({"is_org_shared": True, "is_shared": True, "is_ext_shared": False})
    assert _is_shared({"is_ext_shared": False, "is_pending_ext_shared": True})


def test_what_is_posted_must_be_found_again(installed: SlackServer, tmp_path: Path) -> None:
    channel = installed.channel("supervisors")
    installed.api.faults.order("conversations.history", refuses("missing_scope"))
    found = looked(installed, tmp_path, CURBSIDE_SUPERVISORS_CHANNEL=channel.id)["posting"]
    assert (found.state, found.says) == ("fault", "it did not succeed (missing_scope)")


def test_who_may_consult_must_be_readable(installed: SlackServer, tmp_path: Path) -> None:
    group = installed.user_group(installed.clinician())
    assert looked(installed, tmp_path, CURBSIDE_WHO_MAY_CONSULT=group)["who may consult"].says == "1 person"
    empty = installed.user_group()
    assert looked(installed, tmp_path, CURBSIDE_WHO_MAY_CONSULT=empty)["who may consult"].state == "warn"
    found = looked(installed, tmp_path, CURBSIDE_WHO_MAY_CONSULT="S0NOBODY")["who may consult"]
    assert found.state == "fault" and "no_such_subteam" in found.says and "CURBSIDE_WHO_MAY_CONSULT" in found.to_do


def test_a_file_that_others_may_read_is_a_fault(installed: SlackServer, tmp_path: Path) -> None:
    looked(installed, tmp_path)
    (tmp_path / "log.db").chmod(0o644)
    found = looked(installed, tmp_path)["database's rights"]
    assert found.state == "fault" and found.to_do == f"Run: chmod 600 {tmp_path}/log.db"


def test_a_log_that_can_not_be_used_is_a_fault(installed: SlackServer, tmp_path: Path) -> None:
    (tmp_path / "log.db").write_bytes(b"This is no database, but a text of some length." * 100)
    assert looked(installed, tmp_path)["database"].state == "fault"


def test_an_altered_log_is_a_fault(installed: SlackServer, tmp_path: Path) -> None:
    with open_log(tmp_path / "log.db") as log:
        Desk(log, "U0INVENTED").start({"jurisdiction": "CO"})
    with closing(sqlite3.connect(tmp_path / "log.db")) as db, db:
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {trigger}")
        db.execute("UPDATE consults SET jurisdiction = 'TX'")
    found = looked(installed, tmp_path)["chain"]
    assert found.state == "fault" and "curbside verify" in found.to_do


def test_what_is_not_sent_is_seen(installed: SlackServer, tmp_path: Path) -> None:
    def post(text: str) -> Post:
        return Post(lane=f"dm:{text}", method="chat.postMessage", body={"channel": "D1", "text": text}, priority=1)

    with open_log(tmp_path / "log.db") as log:
        log.queue([post("U1"), post("U2")])
        first, _ = log.due(time.time(), 5)
        log.mark_failed(first.id, "invalid_blocks")
    found = looked(installed, tmp_path)["outbox"]
    assert (found.state, found.says) == ("warn", "1 failed in the last day; 1 wait")
    with closing(sqlite3.connect(tmp_path / "log.db")) as db, db:
        db.execute("UPDATE outbox SET created_at = created_at - 1800")
    found = looked(installed, tmp_path)["outbox"]
    assert (found.state, found.says) == ("warn", "1 wait, one of them for 30 minutes; 1 failed in the last day")


def test_it_does_not_disturb_a_program_that_runs(installed: SlackServer, tmp_path: Path) -> None:
    assert "does not run" in looked(installed, tmp_path)["program"].says
    with owning(tmp_path / "log.db"):
        assert looked(installed, tmp_path)["program"].says == "runs on this database now"


# The command


def test_the_command_says_each_in_a_line_and_how_it_ends(
    installed: SlackServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in environment(installed, tmp_path).items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(command, [])
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert all(line.split()[0] in ("ok", "warn", "fault") for line in lines)
    assert lines[0] == "ok     configuration: for `curbside run` (Socket Mode)"
    assert (
        "warn   supervisors' channel: none is set, so that no supervisor hears of a consult. Make a private"
        in done.output
    )
    assert "warn   witness: nothing of the log is posted, so that a log that was rewritten as a whole" in done.output
    installed.workspace.app.scopes = {"chat:write"}
    done = CliRunner().invoke(command, ["--json"])
    assert done.exit_code == 1
    [scopes] = [one for one in json.loads(done.output) if one["what"] == "scopes"]
    assert scopes["state"] == "fault" and scopes["to_do"]
    monkeypatch.setenv("SLACK_BOT_TOKEN", "")
    done = CliRunner().invoke(command, [])
    assert done.exit_code == 2 and done.output.startswith("fault  configuration: SLACK_BOT_TOKEN is not set")
    assert len(done.output.splitlines()) == 1
