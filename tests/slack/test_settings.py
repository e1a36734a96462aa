"""What is set wrongly is one line that names the variable and what is allowed; secrets are never repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.configuration import ConfigurationError
from bot.slack.membership import Who
from bot.slack.settings import Transport, read_slack_settings

SET = {"SLACK_BOT_TOKEN": "xoxb-invented", "SLACK_APP_TOKEN": "xapp-invented", "SLACK_SIGNING_SECRET": "invented"}

WRONG: list[tuple[Transport, dict[str, str], str]] = [
    ("socket", {"SLACK_BOT_TOKEN": ""}, "SLACK_BOT_TOKEN is not set"),
    ("socket", {"SLACK_APP_TOKEN": ""}, "SLACK_APP_TOKEN is not set"),
    ("http", {"SLACK_SIGNING_SECRET": ""}, "SLACK_SIGNING_SECRET is not set"),
    ("socket", {"SLACK_BOT_TOKEN": "xapp-private"}, "SLACK_BOT_TOKEN must begin with xoxb-"),
    ("socket", {"SLACK_APP_TOKEN": "xoxb-private"}, "SLACK_APP_TOKEN must begin with xapp-"),
    ("socket", {"SLACK_BOT_TOKEN": "xoxb-private private"}, "have no blanks"),
    (
        "socket",
        {"SLACK_API_URL": "localhost:3000"},
        "SLACK_API_URL: 'localhost:3000' won't do; allowed: an address such as",
    ),
    ("socket", {"SLACK_API_URL": "http://[::1"}, "SLACK_API_URL"),
    ("socket", {"CURBSIDE_PRIVACY": "none"}, "CURBSIDE_PRIVACY: 'none' won't do; allowed: usual, minimal"),
    ("socket", {"CURBSIDE_WHO_MAY_CONSULT": "all"}, "CURBSIDE_WHO_MAY_CONSULT: 'all' won't do; allowed: everyone"),
    (
        "socket",
        {"CURBSIDE_SUPERVISORS_CHANNEL": "#supervisors"},
        "CURBSIDE_SUPERVISORS_CHANNEL: '#supervisors' won't do; allowed:",
    ),
    ("http", {"CURBSIDE_PORT": "eighty"}, "CURBSIDE_PORT: 'eighty' won't do; allowed: a number from 1 to 65535"),
    ("http", {"PORT": "70000"}, "PORT: '70000' won't do"),
]


@pytest.mark.parametrize(("transport", "given", "says"), WRONG)
def test_a_wrong_setting_is_named_with_what_is_allowed(
    transport: Transport, given: dict[str, str], says: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read_slack_settings(transport, SET | given, tmp_path)
    line = str(refused.value)
    assert says in line and "private" not in line and "\n" not in line


def test_what_is_left_out_is_usual(tmp_path: Path) -> None:
    found = read_slack_settings("socket", SET, tmp_path)
    assert (found.api_url, found.privacy, found.who) == ("https://slack.com/api/", "usual", Who("everyone"))
    assert (found.host, found.port, found.signing_secret, found.supervisors_channel) == ("127.0.0.1", 3000, "", None)
    assert "invented" not in repr(found)


def test_a_platform_that_sets_a_port_is_served_on_all_addresses(tmp_path: Path) -> None:
    found = read_slack_settings("http", SET | {"PORT": "8080", "CURBSIDE_PRIVACY": "minimal"}, tmp_path)
    assert (found.host, found.port, found.app_token, found.privacy) == ("0.0.0.0", 8080, "", "minimal")


def test_a_file_serves_where_the_environment_says_nothing(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN=xoxb-of-the-file\nSLACK_APP_TOKEN=xapp-of-the-file\n")
    assert read_slack_settings("socket", {}, tmp_path).bot_token == "xoxb-of-the-file"
    assert read_slack_settings("socket", SET, tmp_path).bot_token == "xoxb-invented"
