"""The supervisors' side in the program as it is started: its settings, a rota that won't do, and a page within two seconds."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot.configuration import ConfigurationError
from bot.slack.membership import Who
from bot.slack.settings import read_slack_settings
from flows.escalation import Times

from .mortal import environment
from .server import Message, Person, SlackServer, wait_until
from .test_running import refused, started
from .test_settings import SET

ROTA = """zone: America/Denver
shifts:
  - {days: [mon, tue, wed, thu, fri, sat, sun], from: "00:00", to: "24:00", person: SAM}
"""


def test_the_settings_of_the_supervisors_side(tmp_path: Path) -> None:
    given = {
        "CURBSIDE_SUPERVISORS_CHANNEL": "C0INVENTED",
        "CURBSIDE_SUPERVISORS": "S0INVENTED",
        "CURBSIDE_COMPLIANCE": "U0ONE,U0TWO",
        "CURBSIDE_ON_CALL": "U0TWO, U0ONE",
        "CURBSIDE_PAGE_TIMES": "emergency=0,1,2,3,5",
        "CURBSIDE_ADMIN": "U0ADMIN",
        "CURBSIDE_DIGEST": "daily 07:30",
    }
    found = read_slack_settings("socket", SET | given, tmp_path).supervision
    assert (found.channel, found.who_supervises) == ("C0INVENTED", Who("group", "S0INVENTED"))
    assert found.compliance == Who("people", people=frozenset(("U0ONE", "U0TWO")))
    assert found.on_call.people == ("U0TWO", "U0ONE"), "in the order in which they are called"
    assert found.times["emergency"] == Times(0, 1, 2, 3, 5) and found.admin == "U0ADMIN"
    assert (found.rhythm.every, found.rhythm.hour, found.rhythm.minute) == ("day", 7, 30)


def test_what_is_left_out_is_usual(tmp_path: Path) -> None:
    found = read_slack_settings("socket", SET | {"CURBSIDE_SUPERVISORS_CHANNEL": "C0INVENTED"}, tmp_path).supervision
    assert found.who_supervises == Who("channel", "C0INVENTED") and found.compliance is None
    assert found.times["high"].first == 0, "what is high is paged at once too"
    assert read_slack_settings("socket", SET, tmp_path).supervision.who_supervises == Who("people")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"CURBSIDE_SUPERVISORS": "everyone"}, "CURBSIDE_SUPERVISORS: 'everyone' won't do; allowed: a user group's id"),
        ({"CURBSIDE_COMPLIANCE": "#board"}, "CURBSIDE_COMPLIANCE: '#board' won't do"),
        ({"CURBSIDE_ON_CALL": "missing.yaml"}, "CURBSIDE_ON_CALL: 'missing.yaml' won't do; allowed: people's ids"),
        ({"CURBSIDE_PAGE_TIMES": "high=1,2"}, "CURBSIDE_PAGE_TIMES: high=1,2 won't do"),
        ({"CURBSIDE_ADMIN": "robin"}, "CURBSIDE_ADMIN: 'robin' won't do; allowed: a person's id"),
        ({"CURBSIDE_DIGEST": "hourly"}, "CURBSIDE_DIGEST: 'hourly' won't do; allowed: off, daily 08:00"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, given: dict[str, str], says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_slack_settings("socket", SET | given, tmp_path)
    assert says in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("by", ["list", "channel"])
def test_a_rota_with_an_unknown_person_is_refused_with_its_line(
    slack_server: SlackServer, tmp_path: Path, by: str
) -> None:
    sam = slack_server.clinician("Sam Invented")
    channel = slack_server.channel("supervisors", sam)
    (tmp_path / "rota.yaml").write_text(ROTA.replace("SAM", "U0NOBODY"))
    env = environment(
        slack_server, tmp_path, CURBSIDE_SUPERVISORS_CHANNEL=channel.id, CURBSIDE_ON_CALL=str(tmp_path / "rota.yaml")
    )
    if by == "list":
        env["CURBSIDE_SUPERVISORS"] = sam.id
    line = refused("run", env, tmp_path)
    assert "CURBSIDE_ON_CALL: rota.yaml, line 3: 'U0NOBODY'" in line


def test_danger_now_reaches_whoever_is_on_call_within_two_seconds(slack_server: SlackServer, tmp_path: Path) -> None:
    robin, sam = slack_server.clinician("Robin Invented"), slack_server.clinician("Sam Invented")
    channel = slack_server.channel("supervisors", sam)
    (tmp_path / "rota.yaml").write_text(ROTA.replace("SAM", sam.id))
    env = environment(
        slack_server, tmp_path, CURBSIDE_SUPERVISORS_CHANNEL=channel.id, CURBSIDE_ON_CALL=str(tmp_path / "rota.yaml")
    )
    with started("run", env, tmp_path):
        wait_until(lambda: slack_server.connected, 20)
        robin.command("/consult", "CO")
        root = robin.sees("Consult C-", seconds=10)
        question = wait_until(
            lambda: next((one for one in robin.thread(root) if "danger:yes" in one.actions), None), 10
        )
        assert question is not None
        before = time.monotonic()
        assert robin.taps(question, "danger:yes").acknowledged
        page = wait_until(lambda: _page(sam, channel), 5, "the page")
        assert page is not None and time.monotonic() - before < 2.0
        assert sam.taps(page, "Acknowledge").acknowledged
        robin.sees(f"<@{sam.id}> has seen this consult", root)
    wait_until(lambda: not slack_server.connected, 10)
    with started(
        "run", env, tmp_path
    ):  # killed, and started again: nothing is called again, and the old button is known
        wait_until(lambda: slack_server.connected, 20)
        assert sam.taps(page, "Acknowledge").acknowledged
        sam.sees_ephemeral("already")
        assert len([one for one in slack_server.messages(channel) if "needed now" in one.words]) == 1


def _page(sam: Person, channel: object) -> Message | None:
    for card in sam.dm(channel):  # type: ignore[arg-type]
        found = [one for one in sam.thread(card) if f"<@{sam.id}>" in one.words]
        if found:
            return found[0]
    return None
