"""The version of the flow: names exactly the questions, tables, options and words that a consult was run with."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def flow_version() -> str:
    """The first 12 hex digits of SHA-256 over the data files of `flows/` and of `state_law/` (the table has its own version)."""
    digest = hashlib.sha256()
    for path in sorted([*HERE.glob("*.yaml"), *(HERE.parent / "state_law").glob("*.yaml")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
