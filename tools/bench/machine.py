"""On what it was measured, so far as it matters: no names, no paths."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from importlib.metadata import version


def machine() -> dict[str, str | int]:
    """Processors, system, and the versions of what does the work."""
    return {
        "processors": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "slack-bolt": version("slack-bolt"),
    }


def busy() -> float | None:
    """How many programs wanted a processor in the last minute; None where the system does not say."""
    return round(os.getloadavg()[0], 1) if sys.platform != "win32" else None
