"""The consult note: what a clinical consult note has, in Markdown, ready to be completed and pasted into the chart.

What Curbside can't know (the client's own words, mental status, the clinician's formulation) is asked for by name, so
that nothing that such a note needs is forgotten. The client is a reference code; the note names nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from flows.answers import Answers
from flows.findings import FINDINGS
from flows.questions import question, questions, say_answer, say_question
from flows.words import spoken

TO_ADD = "_(to be added)_"
ABOUT_THE_CONSULT = ("jurisdiction", "second_jurisdiction", "profession")
"""Answers that stand in the head of the note."""

Result = Mapping[str, Any]


def note(result: dict[str, Any], answers: Answers, on: date) -> str:
    """The note for a result and its decision, as Markdown."""
    parts = [
        _head(result, answers, on),
        _sources(answers),
        _facts(answers),
        _findings(result),
        _law(result),
        _plan(result),
        _disclosures(result),
        _decision(result),
        _after(result),
    ]
    return "\n".join(line for part in parts for line in part).rstrip() + "\n"


def _head(result: Result, answers: Answers, on: date) -> Iterator[str]:
    law = result["law"]
    profession = say_answer("profession", answers.facts["profession"])
    yield f"# Consult {result['consult'] or '(not logged)'}"
    yield ""
    yield f"Date: {on.isoformat()}. Jurisdiction: {' and '.join(law['jurisdictions'])}. Profession: {profession}."
    yield f"Law table {law['table_version']}, checked on {law['verified_on']}. Flow {result['flow_version']}."
    yield "The client is named by this reference only."
    yield "A consult supports the clinician's judgement; it is not legal advice."
    yield ""


def _sources(answers: Answers) -> Iterator[str]:
    yield from _section("Sources of information and times", f"- Client, others, records; when each was asked: {TO_ADD}")
    words = [f"- In the client's words, or where in the chart they stand: {TO_ADD}"]
    if answers.narrative:
        words.append(f"- What the clinician wrote: {' '.join(answers.narrative.split())}")
    yield from _section("The client's own words", *words)
    yield from _section("Mental status", f"- {TO_ADD}")
    yield from _section("Prior records and collateral sought", f"- {TO_ADD}")
    yield from _section("Limits of confidentiality", f"- Explained at intake (yes, no, when): {TO_ADD}")


def _section(heading: str, *lines: str) -> Iterator[str]:
    yield f"## {heading}"
    yield from lines
    yield ""


def _facts(answers: Answers) -> Iterator[str]:
    singles = [one for one in questions().values() if one.kind == "one" and one.key not in ABOUT_THE_CONSULT]
    lists = [one.key for one in questions().values() if one.kind == "list"]
    facts = answers.facts
    known = [f"- {one.ask} {say_answer(one.key, facts[one.key])}" for one in singles if facts[one.key] != "unknown"]
    unknown = [f"- {one.ask} {TO_ADD}" for one in singles if facts[one.key] == "unknown"]
    for key in lists:
        for said, label in (("yes", ""), ("no", " Not")):
            if items := _items(answers, key, said):
                known.append(f"- {say_question(key)}{label}: {items}".replace("?:", "?"))
        if items := _items(answers, key, "unknown"):
            unknown.append(f"- {say_question(key)} Not asked, or not known: {items}. {TO_ADD}")
    yield from _section("What is known", *known)
    yield from _section("What is not known, and why", *(unknown or ["- Every question was answered."]))


def _items(answers: Answers, key: str, said: str) -> str:
    """The items of a list that were answered so, in words; empty when there are none."""
    found = [one for one in question(key).options if answers.facts[f"{key}.{one}"] == said]
    return "; ".join(say_answer(key, one) for one in found)


def _findings(result: Result) -> Iterator[str]:
    lines = [
        f"- {name.capitalize()}: {finding['value']} ({'; '.join(finding['because'])})"
        for name, finding in ((name, result["findings"][name]) for name in FINDINGS)
    ]
    lines += [
        f"- Level for {who}: {result['level_for'][who]} ({'; '.join(result['level_because'][who])})"
        for who in ("others", "self")
    ]
    yield from _section("Findings", *lines)
    yield from _section("The clinician's own formulation", f"- {TO_ADD}")


def _law(result: Result) -> Iterator[str]:
    law = result["law"]
    yield "## The law here"
    yield f"{law['duty_says']} (duty: {spoken(law['duty'])})"
    yield from (_rule(rule) for rule in law["rules"] if rule["covers_profession"])
    yield from (_report(report) for report in law["abuse_reporting"])
    for one in law["may_tell"]:
        yield f"- May be told: {spoken(one['recipient'])} ({one['path']}): {one['what']}"
    for one in law["may_not_tell"]:
        yield f"- May not be told: {spoken(one['recipient'])} ({one['because']})"
    for one in law["not_confirmed"]:
        yield f"- Not confirmed: {spoken(one['recipient'])} ({one['because']})"
    yield ""


def _rule(rule: Mapping[str, Any]) -> str:
    elements = ", ".join(f"{spoken(name)}: {value}" for name, value in rule["elements"].items())
    doubt = f" Unconfirmed: {rule['unconfirmed']}." if rule["unconfirmed"] else ""
    return (
        f"- {rule['citation']} ({spoken(rule['duty'])}), met: {rule['met']} ({elements}). "
        f"Checked on {rule['checked_on']}.{doubt}"
    )


def _report(report: Mapping[str, Any]) -> str:
    def or_not(part: str) -> str:
        return str(report[part] or "not confirmed")

    return (
        f"- Mandated report ({spoken(report['kind'])}), you must: {report['you_must']}. "
        f"Law: {or_not('citation')}; to: {or_not('report_to')}; by when: {or_not('deadline')}; "
        f"line: {or_not('hotline')}."
    )


def _plan(result: Result) -> Iterator[str]:
    labels = _labels(result)
    yield "## Suggested plan"
    for number, step in enumerate(result["plan_says"], 1):
        yield f"{number}. {step['label']} ({step['because']}). For the client: {step['for_client']}"
    yield f"- Contact: {result['contact']}."
    if result["if_it_fails"]:
        yield f"- If it fails: {', then '.join(labels[one] for one in result['if_it_fails'])}."
    yield ""
    rejected = [
        f"- {option['label']}: {spoken(option['status'])}; {option['because']}"
        for option in result["options"]
        if option["id"] not in result["plan"]
    ]
    yield from _section("Options not taken up, and why", *rejected)


def _disclosures(result: Result) -> Iterator[str]:
    """The disclosures of the plan, with what became of each; and what else the clinician told or means to tell."""
    steps = (result.get("decision") or {}).get("steps", {})
    tell = (result.get("decision") or {}).get("tell", {})
    yield "## Disclosures: recipient, content, authority, outcome"
    for one in result["disclosures"]:
        step = steps.get(one["option"])
        yield (
            f"- To {spoken(one['to'])}. {one['channel']} Say: {one['say']} Leave out: {one['leave_out']} "
            f"Authority: {'; '.join(one['authority'])}. Outcome: {_step(step) if step else TO_ADD}"
        )
        if one["wording"]:
            yield f"  - {one['wording']}"
    for who, text in tell.items():
        yield f"- Told or to be told, {spoken(who)}: {text}"
    if not result["disclosures"] and not tell:
        yield "- None is planned; nobody is told about the client."
    yield ""


def _step(step: Mapping[str, Any]) -> str:
    return f"{step['state']}, {step['at']}{'; ' + step['result'] if step['result'] else ''}"


def _care(one: Mapping[str, Any]) -> str:
    """A step of the care afterwards; with what became of it, once it is a checklist."""
    if "done" not in one:
        return str(one["text"])
    return f"{one['text']} {'Done: {at}, {by}.'.format(**one['done']) if one['done'] else 'Not recorded as done yet.'}"


def _labels(result: Result) -> dict[str, str]:
    return {option["id"]: option["label"] for option in result["options"]}


def _decision(result: Result) -> Iterator[str]:
    labels = _labels(result)
    decision = result.get("decision")
    yield "## Decision and steps: owner, deadline, completion"
    if decision is None:
        yield "- Not recorded yet."
    else:
        for one, step in decision["steps"].items():
            yield f"- {labels[one]}: {_step(step)}. Owner and deadline: {TO_ADD}"
        for one, reason in decision["reasons"].items():
            yield f"- Differs from the suggestion ({labels.get(one, 'what the law requires')}); reason: {reason}"
    yield ""
    yield from _section("Consultation", f"- Whom the clinician consulted, when, and the advice: {TO_ADD}")
    yield from _section("Outstanding under the law", *_outstanding(result["law"], labels))


def _outstanding(law: Mapping[str, Any], labels: Mapping[str, str]) -> Iterator[str]:
    for need in law["outstanding"]:
        ways = " or ".join(" and ".join(labels[one] for one in way) for way in need["any_of"] if way)
        yield f"- **Outstanding**, {need['text']}: {ways or 'see the rule in its own words'}"
    if not law["outstanding"]:
        if law["duty"] == "turns_on_unknowns":
            yield "- Not settled: whether the law requires anything turns on what is not known."
        else:
            yield "- Nothing that the law requires is outstanding on these answers."


def _after(result: Result) -> Iterator[str]:
    follow_up = (result.get("decision") or {}).get("follow_up")
    yield from _section("Care of the client afterwards", *(f"- {_care(one)}" for one in result["after_care"]))
    yield from _section("Re-assessment", f"- Next contact and re-assessment on: {follow_up or TO_ADD}")
    if result["find_out"]:
        asked = [f"- {say_question(one['question'])} ({one['would_change']})" for one in result["find_out"]]
        yield from _section("Still to find out", *asked)
    if result["warnings"]:
        yield from _section("Please note", *(f"- {text}" for text in result["warnings"]))
    yield from _section("Addenda", "Corrections are dated addenda; what was logged does not change.")
