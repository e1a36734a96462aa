"""The grammar: what is done to a tree of values, to a text, and to bytes. Everything comes from the `Random` that is given."""

from __future__ import annotations

import copy
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Any

Path = tuple[str | int, ...]
Donors = Mapping[str | int, list[Any]]
"""For each name of a field, the values that stand under it somewhere: what a forger would put there."""

LONG = "x" * 100_000
TEXTS = (
    "", " ", "\0", "a\0b", "\x1b[31m", "\u202egnihton\u202c", "\u200b", "\ufeff", "\ufffe", "\u2028", "e\u0301" * 50,
    "\N{GRINNING FACE}", "\N{GRINNING FACE}" * 3000, "\ud83d", "\udc00x", LONG, "\n" * 3000, "\r\n", "\t",
    "<!channel>", "<@U0>", "<https://invented.example|x>", "&lt;&amp;", "`*_~>", "{0}{who}", "%s%n", "${x}",
    "'; DROP TABLE events; --", "../../x", "C:\\x", "\uff11\uff12", "\u0661", "-1", "0", "00", "1e999", "9" * 5000,
    "1.1", "1.", ".1", "null", "true", "nan", "yes", "no", "unknown", "~", "C-00000", "c-7f3k2", "C-7F3K2:0:x",
    "x:y:z", ":", "::", ":" * 200, "answer:", "answer::", "danger:", "danger:yes", "page:law:CO:-1", "page:law:XX:1",
    "page:why:99999999999999999999", "step:", "step:warn_victim:", "review:", "read:", "read:why:0", "waiting:-5",
    "found:x", "said:words", "edit:", "edit:narrative", "edit:setting", "start", "open", "/consult", "find ", "find \"",
    "find *", "find NEAR(", "help", "CO", "XX", "[]", "{}", '{"c": "C-7F3K2"}', '{"c": "C-7F3K2", "t": 1e999}',
    '{"c": "C-7F3K2", "t": true}', '{"c": "C-7F3K2", "t": []}', "{" * 2000, "[" * 2000, '{"c":1,"c":2,"t":0}',
    "2026-11-25", "2026-02-30", "2026-11-25T25:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00",
)  # fmt: skip
NUMBERS = (
    0, 1, -1, 2, 7, 255, 2**31 - 1, 2**31, -(2**31), 2**53 + 1, 2**63 - 1, 2**63, 2**64, 10**30, 10**400,
    0.5, -0.0, 1e-300, 1e308, float("inf"), float("-inf"), float("nan"),
)  # fmt: skip
ODD: tuple[Any, ...] = (
    None, True, False, [], {}, [[]], [None], [1], ["x"], [{}], {"": ""}, {"id": 5}, {"id": "U0"}, {"id": []}, {"type": "x"},
    {"value": None}, {"value": "unknown"}, {"text": {"text": 5}},
)  # fmt: skip
MOST_AS_A_FRACTION = 10**300
"""Beyond it a whole number is too large to become a fraction."""


def nested(depth: int, of_lists: bool = True) -> Any:
    """Something that stands so deep inside others."""
    made: Any = "x"
    for _ in range(depth):
        made = [made] if of_lists else {"x": made}
    return made


def a_value(random: Random) -> Any:
    """Something that hardly belongs where it is put."""
    kind = random.random()
    if kind < 0.45:
        return random.choice(TEXTS)
    if kind < 0.65:
        return random.choice(NUMBERS)
    if kind < 0.95:
        return copy.deepcopy(random.choice(ODD))
    return nested(random.choice((5, 50, 300)), random.random() < 0.5)


def donors_of(trees: Iterable[Any]) -> Donors:
    """What stands under each name in any of these."""
    found: dict[str | int, list[Any]] = defaultdict(list)
    seen: set[tuple[str | int, str]] = set()
    for tree in trees:
        for name, value in _named(tree):
            key = (name, json.dumps(value, sort_keys=True, default=str))
            if key not in seen:
                seen.add(key)
                found[name].append(value)
    return found


def _named(tree: Any) -> Iterator[tuple[str | int, Any]]:
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for name, value in inner:
        if isinstance(name, str):
            yield name, value
        yield from _named(value)


def paths(tree: Any, at: Path = ()) -> Iterator[Path]:
    """Every place in a tree."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for name, value in inner:
        yield (*at, name)
        yield from paths(value, (*at, name))


def at_path(tree: Any, path: Path) -> Any:
    """What stands there."""
    for name in path:
        tree = tree[name]
    return tree


def a_place(random: Random, tree: Any, within: Path = ()) -> Path:
    """A place in the tree, or in that part of it: those near its top as often as all those deep in a long list together.
    What was given where there is none."""
    path = within
    here = at_path(tree, within)
    while isinstance(here, dict | list) and here and (path == within or random.random() < 0.85):
        name = random.choice(list(here)) if isinstance(here, dict) else random.randrange(len(here))
        path, here = (*path, name), here[name]
    return path


def changed(
    random: Random, tree: Any, donors: Donors, times: int = 1, within: Sequence[Path] = ()
) -> tuple[Any, list[str]]:
    """A copy that is changed so often, and what was done to it, a line each. `within`: the parts that matter most."""
    made, said = copy.deepcopy(tree), []
    for _ in range(times):
        parts = [path for path in within if _is_there(made, path)]
        path = a_place(random, made, random.choice(parts) if parts and random.random() < 0.6 else ())
        if not path:
            return a_value(random), ["something else altogether"]
        parent, name = at_path(made, path[:-1]), path[-1]
        what = _change(random, parent, name, donors, made)
        said.append(f"{'.'.join(map(str, path))}: {what}")
    return made, said


def _is_there(tree: Any, path: Path) -> bool:
    try:
        found = at_path(tree, path)
        return isinstance(found, dict | list) and bool(found)
    except (KeyError, IndexError, TypeError):
        return False


def _change(random: Random, parent: Any, name: str | int, donors: Donors, whole: Any) -> str:
    """Change what stands under that name, and say what was done."""
    before = parent[name]
    kind = random.random()
    others = donors.get(name, ())
    if kind < 0.35 and others:
        parent[name] = copy.deepcopy(random.choice(others))
        return "from another"
    if kind < 0.60:
        parent[name] = a_value(random)
        return "replaced"
    if kind < 0.72:
        del parent[name]
        return "left out"
    if kind < 0.82:
        parent[name] = _tweaked(random, before)
        return "tweaked"
    if kind < 0.88:
        parent[name] = [before] if random.random() < 0.5 else {"value": before}
        return "wrapped"
    if kind < 0.94 and isinstance(parent, dict):
        parent[_a_name(random, donors)] = a_value(random)
        return "something beside it"
    if isinstance(parent, list):
        parent.insert(random.randrange(len(parent) + 1), copy.deepcopy(before))
        return "twice"
    other = at_path(whole, a_place(random, whole))
    parent[name] = copy.deepcopy(other)
    return "another part of the same"


def _a_name(random: Random, donors: Donors) -> str:
    if donors and random.random() < 0.7:
        return str(random.choice(list(donors)))
    return str(random.choice(TEXTS))


def _tweaked(random: Random, value: Any) -> Any:
    if isinstance(value, str):
        return tweaked_text(random, value)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        shrunk = value / 3 if abs(value) < MOST_AS_A_FRACTION else value // 3
        return random.choice((value + 1, value - 1, -value, str(value), shrunk))
    if isinstance(value, list):
        return random.choice((value[::-1], value * 2, value[:1], value * 50, dict(enumerate(map(str, value)))))
    if isinstance(value, dict):
        return random.choice(([*value], [*value.values()], {str(key).upper(): one for key, one in value.items()}))
    return random.choice((0, "", "null", False))


def tweaked_text(random: Random, text: str) -> str:
    """Nearly the same text."""
    place = random.randrange(len(text) + 1)
    piece = random.choice(TEXTS)
    return random.choice(
        (
            text[:place] + piece + text[place:],
            text[:place] + text[place + 1 :],
            text[:place],
            text.upper(),
            text.lower(),
            text[::-1],
            text * 2,
            f" {text} ",
            text.replace(":", "::"),
            text.replace("_", "-"),
        )
    )


JSON_PIECES = (
    b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"\\u0000", b"\\ud800", b"\\uD83D", b"null", b"NaN", b"-Infinity", b"1e999",
    b"9" * 5000, b"-", b"0123", b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\0", b"\n", b"\r", b"//", b"/*", b"'",
    b'"type":null,', b'"user":{"id":"U0"},', b'"a":1,"a":2,', b"[" * 5000, b'{"a":' * 5000,
)  # fmt: skip


def changed_bytes(random: Random, raw: bytes, pieces: tuple[bytes, ...] = JSON_PIECES) -> tuple[bytes, str]:
    """Bytes that are nearly the same, and what was done to them."""
    place = random.randrange(len(raw) + 1)
    kind = random.randrange(9)
    if kind == 0:
        return raw[:place], "cut off"
    if kind == 1:
        return raw[place:], "begun late"
    if kind == 2 and raw:
        there = min(place, len(raw) - 1)
        return raw[:there] + bytes([raw[there] ^ (1 << random.randrange(8))]) + raw[there + 1 :], "a bit turned"
    if kind == 3:
        end = place + random.randrange(1, 40)
        return raw[:end] + raw[place:], "a piece twice"
    if kind == 4:
        end = place + random.randrange(1, 40)
        return raw[:place] + raw[end:], "a piece left out"
    if kind == 5:
        text = raw.decode("utf-8", "replace")
        return text.encode(random.choice(("utf-16", "utf-32", "utf-16-le", "utf-8-sig", "cp037")), "replace"), "recoded"
    if kind == 6:
        made = bytearray(raw)
        for _ in range(random.randrange(1, 6)):
            if made:
                made[random.randrange(len(made))] = random.randrange(256)
        return bytes(made), "bytes at random"
    return raw[:place] + random.choice(pieces) + raw[place:], "a piece put in"
