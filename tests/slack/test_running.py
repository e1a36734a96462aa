"""The program as it is started: it connects, stops soon, is alone on its database, and says in one line what is wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.slack.owner import AlreadyOwned, is_owned, lock_file, owning

from .server import SlackServer, wait_until

ROOT = Path(__file__).parents[2]
CURBSIDE = [sys.executable, "-c", "from bot.cli import main; main()"]


def environment(server: SlackServer, folder: Path, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        **server.environment(),
        "CURBSIDE_DATABASE": str(folder / "log.db"),
        "PYTHONPATH": str(ROOT),
        **more,
    }


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
        assert time.monotonic() - before < 5
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


def test_a_second_program_on_the_same_database_refuses(slack_server: SlackServer, tmp_path: Path) -> None:
    env = environment(slack_server, tmp_path)
    with started("run", env, tmp_path) as first:
        wait_until(lambda: slack_server.connected, 20)
        line = refused("run", env, tmp_path)
        assert f"Another Curbside already runs on this database (process {first.pid})" in line
        assert "CURBSIDE_DATABASE" in line
    with started("run", env, tmp_path):  # the lock ended with the process that was killed
        wait_until(lambda: slack_server.connected, 20)


def test_what_is_missing_or_wrong_is_one_line(slack_server: SlackServer, tmp_path: Path) -> None:
    line = refused("run", environment(slack_server, tmp_path, SLACK_APP_TOKEN=""), tmp_path)
    assert line.startswith("curbside: SLACK_APP_TOKEN is not set")
    line = refused("run", environment(slack_server, tmp_path, SLACK_BOT_TOKEN="xoxb-of-somebody-else"), tmp_path)
    assert line.startswith("curbside: Slack does not accept SLACK_BOT_TOKEN (invalid_auth)") and "somebody" not in line
    line = refused("run", environment(slack_server, tmp_path, SLACK_APP_TOKEN="xapp-of-somebody-else"), tmp_path)
    assert line.startswith("curbside: Slack does not accept SLACK_APP_TOKEN (invalid_auth)")
    assert not is_owned(tmp_path / "log.db")


def test_an_address_that_is_taken_is_named(slack_server: SlackServer, tmp_path: Path) -> None:
    port = slack_server.api_url.split(":")[2].split("/")[0]
    line = refused("serve", environment(slack_server, tmp_path, CURBSIDE_PORT=port), tmp_path)
    assert line == f"curbside: 127.0.0.1, port {port}: address already in use."


def test_one_process_owns_the_outbox(tmp_path: Path) -> None:
    database = tmp_path / "new" / "log.db"
    assert not is_owned(database)
    with owning(database):
        assert is_owned(database)
        with pytest.raises(AlreadyOwned, match=str(os.getpid())), owning(database):
            pass
    assert not is_owned(database)
    assert lock_file(database).stat().st_mode & 0o077 == 0
