"""The recipe for hosts whose disks don't last (hosting/start, docs/hosting.md): the machine is lost, and the log is not.

With the real Litestream where there is one; `make replication` brings one along.
"""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import yaml

from bot.storage import Head, Log, open_log

from .mortal import CURBSIDE, ROOT, environment
from .server import Message, Person, SlackServer, wait_until

START, CONFIG = ROOT / "hosting" / "start", ROOT / "hosting" / "litestream.yml"
NEEDS_LITESTREAM = pytest.mark.skipif(
    shutil.which("litestream") is None, reason="needs Litestream: `make replication` brings one along"
)


def hosted(server: SlackServer, folder: Path, **more: str) -> dict[str, str]:
    """The environment of a host that throws files away; its replica lies beside it and stays."""
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    curbside = programs / "curbside"
    curbside.write_text(f'#!/bin/sh\nexec {sys.executable} -c "from bot.cli import main; main()" "$@"\n')
    curbside.chmod(0o755)
    given = environment(server, folder, DYNO="worker.1", PATH=f"{programs}:{os.environ['PATH']}")
    del given["CURBSIDE_EPHEMERAL_DISK"]  # the recipe itself must allow it
    return given | {
        "CURBSIDE_DATABASE": str(folder / "app" / "data" / "log.db"),
        "LITESTREAM_REPLICA_URL": f"file://{folder}/replica",
        **more,
    }


@contextmanager
def running(server: SlackServer, env: Mapping[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The recipe at work, with all that it has started in a process group of its own, killed in the end."""
    with (folder / "journal").open("ab") as journal:
        process = subprocess.Popen([START, "run"], env=env, cwd=folder, stderr=journal, start_new_session=True)
    try:
        wait_until(lambda: server.connected or process.poll() is not None, 40)
        assert server.connected, (folder / "journal").read_text()
        yield process
    finally:
        with_all(process, signal.SIGKILL)
        process.wait(20)
        wait_until(lambda: not server.connected, 20)


def with_all(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def begins(person: Person) -> Message:
    """A consult, from /consult to its first question."""
    assert person.command("/consult", "CO").acknowledged
    return person.sees("Consult C-", seconds=20)


def log_of(env: Mapping[str, str]) -> Log:
    return open_log(Path(env["CURBSIDE_DATABASE"]), create=False)


@NEEDS_LITESTREAM
@pytest.mark.parametrize("how", ["killed", "told to stop"])
def test_the_machine_is_lost_and_the_log_is_not(slack_server: SlackServer, tmp_path: Path, how: str) -> None:
    env = hosted(slack_server, tmp_path)
    robin = slack_server.clinician("Robin Invented")
    with running(slack_server, env, tmp_path) as process:
        if how != "killed":
            wait_until(lambda: bool(replicated(env, tmp_path).hash), 20, "the first copy")
        begins(robin)
        with log_of(env) as log:
            head, [row] = log.head(), log.consults()
        if how == "killed":
            wait_until(lambda: head.number <= replicated(env, tmp_path).number, 20)
        else:  # whatever was written in the last moment is copied before it ends
            process.terminate()
            assert process.wait(20) == 0
    shutil.rmtree(tmp_path / "app")
    noted = tmp_path / "heads.txt"
    noted.write_text(f"events {head.number} {head.hash}\n")
    with running(slack_server, env, tmp_path) as process:
        done = subprocess.run(
            [*CURBSIDE, "verify", "--heads", str(noted)],
            env=env,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0 and "Nothing was altered" in done.stdout, done
        with log_of(env) as log:
            assert log.consults()[0].reference == row.reference
            assert [one.what for one in log.accesses()] == ["restore"]
        assert stat.S_IMODE(Path(env["CURBSIDE_DATABASE"]).stat().st_mode) == 0o600
        assert [path.name for path in (tmp_path / "app" / "data").iterdir() if "from-replica" in path.name] == []
        sam = slack_server.clinician("Sam Invented")
        begins(sam)
        assert len([one for one in robin.dm() if row.reference in one.words]) == 1, "nothing is posted twice"
        with log_of(env) as log:
            head = log.head()
        process.terminate()
        assert process.wait(20) == 0
    assert replicated(env, tmp_path) == head, "what was written right before it was told to stop, too"


def replicated(env: Mapping[str, str], folder: Path) -> Head:
    """How far the replica is: brought back beside it."""
    copy = folder / "copy.db"
    copy.unlink(missing_ok=True)
    command = ["litestream", "restore", "-config", str(CONFIG), "-if-replica-exists", "-o", str(copy)]
    subprocess.run([*command, env["CURBSIDE_DATABASE"]], env=env, capture_output=True, check=False)
    if not copy.exists():
        return Head(0, "")
    with open_log(copy, create=False) as log:
        return log.head()


WITHOUT = {
    "CURBSIDE_DATABASE": ({"CURBSIDE_DATABASE": ""}, "CURBSIDE_DATABASE is not set"),
    "the replica": ({"LITESTREAM_REPLICA_URL": ""}, "LITESTREAM_REPLICA_URL is not set"),
    "Litestream": ({"PATH": "/usr/bin:/bin"}, "Litestream is not installed"),
    "a log that it can read": ({"CURBSIDE_DATABASE_KEY": "an-invented-key-0001"}, "can't copy an encrypted log"),
}


@pytest.mark.parametrize("case", WITHOUT)
def test_what_is_missing_is_one_line(slack_server: SlackServer, tmp_path: Path, case: str) -> None:
    change, expected = WITHOUT[case]
    if case == "Litestream" and shutil.which("litestream", path=change["PATH"]):
        pytest.skip("it is installed for all")
    env = hosted(slack_server, tmp_path) | change
    done = subprocess.run([START, "run"], env=env, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "") and expected in done.stderr and done.stderr.count("\n") == 1
    assert not (tmp_path / "app").exists()


def test_it_says_how_it_is_called(tmp_path: Path) -> None:
    done = subprocess.run([START, "try"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "hosting/start: usage: hosting/start run | serve\n")


def test_litestream_is_told_of_one_database_and_one_replica() -> None:
    told = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    assert told["dbs"] == [{"path": "${CURBSIDE_DATABASE}", "replica": {"url": "${LITESTREAM_REPLICA_URL}"}}]
