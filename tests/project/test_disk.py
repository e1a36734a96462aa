"""Where files don't last, so far as it can be told; and the program that refuses to keep its log there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from bot.configuration import ConfigurationError
from bot.disk import look, why_it_does_not_last
from bot.slack.settings import read_slack_settings
from tests.slack.test_settings import SET
from tests.storage.making import ROOT

DISK = "/dev/vda1 / ext4 rw,relatime 0 0"
CONTAINER = "overlay / overlay rw,lowerdir=/l,upperdir=/u,workdir=/w 0 0"
VOLUME = "/dev/vdb /data ext4 rw,relatime 0 0"
MEMORY = "tmpfs /tmp tmpfs rw,nosuid 0 0"
WITH_A_BLANK = r"/dev/vdb /my\040data ext4 rw 0 0"

LASTS = {
    "a disk": ("/home/one/log.db", [DISK], {}),
    "a container's volume": ("/data/log.db", [CONTAINER, VOLUME], {}),
    "a disk over memory": ("/tmp/log.db", [DISK, MEMORY, "/dev/vdc /tmp ext4 rw 0 0"], {}),
    "a disk beside memory": ("/tmpfiles/log.db", [DISK, MEMORY], {}),
    "a volume with a blank in its name": ("/my data/log.db", [CONTAINER, WITH_A_BLANK], {}),
    "no list of mounts": ("/Users/one/log.db", [], {}),
    "Render's disk": ("/data/log.db", [CONTAINER, VOLUME], {"RENDER": "true"}),
    "Fly's volume": ("/data/log.db", [DISK, VOLUME], {"FLY_APP_NAME": "invented"}),
    "Railway's volume": ("/data/log.db", [CONTAINER, VOLUME], {"RAILWAY_PROJECT_NAME": "invented"}),
    "a variable that is empty": ("/home/one/log.db", [DISK], {"DYNO": ""}),
    "lines that are none": ("/home/one/log.db", [DISK, "", "x"], {}),
}
DOES_NOT_LAST = {
    "memory": ("/tmp/log.db", [DISK, MEMORY], {}, "in memory (tmpfs at /tmp)"),
    "memory at a volume's place": ("/data/log.db", [DISK, VOLUME, "none /data ramfs rw 0 0"], {}, "in memory (ramfs"),
    "a container": ("/app/log.db", [CONTAINER, VOLUME], {}, "inside a container (overlay)"),
    "Heroku": ("/app/log.db", [DISK], {"DYNO": "web.1"}, "on Heroku a dyno's files are discarded"),
    "Heroku has no volumes": ("/data/log.db", [DISK, VOLUME], {"DYNO": "web.1"}, "on Heroku"),
    "Render without a disk": ("/app/log.db", [CONTAINER, VOLUME], {"RENDER": "true"}, "on Render files outside"),
    "Fly's root": ("/srv/log.db", [DISK, VOLUME], {"FLY_APP_NAME": "invented"}, "on Fly.io a Machine's root"),
    "Railway without a volume": ("/app/log.db", [CONTAINER], {"RAILWAY_PROJECT_NAME": "invented"}, "on Railway"),
    "Cloud Run": ("/app/log.db", [DISK], {"K_SERVICE": "invented"}, "on Cloud Run a container's files are lost"),
}


@pytest.mark.parametrize("case", LASTS)
def test_nothing_is_said_where_nothing_is_known(case: str) -> None:
    path, mounts, environ = LASTS[case]
    assert why_it_does_not_last(PurePosixPath(path), "\n".join(mounts), environ) is None


@pytest.mark.parametrize("case", DOES_NOT_LAST)
def test_where_files_do_not_last_it_is_said_why(case: str) -> None:
    path, mounts, environ, expected = DOES_NOT_LAST[case]
    assert expected in (why_it_does_not_last(PurePosixPath(path), "\n".join(mounts), environ) or "")


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="Linux has memory there")
def test_this_machines_own_mounts_are_read() -> None:
    assert "in memory" in (look(Path("/dev/shm/nowhere/log.db"), {}) or "")


def test_a_link_to_such_a_place_is_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/dev/shm")
    assert look(tmp_path / "link" / "log.db", {}) == look(Path("/dev/shm/log.db"), {})


def curbside(folder: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The real program, on a host that throws files away."""
    given = os.environ | SET | {"PYTHONPATH": str(ROOT), "DYNO": "web.1", "CURBSIDE_DATABASE": str(folder / "log.db")}
    given |= {"SLACK_API_URL": "http://127.0.0.1:9/api/"} | environ
    return subprocess.run(
        [sys.executable, "-c", "from bot.cli import main; main()", *words],
        env=given,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", ["run", "serve"])
def test_the_program_refuses_to_start_there(tmp_path: Path, command: str) -> None:
    done = curbside(tmp_path, command)
    assert (done.returncode, done.stdout) == (2, "") and done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"curbside: The log {tmp_path}/log.db would not last: on Heroku a dyno's files are")
    assert "set CURBSIDE_EPHEMERAL_DISK=allowed. docs/hosting.md says how." in done.stderr
    assert list(tmp_path.iterdir()) == [], "nothing is written there"


def test_a_consult_in_the_terminal_is_refused_nowhere(tmp_path: Path) -> None:
    done = curbside(tmp_path, "consult", "--answers", str(ROOT / "examples" / "danger-now.yaml"))
    assert done.returncode == 0 and (tmp_path / "log.db").exists()


def test_the_doctor_says_the_same_and_what_was_allowed(tmp_path: Path) -> None:
    line = "fault  disk: files don't last there: on Heroku a dyno's files are discarded"
    assert line in curbside(tmp_path, "doctor").stdout
    allowed = curbside(tmp_path, "doctor", CURBSIDE_EPHEMERAL_DISK="allowed").stdout
    assert "ok     disk: files don't last there (on Heroku" in allowed and "CURBSIDE_EPHEMERAL_DISK allows" in allowed


def test_only_one_word_allows_it(tmp_path: Path) -> None:
    assert not read_slack_settings("socket", SET, tmp_path).ephemeral_disk
    assert read_slack_settings("socket", SET | {"CURBSIDE_EPHEMERAL_DISK": "allowed"}, tmp_path).ephemeral_disk
    with pytest.raises(ConfigurationError, match="CURBSIDE_EPHEMERAL_DISK: 'yes' won't do; allowed: allowed"):
        read_slack_settings("socket", SET | {"CURBSIDE_EPHEMERAL_DISK": "yes"}, tmp_path)
