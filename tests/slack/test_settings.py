"""What is set wrongly is one line that names the variable and what is allowed; secrets are never repeated."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.configuration import NAMES, ConfigurationError
from bot.slack.membership import Who
from bot.slack.settings import Transport, read_slack_settings

ROOT = Path(__file__).parents[2]
SET = {"SLACK_BOT_TOKEN": "xoxb-invented", "SLACK_APP_TOKEN": "xapp-invented", "SLACK_SIGNING_SECRET": "invented"}
NOT_IN_THE_FILE = {"CURBSIDE_DEBUG", "CURBSIDE_NEW_DATABASE_KEY"}
"""What is given for one run: a file would keep it."""

WRONG: list[tuple[Transport, dict[str, str], str]] = [
    ("socket", {"SLACK_BOT_TOKEN": ""}, "SLACK_BOT_TOKEN is not set"),
    ("socket", {"SLACK_APP_TOKEN": ""}, "SLACK_APP_TOKEN is not set"),
    ("http", {"SLACK_SIGNING_SECRET": ""}, "SLACK_SIGNING_SECRET is not set"),
    ("http", {"SLACK_SIGNING_SECRET": "  "}, "SLACK_SIGNING_SECRET is not set"),
    ("http", {"SLACK_SIGNING_SECRET": "xoxb-private"}, "SLACK_SIGNING_SECRET must have no blanks, and be no token"),
    ("http", {"SLACK_SIGNING_SECRET": "private private"}, "SLACK_SIGNING_SECRET must have no blanks"),
    ("socket", {"SLACK_BOT_TOKEN": "xapp-private"}, "SLACK_BOT_TOKEN must begin with xoxb-"),
    ("socket", {"SLACK_APP_TOKEN": "xoxb-private"}, "SLACK_APP_TOKEN must begin with xapp-"),
    ("socket", {"SLACK_BOT_TOKEN": "xoxb-private private"}, "have no blanks"),
    (
        "socket",
        {"SLACK_API_URL": "localhost:3000"},
        "SLACK_API_URL: 'localhost:3000' won't do; allowed: an address such as",
    ),
    ("socket", {"SLACK_API_URL": "http://[::1"}, "SLACK_API_URL"),
    ("socket", {"SLACK_API_URL": "https://slack.example/api/ x"}, "SLACK_API_URL"),
    ("socket", {"SLACK_API_URL": "https://slack.example:port/api/"}, "SLACK_API_URL"),
    (
        "socket",
        {"SLACK_API_URL": "https://user:private@slack.example/api/"},
        "SLACK_API_URL: 'slack.example/api/' won't do",
    ),
    ("socket", {"CURBSIDE_PRIVACY": "none"}, "CURBSIDE_PRIVACY: 'none' won't do; allowed: usual, minimal"),
    ("socket", {"CURBSIDE_WHO_MAY_CONSULT": "all"}, "CURBSIDE_WHO_MAY_CONSULT: 'all' won't do; allowed: everyone"),
    (
        "socket",
        {"CURBSIDE_SUPERVISORS_CHANNEL": "#supervisors"},
        "CURBSIDE_SUPERVISORS_CHANNEL: '#supervisors' won't do; allowed:",
    ),
    ("http", {"CURBSIDE_PORT": "eighty"}, "CURBSIDE_PORT: 'eighty' won't do; allowed: a number from 1 to 65535"),
    ("http", {"PORT": "70000"}, "PORT: '70000' won't do"),
    ("http", {"CURBSIDE_PORT": "9" * 5000}, "CURBSIDE_PORT"),
    (
        "socket",
        {"CURBSIDE_PRIVCY": "minimal"},
        "CURBSIDE_PRIVCY is no setting of Curbside. Did you mean CURBSIDE_PRIVACY?",
    ),
    ("socket", {"CURBSIDE_SUPERVISOR_CHANNEL": "C1"}, "Did you mean CURBSIDE_SUPERVISORS_CHANNEL?"),
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


def test_what_other_programs_call_their_settings_is_no_matter(tmp_path: Path) -> None:
    others = {"CURBSIDE_SERVICE_HOST": "10.0.0.1", "CURBSIDE_PORT_3000_TCP_ADDR": "10.0.0.1", "SLACK_TOKEN": "x"}
    assert read_slack_settings("socket", SET | others | {"CURBSIDE_PORT": "tcp://10.0.0.1:3000"}, tmp_path).port == 3000


def test_blanks_around_a_value_are_no_part_of_it(tmp_path: Path) -> None:
    found = read_slack_settings(
        "http", {name: f" {value} " for name, value in SET.items()} | {"PORT": " 8080 "}, tmp_path
    )
    assert (found.bot_token, found.signing_secret, found.port) == ("xoxb-invented", "invented", 8080)


def test_each_setting_is_known_by_its_name_and_explained_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    explained = re.findall(r"(?m)^#([A-Z_]+)=", example)
    assert len(explained) == len(set(explained))
    ours = {name for name in explained if name.startswith("CURBSIDE_")}
    assert {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL"} <= set(explained)
    read = {
        name
        for path in (ROOT / "bot").rglob("*.py")
        for name in re.findall(r"[\"'](CURBSIDE_[A-Z_]+)[\"']", path.read_text(encoding="utf-8"))
    }
    assert ours | read == set(NAMES), "bot/configuration.py: NAMES has each setting"
    assert read - ours == NOT_IN_THE_FILE, ".env.example explains each setting"
    assert not any("=" in line and not line.startswith("#") for line in example.splitlines())
