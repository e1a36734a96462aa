"""The program as it is started: it connects, stops soon, is alone on its database, and says in one line what is wrong."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from bot.commands.until_stopped import _thread_failed
from bot.slack.journal import LOGGER, to_stream
from bot.slack.owner import is_owned
from bot.slack.running import CannotRun, running
from bot.slack.settings import SlackSettings, read_slack_settings

from .mortal import CURBSIDE, environment
from .server import SlackServer, drops, hangs, server_error, wait_until


def settings_of(server: SlackServer, folder: Path) -> SlackSettings:
    """For a program in the test's own process."""
    return read_slack_settings("socket", server.environment() | {"CURBSIDE_DATABASE": str(folder / "log.db")}, folder)


@contextmanager
def started(command: str, env: Mapping[str, str], folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The command as a process, killed in the end."""
    with subprocess.Popen([*CURBSIDE, command], env=env, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def refused(command: str, env: Mapping[str, str], folder: Path, *words: str) -> str:
    done = subprocess.run(
        [*CURBSIDE, command, *words], env=env, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()[-1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_connects_works_and_stops_soon(slack_server: SlackServer, tmp_path: Path, number: signal.Signals) -> None:
    with started("run", environment(slack_server, tmp_path), tmp_path) as process:
        wait_until(lambda: slack_server.connected, 20)
        robin = slack_server.clinician()
        robin.command("/consult", "CO")
        robin.sees("Consult C-", seconds=10)
        before = time.monotonic()
        process.send_signal(number)
        assert process.wait(10) == 0
        assert time.monotonic() - before < 2  # measured: 0.2
        assert process.stderr is not None
        said = process.stderr.read()
    assert "Curbside runs in" in said and "Curbside has stopped." in said and "Traceback" not in said
    assert slack_server.workspace.app.bot_token not in said


def test_a_broken_connection_is_opened_again(slack_server: SlackServer, tmp_path: Path) -> None:
    with started("run", environment(slack_server, tmp_path), tmp_path):
        wait_until(lambda: slack_server.connected, 20)
        opened = len(slack_server.calls("apps.connections.open"))
        slack_server.socket.drop()
        wait_until(lambda: len(slack_server.calls("apps.connections.open")) > opened and slack_server.connected, 20)
        robin = slack_server.clinician()
        robin.command("/consult", "help")
        robin.sees("walks you through")


def test_a_token_that_is_revoked_meanwhile_is_one_line_and_loses_nothing(
    slack_server: SlackServer, tmp_path: Path
) -> None:
    with started("run", environment(slack_server, tmp_path), tmp_path) as process:
        wait_until(lambda: slack_server.connected, 20)
        robin = slack_server.clinician()
        robin.command("/consult", "CO")
        robin.sees("Consult C-", seconds=10)
        slack_server.api.revoked = True
        robin.types_dm("help")
        assert process.stderr is not None
        wait_until(lambda: "sending_paused" in str(process.stderr and process.stderr.readline()), 20)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert "Traceback" not in process.stderr.read()
    slack_server.api.revoked = False
    with started("run", environment(slack_server, tmp_path), tmp_path):
        robin.sees("walks you through", seconds=20)


def test_a_thread_that_fails_is_one_line_without_what_it_was_about(capsys: pytest.CaptureFixture[str]) -> None:
    handler = to_stream(sys.stderr)
    hook, threading.excepthook = threading.excepthook, _thread_failed

    def fail() -> None:
        raise ValueError("he said he would do it")

    try:
        failing = threading.Thread(target=fail, name="some work")
        failing.start()
        failing.join()
    finally:
        threading.excepthook = hook
        LOGGER.removeHandler(handler)
    [line] = [json.loads(one) for one in capsys.readouterr().err.splitlines()]
    assert (line["event"], line["thread"], line["why"]) == ("thread_failed", "some_work", "ValueError")
    assert line["at"].startswith("test_running.py:")


def test_a_second_program_on_the_same_database_refuses(slack_server: SlackServer, tmp_path: Path) -> None:
    env = environment(slack_server, tmp_path)
    with started("run", env, tmp_path) as first:
        wait_until(lambda: slack_server.connected, 20)
        line = refused("run", env, tmp_path)
        assert f"Another Curbside already runs on this database (process {first.pid})" in line
        assert "CURBSIDE_DATABASE" in line
    with started("run", env, tmp_path):  # the lock ended with the process that was killed
        wait_until(lambda: slack_server.connected, 20)


def test_serving_stops_soon_too(slack_server: SlackServer, tmp_path: Path) -> None:
    """Also while somebody, such as a web server before it, keeps a connection open."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with started("serve", environment(slack_server, tmp_path, CURBSIDE_PORT=str(port)), tmp_path) as process:
        assert process.stderr is not None
        wait_until(lambda: "Curbside runs in" in str(process.stderr and process.stderr.readline()), 20)
        held = HTTPConnection("127.0.0.1", port, timeout=5)
        held.request("GET", "/healthz")
        assert held.getresponse().read() == b'{"ok": true}'
        before = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0 and time.monotonic() - before < 2
        held.close()
        assert "Traceback" not in process.stderr.read()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_soon_while_it_still_waits_for_slack(
    slack_server: SlackServer, tmp_path: Path, number: signal.Signals
) -> None:
    """Whatever it waits for: an answer that does not come, or the next attempt."""
    slack_server.api.faults.order("auth.test", server_error(503), times=1)
    slack_server.api.faults.order("auth.test", hangs(), times=9)
    with started("run", environment(slack_server, tmp_path), tmp_path) as process:
        wait_until(lambda: len(slack_server.calls("auth.test")) == 2, 20)
        before = time.monotonic()
        process.send_signal(number)
        assert process.wait(10) == 0 and time.monotonic() - before < 2
        assert process.stderr is not None
        said = process.stderr.read()
    assert "slack_not_reached" in said and said.endswith("Curbside has stopped.\n") and "Traceback" not in said


def test_a_slack_that_is_there_later_is_waited_for(slack_server: SlackServer, tmp_path: Path) -> None:
    """As after a power cut, when this machine is up before its network."""
    slack_server.api.faults.order("auth.test", server_error(502))
    slack_server.api.faults.order("apps.connections.open", server_error(500))
    pauses: list[float] = []
    with running(settings_of(slack_server, tmp_path), pause=pauses.append) as program:
        assert program.healthy and slack_server.connected
    assert len(pauses) == 2


def test_a_slack_that_is_never_there_is_said(slack_server: SlackServer, tmp_path: Path) -> None:
    slack_server.api.faults.order("auth.test", drops(takes_effect=False), times=6)
    with (
        pytest.raises(CannotRun, match=r"Slack can't be reached at http://.* Is the network there"),
        running(settings_of(slack_server, tmp_path), pause=lambda seconds: None),
    ):
        pass
    assert len(slack_server.calls("auth.test")) == 6


def test_what_is_missing_or_wrong_is_one_line(slack_server: SlackServer, tmp_path: Path) -> None:
    line = refused("run", environment(slack_server, tmp_path, SLACK_APP_TOKEN=""), tmp_path)
    assert line.startswith("curbside: SLACK_APP_TOKEN is not set")
    line = refused("run", environment(slack_server, tmp_path, SLACK_BOT_TOKEN="xoxb-of-somebody-else"), tmp_path)
    assert line.startswith("curbside: Slack does not accept SLACK_BOT_TOKEN (invalid_auth)") and "somebody" not in line
    line = refused("run", environment(slack_server, tmp_path, SLACK_APP_TOKEN="xapp-of-somebody-else"), tmp_path)
    assert line.startswith("curbside: Slack does not accept SLACK_APP_TOKEN (invalid_auth)")
    slack_server.workspace.app.app_scopes = set()
    line = refused("run", environment(slack_server, tmp_path), tmp_path)
    assert line.startswith("curbside: Slack does not accept SLACK_APP_TOKEN (missing_scope)")
    slack_server.api.revoked = True
    line = refused("run", environment(slack_server, tmp_path), tmp_path)
    assert line.startswith("curbside: Slack does not accept SLACK_BOT_TOKEN (token_revoked)")
    (tmp_path / "file").touch()
    line = refused("run", environment(slack_server, tmp_path, CURBSIDE_DATABASE=str(tmp_path / "file" / "x")), tmp_path)
    assert line.startswith(f"curbside: The log {tmp_path}/file/x can't be opened") and "CURBSIDE_DATABASE" in line
    assert not is_owned(tmp_path / "log.db")


def test_an_address_that_is_taken_is_named(slack_server: SlackServer, tmp_path: Path) -> None:
    port = slack_server.api_url.split(":")[2].split("/")[0]
    line = refused("serve", environment(slack_server, tmp_path, CURBSIDE_PORT=port), tmp_path)
    assert line.startswith(
        f"curbside: 127.0.0.1, port {port}: address already in use. Set CURBSIDE_HOST and CURBSIDE_PORT"
    )
    line = refused("serve", environment(slack_server, tmp_path, CURBSIDE_HOST="nowhere.invalid"), tmp_path)
    assert line.startswith("curbside: nowhere.invalid, port 3000: no such address.")
