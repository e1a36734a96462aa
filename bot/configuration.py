"""Where Curbside keeps its log and who is using it: from the environment, or `.env` in the current folder.

The environment wins. An empty value counts as none.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

NAMES = (
    "CURBSIDE_ADMIN",
    "CURBSIDE_CLINICIAN",
    "CURBSIDE_COMPLIANCE",
    "CURBSIDE_DATABASE",
    "CURBSIDE_DATABASE_KEY",
    "CURBSIDE_DEBUG",
    "CURBSIDE_EPHEMERAL_DISK",
    "CURBSIDE_EXPIRE_AFTER",
    "CURBSIDE_DIGEST",
    "CURBSIDE_HOST",
    "CURBSIDE_LETTERHEAD",
    "CURBSIDE_NEW_DATABASE_KEY",
    "CURBSIDE_ON_CALL",
    "CURBSIDE_PAGE_TIMES",
    "CURBSIDE_PORT",
    "CURBSIDE_PRIVACY",
    "CURBSIDE_RETENTION",
    "CURBSIDE_SUPERVISORS",
    "CURBSIDE_SUPERVISORS_CHANNEL",
    "CURBSIDE_WHO_MAY_CONSULT",
)
"""Every setting of Curbside's own. .env.example explains each; a test holds both."""
NEAR = 0.85


@dataclass(frozen=True, slots=True)
class Configuration:
    """`database`: where the log of consults is, or will be made on first use. `clinician`: under whose name
    consults are recorded."""

    database: Path
    clinician: str


def read_configuration(environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Configuration:
    """The settings that hold now. `environ` and `folder` stand in for the process's own, in tests.

    Raises ConfigurationError when `.env` is there and can't be read.
    """
    folder = folder or Path.cwd()
    settings = read_settings(environ, folder)
    return Configuration(database_in(settings, folder), settings.get("CURBSIDE_CLINICIAN") or _user_name())


def read_settings(environ: Mapping[str, str] | None = None, folder: Path | None = None) -> dict[str, str]:
    """Every setting that is not empty, by its name. ConfigurationError when `.env` can't be read."""
    environ = os.environ if environ is None else environ
    return {**_from_file((folder or Path.cwd()) / ".env"), **{key: value for key, value in environ.items() if value}}


def check_names(settings: Mapping[str, str]) -> None:
    """ConfigurationError for a name that is nearly one of Curbside's: CURBSIDE_PRIVCY=minimal must not pass for "usual"."""
    import difflib

    for name in sorted(settings):
        if name.startswith("CURBSIDE_") and name not in NAMES:
            near = difflib.get_close_matches(name, NAMES, n=1, cutoff=NEAR)
            if near:
                raise ConfigurationError(f"{name} is no setting of Curbside. Did you mean {near[0]}?")


def database_in(settings: Mapping[str, str], folder: Path | None = None) -> Path:
    """Where the log is by these settings."""
    given = settings.get("CURBSIDE_DATABASE")
    return (folder or Path.cwd()) / Path(given).expanduser() if given else _usual_database()


class ConfigurationError(Exception):
    """The settings can't be read; str() is one line that says what to do."""


def _from_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    from dotenv import dotenv_values  # not needed by the commands that touch no log

    try:
        return {key: value for key, value in dotenv_values(path).items() if value}
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"The file {path} can't be read as UTF-8 text; correct or remove it.") from None


def _usual_database() -> Path:
    from platformdirs import user_data_path

    return user_data_path("curbside", appauthor=False) / "consults.db"


def _user_name() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container may run under a number that has no name
        return f"user-{os.getuid()}"
