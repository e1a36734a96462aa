"""The shapes of the data files of the flow: `words.read_data` holds each file against its own when it is read.

They say which fields there are and of which type; that an answer which a condition names exists, vocabulary.py says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from flows.levels import Level
from state_law.model import DischargeAction, Recipient, Text
from state_law.shapes import Names, Shape, TruthRow, Written

DutyName = Literal["must_act", "turns_on_unknowns", "may_disclose", "no_duty", "not_triggered", "unsettled"]
Need = Literal["protection_today", "contained", "target_protected", "help_now"]
PathName = Literal["rule", "self", "treatment", "consent", "hold", "report"]
RecordNeed = Literal["hold_exists", "risk_order_available", "clinician_may_petition"]


class _Said(Shape):
    id: Text
    text: Text


class _AfterCare(Shape):
    when_somebody_is_told: list[_Said]
    when_nobody_is_told: list[_Said]
    when_self_harm: list[_Said]
    when_children: list[_Said]


class _ConditionWords(Shape):
    name: str | None = None
    values: dict[str, Text] = Field(default={})


class _Disclosure(Shape):
    channel: Text
    say: Text
    leave_out: Text


class _Emergency(Shape):
    title: Text
    first: Annotated[list[Text], Field(min_length=1)]
    calling: Text
    beyond_the_call: Text
    say: Text


class _Finding(Shape):
    question: Text
    otherwise: Annotated[Literal["yes", "no", "unknown"], Field(alias="else")]
    because: Text
    rows: list[TruthRow]


class _LevelRow(Shape):
    is_: Annotated[Level, Field(alias="is")]
    when: Written
    because: Text


class _LevelTable(Shape):
    question: Text
    otherwise: Annotated[Level, Field(alias="else")]
    because: Text
    rows: list[_LevelRow]


class _Findings(Shape):
    credible: _Finding
    specific: _Finding
    imminent: _Finding
    level_others: _LevelTable
    level_self: _LevelTable


class _Cheaper(Shape):
    when: Written
    confidentiality: Annotated[int, Field(ge=0, le=3)]
    liberty: Annotated[int, Field(ge=0, le=3)]


class _Option(Shape):
    id: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    label: Text
    do: Text
    for_client: Text
    confidentiality: Annotated[int, Field(ge=0, le=3)]
    liberty: Annotated[int, Field(ge=0, le=3)]
    tells: list[Recipient] = Field(default=[])
    by: list[PathName] = Field(default=[])
    tells_who_starts_the_hold: bool = False
    satisfies: list[DischargeAction] = Field(default=[])
    gives: dict[Need, Written] = Field(default={})
    fits: list[TruthRow] = Field(default=[])
    needs_consent: Text | None = None
    needs_record: RecordNeed | None = None
    with_consent: _Cheaper | None = None
    not_for: Text | None = None
    worded: Text | None = None
    worded_tells_nobody: bool = False
    from_level: Level
    order: int
    source: Text


class _Always(Shape):
    when: Written
    steps: Names


class _Enough(Shape):
    when: Written
    needs: Annotated[list[Need], Field(min_length=1)]
    because: Text


class _Contact(Shape):
    low: Text
    elevated: Text
    high: Text
    emergency: Text


class _Options(Shape):
    options: Annotated[list[_Option], Field(min_length=1)]
    always: list[_Always]
    enough: list[_Enough]
    contact: _Contact
    next_step_if_it_fails: Names


class _Question(Shape):
    topic: Text
    ask: Text
    why: Text
    kind: Literal["one", "list", "place", "text"]
    options: dict[str, Text] = Field(default={})
    short: dict[str, Text] = Field(default={})
    along: Annotated[dict[str, dict[str, str]], Field(alias="and")] = Field(default={})
    left_open: list[str] = Field(default=[])
    can_be_unknown: bool = True
    reassuring: bool = False
    worse: list[list[str]] = Field(default=[])


class _ResultWords(Shape):
    duty: dict[DutyName, Text]
    level: dict[Level, Text]
    warning: dict[str, Text]


class _Action(Shape):
    says: Text
    who: Text
    from_: Annotated[Names, Field(alias="from")]
    to: Text | dict[str, Text]
    text: Text
    claims: bool = False


class _Review(Shape):
    states: dict[str, Text]
    actions: dict[str, _Action]


class _Pattern(Shape):
    kind: Text
    finds: Text | None = None
    by: Literal["library", "heuristics"] | None = None


class _NameLists(Shape):
    titles: Text
    short_titles: Text
    titles_in_small_letters: Text
    abbreviations: Text
    before_a_name: Text
    whose: Text
    named_who: Text
    particles: Text
    people_do: Text
    names_too: Text
    usual: Text
    phrases: Names
    ordinary: dict[str, Text]
    starters: Text


class _Screening(Shape):
    says: dict[str, Text]
    telephone_region: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    public_lines: list[Annotated[str, Field(pattern=r"^[0-9]+$")]]
    pieces: dict[Annotated[str, Field(pattern=r"^[a-z_]+$")], Text]
    patterns: Annotated[list[_Pattern], Field(min_length=1)]
    names: _NameLists


class _Ask(Shape):
    question: Text
    items: Names | None = None
    when: Written = "always"


class _Way(Shape):
    to: Text
    when: Written = "always"
    says: str = ""


class _Screen(Shape):
    title: Text
    asks: Annotated[list[Text | _Ask], Field(min_length=1)]
    next: Annotated[list[_Way], Field(min_length=1)]


class _Screens(Shape):
    first: Text
    first_when_remembered: Text
    screens: dict[str, _Screen]


class _Warning(Shape):
    when: Written
    text: Text


class _Warnings(Shape):
    urgent: list[_Warning]
    clinical: list[_Warning]
    practice: list[_Warning]


SHAPES: Mapping[str, Any] = {
    "after_care.yaml": _AfterCare,
    "condition_words.yaml": dict[str, _ConditionWords],
    "disclosures.yaml": dict[str, dict[Recipient, _Disclosure]],
    "emergency.yaml": _Emergency,
    "findings.yaml": _Findings,
    "options.yaml": _Options,
    "questions.yaml": dict[str, _Question],
    "result_words.yaml": _ResultWords,
    "review.yaml": _Review,
    "screening.yaml": _Screening,
    "screens.yaml": _Screens,
    "warnings.yaml": _Warnings,
}
