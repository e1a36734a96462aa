"""Whether the disk under the log lasts, so far as a program can tell: some hosts throw files away at each restart."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

SETTING = "CURBSIDE_EPHEMERAL_DISK"
ALLOWED = "allowed"
_MOUNTS = Path("/proc/self/mounts")
_IN_MEMORY = ("tmpfs", "ramfs", "devtmpfs")
_OF_A_CONTAINER = ("overlay", "aufs", "fuse-overlayfs")
_OCTAL = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True)
class Platform:
    """A host that throws a program's files away. `variable`: what it sets in the environment of every program there."""

    name: str
    variable: str
    because: str
    has_volumes: bool = True


# Each with where it says so, read on 2026-11-25:
PLATFORMS = (
    # devcenter.heroku.com/articles/dyno-startup-behavior: "The $DYNO variable set to the dyno identifier". That a dyno's
    # file system is ephemeral is in its articles on dynos, as others quote them; it has no volumes.
    Platform("Heroku", "DYNO", "a dyno's files are discarded whenever it restarts, which is daily", has_volumes=False),
    # render.com/docs/environment-variables: RENDER "is always true". /docs/disks: "Without a persistent disk, any changes
    # you make to a service's local files are lost every time the service redeploys or restarts"; beneath its mount path
    # they stay.
    Platform("Render", "RENDER", "files outside a persistent disk are lost at each deploy and restart"),
    # fly.io/docs/machines/runtime-environment: FLY_APP_NAME. /docs/volumes/overview: "The root file systems of a Fly
    # Machine are ephemeral"; /docs/apps/restart: "Restarting wipes the ephemeral file system". Volumes stay.
    Platform("Fly.io", "FLY_APP_NAME", "a Machine's root file system is wiped when it restarts"),
    # docs.railway.com/reference/variables: RAILWAY_PROJECT_NAME, in all deployments. /volumes: what is to persist goes
    # beneath a volume's mount path.
    Platform("Railway", "RAILWAY_PROJECT_NAME", "files persist on a volume only"),
    # cloud.google.com/run/docs/container-contract: K_SERVICE is in the running containers of a service; "data written to
    # the filesystem does not persist when the container instance is stopped".
    Platform("Cloud Run", "K_SERVICE", "a container's files are lost when its instance stops"),
)


def why_it_does_not_last(database: PurePosixPath, mounts: str, environ: Mapping[str, str]) -> str | None:
    """Why the file at this absolute path, with no links in it, would be lost; None when nothing says so.

    `mounts`: what is mounted, as /proc/self/mounts has it; "" where there is no such list. `environ`: the environment.
    What can't be told: a volume that the host itself throws away, and a container's folder that looks like a disk.
    """
    mounted = _mounted_at(database, mounts)
    if mounted and mounted[1] in _IN_MEMORY:
        return f"it is in memory ({mounted[1]} at {mounted[0]}), and gone when the machine restarts"
    of_its_own = mounted is not None and mounted[0] != PurePosixPath("/")
    for platform in PLATFORMS:
        if environ.get(platform.variable) and not (platform.has_volumes and of_its_own):
            return f"on {platform.name} {platform.because}"
    if mounted and not of_its_own and mounted[1] in _OF_A_CONTAINER:
        return f"it is inside a container ({mounted[1]}), and gone with it"
    return None


def look(database: Path, environ: Mapping[str, str] | None = None) -> str | None:
    """The same for the log at `database` on this machine."""
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:  # not Linux
        mounts = ""
    return why_it_does_not_last(
        PurePosixPath(database.resolve().as_posix()), mounts, os.environ if environ is None else environ
    )


def _mounted_at(path: PurePosixPath, mounts: str) -> tuple[PurePosixPath, str] | None:
    """The mount on which the path is, and its type: the innermost, and of several at one place the last."""
    found: tuple[PurePosixPath, str] | None = None
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        place = PurePosixPath(_OCTAL.sub(lambda code: chr(int(code[1], 8)), fields[1]))
        if path.is_relative_to(place) and (found is None or len(place.parts) >= len(found[0].parts)):
            found = place, fields[2]
    return found
