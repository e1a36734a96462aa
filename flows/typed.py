"""A typed reply as an answer, where it is certain: the name, the words or the number of an option of what is asked first.

Anything else is None: longer sentences are never guessed at, and what might mean two answers means none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flows.machine import Ask
from flows.questions import NOT_KNOWN, UNKNOWN, question
from state_law.load import jurisdiction_names

LONGEST = 120
"""Characters: no option's words are longer."""
SHORTEST_BEGINNING = 2
"""Words from which on the beginning of an option's words counts for it: "nothing" alone may mean that there is no threat."""
SAYS_UNKNOWN = (
    "not known", "unknown", "not sure", "unsure", "don't know", "i don't know", "dont know", "i dont know", "do not know",
    "i do not know", "idk", "dunno", "no idea", "can't say", "?",
)  # fmt: skip
SAYS_NONE = ("none of these", "none of them", "none of the others", "asked none", "asked and none", "i asked none")


def typed_answer(asks: Sequence[Ask], text: str) -> dict[str, Any] | None:
    """The answer that the text certainly gives to the first of these questions, for `Consult.answer`; None when none does.

    A list takes several items with commas between: those are yes, and of the rest nothing is said.
    """
    said = _plain(text)
    if not asks or not said or len(text) > LONGEST:
        return None
    ask = asks[0]
    kind = question(ask.question).kind
    if kind == "list":
        items = _items(ask, text)
        return None if items is None else {ask.question: items}
    value = _place(said) if kind == "place" else _value(ask, said)
    return None if value is None else {ask.question: value}


def _value(ask: Ask, said: str) -> str | None:
    one = question(ask.question)
    if one.can_be_unknown and (said in SAYS_UNKNOWN or said == _plain(NOT_KNOWN)):
        return UNKNOWN
    if said in SAYS_UNKNOWN:
        return None
    values = [*ask.options, *([UNKNOWN] if one.can_be_unknown else [])]
    return _numbered(values, said) or _named(ask, said)


def _numbered(values: Sequence[str], said: str) -> str | None:
    """By its number on the screen, from 1."""
    found = re.fullmatch(r"#?(\d{1,2})[.)]?", said)
    number = int(found[1]) if found else 0
    return values[number - 1] if 1 <= number <= len(values) else None


def _named(ask: Ask, said: str) -> str | None:
    """By its value or its words; else by the beginning of the words of one option alone."""
    names = {value: set(_names(ask.question, value, words)) for value, words in ask.options.items()}
    exact = [value for value, known in names.items() if said in known]
    if exact:
        return exact[0] if len(exact) == 1 else None
    if len(said.split()) < SHORTEST_BEGINNING:
        return None
    begun = [value for value, known in names.items() if any(name.startswith(f"{said} ") for name in known)]
    if len(begun) != 1:
        return None
    others = {word for value, known in names.items() if value != begun[0] for name in known for word in name.split()}
    return begun[0] if set(said.split()) - others else None  # "a threat" would fit several


def _names(key: str, value: str, words: str) -> Iterator[str]:
    """How an option is called: its value, its words, and its words without what stands in brackets or behind a colon."""
    one = question(key)
    for name in (value, words, one.short.get(value, words), re.sub(r"\(.*?\)", "", words)):
        yield _plain(name)
    if ":" in words:
        yield _plain(words.partition(":")[0])
    if value in ("yes", "no"):
        yield value


def _items(ask: Ask, text: str) -> Mapping[str, str] | None:
    if _plain(text) in SAYS_NONE:
        return dict.fromkeys(ask.options, "no")
    if _plain(text) in SAYS_UNKNOWN:
        return dict.fromkeys(ask.options, UNKNOWN)
    items = list(ask.options)
    found = {}
    for part in text.split(","):
        said = _plain(part)
        item = (_numbered(items, said) or _named(ask, said)) if said else None
        if item is None:
            return None
        found[item] = "yes"
    return {item: found.get(item, UNKNOWN) for item in items}


def _place(said: str) -> str | None:
    return next((code for code, name in jurisdiction_names().items() if said in (code.lower(), name.lower())), None)


def _plain(text: str) -> str:
    """In small letters, single spaces, straight quotes, without punctuation at the ends; of a value the words."""
    text = text.lower().replace("’", "'").replace("_", " ").replace("-", " ")
    text = re.sub(r"[“”\"*`~,]", " ", text)
    return " ".join(text.split()).strip(" .!;:") or ("?" if "?" in text else "")
