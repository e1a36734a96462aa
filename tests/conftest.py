"""How `make test` is shared out among processes."""

from __future__ import annotations

import os

import pytest


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """For `-n auto`: half as many again as there are processors. The tests wait for the disk, and for what they started; on
    two processors three take a good tenth less time than two (197 s for all)."""
    free = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return free + (free + 1) // 2
