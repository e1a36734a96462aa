"""The questions, read from `questions.yaml`: the vocabulary of the answers, with the words for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from flows.words import read_data
from state_law.load import TableError, jurisdiction_names
from state_law.shapes import check_complete, faults_of

UNKNOWN = "unknown"
NOT_KNOWN = "Not known"
FILE = "questions.yaml"
CONTRACT = (
    "concern", "jurisdiction", "second_jurisdiction", "profession", "setting", "danger_now", "client_now", "relation",
    "self_harm", "threat", "narrative",
)  # fmt: skip
"""The questions that the code names by themselves; all others may come and go with the data."""
ABOUT_THE_CLINICIAN = ("jurisdiction", "profession")
"""What is remembered from one consult to the next, beside the items of `setting` in `WORKPLACE`."""
WORKPLACE = ("substance_use_program", "school_records", "inpatient", "facility")
"""The items of `setting` that say where the clinician works; the others are about this client."""


class Question(BaseModel):
    """One question as it stands in `questions.yaml`; the head of that file says what each field means."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    topic: str
    ask: str
    why: str
    kind: Literal["one", "list", "place", "text"]
    options: Mapping[str, str] = {}
    short: Mapping[str, str] = {}
    along: Annotated[Mapping[str, Mapping[str, str]], Field(alias="and")] = {}
    left_open: tuple[str, ...] = ()
    can_be_unknown: bool = True
    reassuring: bool = False
    worse: tuple[tuple[str, ...], ...] = ()

    @property
    def values(self) -> tuple[str, ...]:
        """What the answer may be, `unknown` included where it may be that. For a list: what each item may be."""
        if self.kind == "place":
            return tuple(jurisdiction_names())
        if self.kind == "list":
            return ("yes", "no", UNKNOWN)
        return (*self.options, UNKNOWN) if self.can_be_unknown else tuple(self.options)

    @property
    def allowed(self) -> str:
        """What may be answered, in words, for an error."""
        if self.kind == "list":
            return f"a list of items, or {{item: yes, no or unknown}}, of: {', '.join(self.options)}"
        if self.kind == "text":
            return "text"
        return ", ".join(self.values)


@lru_cache(maxsize=1)
def questions() -> Mapping[str, Question]:
    """Key -> question, in the order of the file. TableError names what is wrong in the file."""
    data: Mapping[str, Mapping[str, Any]] = read_data("questions.yaml")
    check_complete(FILE, "", data, CONTRACT)
    with faults_of(FILE):
        found = {key: Question.model_validate({"key": key, **entry}) for key, entry in data.items()}
    check_complete(FILE, "setting.options", found["setting"].options, WORKPLACE)
    for one in found.values():
        _check(one, found)
    return found


def _check(one: Question, every: Mapping[str, Question]) -> None:
    """What the shape alone can't say: options where there must be some, and every value named is one of them."""
    if (one.kind in ("one", "list")) != bool(one.options):
        allowed = "a question of kind one or list has options, and no other has any"
        raise TableError(FILE, f"{one.key}.options", list(one.options), allowed)
    if "." in one.key or one.key in ("all", "any", "not"):
        raise TableError(FILE, one.key, one.key, "must be a plain word that conditions do not use otherwise")
    named = [("short", value) for value in one.short] + [("left_open", value) for value in one.left_open]
    named += [("and", value) for value in one.along] + [("worse", value) for row in one.worse for value in row]
    for field, value in named:
        if value not in one.options and (field, value) != ("worse", UNKNOWN):
            raise TableError(FILE, f"{one.key}.{field}", value, f"allowed: {', '.join(one.options)}")
    for value, others in one.along.items():
        for key, other in others.items():
            if key not in every or other not in every[key].values:
                raise TableError(FILE, f"{one.key}.and.{value}", {key: other}, "must be an answer to another question")


def question(key: str) -> Question:
    """The question of that key. KeyError when there is none."""
    return questions()[key]


@lru_cache(maxsize=1)
def fact_keys() -> tuple[str, ...]:
    """Every key of the facts that answers give: single questions by their key, items of lists as `key.item`."""
    return tuple(_keys())


def _keys() -> Iterator[str]:
    for key, one in questions().items():
        if one.kind == "list":
            yield from (f"{key}.{item}" for item in one.options)
        elif one.kind != "text":
            yield key


@lru_cache(maxsize=1)
def askable_values() -> Mapping[str, tuple[str, ...]]:
    """What may be found out later: each question, or `key.item`, with its known values, most reassuring first."""
    found: dict[str, tuple[str, ...]] = {}
    for key, one in questions().items():
        if one.kind == "list":
            values = ("yes", "no") if one.reassuring else ("no", "yes")
            found.update({f"{key}.{item}": values for item in one.options})
        elif one.kind == "one" and one.can_be_unknown:
            found[key] = tuple(one.options)
    return found


@lru_cache(maxsize=1)
def left_open() -> Mapping[str, tuple[str, ...]]:
    """Question -> the answers that leave it open."""
    return {key: one.left_open for key, one in questions().items() if one.left_open}


@lru_cache(maxsize=1)
def worse_than() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Fact -> pairs (value, next worse value): the partial order over answers, declared in `questions.yaml`."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for key, one in questions().items():
        if one.kind == "list" and key != "setting":
            pair = ("yes", "no") if one.reassuring else ("no", "yes")
            found.update({f"{key}.{item}": (pair,) for item in one.options})
        elif one.worse:
            found[key] = tuple((row[i], row[i + 1]) for row in one.worse for i in range(len(row) - 1))
    return found


def say_question(key: str) -> str:
    """The question as it is asked."""
    return question(key).ask


def say_topic(key: str) -> str:
    """What the question is about, in a word or two."""
    return question(key).topic


def say_answer(key: str, value: str) -> str:
    """An answer in words: a value of a question, or an item of a list; "Not known" for unknown."""
    one = question(key)
    if value == UNKNOWN:
        return NOT_KNOWN
    if one.kind == "place":
        return jurisdiction_names().get(value, value)
    return one.short.get(value) or one.options.get(value, value)


def say_fact(fact: str, value: str) -> str:
    """A fact (`threat` or `aggravating.psychosis`) with its value, in words: for a summary or a condition."""
    key, _, item = fact.partition(".")
    if not item:
        return say_answer(key, value)
    said = question(key).options[item]
    return {"yes": said, "no": f"Not: {said[0].lower()}{said[1:]}"}.get(value, f"{said}: not known")
