"""What the program needs to run in Slack, from the environment or `.env`; each fault is one line that names the variable."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from bot import disk
from bot.configuration import ConfigurationError, check_names, database_in, read_settings
from bot.records.expiring import SETTING
from bot.records.retention import Span, read_span
from bot.slack.membership import Who, parse_who
from bot.slack.shown import Privacy
from bot.slack.supervisors.on_call import OnCallSetting, parse_on_call
from bot.slack.supervisors.rhythm import Rhythm, parse_rhythm
from bot.slack.supervisors.starting import SupervisorsSettings
from bot.slack.supervisors.supervision import AT_ONCE
from flows.escalation import Times, parse_times

Transport = Literal["socket", "http"]
API_URL = "https://slack.com/api/"
PORT = 3000
EVERYONE = Who("everyone")
BOT_TOKEN = "the bot token, under OAuth & Permissions"
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,20}")
_PERSON = re.compile(r"[UW][A-Z0-9]{2,20}")


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """`app_token`: empty with HTTP. `signing_secret`: empty with Socket Mode. `host`, `port`: where HTTP is served.

    `ephemeral_disk`: whether the log may be on a disk that does not last. Secrets stand in no repr.
    """

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
    supervisors: Who | None = None
    compliance: Who | None = None
    on_call: OnCallSetting = field(default_factory=OnCallSetting)
    page_times: Mapping[str, Times] = field(default_factory=lambda: AT_ONCE)
    digest: Rhythm = field(default_factory=Rhythm)
    admin: str | None = None
    expire_after: Span | None = None
    ephemeral_disk: bool = False

    @property
    def supervision(self) -> SupervisorsSettings:
        """Those of the supervisors' side."""
        return SupervisorsSettings(
            channel=self.supervisors_channel,
            supervisors=self.supervisors,
            compliance=self.compliance,
            on_call=self.on_call,
            times=self.page_times,
            rhythm=self.digest,
            admin=self.admin,
            expire_after=self.expire_after,
        )


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """What is needed to read the supervisors' channel. The token stands in no repr."""

    bot_token: str = field(repr=False)
    api_url: str
    channel: str


def read_channel_settings(environ: Mapping[str, str] | None = None, folder: Path | None = None) -> ChannelSettings:
    """The settings of the supervisors' channel alone. ConfigurationError names the variable that is missing or won't do."""
    settings = read_settings(environ, folder)
    channel = read_supervisors_channel(settings)
    if channel is None:
        raise ConfigurationError(
            "CURBSIDE_SUPERVISORS_CHANNEL is not set, so there is no channel to compare the log with."
        )
    token = _token(settings, "SLACK_BOT_TOKEN", "xoxb-", BOT_TOKEN)
    return ChannelSettings(token, _api_url(settings), channel)


def read_slack_settings(
    transport: Transport, environ: Mapping[str, str] | None = None, folder: Path | None = None
) -> SlackSettings:
    """The settings for this way of being reached. ConfigurationError names the variable, and what is allowed."""
    settings = read_settings(environ, folder)
    check_names(settings)
    return SlackSettings(
        database=database_in(settings, folder),
        bot_token=_token(settings, "SLACK_BOT_TOKEN", "xoxb-", BOT_TOKEN),
        app_token=_token(
            settings, "SLACK_APP_TOKEN", "xapp-", "an app-level token with connections:write, under Basic Information"
        )
        if transport == "socket"
        else "",
        signing_secret=_secret(settings) if transport == "http" else "",
        api_url=_api_url(settings),
        privacy=read_privacy(settings),
        who=_who(settings),
        supervisors_channel=read_supervisors_channel(settings),
        host=settings.get("CURBSIDE_HOST", "0.0.0.0" if "PORT" in settings else "127.0.0.1").strip(),
        port=_port(settings) if transport == "http" else PORT,
        supervisors=_some(settings, "CURBSIDE_SUPERVISORS"),
        compliance=_some(settings, "CURBSIDE_COMPLIANCE"),
        on_call=_on_call(settings, folder or Path.cwd()),
        page_times=_page_times(settings),
        digest=_digest(settings),
        admin=_admin(settings),
        expire_after=read_span(settings[SETTING], SETTING) if SETTING in settings else None,
        ephemeral_disk=_ephemeral_disk(settings),
    )


def _needed(settings: Mapping[str, str], name: str, what: str) -> str:
    found = settings.get(name, "").strip()
    if not found:
        raise ConfigurationError(f"{name} is not set: {what} of your Slack app. See docs/slack-set-up.md.")
    return found


def _token(settings: Mapping[str, str], name: str, begins: str, what: str) -> str:
    token = _needed(settings, name, what)
    if not token.startswith(begins) or len(token.split()) != 1:
        raise ConfigurationError(f"{name} must begin with {begins} and have no blanks: it is {what} of your Slack app.")
    return token


def _secret(settings: Mapping[str, str]) -> str:
    """What proves that a request is Slack's."""
    name, what = "SLACK_SIGNING_SECRET", "the signing secret, under Basic Information"
    secret = _needed(settings, name, what)
    if len(secret.split()) != 1 or secret.startswith(("xox", "xapp-")):
        raise ConfigurationError(f"{name} must have no blanks, and be no token: it is {what} of your Slack app.")
    return secret


def _api_url(settings: Mapping[str, str]) -> str:
    url = settings.get("SLACK_API_URL", API_URL).strip()
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        sound = sound and not (parts.query or parts.fragment or parts.username or len(url.split()) != 1)
    except ValueError:
        sound = False
    if not sound:
        shown = url.rpartition("@")[2]  # a password before it is a secret
        raise ConfigurationError(f"SLACK_API_URL: {shown!r} won't do; allowed: an address such as {API_URL}")
    return url if url.endswith("/") else f"{url}/"


def read_privacy(settings: Mapping[str, str]) -> Privacy:
    """What messages may hold. ConfigurationError."""
    match settings.get("CURBSIDE_PRIVACY", "usual").strip():
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


def _some(settings: Mapping[str, str], name: str) -> Who | None:
    """Some people, not everyone."""
    given = settings.get(name)
    try:
        who = parse_who(given) if given else None
    except ValueError:
        who = EVERYONE
    if who == EVERYONE:
        raise ConfigurationError(
            f"{name}: {given!r} won't do; allowed: a user group's id (S…), a channel's id (C…), or people's ids with commas"
            " between (U…,U…)"
        )
    return who


def _on_call(settings: Mapping[str, str], folder: Path) -> OnCallSetting:
    given = settings.get("CURBSIDE_ON_CALL")
    supervisors = _some(settings, "CURBSIDE_SUPERVISORS")
    known = supervisors.people if supervisors and supervisors.kind == "people" else None
    try:
        return parse_on_call(given, folder, known) if given else OnCallSetting()
    except ValueError as error:
        raise ConfigurationError(f"CURBSIDE_ON_CALL: {error}") from None


def _page_times(settings: Mapping[str, str]) -> Mapping[str, Times]:
    given = settings.get("CURBSIDE_PAGE_TIMES")
    try:
        return parse_times(given) if given else AT_ONCE
    except ValueError as error:
        raise ConfigurationError(f"CURBSIDE_PAGE_TIMES: {error}") from None


def _digest(settings: Mapping[str, str]) -> Rhythm:
    try:
        return parse_rhythm(settings.get("CURBSIDE_DIGEST", "off"))
    except ValueError as error:
        raise ConfigurationError(f"CURBSIDE_DIGEST: {error}") from None


def _admin(settings: Mapping[str, str]) -> str | None:
    given = settings.get("CURBSIDE_ADMIN")
    if given is not None and not _PERSON.fullmatch(given.strip()):
        raise ConfigurationError(f"CURBSIDE_ADMIN: {given!r} won't do; allowed: a person's id such as U0123ABCD")
    return given and given.strip()


def read_supervisors_channel(settings: Mapping[str, str]) -> str | None:
    """The supervisors' channel; None: there is none. ConfigurationError."""
    given = settings.get("CURBSIDE_SUPERVISORS_CHANNEL")
    if given is not None and not _CHANNEL.fullmatch(given.strip()):
        raise ConfigurationError(
            f"CURBSIDE_SUPERVISORS_CHANNEL: {given!r} won't do; allowed: a channel's id such as C0123ABCD"
        )
    return given and given.strip()


def _ephemeral_disk(settings: Mapping[str, str]) -> bool:
    given = settings.get(disk.SETTING, "").strip()
    if given not in ("", disk.ALLOWED):
        raise ConfigurationError(f"{disk.SETTING}: {given!r} won't do; allowed: {disk.ALLOWED}, or leave it out")
    return given == disk.ALLOWED


def _port(settings: Mapping[str, str]) -> int:
    name = "CURBSIDE_PORT" if "CURBSIDE_PORT" in settings else "PORT"
    given = settings.get(name, str(PORT)).strip()
    if not given.isascii() or not given.isdigit() or len(given) > 5 or not 0 < int(given) < 65536:
        raise ConfigurationError(f"{name}: {given!r} won't do; allowed: a number from 1 to 65535")
    return int(given)
