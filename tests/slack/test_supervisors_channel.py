"""The supervisors' channel is archived, made public, or the bot is removed: consults still log, nobody else reads along, somebody
is told what to do, and everything arrives once it is mended."""

from __future__ import annotations

import time

import pytest

from flows.machine import RESULT

from ..flows.making import ANGER, THREAT
from .harness import Program
from .server import wait_until
from .supervisors_at_work import Practice, logged, practice

__all__ = ["practice"]
EMERGENCY = {**THREAT, "imminence": "within_a_day"}


def at_once(running: Program) -> None:
    """What Slack has refused is tried again after minutes; the test does not wait for them."""

    def all_sent() -> bool:
        for row in running.log.due(time.time() + 3600, 100):
            running.log.retry_later(row.id, 0.0)
        running.sender.wake()
        return not set(running.log.outbox_counts()) & {"waiting", "sending", "in_doubt"}

    wait_until(all_sent, 10)


def in_public(practice: Practice) -> None:
    practice.channel.kind = "channel"


def in_private(practice: Practice) -> None:
    practice.channel.kind = "group"


def test_nothing_is_posted_where_others_read_along(practice: Practice) -> None:
    with practice.program(timers=False, admin=practice.casey.id, supervisors=None) as running:
        in_public(practice)
        running.supervisors.refresh()
        works = [logged(running, practice.robin, one) for one in (ANGER, EMERGENCY)]
        running.supervisors.timers.look()
        told = practice.casey.sees("it is public")
        assert "Make it private" in told.words and "curbside doctor" in told.words
        assert practice.sam.dm(practice.channel) == []
        practice.clock.ahead(seconds=30)
        running.supervisors.timers.look()
        page = practice.sam.sees("a supervisor is needed now")
        practice.sam.taps(page, "Acknowledge")
        practice.sam.sees_ephemeral("can't be sure just now")  # anybody can come in, and be a member of the channel
        running.supervisors.refresh()
        assert len([one for one in practice.casey.dm() if "it is public" in one.words]) == 1, "once a day"
        assert running.log.outbox_counts()["waiting"] > 0
    in_private(practice)
    with practice.program(timers=False, supervisors=None) as running:
        at_once(running)
        assert all(practice.card(work.reference) for work in works)


@pytest.mark.parametrize(
    ("breaks", "mends", "says"),
    [
        (
            lambda it: setattr(it.channel, "is_archived", True),
            lambda it: setattr(it.channel, "is_archived", False),
            "archived",
        ),
        (
            lambda it: it.channel.members.discard(it.server.workspace.app.bot_user),
            lambda it: it.channel.members.add(it.server.workspace.app.bot_user),
            "Invite the bot",
        ),
    ],
    ids=["archived", "the bot was removed"],
)
def test_what_is_broken_is_told_and_arrives_once_mended(practice: Practice, breaks, mends, says: str) -> None:  # type: ignore[no-untyped-def]
    breaks(practice)
    with practice.program(timers=False, sending=False, admin=practice.casey.id) as running:
        works = [logged(running, practice.robin, ANGER), logged(running, practice.nora, THREAT, until=RESULT)]
        for work in works:
            assert work.consult.result is not None
    with practice.program(timers=False, admin=practice.casey.id) as running:
        assert says in practice.casey.sees("not as it must be").words
        mends(practice)
    with practice.program(timers=False, admin=practice.casey.id) as running:
        at_once(running)
        assert all(practice.card(work.reference) for work in works)
