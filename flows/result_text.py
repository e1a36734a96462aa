"""The parts of a result that are words for a person: warnings, disclosures, after-care, what an answer would change."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from flows.after_care import IN_TREATMENT, care_data
from flows.core import Outcome
from flows.emergency import POLICE
from flows.find_out import Worth
from flows.options import catalogue, catalogue_data
from flows.planner import why_not
from flows.vocabulary import check_conditions
from flows.words import read_data, say_warning, spoken, words
from state_law.conditions import Condition, parse_condition
from state_law.logic import YES
from state_law.model import Jurisdiction
from state_law.shapes import check_complete

MOST_EXAMPLES = 3
WARNING_TEXT_AT_MOST = 320
"""A rule's own words in a warning are cut there; they stand in full with the law."""


@lru_cache(maxsize=1)
def _warnings() -> dict[str, list[tuple[Condition, str]]]:
    data: dict[str, list[dict[str, Any]]] = read_data("warnings.yaml")
    check_conditions("warnings.yaml", data)
    return {part: [(parse_condition(row["when"]), row["text"]) for row in rows] for part, rows in data.items()}


@lru_cache(maxsize=1)
def _minimum() -> dict[str, dict[str, dict[str, str]]]:
    data: dict[str, dict[str, dict[str, str]]] = read_data("disclosures.yaml")
    for one, option in catalogue().items():
        starters = [POLICE] if option.data.tells_who_starts_the_hold else []
        if told := [*option.data.tells, *starters]:
            check_complete("disclosures.yaml", "", data, [one])
            check_complete("disclosures.yaml", one, data[one], told)
    return data


def warnings(outcome: Outcome, law: dict[str, Any]) -> list[str]:
    """What the person must be told beside the plan, the most urgent first."""

    def holding(part: str) -> list[str]:
        return [text for when, text in _warnings()[part] if when.test(outcome.facts) == YES]

    found = [
        *holding("urgent"),
        *_about_the_plan(outcome),
        *outcome.recipients.warnings,
        *_about_own_life(outcome),
        *_about_the_law(law),
        *_about_the_report(law),
        *holding("clinical"),
        *holding("practice"),
    ]
    return list(dict.fromkeys(found))


def _short(text: str) -> str:
    return text if len(text) <= WARNING_TEXT_AT_MOST else text[:WARNING_TEXT_AT_MOST].rpartition(" ")[0] + " …"


def _about_the_plan(outcome: Outcome) -> Iterator[str]:
    """What can't be done, or is done in doubt."""
    plan = outcome.plan
    if plan.impossible:
        yield say_warning("impossible", ways=" Or: ".join(map(spoken, plan.impossible)))
    for missing in plan.missing:
        yield say_warning("missing", missing=missing)
    for who in plan.doubtful:
        because = next(one.because for one in outcome.recipients.not_confirmed if one.recipient == who)
        yield say_warning("doubtful", who=spoken(who), because=because)


def _about_own_life(outcome: Outcome) -> Iterator[str]:
    """Where the law commands something for a danger to the client's own life, no rule on others says so."""
    if outcome.facts["level_self"] in ("high", "emergency"):
        for law in outcome.laws:
            part = law.record.harm_to_self
            if part.disclosure == "mandatory":
                yield say_warning("own_life", citation=part.citation or law.record.name, says=_short(part.summary))


def _about_the_law(law: dict[str, Any]) -> Iterator[str]:
    """Rules that the result leans on although something about them is not confirmed."""
    covering = [rule for rule in law["rules"] if rule["covers_profession"]]
    leaned_on = [rule for rule in covering if rule["met"] != "no"]
    open_ended = {one["under"]: one for one in law["discharge_not_confirmed"]}
    for one in open_ended.values():
        yield say_warning("discharge_not_confirmed", citation=one["citation"], why=one["because"])
    for one in law["also_accepted"]:
        yield say_warning("also_accepted", citation=one["citation"], says=_short(one["says"]))
    doubts = [
        f"{rule['citation']} ({rule['unconfirmed']})"
        for rule in leaned_on
        if rule["unconfirmed"] and rule["id"] not in open_ended
    ]
    if doubts:
        yield say_warning("not_confirmed", rules="; ".join(doubts))
    if not covering:
        yield say_warning("covers_nobody")


def _about_the_report(law: dict[str, Any]) -> Iterator[str]:
    for report in law["abuse_reporting"]:
        if report["you_must"] == "unknown":
            yield say_warning("report_unknown", place=report["jurisdiction"])
        if report["you_must"] == "no":
            yield say_warning("report_not_named", place=report["jurisdiction"])


def plan_text(outcome: Outcome) -> dict[str, Any]:
    """What goes with the plan: what each step does for the client, other choices, contact, fallback, after-care."""
    plan = outcome.plan
    return {
        "level_says": words()["level"][outcome.level],
        "plan_says": [
            {
                "id": one,
                "label": plan.situated[one].option.data.label,
                "do": plan.situated[one].option.data.do,
                "for_client": plan.situated[one].option.data.for_client,
                "because": plan.reasons[one],
            }
            for one in plan.steps
        ],
        "alternatives": [list(other) for other in plan.others],
        "equally_intrusive": plan.equals,
        "contact": catalogue_data()["contact"][outcome.level],
        "if_it_fails": _next_steps(outcome)[:2],
        "not_reached": list(plan.missing),
        "after_care": after_care(outcome),
    }


def _next_steps(outcome: Outcome) -> list[str]:
    """What comes next if a step of the plan fails. In an emergency only what can contain the client: nothing milder."""
    if outcome.level not in ("high", "emergency"):
        return []
    situated = outcome.plan.situated
    return [
        one
        for one in catalogue_data()["next_step_if_it_fails"]
        if one not in outcome.plan.steps
        and situated[one].usable
        and (outcome.level == "high" or "contained" in situated[one].option.gives)
    ]


def after_care(outcome: Outcome) -> list[dict[str, str]]:
    """The care of the client afterwards, as {id, text}."""
    parts = care_data()
    plan = outcome.plan
    told = any(set(plan.situated[one].tells) - IN_TREATMENT for one in plan.steps)
    found = list(parts["when_somebody_is_told" if told else "when_nobody_is_told"])
    if outcome.facts["level_self"] != "low":
        found += parts["when_self_harm"]
    if "protect_children" in plan.steps or outcome.facts["aggravating.children_exposed"] == "yes":
        found += parts["when_children"]
    return found


def disclosures(outcome: Outcome) -> list[dict[str, Any]]:
    """The minimum necessary for each disclosure in the plan: {option, to, channel, say, leave_out, authority, ..}."""
    found = []
    for one in outcome.plan.steps:
        option = outcome.plan.situated[one]
        for who in option.tells:
            minimum = _minimum()[one][who]
            found.append(
                {
                    "option": one,
                    "to": who,
                    **minimum,
                    "authority": _authority(outcome, one, who),
                    "wording": _wording(outcome, one, who),
                }
            )
    return found


def _wording(outcome: Outcome, option: str, who: str) -> str | None:
    """How a disclosure must be worded where a restriction asks for it: the option's own variant, else in general."""
    general = outcome.recipients.worded
    if not general:
        return None
    own = outcome.plan.situated[option].option.data.worded
    by_a_door = [one for one in outcome.recipients.may_tell if one.recipient == who and general not in one.what]
    return own or (None if by_a_door else f"{general[0].upper()}{general[1:]}.")


def _authority(outcome: Outcome, option: str, who: str) -> list[str]:
    by = set(outcome.plan.situated[option].option.data.by)
    found = []
    for permission in outcome.recipients.may_tell:
        if permission.recipient == who:
            for under in permission.under:
                way = "self" if under == "harm_to_self" else permission.path
                if way in by:
                    found.append(_citation(outcome, under))
    if not found:
        found = [named.because for named in outcome.recipients.not_confirmed if named.recipient == who]
    return list(dict.fromkeys(found))


def _citation(outcome: Outcome, under: str) -> str:
    """The citation behind an id: of a rule, a part of the record, the federal layer; else the words as they are."""
    if under in ("harm_to_self", "emergency_hold", "abuse_reporting"):
        return "; ".join(_citation_in(law.record, under, outcome.facts["concern"]) for law in outcome.laws)
    for law in outcome.laws:
        for result in law.rules:
            if result.rule.id == under:
                return result.rule.citation
    from state_law.load import the_table

    try:
        return the_table().federal.rule(under).citation
    except KeyError:
        return under


def _citation_in(record: Jurisdiction, under: str, concern: str) -> str:
    kind = "child" if concern == "abuse_of_child" else "vulnerable_adult"
    part = getattr(record.abuse_reporting, kind) if under == "abuse_reporting" else getattr(record, under)
    return part.citation or f"{record.name}: citation not confirmed"


def would_change(outcome: Outcome, worth: Worth) -> str:
    """What the answer to a question would change, in one line."""
    parts = []
    for item, value, then in worth.changes:
        name = f"{spoken(item.partition('.')[2])}: {value}" if "." in item else spoken(value)
        what = _difference(outcome, then)
        if what:
            parts.append((name, what))
    grouped: dict[str, list[str]] = {}
    for name, what in parts:
        grouped.setdefault(what, []).append(name)
    if not grouped:
        return "with other answers, it can change the duty, the level or the plan"
    ranked = sorted(grouped.items(), key=lambda pair: "duty" not in pair[0])
    return "; ".join(f"{' or '.join(names[:MOST_EXAMPLES])}: {what}" for what, names in ranked[:MOST_EXAMPLES])


def _difference(now: Outcome, then: Outcome) -> str:
    found = []
    if then.duty != now.duty:
        found.append(f"duty becomes {spoken(then.duty)}")
    if then.level != now.level:
        found.append(f"level becomes {then.level}")
    if not found and then.steps != now.steps:
        more = [spoken(one) for one in then.steps if one not in now.steps]
        fewer = [spoken(one) for one in now.steps if one not in then.steps]
        found.append(
            "the plan changes (" + ", ".join([f"adds {one}" for one in more] + [f"drops {one}" for one in fewer]) + ")"
        )
    return ", ".join(found)


__all__ = ["after_care", "disclosures", "plan_text", "warnings", "why_not", "would_change"]
