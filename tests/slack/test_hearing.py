"""What is typed while the program is down, or its connection, is answered when it is back."""

from __future__ import annotations

from pathlib import Path

from bot.slack.running import running
from bot.slack.settings import read_slack_settings

from .server import SlackServer, wait_until


def test_a_reply_that_was_typed_while_the_program_was_down_is_taken(slack_server: SlackServer, tmp_path: Path) -> None:
    robin = slack_server.clinician()
    settings = read_slack_settings(
        "socket", slack_server.environment() | {"CURBSIDE_DATABASE": str(tmp_path / "log.db")}, tmp_path
    )
    with running(settings) as program:
        wait_until(lambda: slack_server.connected)
        robin.command("/consult", "CO")
        root = robin.sees("Consult C-")
        robin.sees("What is your profession?", root)
    wait_until(lambda: not slack_server.connected)
    robin.types_dm("nurse", root, wait=False)  # not what is asked first: the place is
    robin.types_dm("Colorado", root, wait=False)
    with running(settings) as program:
        [row] = program.log.open_consults(robin.id)
        assert row.jurisdiction == "CO" and program.log.consult(row.reference).state["done_here"] == ["jurisdiction"]


def test_a_reply_that_was_typed_while_the_connection_was_away_is_taken(
    slack_server: SlackServer, tmp_path: Path
) -> None:
    robin = slack_server.clinician()
    settings = read_slack_settings(
        "socket", slack_server.environment() | {"CURBSIDE_DATABASE": str(tmp_path / "log.db")}, tmp_path
    )
    with running(settings) as program:
        wait_until(lambda: slack_server.connected)
        robin.command("/consult", "CO")
        root = robin.sees("Consult C-")
        robin.sees("What is your profession?", root)
        wait_until(lambda: program.log.slot("heard:at") is not None)
        slack_server.socket.drop()
        wait_until(lambda: not slack_server.connected)
        robin.types_dm("Colorado", root, wait=False)
        wait_until(lambda: program.log.open_consults(robin.id)[0].state["done_here"] == ["jurisdiction"], 15)
