"""The doctor looks at everything that the program needs, and says for each fault what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.slack.doctor import Finding, configured, look
from bot.slack.manifest import manifest

from .server import SlackServer
from .test_running import environment


def looked(server: SlackServer, folder: Path, **more: str) -> dict[str, Finding]:
    settings, transport, found = configured(environment(server, folder, **more))
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
        "outbox",
        "supervisors' channel",
        "posting",
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
    assert looked(installed, tmp_path)["scopes"] == Finding(
        "scopes", "warn", "wider than needed: files:read", "remove them from the app"
    )


def test_a_clock_that_is_wrong_is_found(installed: SlackServer, tmp_path: Path) -> None:
    installed.set_clock_ahead(200)
    assert looked(installed, tmp_path)["clock"].state == "fault"


def test_a_token_that_is_revoked_is_found(installed: SlackServer, tmp_path: Path) -> None:
    installed.api.revoked = True
    assert "token_revoked" in looked(installed, tmp_path)["bot token"].says


CHANNELS: dict[str, tuple[dict[str, Any], str]] = {
    "public": ({"private": False}, "it is public"),
    "without the bot": ({"with_app": False}, "it can't be seen (channel_not_found)"),
    "shared": ({"shared_with": {"T0OTHER"}}, "it is shared with another organisation"),
    "archived": ({"is_archived": True}, "it is archived"),
}


@pytest.mark.parametrize("name", CHANNELS)
def test_a_channel_that_won_t_do_is_refused(installed: SlackServer, tmp_path: Path, name: str) -> None:
    how, says = CHANNELS[name]
    channel = installed.channel("supervisors", **how)
    found = looked(installed, tmp_path, CURBSIDE_SUPERVISORS_CHANNEL=channel.id)
    assert (found["supervisors' channel"].state, found["supervisors' channel"].says) == ("fault", says)
    assert "posting" not in found and installed.messages(channel) == []


def test_without_a_configuration_it_is_said(tmp_path: Path) -> None:
    settings, _, [found] = configured({"CURBSIDE_DATABASE": str(tmp_path / "log.db")})
    assert settings is None and found.state == "fault" and "SLACK_BOT_TOKEN" in found.says
