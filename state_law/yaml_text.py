"""Reading YAML the way people write it: `no` is the word "no", and a date stays as it was typed."""

from __future__ import annotations

import re
from typing import Any

import yaml

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C reader is ten times faster where it exists


class _PlainLoader(_Base):  # type: ignore[misc]
    """YAML 1.1 reads `no` as False and `2026-11-24` as a date; here only null, true/false and numbers are special."""


_PlainLoader.yaml_implicit_resolvers = {}
_SPECIAL: list[tuple[str, str, str]] = [
    ("null", r"^(?:~|null|)$", "~n\0"),
    ("bool", r"^(?:true|false)$", "tf"),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("float", r"^[-+]?[0-9]+\.[0-9]+(?:[eE][-+]?[0-9]+)?$", "-+0123456789"),
    ("merge", r"^(?:<<)$", "<"),
]
for _tag, _pattern, _first in _SPECIAL:
    _PlainLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), [c if c != "\0" else "" for c in _first]
    )


def _mapping_without_repeats(loader: Any, node: Any, deep: bool = False) -> dict[Any, Any]:
    seen: set[object] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        try:
            repeated = key in seen
        except TypeError:
            raise yaml.constructor.ConstructorError(
                None, None, "a list or a mapping can't be a key", key_node.start_mark
            ) from None
        if repeated:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} stands twice", key_node.start_mark)
        seen.add(key)
    result: dict[Any, Any] = _Base.construct_mapping(loader, node, deep=True)
    return result


_PlainLoader.add_constructor("tag:yaml.org,2002:map", _mapping_without_repeats)


def read_yaml(text: str) -> object:
    """The value that a YAML (or JSON) text stands for: mappings, lists, strings, numbers, booleans, None.

    Bare `yes`, `no`, `on`, `off` and dates are strings. A key that stands twice, or text that is not
    YAML, raises ValueError with one line that gives line and column.
    """
    try:
        return yaml.load(text, Loader=_PlainLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise ValueError(f"{place}{error.problem or error.context or 'not YAML'}") from None
    except (yaml.YAMLError, RecursionError) as error:
        what = "nested too deeply" if isinstance(error, RecursionError) else " ".join(str(error).split())
        raise ValueError(what) from None
