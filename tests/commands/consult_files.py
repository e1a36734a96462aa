"""Files of answers for the tests of `curbside consult`, and the command run on them as a process of its own."""

from __future__ import annotations

import ctypes
import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.flows.making import ANGER, COLORADO, THREAT

from .conftest import CLINICIAN, Said

ROOT = Path(__file__).parents[2]
ANSWERS: Mapping[str, Any] = {**COLORADO, **THREAT}
LOW: Mapping[str, Any] = {**COLORADO, **ANGER}
NEEDED = {"concern": "harm_to_others", **COLORADO}
NAMING = "Client said he will kill Jane Sample on 3/14/2027."


def put(name: str, answers: Any) -> str:
    """A file in the current folder with these answers: JSON, JSON Lines or YAML by its name; text and bytes as they are."""
    path = Path(name)
    if isinstance(answers, bytes):
        path.write_bytes(answers)
    elif isinstance(answers, str):
        path.write_text(answers, encoding="utf-8")
    elif name.lower().endswith(".jsonl"):
        path.write_text("".join(json.dumps(one) + "\n" for one in answers), encoding="utf-8")
    elif name.lower().endswith(".json"):
        path.write_text(json.dumps(answers), encoding="utf-8")
    else:
        path.write_text(yaml.safe_dump(answers), encoding="utf-8")
    return name


def typed_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """What stands on standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def lines(said: Said) -> list[Any]:
    """Each line that was printed, read as JSON as strictly as other programs read it."""

    def never(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    return [json.loads(line, parse_constant=never) for line in said.out.splitlines()]


def program(*words: str) -> list[str]:
    """The command as one starts it."""
    return [sys.executable, "-c", "from bot.cli import main; main()", *words]


def environment(database: Path) -> dict[str, str]:
    """What the command sees."""
    mine = {"CURBSIDE_DATABASE": str(database), "CURBSIDE_CLINICIAN": CLINICIAN, "PYTHONPATH": str(ROOT)}
    return {**os.environ, **mine}


def curbside(*words: str, database: Path, **how: Any) -> subprocess.CompletedProcess[str]:
    """The command, as a process of its own in the current folder."""
    return subprocess.run(
        program(*words), env=environment(database), capture_output=True, text=True, timeout=120, check=False, **how
    )


def without_roots_rights() -> None:
    """Give up what lets root read and write past permissions."""
    if os.geteuid() == 0 and sys.platform == "linux":
        libc = ctypes.CDLL(None)
        for right in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            libc.prctl(24, right, 0, 0, 0)  # PR_CAPBSET_DROP: gone once the process becomes another program
