"""What the engine does not take, said at the input that it is about: Slack's `response_action: errors`."""

from __future__ import annotations

from bot.slack.modals.values import Values
from flows.errors import AnswerError, OutOfTurn

MOST_SAID = 300
NAMED_OTHERWISE = {"steps": "step", "reasons": "reason"}
"""Parts of a decision whose inputs have another name than the engine gives them."""


def errors_for(values: Values, error: AnswerError) -> dict[str, str]:
    """Block id -> what is wrong there, in plain words. `values`: of the submitted view, which has a block for each input.

    Empty when no input of that view is about it: then it must be said otherwise (`problem` of a view, or a hint), as with
    everything that can't be done at this point of the consult.
    """
    if isinstance(error, OutOfTurn):
        return {}
    block = next((one for one in _candidates(error.field) if one in values), None)
    return {block: in_words(error)} if block else {}


def in_words(error: AnswerError) -> str:
    """What is wrong and what would do. It never repeats what was typed."""
    missing = error.value is None
    wrong = _sentence(error.problem or ("this is missing" if missing else "this is not known here"))
    words = f"{wrong} {'Needed' if missing else 'Allowed'}: {error.allowed}."
    return words if len(words) <= MOST_SAID else wrong


def _candidates(field: str) -> list[str]:
    """The block ids under which a view may ask for it, the most exact first: `decision.steps.OPTION.state` and so on."""
    first, *rest = field.split(".")
    if first != "decision" or not rest:
        return [f"answer.{first}.no", f"answer.{first}", first]
    kind, *about = rest
    name = NAMED_OTHERWISE.get(kind, kind)
    return [f"{name}.{about[0]}" if about else name, *about[1:], *about[:1], name]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
