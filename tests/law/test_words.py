"""`words.yaml` has plain words for every value that the table may hold and a person may see, and none to spare."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

import state_law.model
from state_law import describe
from state_law.describe import words
from state_law.model import Trigger

# Each field of the table that holds one of a few values, and the lists of words in which it is shown.
SHOWN_AS = {
    "Classification.duty_to_others": ["duty_to_others", "duty_at_a_glance"],
    "Classification.ncsl": ["ncsl"],
    "Classification.jaapl_2014": ["jaapl_2014"],
    "Rule.basis": ["basis"],
    "Rule.professions": ["profession"],
    "Rule.duty": ["duty", "strength"],
    "Rule.discharge_any_of": ["action"],
    "NotEnough.way": ["action"],
    "NotEnough.when": ["limit"],
    "CountsWhen.way": ["action"],
    "CountsWhen.when": ["circumstance"],
    "Rule.may_tell": ["recipient"],
    "Rule.may_not_tell": ["recipient"],
    "Rule.effect": ["effect"],
    "Rule.limited_to": ["limit"],
    "Rule.confidence": ["confidence"],
    "Trigger.threat": ["threat"],
    "Trigger.harm": ["harm"],
    "Trigger.victim": ["victim"],
    "Trigger.imminence": ["imminence"],
    "Trigger.intent_and_ability": ["intent_and_ability"],
    "HarmToSelf.disclosure": ["harm_to_self"],
    "HarmToSelf.may_tell": ["recipient"],
    "EmergencyHold.who_may_start": ["hold_starter"],
    "RiskProtectionOrder.who_may_petition": ["petitioner"],
    "WhoMustReport.professions": ["profession"],
    "WhoMustReport.confidence": ["confidence"],
    "Source.kind": ["source_kind"],
    "Source.read": ["source_read"],
}
# Of the federal layer only the citation and what it allows are shown here.
NOT_SHOWN = {
    "PrivacyRule.duty",
    "PrivacyRule.may_tell",
    "PrivacyRule.confidence",
    "FederalSource.kind",
    "FederalSource.read",
}
# Yes, no, and what else can be said of a field.
OTHERS = {
    "for_disclosing": {"yes", "no"},
    "for_not_disclosing": {"yes", "no"},
    "risk_protection_order": {"yes", "no", "not_confirmed"},
    "must_report": {"everyone", "nobody", "not_confirmed", "others_not_confirmed"},
    "element": set(Trigger.model_fields),
}
OUR_OWN = ("title", "label", "say")


def literals(annotation: Any) -> Iterator[str]:
    """The words of every Literal within a field's type."""
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    else:
        for inner in get_args(annotation):
            yield from literals(inner)


def fields_with_few_values() -> dict[str, set[str]]:
    """Every such field of the model, with its values."""
    models = [one for _, one in inspect.getmembers(state_law.model, inspect.isclass) if issubclass(one, BaseModel)]
    every = {
        f"{model.__name__}.{name}": set(literals(field.annotation))
        for model in models
        for name, field in model.model_fields.items()
    }
    return {name: values for name, values in every.items() if values}


def test_every_field_with_few_values_is_shown_or_left_out_on_purpose() -> None:
    assert set(fields_with_few_values()) == set(SHOWN_AS) | NOT_SHOWN


@pytest.mark.parametrize("field", SHOWN_AS)
def test_every_value_that_is_shown_has_words(field: str) -> None:
    for kind in SHOWN_AS[field]:
        assert set(words()[kind]) == fields_with_few_values()[field], kind


@pytest.mark.parametrize("kind", OTHERS)
def test_whatever_else_is_said_has_words(kind: str) -> None:
    assert set(words()[kind]) == OTHERS[kind]


def test_no_list_of_words_is_left_over() -> None:
    assert set(words()) == {kind for kinds in SHOWN_AS.values() for kind in kinds} | set(OTHERS) | set(OUR_OWN)


def test_no_words_are_empty_or_raw() -> None:
    for kind, values in words().items():
        for value, plain in values.items():
            assert plain.strip(), f"{kind}.{value}"
            assert not re.search(r"[a-z]_[a-z]", re.sub(r"\{\w+\}", "", plain)), f"{kind}.{value} shows a raw name"


@pytest.mark.parametrize("kind", OUR_OWN)
def test_every_title_label_and_sentence_is_used(kind: str) -> None:
    import bot.terminal.law_page

    code = inspect.getsource(describe) + inspect.getsource(bot.terminal.law_page)
    assert [value for value in words()[kind] if f'"{value}"' not in code and f"'{value}'" not in code] == []
