"""Invented consults for the tests of the log."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.storage import ConsultRow, Log

ROOT = Path(__file__).parents[2]
NOON = "2026-03-02T12:00:00+00:00"


def event(kind: str = "answered", **data: Any) -> dict[str, Any]:
    """An event as the flow gives it."""
    return {"kind": kind, "at": NOON, "actor": "clinician-one", "data": data}


def row(reference: str, **more: Any) -> ConsultRow:
    """A consult's row with what a test does not care about filled in."""
    usual = {"clinician": "clinician-one", "status": "open", "started_at": NOON, "updated_at": NOON}
    return ConsultRow(reference=reference, **(usual | more))


def begin(log: Log, reference: str, *, words: str | None = None, **more: Any) -> int:
    """Begin a consult with one event; returns its revision."""
    return log.append(reference, [event("started")], row(reference, **more), expected_revision=0, words=words)


def answer(log: Log, reference: str, revision: int, **data: Any) -> int:
    """Append one answer, which the state repeats; returns the new revision."""
    return log.append(reference, [event(**data)], row(reference, state=data), expected_revision=revision)


def python(code: str, *arguments: object, **how: Any) -> subprocess.Popen[str]:
    """Another Python process that runs `code`, with the project on its path."""
    environment: Mapping[str, str] = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **how,
    )
