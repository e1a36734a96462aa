"""Where the log is and whose consults they are: the environment first, then `.env`, then what is usual."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.configuration import ConfigurationError, read_configuration

# The environment's value, the line in .env, and the log's place (relative to the current folder).
PLACES = [
    ("from-environment.db", None, "from-environment.db"),
    (None, "CURBSIDE_DATABASE=from-file.db", "from-file.db"),
    ("from-environment.db", "CURBSIDE_DATABASE=from-file.db", "from-environment.db"),
    ("", "CURBSIDE_DATABASE='with a space.db'", "with a space.db"),
    (None, "# CURBSIDE_DATABASE=no.db\nexport CURBSIDE_DATABASE=yes.db", "yes.db"),
]


@pytest.mark.parametrize(("environment", "file", "place"), PLACES)
def test_the_environment_wins_over_the_file(
    environment: str | None, file: str | None, place: str, tmp_path: Path
) -> None:
    if file is not None:
        (tmp_path / ".env").write_text(file, encoding="utf-8")
    environ = {} if environment is None else {"CURBSIDE_DATABASE": environment}
    assert read_configuration(environ, tmp_path).database == tmp_path / place


@pytest.mark.parametrize("environ", [{}, {"CURBSIDE_DATABASE": ""}])
def test_without_a_setting_the_log_is_among_the_users_data(environ: dict[str, str], tmp_path: Path) -> None:
    place = read_configuration(environ, tmp_path).database
    assert place.is_absolute() and place.name == "consults.db" and "curbside" in place.parts
    assert not place.is_relative_to(tmp_path)


def test_a_tilde_is_the_users_home(tmp_path: Path) -> None:
    place = read_configuration({"CURBSIDE_DATABASE": "~/consults.db"}, tmp_path).database
    assert place == Path.home() / "consults.db"


def test_the_clinician_can_be_named(tmp_path: Path) -> None:
    assert read_configuration({"CURBSIDE_CLINICIAN": "invented-one"}, tmp_path).clinician == "invented-one"
    assert read_configuration({}, tmp_path).clinician


def test_a_file_that_is_not_text_is_an_error_in_one_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"CURBSIDE_DATABASE=\xff\xfe.db")
    with pytest.raises(ConfigurationError, match="can't be read as UTF-8 text"):
        read_configuration({}, tmp_path)
