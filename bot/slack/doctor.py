"""Whether all that the program needs is there, and what to do where it is not: one finding for each thing looked at."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

from slack_sdk import WebClient

from bot import disk
from bot.configuration import ConfigurationError, read_settings
from bot.counted import counted
from bot.slack.answers import read_error
from bot.slack.doctor_channel import look_at_channel
from bot.slack.doctor_log import look_at_log
from bot.slack.finding import Finding
from bot.slack.manifest import scopes
from bot.slack.membership import Membership, Who
from bot.slack.sender import sending_client
from bot.slack.settings import SlackSettings, Transport, read_slack_settings

SKEW = 60.0
"""Seconds by which the clocks may differ; at five minutes Slack's requests are refused."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")
WAYS: Mapping[Transport, tuple[str, str]] = {
    "socket": ("SLACK_APP_TOKEN", "for `curbside run` (Socket Mode)"),
    "http": ("SLACK_SIGNING_SECRET", "for `curbside serve` (HTTP)"),
}
"""Which variable each way of being reached has of its own."""


def configured(
    environ: Mapping[str, str] | None = None, folder: Path | None = None
) -> tuple[SlackSettings | None, Transport, list[Finding]]:
    """The settings, the way by which Slack reaches the program by them, and what was found; None when they won't do.

    Looked at is each way of which something is set; where both will do, Socket Mode is the one.
    """
    try:
        given = read_settings(environ, folder)
    except ConfigurationError as error:
        return None, "socket", [_not_configured(error)]
    wanted = [transport for transport, (variable, _) in WAYS.items() if variable in given] or ["socket"]
    found: list[Finding] = []
    good: list[tuple[SlackSettings, Transport]] = []
    for transport in wanted:
        try:
            good.append((read_slack_settings(transport, environ, folder), transport))
            found.append(Finding("configuration", "ok", WAYS[transport][1]))
        except ConfigurationError as error:
            finding = _not_configured(error)
            found += [finding] if finding not in found else []
    settings, transport = good[0] if good else (None, "socket")
    return settings, transport, found


def _not_configured(error: ConfigurationError) -> Finding:
    return Finding("configuration", "fault", str(error), ".env.example explains each setting.")


def look(settings: SlackSettings, transport: Transport) -> Iterator[Finding]:
    """Each finding as soon as it is there."""
    client = sending_client(settings.bot_token, settings.api_url)
    yield from _address(settings.api_url)
    lets_in = yield from _bot_token(client)
    if transport == "socket":
        yield _app_token(settings)
    yield from look_at_log(settings.database, settings.supervisors_channel)
    yield _disk(settings)
    if lets_in:
        for what, variable, who in (
            ("who may consult", "CURBSIDE_WHO_MAY_CONSULT", settings.who),
            ("supervisors", "CURBSIDE_SUPERVISORS", settings.supervisors),
            ("compliance", "CURBSIDE_COMPLIANCE", settings.compliance),
        ):
            if who is not None:
                yield _who(client, what, variable, who)
        yield from look_at_channel(client, settings.supervisors_channel)


def _disk(settings: SlackSettings) -> Finding:
    why = disk.look(settings.database)
    if why is None:
        return Finding("disk", "ok", "nothing says that files don't last there")
    if settings.ephemeral_disk:
        return Finding(
            "disk", "ok", f"files don't last there ({why}), which {disk.SETTING} allows: a copy must be kept"
        )
    to_do = f"Set CURBSIDE_DATABASE to a place on a volume, or see docs/hosting.md for {disk.SETTING}."
    return Finding("disk", "fault", f"files don't last there: {why}", to_do)


def _address(url: str) -> Iterator[Finding]:
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        to_do = "Set SLACK_API_URL to an address with https, or leave it out."
        yield Finding("address", "warn", "tokens and messages travel unencrypted to SLACK_API_URL", to_do)


def _bot_token(client: WebClient) -> Generator[Finding, None, bool]:
    """It returns whether Slack lets the program in."""
    try:
        answer = client.auth_test()
    except Exception as error:
        says, to_do = _not_accepted(error, "SLACK_BOT_TOKEN")
        yield Finding("bot token", "fault", says, to_do)
        return False
    headers = {name.lower(): value for name, value in answer.headers.items()}
    yield Finding("bot token", "ok", f"{answer.get('user')} in {answer.get('team')}")
    yield _scopes(str(headers.get("x-oauth-scopes", "")))
    yield _clock(str(headers.get("date", "")))
    return True


def _not_accepted(error: Exception, variable: str) -> tuple[str, str]:
    answer = read_error(error)
    if answer.meaning in ("later", "in_doubt"):
        return f"Slack can't be reached, or does not answer ({answer.why})", "Check the network; try again in a minute."
    return f"Slack does not accept it ({answer.why})", f"Install the app (again), and set {variable} anew."


def _scopes(said: str) -> Finding:
    granted = {one.strip() for one in said.split(",")} - {""}
    missing = [one for one in scopes() if one not in granted]
    wider = sorted(granted - set(scopes()))
    if not granted:
        return Finding("scopes", "warn", "Slack did not say which were granted", "Compare them with manifest.json.")
    if missing:
        to_do = (
            "Add them under OAuth & Permissions, or paste manifest.json under App Manifest; then install the app again."
        )
        return Finding("scopes", "fault", f"missing: {', '.join(missing)}", to_do)
    if wider:
        to_do = "Remove them under OAuth & Permissions; Curbside uses none of them."
        return Finding("scopes", "warn", f"wider than needed: {', '.join(wider)}", to_do)
    return Finding("scopes", "ok", f"{len(granted)} granted, all that are needed and no more")


def _clock(date: str) -> Finding:
    try:
        skew = time.time() - parsedate_to_datetime(date).timestamp()
    except (TypeError, ValueError):
        return Finding("clock", "warn", "Slack did not say its time", "Compare this machine's clock yourself.")
    says = f"{skew:+.0f} seconds from Slack's"
    if abs(skew) > SKEW:
        to_do = "Set this machine's clock by a time server; at five minutes nothing is accepted over HTTP."
        return Finding("clock", "fault", says, to_do)
    return Finding("clock", "ok", says)


def _app_token(settings: SlackSettings) -> Finding:
    web = WebClient(base_url=settings.api_url, timeout=10, retry_handlers=[])
    try:
        web.apps_connections_open(app_token=settings.app_token)
    except Exception as error:
        says, to_do = _not_accepted(error, "SLACK_APP_TOKEN")
        if read_error(error).meaning not in ("later", "in_doubt"):
            to_do = "See that Socket Mode is on, and set SLACK_APP_TOKEN to a token with connections:write (Basic Information)."
        return Finding("app token", "fault", says, to_do)
    return Finding("app token", "ok", "Socket Mode can be opened")


def _who(client: WebClient, what: str, variable: str, who: Who) -> Finding:
    membership = Membership(who)
    try:
        membership.refresh(client)
    except Exception as error:
        answer = read_error(error)
        to_do = f"Check the id in {variable}; of a private channel the bot must be a member (/invite @Curbside)."
        return Finding(what, "fault", f"{who.id} can't be read ({answer.why})", to_do)
    if who.kind == "everyone":
        return Finding(what, "ok", "everyone of this workspace but guests")
    number = len(membership.members())
    if number == 0:
        return Finding(what, "warn", "nobody", f"Add people to {who.id or variable}.")
    return Finding(what, "ok", counted(number, "person", "people"))
