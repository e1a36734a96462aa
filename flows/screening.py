"""What in a free text may identify somebody: names, dates, numbers, addresses, by the patterns in `screening.yaml`.

It is a reminder to the person who writes, and no more. Not every name is found: a first name that opens a sentence, a
name in small letters that is not a usual one, a nickname, or a name that is an ordinary word can pass; so can a place,
an employer, an unusual event. A text in which nothing was found may still identify somebody. And some finds identify
nobody. So the person sees what was found and decides; nothing here changes a text.

What is found is told by kind and place alone: the words themselves stand in no `Identifier`, so that none can come
into a log.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal, NamedTuple, cast, get_args

from flows.words import read_data
from state_law.load import TableError, jurisdiction_names
from state_law.shapes import check_complete

FILE = "screening.yaml"
PIECES_WITHIN = 10
"""How deep pieces of a pattern may stand within one another."""

Kind = Literal[
    "name",
    "date",
    "telephone",
    "email",
    "street_address",
    "record_number",
    "social_security_number",
    "url",
    "mention",
]
# Kinds whose every pattern asks for a digit: nothing to look for in a text without one.
_OF_DIGITS: frozenset[Kind] = frozenset(
    ("date", "telephone", "street_address", "record_number", "social_security_number")
)
_DIGIT = re.compile(r"\d")
Span = tuple[int, int]


@dataclass(frozen=True)
class Identifier:
    """A place in a text, from `start` up to `end`, that may identify somebody. It does not hold the words there."""

    kind: Kind
    start: int
    end: int

    @property
    def says(self) -> str:
        """The kind as one says it to a person: `a date`."""
        return _screen().says[self.kind]


def screen(text: str) -> tuple[Identifier, ...]:
    """What may identify somebody, in the order of the text; no two overlap. Not every name is found."""
    free = bytearray(b"\1" * len(text))
    found = []
    has_a_digit = bool(_DIGIT.search(text))
    for kind, finder in _screen().finders:
        if kind in _OF_DIGITS and not has_a_digit:
            continue
        for start, end in finder(text):
            if end > start and free.find(0, start, end) < 0:
                free[start:end] = bytes(end - start)
                if kind != "telephone" or re.sub(r"\D", "", text[start:end]) not in _screen().public_lines:
                    found.append(Identifier(kind, start, end))
    return tuple(sorted(found, key=lambda one: one.start))


def kinds(text: str) -> tuple[str, ...]:
    """The kinds of what was found, each once, in the order in which they first stand in the text."""
    return tuple(dict.fromkeys(one.kind for one in screen(text)))


def said(text: str) -> tuple[str, ...]:
    """As `kinds`, the way one says it to a person: `a name`, `a date`."""
    return tuple(dict.fromkeys(one.says for one in screen(text)))


# The patterns.


@dataclass(frozen=True)
class _Screen:
    """`screening.yaml`, ready for use: how each kind is called, and what finds it, the more certain first."""

    says: Mapping[str, str]
    finders: Sequence[tuple[Kind, Callable[[str], Iterator[Span]]]]
    public_lines: frozenset[str]


@lru_cache(maxsize=1)
def _screen() -> _Screen:
    data: Any = read_data(FILE)
    check_complete(FILE, "says", data["says"], get_args(Kind))
    for place, row in enumerate(data["patterns"]):
        if row["kind"] not in get_args(Kind):
            raise TableError(FILE, f"patterns.{place}.kind", row["kind"], f"allowed: {', '.join(get_args(Kind))}")
        if ("by" in row) == ("finds" in row):
            raise TableError(FILE, f"patterns.{place}", row, "has either `finds` or `by`")
    names = _Names(data["names"])
    found_by: dict[str, Callable[[str], Iterator[Span]]] = {
        "library": lambda text: _telephone_numbers(text, data["telephone_region"]),
        "heuristics": names.find,
    }
    return _Screen(
        data["says"],
        [
            (cast(Kind, row["kind"]), found_by[row["by"]] if "by" in row else _by_pattern(row["finds"], data["pieces"]))
            for row in data["patterns"]
        ],
        frozenset(data["public_lines"]),
    )


def _by_pattern(pattern: str, pieces: Mapping[str, str]) -> Callable[[str], Iterator[Span]]:
    written, rounds = pattern, 0
    try:
        while (whole := re.sub(r"\{([a-z_]+)\}", lambda piece: pieces[piece[1]], pattern)) != pattern:
            pattern, rounds = whole, rounds + 1
            if rounds > PIECES_WITHIN:
                raise TableError(FILE, "patterns", written, "its pieces stand in one another without end")
        compiled = re.compile(pattern, re.IGNORECASE)
    except KeyError as error:
        raise TableError(FILE, "patterns", written, f"there is no piece {error}") from None
    except (re.error, RecursionError, OverflowError) as error:
        raise TableError(FILE, "patterns", written, f"is no regular expression ({error})") from None
    return lambda text: (match.span() for match in compiled.finditer(text))


# Seven digits or more with nothing between them but what people put into a telephone number.
_DIGITS = re.compile(
    r"[+(]{0,2}\d(?:[\s().+/\-\u2010-\u2015\u2212]{0,4}\d){6,}(?:,?\s?(?:x|ext\.?|extension)\s?\d{1,6})?"
)


def _telephone_numbers(text: str, region: str) -> Iterator[Span]:
    """By the library, which is loaded only for a text with so many digits, and reads only those: it takes its time."""
    for digits in _DIGITS.finditer(text):
        from phonenumbers import Leniency, PhoneNumberMatcher

        for match in PhoneNumberMatcher(digits[0], region, leniency=Leniency.VALID):
            yield digits.start() + match.start, digits.start() + match.end


# The names.

# Also with accents set apart, and with either apostrophe (\u2019 is the curly one).
_WORD = re.compile(r"[^\W\d_][\w'\u2019\-\u0300-\u036f]*")
# Between two words: where a sentence, a quotation, a parenthesis or a line begins.
_BEGINS = re.compile(
    r"[.!?:\u2026][\"'\u201d\u2019)\]]*(?:\s|$)"  # after the end of a sentence, and what closes after it
    r"|[\n\r]"
    r"|[\"'\u201c\u2018\u00ab(\[]$"  # right behind what opens
)
_BESIDE = re.compile(r"[^\S\n]+|\.[^\S\n]*")


class _Word(NamedTuple):
    """A word where it stands. `base` is in small letters and without 's; `opens` a sentence or the like."""

    start: int
    end: int
    base: str
    capital: bool
    acronym: bool
    possessive: bool
    opens: bool
    gap: str

    @property
    def beside(self) -> bool:
        """Whether nothing but a blank, or the period of an abbreviation, parts it from the word before."""
        return not self.opens and bool(_BESIDE.fullmatch(self.gap))


class _Names:
    """What may be a name. A word is taken for one when

    - it is a usual name, in capitals or small letters;
    - it follows a title (Dr. ..., mrs ...);
    - it has a capital, opens no sentence, and is no word that has a capital in ordinary prose;
    - it has a capital, follows a word such as `client`, `wife` or `called`, and is not an ordinary word only;
    - it opens a sentence, is no word that sentences begin with, and another such capital, a possessive ('s), what
      people do (said, texted), or who it is (`is the victim`, `, his wife,`) follows;
    - it follows `a man named`, even in small letters.
    """

    def __init__(self, lists: Mapping[str, Any]) -> None:
        def words(name: str) -> frozenset[str]:
            return frozenset(lists[name].split())

        states = {part for name in jurisdiction_names().values() for part in name.lower().split()}
        self.short_titles, self.titles_in_small_letters = words("short_titles"), words("titles_in_small_letters")
        self.titles = words("titles") | self.short_titles
        self.abbreviations = self.short_titles | words("abbreviations")
        self.before_a_name, self.named_who = words("before_a_name"), words("named_who")
        self.whose = words("whose")
        self.particles, self.people_do = words("particles"), words("people_do")
        self.usual, self.names_too = words("usual"), words("names_too")
        ordinary = frozenset(" ".join(lists["ordinary"].values()).split()) | states | self.titles
        self.ordinary_first = ordinary | words("starters")
        self.ordinary_within = ordinary | (words("starters") - self.names_too)
        phrases = sorted(lists["phrases"], key=len, reverse=True)
        self.phrases = re.compile(r"\b(?:" + "|".join(re.escape(phrase) for phrase in phrases) + r")\b")

    def find(self, text: str) -> Iterator[Span]:
        """The places of names; one name of several words is one place."""
        words = self._words(self.phrases.sub(lambda phrase: "0" * len(phrase[0]), text))
        named = [self._is_name(words, place) for place in range(len(words))]
        place = 0
        while place < len(words):
            if not named[place]:
                place += 1
                continue
            first = last = place
            while first and words[first].beside and self._belongs(words[first - 1], words[first].gap):
                first -= 1
            while (more := self._goes_on(words, named, last)) is not None:
                last = more
            yield words[first].start, words[last].end - 2 * words[last].possessive
            place = last + 1

    def _words(self, text: str) -> list[_Word]:
        words: list[_Word] = []
        end = 0
        for match in _WORD.finditer(text):
            written = match[0].replace("\u2019", "'").rstrip("'-")
            gap = text[end : match.start()]
            opens = not words or bool(_BEGINS.search(gap))
            if opens and words and gap.startswith(".") and "\n" not in gap:
                before = words[-1]
                initial = before.capital and before.end - before.start == 1 and before.base != "i"
                opens = not (initial or before.base in self.abbreviations)
            end = match.start() + len(written)
            possessive = len(written) > 2 and written[-2:] in ("'s", "'S")
            bare = written[:-2] if possessive else written
            words.append(
                _Word(match.start(), end, bare.lower(), bare[0].isupper(), bare.isupper(), possessive, opens, gap)
            )
        return words

    def _is_name(self, words: Sequence[_Word], place: int) -> bool:
        word = words[place]
        if not word.base.isalpha() and any(letter.isdigit() for letter in word.base):
            return False
        if word.base in self.usual and not (word.possessive and f"{word.base}'s" in self.ordinary_within):
            return True
        before = words[place - 1] if word.beside else None
        if not word.capital:
            return self._named_in_small_letters(words, place, before)
        if before and before.base in self.short_titles and word.acronym:
            return word.base != "i"  # Mr. S, and MR. with a name in capitals
        if word.acronym:  # a single letter too
            return False
        if before and before.base in self.titles:
            return word.base in self.names_too or not self._known(word, self.ordinary_first)
        if place and self._announces(words[place - 1], word):
            return word.base in self.names_too or not self._known(word, self.ordinary_first)
        if not word.opens:
            return not self._known(word, self.ordinary_within)
        after = words[place + 1] if place + 1 < len(words) and words[place + 1].beside else None
        does = after is not None and after.base in self.people_do and not after.capital
        if self._known(word, self.ordinary_first):
            return does and word.base in self.names_too
        if word.possessive or does or self._is_somebody(words, place):
            return True
        return bool(after and after.capital and not after.acronym and not self._known(after, self.ordinary_within))

    def _known(self, word: _Word, ordinary: frozenset[str]) -> bool:
        if word.base in ordinary or (word.possessive and f"{word.base}'s" in ordinary):
            return True
        return "-" in word.base and all(
            part in ordinary or part in self.ordinary_first for part in word.base.split("-")
        )

    def _named_in_small_letters(self, words: Sequence[_Word], place: int, before: _Word | None) -> bool:
        word = words[place]
        if before is None or self._known(word, self.ordinary_first):
            return False
        if before.base in self.titles_in_small_letters:
            return True
        return before.base == "named" and place > 1 and before.beside and words[place - 2].base in self.named_who

    def _is_somebody(self, words: Sequence[_Word], place: int) -> bool:
        """Whether `is the victim`, or `, his former wife,` follows."""
        follow = words[place + 1 : place + 6]
        if len(follow) < 3:
            return False
        is_one = follow[0].base in ("is", "was") and follow[1].base in self.whose
        apposed = follow[0].gap.strip() == "," and follow[0].base in self.whose
        for one, after in pairwise([*follow[1:5], None]):
            if one is not None and one.base in self.before_a_name and not one.possessive:
                return is_one or (apposed and after is not None and after.gap.startswith(","))
        return False

    def _announces(self, before: _Word, word: _Word) -> bool:
        """Whether a word such as `wife` stands before, with no more than a comma or a colon between."""
        return before.base in self.before_a_name and word.gap.strip() in ("", ",", ":") and "\n" not in word.gap

    def _belongs(self, word: _Word, gap_after: str = "") -> bool:
        """Whether what stands beside a name is part of it: an ordinary word that is a name too, or an initial."""
        initial = gap_after.startswith(".") and word.end - word.start == 1
        return word.capital and (initial or word.base in self.names_too)

    def _goes_on(self, words: Sequence[_Word], named: Sequence[bool], last: int) -> int | None:
        """The next word of the same name, past an initial (Jane Q. ...) or a little word (... de la ...)."""
        place = last + 1
        while place < len(words) and words[place].beside and not words[place - 1].possessive:
            word = words[place]
            shouted = words[last].acronym and word.acronym and not self._known(word, self.ordinary_first)
            if named[place] or self._belongs(word) or shouted:
                return place
            initial = word.capital and word.end - word.start == 1 and word.base != "i"
            if not (initial or word.base in self.particles) or place - last > 2:
                return None
            place += 1
        return None
