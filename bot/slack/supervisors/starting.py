"""The supervisors' side put together from the settings, with two threads: one asks Slack who is who, one looks what is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from slack_sdk import WebClient

from bot.records.retention import Span
from bot.slack.answers import Answer
from bot.slack.every_minute import EveryMinute
from bot.slack.journal import log_line
from bot.slack.membership import Membership, Who
from bot.slack.office import Office
from bot.slack.supervisors.channel_watch import ChannelWatch
from bot.slack.supervisors.on_call import OnCall, OnCallSetting, rota_in
from bot.slack.supervisors.rhythm import Rhythm
from bot.slack.supervisors.roles import Roles
from bot.slack.supervisors.supervision import AT_ONCE, Supervision
from bot.slack.supervisors.timers import Timers
from bot.storage import LogError
from flows.escalation import Times

NOBODY = Who("people")


@dataclass(frozen=True, slots=True)
class SupervisorsSettings:
    """`channel`: CURBSIDE_SUPERVISORS_CHANNEL. `supervisors`: None: the channel's members. `compliance`: None: nobody."""

    channel: str | None = None
    supervisors: Who | None = None
    compliance: Who | None = None
    on_call: OnCallSetting = field(default_factory=OnCallSetting)
    times: Mapping[str, Times] = field(default_factory=lambda: AT_ONCE)
    rhythm: Rhythm = field(default_factory=Rhythm)
    admin: str | None = None
    expire_after: Span | None = None

    @property
    def who_supervises(self) -> Who:
        """Who the supervisors are."""
        if self.supervisors is not None:
            return self.supervisors
        return Who("channel", self.channel) if self.channel else NOBODY


class SupervisorsAtWork:
    """`office`: gets its supervision by this. `client`: to ask Slack with."""

    def __init__(self, office: Office, client: WebClient, settings: SupervisorsSettings) -> None:
        self._office, self._client = office, client
        compliance = Membership(settings.compliance) if settings.compliance else None
        self.roles = Roles(office.people, Membership(settings.who_supervises), compliance)
        self.on_call = OnCall(settings.on_call, self.roles.supervisors.members)
        office.supervision = Supervision(
            channel=settings.channel,
            roles=self.roles,
            on_call=self.on_call,
            times=settings.times,
            rhythm=settings.rhythm,
            privacy=office.privacy,
            expire_after=settings.expire_after,
        )
        self.watch = ChannelWatch(office, client, settings.channel, settings.admin) if settings.channel else None
        self.timers = Timers(office)
        self._asking = EveryMinute("roles", self.refresh)

    def refresh(self) -> Answer | None:
        """Ask Slack who is a supervisor and who may not be disturbed. Never raises; what went wrong."""
        if self.watch is None:
            return None
        try:
            self.watch.look()
        except (LogError, ValueError) as error:
            log_line("channel_not_looked_at", why=type(error).__name__)
        self.roles.open_to_others = self.watch.open_to_others
        roles = self.roles.refresh(self._client)
        return self.on_call.refresh(self._client, datetime.fromisoformat(self._office.clock())) or roles

    def check_rota(self) -> None:
        """Whether everybody in the rota is a supervisor. It asks Slack. RotaError names the line."""
        setting = self.on_call.setting
        if setting.path is not None:
            self.roles.refresh(self._client)
            known = self.roles.supervisors.members()
            if known:
                rota_in(setting.path, known)

    def start(self) -> None:
        """Begin both threads."""
        self._asking.start()
        self.timers.start()

    def stop(self) -> None:
        """End them soon."""
        self._asking.stop()
        self.timers.stop()
