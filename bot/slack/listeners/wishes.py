"""What somebody wants who comes in by words: the text behind `/consult`, or what they type to the app.

A command's words are taken at their word. What is typed freely is taken only where it is certain; whatever else was typed is
a greeting, and words of danger come before everything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from state_law.load import jurisdiction_names

Kind = Literal["start", "danger", "words_of_danger", "help", "resume", "law", "greeting", "not_understood"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """`code`: of a jurisdiction, with start and law. `reference`: of a consult, with resume, as it was typed.

    `danger`: it was said that there is danger now. `words_of_danger`: words that may mean it.
    """

    kind: Kind
    code: str | None = None
    reference: str | None = None

    def as_text(self) -> str:
        """As it is kept while it is found out who somebody is; nothing of what was typed."""
        return f"{self.kind}:{self.code}" if self.code else self.kind


START, HELP, GREETING = Wanted("start"), Wanted("help"), Wanted("greeting")
DANGER, WORDS_OF_DANGER = Wanted("danger"), Wanted("words_of_danger")
NOT_UNDERSTOOD = Wanted("not_understood")

_DANGER_COMMANDS = ("danger", "danger now", "emergency", "911")
_WORDS_OF_DANGER = re.compile(
    r"\b(?:danger|emergency|911|988|urgent|right now"
    r"|gun|shotgun|pistol|rifle|firearm|knife|armed|weapon|bomb"
    r"|shoot\w*|stab\w*|strangl\w*|chok(?:e|ed|es|ing)|attack\w*|murder\w*|kill\w*"
    r"|suicid\w*|overdos\w*|hang (?:him|her|them)sel\w*|end (?:his|her|their|my) life"
    r"|on (?:his|her|their) way (?:to|over)|going to (?:hurt|harm))\b"
)
_A_CONSULT = re.compile(
    r"(?:(?:hi|hello|hey)\b)?\s*(?:please\s+)?(?:(?:i|we)\s+(?:need|want|would like|'d like|d like)\s+)?(?:to\s+)?"
    r"(?:(?:have|start|begin|do|run|open)\s+)?(?:a\s+|another\s+)?(?:new\s+)?(?:consult|consultation)"
    r"(?:\s+(?:(?:in|for|on)\s+)?(?P<place>[a-z .]+?))?(?:\s+please)?"
)
_STARTS = ("start", "begin", "new", "start over", "i need to consult", "i need to consult somebody")
_HELPS = ("help", "?", "how does this work", "what can you do", "help me", "usage")
_RESUMES = ("resume", "continue", "go on", "carry on")


def read_command_text(text: str) -> Wanted:
    """What the text behind `/consult` asks for; `not_understood` when it is nothing that is known."""
    said = _plain(text)
    if not said:
        return START
    if said in _DANGER_COMMANDS:
        return DANGER
    if said in _HELPS:
        return HELP
    if said in _STARTS:
        return START
    word, _, rest = said.partition(" ")
    if word in _RESUMES or said in _RESUMES:
        return Wanted("resume", reference=rest.upper() if word in _RESUMES and rest else None)
    if word == "law":
        code = read_place(rest)
        return Wanted("law", code) if code or not rest else NOT_UNDERSTOOD
    code = read_place(said)
    if code:
        return Wanted("start", code)
    return WORDS_OF_DANGER if has_words_of_danger(text) else NOT_UNDERSTOOD


def read_typed_text(text: str) -> Wanted:
    """What somebody wants who writes this to the app, outside a consult's thread."""
    said = _plain(text)
    if has_words_of_danger(text):
        return WORDS_OF_DANGER
    if said in _HELPS:
        return HELP
    if said in _STARTS:
        return START
    word, _, rest = said.partition(" ")
    if said in _RESUMES or (word == "resume" and re.fullmatch(r"c-?[0-9a-z]{5}", rest)):
        return Wanted("resume", reference=rest.upper() if word == "resume" and rest else None)
    if word == "law" and (code := read_place(rest)):
        return Wanted("law", code)
    match = _A_CONSULT.fullmatch(said)
    if match is None:
        return GREETING
    code = read_place(match["place"] or "")
    return Wanted("start", code) if code or not match["place"] else GREETING


def read_kept(text: str) -> Wanted:
    """What `Wanted.as_text` gave; a greeting for anything else."""
    kind, _, code = text.partition(":")
    found = next((one for one in get_args(Kind) if one == kind), None)
    return Wanted(found, read_place(code)) if found else GREETING


def has_words_of_danger(text: str) -> bool:
    """Whether somebody may be in danger as they write. It errs on the side of danger: then a card is shown, no more."""
    return bool(_WORDS_OF_DANGER.search(_plain(text)))


def is_danger_itself(text: str) -> bool:
    """Whether the text says danger and nothing else, as the button does."""
    return _plain(text) in _DANGER_COMMANDS


def read_place(text: str) -> str | None:
    """The code of a jurisdiction from its code or name; None when it is none."""
    said = _plain(text)
    for code, name in jurisdiction_names().items():
        if said in (code.lower(), name.lower()):
            return code
    return None


def _plain(text: str) -> str:
    """In small letters, straight quotes, single spaces, without punctuation at its ends."""
    return " ".join(text.lower().replace("’", "'").split()).strip(" .!,;:\"'*_~`")
