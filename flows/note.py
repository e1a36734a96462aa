"""The consult note: what a clinical consult note has, in Markdown, ready to be completed and pasted into the chart.

What Curbside can't know (the client's own words, mental status, the clinician's formulation) is asked for by name, so
that nothing that such a note needs is forgotten. The client is a reference code; the note names nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from flows.answers import Answers
from flows.findings import FINDINGS
from flows.questions import say_answer, say_question
from flows.words import spoken

TO_ADD = "_(to be added)_"


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


def _head(result: dict[str, Any], answers: Answers, on: date) -> Iterator[str]:
    law = result["law"]
    yield f"# Consult {result['consult'] or '(not logged)'}"
    yield ""
    yield f"Date: {on.isoformat()}. Jurisdiction: {' and '.join(law['jurisdictions'])}. Profession: {say_answer('profession', answers.facts['profession'])}."
    yield f"Law table {law['table_version']}, checked on {law['verified_on']}. Flow {result['flow_version']}."
    yield "The client is named by this reference only. A consult supports the clinician's judgement; it is not legal advice."
    yield ""


def _sources(answers: Answers) -> Iterator[str]:
    yield "## Sources of information"
    yield f"- Sources and times (client, others, records): {TO_ADD}"
    yield f"- The client's own words, or where in the chart they stand: {TO_ADD}"
    yield f"- Mental status: {TO_ADD}"
    yield f"- Prior records and collateral sought: {TO_ADD}"
    yield f"- Limits of confidentiality explained at intake (yes, no, when): {TO_ADD}"
    if answers.narrative:
        yield f"- Narrative: {answers.narrative}"
    yield ""


def _facts(answers: Answers) -> Iterator[str]:
    yield "## What is known"
    unknown = []
    for key, value in answers.facts.items():
        if "." in key or key in ("jurisdiction", "second_jurisdiction", "profession"):
            continue
        if value == "unknown":
            unknown.append(say_question(key))
        else:
            yield f"- {say_question(key)} {say_answer(key, value)}"
    for key in ("aggravating", "protective", "accepts", "setting"):
        for said, label in (("yes", say_question(key)), ("no", f"{say_question(key)} Not")):
            items = [say_answer(key, item) for item in _items(answers, key) if answers.facts[f"{key}.{item}"] == said]
            if items:
                yield f"- {label}: {'; '.join(items)}" if said == "no" else f"- {label} {'; '.join(items)}"
    yield ""
    yield "## What is not known, and why"
    for question in unknown:
        yield f"- {question} {TO_ADD}"
    if not unknown:
        yield "- Every question was answered."
    yield ""


def _items(answers: Answers, key: str) -> list[str]:
    return [one.partition(".")[2] for one in answers.facts if one.startswith(key + ".")]


def _findings(result: dict[str, Any]) -> Iterator[str]:
    yield "## Findings"
    for name in FINDINGS:
        finding = result["findings"][name]
        yield f"- {name.capitalize()}: {finding['value']} ({'; '.join(finding['because'])})"
    for who in ("others", "self"):
        yield f"- Level for {who}: {result['level_for'][who]} ({'; '.join(result['level_because'][who])})"
    yield f"- The clinician's own formulation: {TO_ADD}"
    yield ""


def _law(result: dict[str, Any]) -> Iterator[str]:
    law = result["law"]
    yield "## The law here"
    yield f"{law['duty_says']} (duty: {spoken(law['duty'])})"
    for rule in law["rules"]:
        if rule["covers_profession"]:
            elements = ", ".join(f"{spoken(name)}: {value}" for name, value in rule["elements"].items())
            doubt = f" Unconfirmed: {rule['unconfirmed']}." if rule["unconfirmed"] else ""
            yield f"- {rule['citation']} ({spoken(rule['duty'])}), met: {rule['met']} ({elements}). Checked on {rule['checked_on']}.{doubt}"
    for report in law["abuse_reporting"]:
        yield (
            f"- Mandated report ({spoken(report['kind'])}), you must: {report['you_must']}. {report['citation'] or 'citation not confirmed'}; "
            f"to {report['report_to'] or 'not confirmed'}; by when: {report['deadline'] or 'not confirmed'}; line: {report['hotline'] or 'not confirmed'}."
        )
    for one in law["may_tell"]:
        yield f"- May be told: {spoken(one['recipient'])} ({one['path']}): {one['what']}"
    for one in law["may_not_tell"]:
        yield f"- May not be told: {spoken(one['recipient'])} ({one['because']})"
    for one in law["not_confirmed"]:
        yield f"- Not confirmed: {spoken(one['recipient'])} ({one['because']})"
    yield ""


def _plan(result: dict[str, Any]) -> Iterator[str]:
    labels = {option["id"]: option["label"] for option in result["options"]}
    yield "## Suggested plan"
    for number, one in enumerate(result["plan"], 1):
        because = next(option["because"] for option in result["options"] if option["id"] == one)
        yield f"{number}. {labels[one]} ({because})"
    yield f"- Contact: {result['contact']}."
    if result["if_it_fails"]:
        yield f"- If it fails: {', then '.join(labels[one] for one in result['if_it_fails'])}."
    yield ""
    yield "## Options not taken up, and why"
    for option in result["options"]:
        if option["id"] not in result["plan"]:
            yield f"- {option['label']}: {spoken(option['status'])}; {option['because']}"
    yield ""


def _disclosures(result: dict[str, Any]) -> Iterator[str]:
    if not result["disclosures"]:
        return
    yield "## Disclosures in the plan: the minimum necessary"
    for one in result["disclosures"]:
        yield f"- To {spoken(one['to'])}. {one['channel']} Say: {one['say']} Leave out: {one['leave_out']} Authority: {'; '.join(one['authority'])}."
        if one["wording"]:
            yield f"  - {one['wording']}"
    yield ""


def _decision(result: dict[str, Any]) -> Iterator[str]:
    labels = {option["id"]: option["label"] for option in result["options"]}
    decision = result.get("decision")
    yield "## Decision"
    if decision is None:
        yield "- Not recorded yet."
    else:
        for one, step in decision["steps"].items():
            outcome = f"; {step['result']}" if step["result"] else ""
            yield f"- {labels[one]}: {step['state']}, {step['at']}{outcome}. Owner and deadline: {TO_ADD}"
        for one, reason in decision["reasons"].items():
            yield f"- Differs from the suggestion ({labels.get(one, 'what the law requires')}); reason: {reason}"
        for who, text in decision["tell"].items():
            yield f"- Told or to be told, {spoken(who)}: {text}"
        yield f"- Follow-up: {decision['follow_up'] or TO_ADD}"
    yield f"- Whom the clinician consulted, when, and the advice: {TO_ADD}"
    for need in result["law"]["outstanding"]:
        ways = " or ".join(" and ".join(labels[one] for one in way) for way in need["any_of"])
        yield f"- **Outstanding** under {need['under']}: {ways or 'see the rule in its own words'}"
    if not result["law"]["outstanding"]:
        yield "- Nothing that the law requires is outstanding on these answers."
    yield ""


def _after(result: dict[str, Any]) -> Iterator[str]:
    yield "## Care of the client afterwards"
    for one in result["after_care"]:
        yield f"- {one['text']}"
    yield f"- Re-assessment on: {TO_ADD}"
    yield ""
    if result["find_out"]:
        yield "## Still to find out"
        for one in result["find_out"]:
            yield f"- {say_question(one['question'])} ({one['would_change']})"
        yield ""
    if result["warnings"]:
        yield "## Please note"
        for text in result["warnings"]:
            yield f"- {text}"
        yield ""
    yield "Corrections are dated addenda; what was logged does not change."
