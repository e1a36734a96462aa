"""What a post's body lacks until other posts were sent: each `{"slot": NAME}` in it stands for what is kept under that name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any


class SlotUnknown(Exception):
    """A slot that nothing has filled."""


def slots_in(value: Any) -> Iterator[str]:
    """The names of all slots in a body, however deep."""
    if _is_slot(value):
        yield value["slot"]
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from slots_in(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from slots_in(inner)


def filled(value: Any, slot: Callable[[str], str | None]) -> Any:
    """The same with every slot's value in its place. SlotUnknown."""
    if _is_slot(value):
        known = slot(value["slot"])
        if known is None:
            raise SlotUnknown(value["slot"])
        return known
    if isinstance(value, Mapping):
        return {name: filled(inner, slot) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [filled(inner, slot) for inner in value]
    return value


def _is_slot(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == {"slot"} and isinstance(value["slot"], str)
