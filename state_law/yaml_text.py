"""Reading YAML the way people write it: `no` is the word "no", and a date stays as it was typed."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import yaml

from state_law.shown import one_line, shown

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C reader is ten times faster where it exists


class _PlainLoader(_Base):  # type: ignore[misc]
    """YAML 1.1 reads `no` as False and `2026-11-24` as a date; here only null, true/false and numbers are special."""


_PlainLoader.yaml_implicit_resolvers = {}
_PATTERNS: dict[str, re.Pattern[str]] = {}
_SPECIAL: list[tuple[str, str, str]] = [
    ("null", r"^(?:~|null|)$", "~n\0"),
    ("bool", r"^(?:true|false)$", "tf"),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("float", r"^[-+]?[0-9]+\.[0-9]+(?:[eE][-+]?[0-9]+)?$", "-+0123456789"),
    ("merge", r"^(?:<<)$", "<"),
]
for _tag, _pattern, _first in _SPECIAL:
    _PATTERNS[_tag] = re.compile(_pattern)
    _PlainLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", _PATTERNS[_tag], [c if c != "\0" else "" for c in _first]
    )


def _mapping_without_repeats(loader: Any, node: Any) -> dict[Any, Any]:
    if not isinstance(node, yaml.MappingNode):
        raise _wrong(node, f"expected a mapping, but found a {node.id}")
    seen: set[object] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        try:
            repeated = key in seen
        except TypeError:
            raise _wrong(key_node, "a list or a mapping can't be a key") from None
        if repeated:
            raise _wrong(key_node, f"the key {shown(key)} stands twice")
        seen.add(key)
    result: dict[Any, Any] = _Base.construct_mapping(loader, node, deep=True)
    return result


def _scalar(tag: str, says: str, meaning: Callable[[str], Any]) -> Callable[[Any, Any], Any]:
    """What reads a scalar of that tag. One that was given the tag by hand (`!!int x`) must look like one, too."""
    pattern = _PATTERNS[tag]

    def construct(loader: Any, node: Any) -> Any:
        written = loader.construct_scalar(node)
        if not pattern.fullmatch(written):
            raise _wrong(node, f"{shown(written)} is not {says}")
        try:
            return meaning(written)
        except ValueError:  # Python reads no number of thousands of digits
            raise _wrong(node, "a number is too large") from None

    return construct


def _finite(written: str) -> float:
    number = float(written)
    if not math.isfinite(number):
        raise ValueError(written)
    return number


def _not_here(loader: Any, node: Any) -> Any:
    tag = node.tag.replace("tag:yaml.org,2002:", "!!")
    raise _wrong(node, f"could not determine a constructor for the tag {shown(tag)}")


def _wrong(node: Any, what: str) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, what, node.start_mark)


# Only these: the library's own for other tags (sets, bytes, dates) fail on what is not one, or give what nobody expects.
_PlainLoader.yaml_constructors = {
    "tag:yaml.org,2002:null": _scalar("null", "null", lambda written: None),
    "tag:yaml.org,2002:bool": _scalar("bool", "true or false", lambda written: written == "true"),
    "tag:yaml.org,2002:int": _scalar("int", "a whole number", int),
    "tag:yaml.org,2002:float": _scalar("float", "a number with a point", _finite),
    "tag:yaml.org,2002:str": _Base.yaml_constructors["tag:yaml.org,2002:str"],
    "tag:yaml.org,2002:seq": _Base.yaml_constructors["tag:yaml.org,2002:seq"],
    "tag:yaml.org,2002:map": _mapping_without_repeats,
    None: _not_here,
}


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
        raise ValueError(one_line(f"{place}{error.problem or error.context or 'not YAML'}")) from None
    except (yaml.YAMLError, RecursionError) as error:
        what = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise ValueError(one_line(what)) from None
