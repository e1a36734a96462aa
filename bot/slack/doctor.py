"""Whether all that the program needs is there, and what to do where it is not: one finding for each thing looked at."""

from __future__ import annotations

import stat
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from slack_sdk import WebClient

from bot.configuration import ConfigurationError
from bot.slack.answers import read_error
from bot.slack.lookup import EVENT_TYPE, find_post
from bot.slack.manifest import scopes
from bot.slack.owner import is_owned
from bot.slack.sender import sending_client
from bot.slack.settings import SlackSettings, Transport, read_slack_settings
from bot.storage import LogError, open_log

State = Literal["ok", "warn", "fault"]
SKEW = 60.0
"""Seconds by which the clocks may differ; at five minutes Slack's requests are refused."""
WAITS_LONG = 600.0
PROBE = "Curbside checks that it can post here and find its own messages. Nothing needs to be done."


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `to_do`: what to do about it, empty when it is well."""

    what: str
    state: State
    says: str
    to_do: str = ""


def configured(environ: Mapping[str, str] | None = None) -> tuple[SlackSettings | None, Transport, list[Finding]]:
    """The settings, and the way by which Slack reaches the program by them; None when they won't do."""
    faults = []
    for transport in ("socket", "http"):
        try:
            settings = read_slack_settings(transport, environ)
        except ConfigurationError as error:
            faults.append(str(error))
        else:
            says = "curbside run (Socket Mode)" if transport == "socket" else "curbside serve (HTTP)"
            return settings, transport, [Finding("configuration", "ok", says)]
    return None, "socket", [Finding("configuration", "fault", faults[0], "see docs/slack-set-up.md and .env.example")]


def look(settings: SlackSettings, transport: Transport) -> Iterator[Finding]:
    """Each finding as soon as it is there."""
    client = sending_client(settings.bot_token, settings.api_url)
    yield from _bot_token(client)
    if transport == "socket":
        yield _app_token(settings)
    yield from _database(settings)
    if settings.supervisors_channel is None:
        yield Finding(
            "supervisors' channel", "warn", "none is set", "set CURBSIDE_SUPERVISORS_CHANNEL to a private channel's id"
        )
    else:
        yield from _channel(client, settings.supervisors_channel)


def _bot_token(client: WebClient) -> Iterator[Finding]:
    try:
        answer = client.auth_test()
    except Exception as error:
        why = read_error(error).why
        yield Finding(
            "bot token",
            "fault",
            f"Slack does not accept it, or can't be reached ({why})",
            "check SLACK_BOT_TOKEN and the network",
        )
        return
    headers = {name.lower(): value for name, value in answer.headers.items()}
    yield Finding("bot token", "ok", f"{answer.get('user')} in {answer.get('team')}")
    granted = {one.strip() for one in str(headers.get("x-oauth-scopes", "")).split(",")} - {""}
    missing = [one for one in scopes() if one not in granted]
    wider = sorted(granted - set(scopes()))
    if not granted:
        yield Finding("scopes", "warn", "Slack did not say which were granted", "compare them with manifest.json")
    elif missing:
        yield Finding("scopes", "fault", f"missing: {', '.join(missing)}", "add them to the app and install it again")
    elif wider:
        yield Finding("scopes", "warn", f"wider than needed: {', '.join(wider)}", "remove them from the app")
    else:
        yield Finding("scopes", "ok", f"{len(granted)} granted, all that are needed and no more")
    yield _clock(str(headers.get("date", "")))


def _clock(date: str) -> Finding:
    try:
        skew = time.time() - parsedate_to_datetime(date).timestamp()
    except (TypeError, ValueError):
        return Finding("clock", "warn", "Slack did not say its time", "compare this machine's clock yourself")
    if abs(skew) > SKEW:
        return Finding(
            "clock", "fault", f"{skew:+.0f} seconds from Slack's", "set this machine's clock by a time server"
        )
    return Finding("clock", "ok", f"{skew:+.0f} seconds from Slack's")


def _app_token(settings: SlackSettings) -> Finding:
    web = WebClient(base_url=settings.api_url, timeout=10, retry_handlers=[])
    try:
        web.apps_connections_open(app_token=settings.app_token)
    except Exception as error:
        to_do = "make one with connections:write under Basic Information, and set SLACK_APP_TOKEN"
        return Finding("app token", "fault", f"Slack does not accept it ({read_error(error).why})", to_do)
    return Finding("app token", "ok", "Socket Mode can be opened")


def _database(settings: SlackSettings) -> Iterator[Finding]:
    path = settings.database
    try:
        with open_log(path) as log:
            log.set_slot("doctor:at", f"{time.time():.0f}")
            yield Finding("database", "ok", str(path))
            faults = log.check_chain()
            if faults:
                yield Finding(
                    "chain", "fault", f"{len(faults)} places are not what was written", "see `curbside verify`"
                )
            else:
                yield Finding("chain", "ok", "whole")
            yield _outbox(log.outbox_counts())
    except LogError as error:
        yield Finding("database", "fault", str(error), "see CURBSIDE_DATABASE")
        return
    with suppress(OSError):
        others = stat.S_IMODE(path.stat().st_mode) & 0o077
        if others:
            yield Finding("database's rights", "fault", "others on this machine may read it", f"chmod 600 {path}")
        else:
            yield Finding("database's rights", "ok", "for its owner only")
    yield Finding("program", "ok", "running on this database" if is_owned(path) else "not running on this database")


def _outbox(counts: Mapping[str, int]) -> Finding:
    waiting = sum(counts.get(state, 0) for state in ("waiting", "in_doubt"))
    failed = counts.get("failed", 0)
    if failed:
        return Finding("outbox", "warn", f"{failed} failed, {waiting} wait", "see the journal's lines not_sent for why")
    return Finding("outbox", "ok", f"{waiting} wait")


def _channel(client: WebClient, channel: str) -> Iterator[Finding]:
    name = "supervisors' channel"
    try:
        found: dict[str, Any] = client.conversations_info(channel=channel)["channel"]
    except Exception as error:
        why = read_error(error).why
        to_do = "invite the bot to it (/invite @Curbside), and check CURBSIDE_SUPERVISORS_CHANNEL"
        yield Finding(name, "fault", f"it can't be seen ({why})", to_do)
        return
    for bad, says, to_do in (
        (found.get("is_archived"), "it is archived", "unarchive it, or set another"),
        (not found.get("is_private"), "it is public", "make it private, or set another"),
        (_is_shared(found), "it is shared with another organisation", "set a channel of your own"),
        (not found.get("is_member", True), "the bot is not in it", "invite the bot: /invite @Curbside"),
    ):
        if bad:
            yield Finding(name, "fault", says, to_do)
            return
    yield Finding(name, "ok", "private, and the bot is in it")
    yield _probe(client, channel)


def _is_shared(found: Mapping[str, Any]) -> bool:
    return any(found.get(name) for name in ("is_ext_shared", "is_pending_ext_shared", "is_org_shared"))


def _probe(client: WebClient, channel: str, clock: Callable[[], float] = time.time) -> Finding:
    """Post a line and find it again by its metadata, as the sender does after a doubt."""
    at = clock()
    metadata = {"event_type": EVENT_TYPE, "event_payload": {"row": 0, "log": "doctor", "at": int(at * 1000)}}
    try:
        client.chat_postMessage(channel=channel, text=PROBE, metadata=metadata)
        found = find_post(client, channel=channel, thread_ts=None, metadata=metadata, around=at)
    except Exception as error:
        return Finding(
            "posting", "fault", f"it did not succeed ({read_error(error).why})", "check the scopes and the channel"
        )
    if found is None:
        return Finding("posting", "fault", "what was posted is not found again", "check the scope groups:history")
    return Finding("posting", "ok", "a line was posted in the supervisors' channel and found again")
