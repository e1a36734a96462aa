"""The administrators' page names every setting, and what holds where it is left out, as the code has it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.configuration import NAMES
from bot.slack.settings import SlackSettings, read_slack_settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "administrators.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `((?:CURBSIDE|SLACK)_[A-Z_]+)` \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)
OF_SLACK = {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL"}
SET = {"SLACK_BOT_TOKEN": "xoxb-invented", "SLACK_SIGNING_SECRET": "invented"}
DEFAULTS = {name: values[-1] for name, _, left_out in ROWS if (values := re.findall(r"`([^`]+)`", left_out))}
"""The settings of which the page says what value holds where they are left out."""
NO_VALUE = {"CURBSIDE_DATABASE", "CURBSIDE_HOST"}
"""Of these it names a command or another variable beside the value."""


def read(folder: Path, **more: str) -> SlackSettings:
    return read_slack_settings("http", {**SET, **more}, folder)


def test_every_setting_stands_there_once_and_no_other() -> None:
    named = [name for name, _, _ in ROWS]
    assert len(named) == len(set(named))
    assert set(named) == {*NAMES, *OF_SLACK}


def test_the_example_and_the_page_name_the_same_settings() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    explained = set(re.findall(r"(?m)^#([A-Z_]+)=", example))
    assert explained <= {name for name, _, _ in ROWS}
    assert {name for name, _, _ in ROWS} - explained == {"CURBSIDE_DEBUG", "CURBSIDE_NEW_DATABASE_KEY"}


@pytest.mark.parametrize("name", [name for name in DEFAULTS if name not in NO_VALUE])
def test_the_value_that_is_said_to_hold_is_the_one_that_holds(name: str, tmp_path: Path) -> None:
    assert read(tmp_path, **{name: DEFAULTS[name]}) == read(tmp_path)


def test_enough_defaults_are_looked_at() -> None:
    assert {"CURBSIDE_PRIVACY", "CURBSIDE_PAGE_TIMES", "CURBSIDE_PORT", "SLACK_API_URL"} <= set(DEFAULTS) - NO_VALUE


def test_where_it_listens_is_what_the_page_says(tmp_path: Path) -> None:
    row = next(left_out for name, _, left_out in ROWS if name == "CURBSIDE_HOST")
    assert row.startswith(f"`{read(tmp_path).host}`; all addresses where `PORT`")
    assert read(tmp_path, PORT="8080").host == "0.0.0.0"


@pytest.mark.parametrize("name", ["administrators.md", "supervisors.md", "records.md"])
def test_other_pages_name_no_setting_that_there_is_not(name: str) -> None:
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert set(re.findall(r"`(CURBSIDE_[A-Z_]*[A-Z])", page)) <= set(NAMES)
