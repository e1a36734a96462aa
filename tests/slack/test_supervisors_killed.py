"""The whole path with several people (consult, paged, acknowledged, asked, answered, signed), the real program killed (SIGKILL)
between any two steps: whatever was acknowledged is in the log once, and each message is there once, but for pages."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from bot.records.verifying import WITNESS, verify
from bot.storage import open_log

from ..chaos.clinician import Clinician
from ..chaos.deeds import Deed, Deeds
from ..chaos.run import COLORADO, EMERGENCY
from ..chaos.supervisor import Supervisor
from .mortal import Mortal
from .server import SlackServer, wait_until

CUTS = ("decides", "review:acknowledge", "Invented question", "Invented answer", "review:sign", "close")
"""Right after each of these is acknowledged, while its messages may be under way, the program is killed; and once before all."""
PAGE = "a supervisor is needed now"


class CutDeeds(Deeds):
    """What was done; `cut` is called once for each of CUTS, as soon as that was acknowledged, and before anybody goes on."""

    def __init__(self, cut: Callable[[], None]) -> None:
        super().__init__()
        self._cut, self._left, self._one = cut, list(CUTS), threading.Lock()

    def add(self, deed: Deed) -> None:
        super().add(deed)
        if not deed.acknowledged:
            return
        with self._one:
            found = next((one for one in self._left if deed.what.startswith(one)), None)
            if found is not None:
                self._left.remove(found)
                self._cut()

    @property
    def left(self) -> list[str]:
        """Those at which it was not killed."""
        return self._left


@pytest.fixture
def mortal(slack_server: SlackServer, tmp_path: Path) -> Iterator[Mortal]:
    slack_server.socket.waits_for_the_dead = False
    program = Mortal(slack_server, tmp_path)
    yield program
    program.end()


def test_killed_between_any_two_steps(slack_server: SlackServer, tmp_path: Path, mortal: Mortal) -> None:
    robin, sam, terry = (slack_server.clinician(f"{name} Invented") for name in ("Robin", "Sam", "Terry"))
    channel = slack_server.channel("supervisors", sam, terry)
    people = f"{sam.id},{terry.id}"
    mortal.env |= {
        "CURBSIDE_SUPERVISORS_CHANNEL": channel.id,
        "CURBSIDE_SUPERVISORS": people,
        "CURBSIDE_ON_CALL": people,
    }
    with open_log(tmp_path / "log.db") as log:
        log.remember_profile(robin.id, COLORADO)

    def again() -> None:
        mortal.kill()
        mortal.start()

    mortal.start()
    deeds, over = CutDeeds(again), threading.Event()
    clinician = Clinician("Robin", robin, deeds, Random(1), over, answers=EMERGENCY, waits_for_signature=True)
    supervisor = Supervisor(
        "Sam", sam, deeds, Random(2), over, channel=channel, consults=1, asks=True, when_called=True
    )
    threads = [threading.Thread(target=one.run, daemon=True) for one in (clinician, supervisor)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (clinician.failed, supervisor.failed) == (None, None)
    assert clinician.done and deeds.left == [] and mortal.kills == len(CUTS)

    with open_log(tmp_path / "log.db") as log:
        wait_until(lambda: not set(log.outbox_counts()) & {"waiting", "sending", "in_doubt"}, 20)
        assert "failed" not in log.outbox_counts()
        assert verify(log).faults == ()
        kinds = [event.kind for event in log.events(clinician.reference)]
        steps = (
            "evaluated",
            "review_acknowledge",
            "review_return_",
            "review_answer",
            "decided",
            "review_sign",
            "closed",
        )
        assert [kinds.count(one) for one in steps] == [1] * len(steps), kinds
        assert kinds.index("review_acknowledge") < kinds.index("review_return_") < kinds.index("review_answer")
        assert kinds.index("review_answer") < kinds.index("review_sign") < kinds.index("closed")
    rows = [(one.metadata or {}).get("event_payload", {}).get("row") for one in slack_server.messages()]
    pages = [one for one in slack_server.messages(channel) if PAGE in one.words]
    posted = [row for row in rows if row is not None]
    assert len(pages) >= 1 and len(posted) - len(set(posted)) <= len(pages) - 1, "only a page may be there again"
    cards = [one for one in sam.dm(channel) if one.thread_ts is None and clinician.reference in one.words]
    [card] = [one for one in cards if not one.text.startswith(WITNESS)]
    assert f"signed* by <@{sam.id}>" in card.words
    told = [one.words for one in robin.thread(robin.sees(f"Consult {clinician.reference}"))]
    for says in ("has seen this consult", " asks:", "is with the supervisors", "reviewed and signed"):
        assert sum(says in one for one in told) == 1, says
    [answer] = [one for one in sam.thread(card) if "Invented answer" in one.words]
    assert f"<@{sam.id}>" in answer.words
