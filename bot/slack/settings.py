"""What the program needs to run in Slack, from the environment or `.env`; each fault is one line that names the variable."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from bot.configuration import ConfigurationError, database_in, read_settings
from bot.slack.membership import Who, parse_who
from bot.slack.shown import Privacy

Transport = Literal["socket", "http"]
API_URL = "https://slack.com/api/"
PORT = 3000
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,20}")


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """`app_token`: empty with HTTP. `signing_secret`: empty with Socket Mode. Secrets stand in no repr."""

    database: Path
    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    api_url: str
    privacy: Privacy
    who: Who
    supervisors_channel: str | None
    host: str
    port: int


def read_slack_settings(
    transport: Transport, environ: Mapping[str, str] | None = None, folder: Path | None = None
) -> SlackSettings:
    """The settings for this way of being reached. ConfigurationError names the variable, and what is allowed."""
    settings = read_settings(environ, folder)
    return SlackSettings(
        database=database_in(settings, folder),
        bot_token=_token(settings, "SLACK_BOT_TOKEN", "xoxb-", "the bot token, under OAuth & Permissions"),
        app_token=_token(
            settings, "SLACK_APP_TOKEN", "xapp-", "an app-level token with connections:write, under Basic Information"
        )
        if transport == "socket"
        else "",
        signing_secret=_needed(settings, "SLACK_SIGNING_SECRET", "the signing secret, under Basic Information")
        if transport == "http"
        else "",
        api_url=_api_url(settings),
        privacy=_privacy(settings),
        who=_who(settings),
        supervisors_channel=_channel(settings),
        host=settings.get("CURBSIDE_HOST", "0.0.0.0" if "PORT" in settings else "127.0.0.1"),
        port=_port(settings),
    )


def _needed(settings: Mapping[str, str], name: str, what: str) -> str:
    try:
        return settings[name].strip()
    except KeyError:
        raise ConfigurationError(f"{name} is not set: {what} of your Slack app. See docs/slack-set-up.md.") from None


def _token(settings: Mapping[str, str], name: str, begins: str, what: str) -> str:
    token = _needed(settings, name, what)
    if not token.startswith(begins) or len(token.split()) != 1:
        raise ConfigurationError(f"{name} must begin with {begins} and have no blanks: it is {what} of your Slack app.")
    return token


def _api_url(settings: Mapping[str, str]) -> str:
    url = settings.get("SLACK_API_URL", API_URL).strip()
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise ConfigurationError(f"SLACK_API_URL: {url!r} won't do; allowed: an address such as {API_URL}")
    return url if url.endswith("/") else f"{url}/"


def _privacy(settings: Mapping[str, str]) -> Privacy:
    match settings.get("CURBSIDE_PRIVACY", "usual"):
        case "usual":
            return "usual"
        case "minimal":
            return "minimal"
        case other:
            raise ConfigurationError(f"CURBSIDE_PRIVACY: {other!r} won't do; allowed: usual, minimal")


def _who(settings: Mapping[str, str]) -> Who:
    try:
        return parse_who(settings.get("CURBSIDE_WHO_MAY_CONSULT", "everyone"))
    except ValueError as error:
        raise ConfigurationError(f"CURBSIDE_WHO_MAY_CONSULT: {error}") from None


def _channel(settings: Mapping[str, str]) -> str | None:
    given = settings.get("CURBSIDE_SUPERVISORS_CHANNEL")
    if given is not None and not _CHANNEL.fullmatch(given.strip()):
        raise ConfigurationError(
            f"CURBSIDE_SUPERVISORS_CHANNEL: {given!r} won't do; allowed: a channel's id such as C0123ABCD"
        )
    return given and given.strip()


def _port(settings: Mapping[str, str]) -> int:
    name = "CURBSIDE_PORT" if "CURBSIDE_PORT" in settings else "PORT"
    given = settings.get(name, str(PORT))
    if not given.isascii() or not given.isdigit() or not 0 < int(given) < 65536:
        raise ConfigurationError(f"{name}: {given!r} won't do; allowed: a number from 1 to 65535")
    return int(given)
