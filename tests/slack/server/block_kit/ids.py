"""What must be there once only: block_id in a message or view, action_id in a block, the focus in a view."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .complaints import Complaints


def elements_of(block: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The interactive elements of a block: of its row, beside its text, or the one it asks with."""
    candidates: list[Any] = [block.get("accessory"), block.get("element")]
    if block.get("type") == "actions" and isinstance(block.get("elements"), list):
        candidates += block["elements"]
    for element in candidates:
        if isinstance(element, Mapping) and element.get("type") != "image":
            yield element


def check_ids(blocks: Sequence[Mapping[str, Any]], where: str, found: Complaints) -> None:
    """Complain about every id that is there twice."""
    for twice in _twice(block.get("block_id") for block in blocks):
        found.add(where, f"block_id already exists: {twice}")
    for n, block in enumerate(blocks):
        for twice in _twice(element.get("action_id") for element in elements_of(block)):
            found.add(f"{where}/{n}", f"action_id already exists: {twice}")
    focused = [element for block in blocks for element in elements_of(block) if element.get("focus_on_load") is True]
    if len(focused) > 1:
        found.add(where, "only one element can have focus_on_load")


def _twice(ids: Iterable[Any]) -> list[str]:
    known = [str(one) for one in ids if one is not None]
    return sorted({one for one in known if known.count(one) > 1})
