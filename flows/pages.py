"""A consult as sections of plain lines: what a terminal prints and a chat shows, in the order in which a person needs it.

First the next steps, then what to find out, then who may be told with the least to say, then the law with its citation;
the rest (why, the other options) on pages of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from flows.consult import Consult
from flows.emergency import POLICE, EmergencyCard
from flows.findings import FINDINGS
from flows.options import catalogue
from flows.questions import UNKNOWN, question, questions, say_answer, say_fact, say_question, say_topic
from flows.words import spoken, words
from state_law.describe import Line, Section, word

Result = Mapping[str, Any]
NOTHING_REQUIRED = "Nothing that the law requires is outstanding on these answers."
CARE_AFTERWARDS = "Care of the client afterwards"
NOT_KNOWN_YET = "Nothing yet; whether a rule here requires something turns on what is not known."


def who(recipient: str) -> str:
    """A recipient in plain words: `victim` -> the person at risk."""
    return word("recipient", recipient)


def label(option: str) -> str:
    """An option in a few words."""
    return catalogue()[option].data.label


def labels_of(result: Result) -> dict[str, str]:
    """Option id -> its label, as it was when the result was made."""
    return {one["id"]: one["label"] for one in result["options"]}


def emergency_page(card: EmergencyCard) -> Section:
    """The emergency card."""
    lines = [Line("", points=card.first), Line(card.say, "Say")]
    if card.jurisdiction:
        place = f"In {card.jurisdiction}"
        if card.steps:
            lines.append(Line("", "Do now", tuple(words_ for _, words_ in card.steps)))
        if card.may_tell:
            lines.append(Line(f"{place}, on these answers: {', '.join(map(who, card.may_tell))}", "May be told"))
        for one, because in card.may_not_tell:
            lines.append(Line(f"{who(one)}: {because}", "Do not tell", doubtful=True))
        if card.calling:  # beneath “Call 911”, a doubt about the police must not read as if one may not call
            lines.append(Line(card.calling, "Calling 911"))
        for because, recipients in _by_reason(card.not_confirmed).items():
            names = [card.beyond_the_call.format(who=who(one)) if one == POLICE else who(one) for one in recipients]
            lines.append(Line(f"{', '.join(names)}: {because}", "Not confirmed", doubtful=True))
    return Section(card.title, tuple(lines))


def _by_reason(named: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """(recipient, reason) as reason -> recipients, in their order."""
    found: dict[str, list[str]] = {}
    for one, because in named:
        found.setdefault(because, []).append(one)
    return found


def result_page(result: Result) -> Section:
    """The result as a person takes it in first."""
    parts = [
        next_steps(result),
        if_then(result),
        find_out(result),
        told(result),
        the_law(result),
        outstanding_now(result),
    ]
    parts += [after_care(result), warnings(result)]
    return Section(result["level_says"], parts=tuple(one for one in parts if one.lines))


def next_steps(result: Result) -> Section:
    """The plan in order, the other ways that are enough, the contact, and what to do if it fails."""
    options = {one["id"]: one for one in result["options"]}
    lines = [
        Line(f"{options[one]['label']}. {options[one]['do']}", str(number))
        for number, one in enumerate(result["plan"], 1)
    ]
    for other in result["alternatives"]:
        lines.append(Line("; ".join(label(one) for one in other), "Or instead"))
    lines.append(Line(_sentence(result["contact"]), "Contact"))
    if result["if_it_fails"]:
        lines.append(Line(", then ".join(_lower(label(one)) for one in result["if_it_fails"]) + ".", "If it fails"))
    return Section("Next steps", tuple(lines))


def if_then(result: Result) -> Section:
    """Only where the duty turns on what is not known: what follows from which answer."""
    if result["law"]["duty"] != "turns_on_unknowns":
        return Section("")
    lines = []
    for one in result["if_then"]:
        steps = [step for step in one["plan"] if step not in result["plan"]]
        then = f"{words()['duty'][one['duty']]} Level {one['level']}."
        if steps:
            then += f" The plan adds: {', '.join(_lower(label(step)) for step in steps)}."
        lines.append(Line(then, _condition(one["if"])))
    return Section("If this is so, then", tuple(lines))


def _condition(answers: Mapping[str, Any]) -> str:
    said = []
    for key, value in answers.items():
        if isinstance(value, Mapping):
            said += [say_fact(f"{key}.{item}", answer) for item, answer in value.items() if answer != UNKNOWN]
        else:
            said.append(f"{say_topic(key)}: {_lower(say_answer(key, value))}")
    return "; ".join(said)


def find_out(result: Result) -> Section:
    """What would change the result, the most consequential first."""
    lines = tuple(Line(_sentence(one["would_change"]), say_question(one["question"])) for one in result["find_out"])
    return Section("Find out", lines)


def told(result: Result) -> Section:
    """Who may be told, with the least to say; who may not; who is not confirmed; who might be, and if what."""
    law = result["law"]
    lines = []
    for one in result["disclosures"]:
        points = [f"How: {one['channel']}", f"Say: {one['say']}", f"Leave out: {one['leave_out']}"]
        points += [one["wording"]] if one["wording"] else []
        points.append(f"Authority: {'; '.join(one['authority'])}")
        lines.append(Line(f"{_upper(who(one['to']))} ({_lower(label(one['option']))})", points=tuple(points)))
    told = {one["to"] for one in result["disclosures"]}
    others = dict.fromkeys(one["recipient"] for one in law["may_tell"] if one["recipient"] not in told)
    if others:
        text = f"{', '.join(map(who, others))}. The plan is enough without."
        lines.append(Line(text, "Also allowed" if told else "Allowed, not needed"))
    if not told:
        lines.insert(0, Line("The plan tells nobody about the client."))
    for one in law["may_not_tell"]:
        lines.append(Line(f"{who(one['recipient'])}: {one['because']}", "Do not tell", doubtful=True))
    doubts = _by_reason((one["recipient"], one["because"]) for one in law["not_confirmed"])
    for because, recipients in doubts.items():
        lines.append(Line(f"{', '.join(map(who, recipients))}: {because}", "Not confirmed", doubtful=True))
    conditions: dict[str, list[str]] = {}
    for one in law["may_tell_if"]:
        conditions.setdefault(_condition(one["if"]), []).append(who(one["recipient"]))
    for condition, recipients in conditions.items():
        lines.append(Line(f"{', '.join(recipients)}. Only if: {condition}", "Perhaps"))
    return Section("Who may be told, and the least to say", tuple(lines))


def the_law(result: Result) -> Section:
    """What the law requires or allows, with the rules on which that stands."""
    law = result["law"]
    lines = [Line(law["duty_says"])]
    if len(law["jurisdictions"]) > 1:
        both = "; ".join(f"{code}: {spoken(duty)}" for code, duty in law["duty_by_jurisdiction"].items())
        lines.append(Line(f"{both}. The stricter duty and the narrower permission are shown.", "Two states"))
    for rule in decisive(law):
        doubt = f" Unconfirmed: {rule['unconfirmed']}." if rule["unconfirmed"] else ""
        text = f"{rule['summary']}{doubt} (checked on {rule['checked_on']})"
        lines.append(Line(text, rule["citation"], doubtful=bool(rule["unconfirmed"])))
    for report in law["abuse_reporting"]:
        lines.append(_report(report))
    return Section("The law here", tuple(lines))


def decisive(law: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The rules on which the duty stands: mandatory ones that are met, else those not excluded, else permissive ones."""
    rules = [one for one in law["rules"] if one["covers_profession"] and one["effect"] == "disclosure"]
    for duty, met in (("mandatory", "yes"), ("mandatory", "unknown"), ("permissive", "yes"), ("permissive", "unknown")):
        found = [one for one in rules if (one["duty"], one["met"]) == (duty, met)]
        if found:
            return found
    return [one for one in rules if one["duty"] == "no_duty"]


def _report(report: Mapping[str, Any]) -> Line:
    must = {"yes": "You must report.", "no": "The table does not name your profession; you may report."}
    text = must.get(report["you_must"], "Whether you must report is not confirmed; report if in doubt, or ask counsel.")
    points = [
        f"To: {report['report_to'] or 'not confirmed'}",
        f"By when: {report['deadline'] or 'not confirmed'}",
        f"Line: {report['hotline'] or 'not confirmed'}",
        f"Who must: {report['who']}",
        f"{report['citation'] or 'citation not confirmed'} (checked on {report['checked_on']})",
    ]
    return Line(text, f"Report, {report['jurisdiction']}", tuple(points), doubtful=report["you_must"] == UNKNOWN)


def outstanding_now(result: Result) -> Section:
    """What the law requires that is not done yet: after a decision what that leaves, before it all of it."""
    decision = result.get("decision")
    left = (decision or result["law"])["outstanding"]
    lines = outstanding_lines(left, result)
    worth_saying = left or (decision and result["law"]["duty"] == "turns_on_unknowns")
    return Section("Still outstanding under the law", lines if worth_saying else ())


def outstanding_lines(outstanding: Sequence[Mapping[str, Any]], result: Result | None = None) -> tuple[Line, ...]:
    """What the law requires that is not done yet, each with the ways that would do it, in full.

    With `result`, options have the labels that they had in it, and where nothing is outstanding that is said: also
    that it is not known yet. Without it they have today's labels, and there may be no lines.
    """
    recorded = labels_of(result) if result else {}
    lines = []
    for one in outstanding:
        ways = tuple(" and ".join(_named(step, recorded) for step in way) for way in one["any_of"] if way)
        means = "Done by any one of these, in full:" if len(ways) > 1 else "Done by this, in full:"
        text = f"{one['text']}. {means if ways else 'See the rule in its own words.'}"
        lines.append(Line(text, points=ways, doubtful=True))
    return tuple(lines) or ((_nothing_outstanding(result),) if result else ())


def _named(option: str, recorded: Mapping[str, str]) -> str:
    """An option's label as recorded, else today's; its name in words where the catalogue has it no more."""
    return recorded.get(option) or (label(option) if option in catalogue() else spoken(option))


def _nothing_outstanding(result: Result) -> Line:
    """Where nothing is outstanding: never an all-clear while the duty turns on what is not known."""
    if result["law"]["duty"] != "turns_on_unknowns":
        return Line(NOTHING_REQUIRED)
    to_ask = tuple(say_question(one["question"]) for one in result["find_out"])
    return Line(f"{NOT_KNOWN_YET} Find out:" if to_ask else NOT_KNOWN_YET, points=to_ask, doubtful=True)


def after_care(result: Result) -> Section:
    """What is due to the client afterwards; once it is a checklist, what of it is done and when."""
    return Section(CARE_AFTERWARDS, (Line("", points=tuple(_care(one) for one in result["after_care"])),))


def care_checklist(result: Result) -> Section:
    """The same only where it is a checklist by now: nothing under the title where it is none."""
    return after_care(result) if any("done" in one for one in result["after_care"]) else Section(CARE_AFTERWARDS)


def _care(one: Mapping[str, Any]) -> str:
    if "done" not in one:
        return str(one["text"])
    return f"✓ {one['text']} ({when(one['done']['at'])})" if one["done"] else f"Open: {one['text']}"


def warnings(result: Result) -> Section:
    """What to keep in mind."""
    lines = (Line("", points=tuple(result["warnings"])),) if result["warnings"] else ()
    return Section("Please note", lines)


def why_page(result: Result) -> Section:
    """Why: findings and levels with their reasons, and every rule element by element."""
    findings = [
        Line(f"{finding['value']}: {'; '.join(finding['because'])}", name.capitalize())
        for name, finding in ((name, result["findings"][name]) for name in FINDINGS)
    ]
    findings += [
        Line(f"{result['level_for'][key]}: {'; '.join(result['level_because'][key])}", f"Level, {key}")
        for key in ("others", "self")
    ]
    rules = []
    for rule in result["law"]["rules"]:
        if not rule["covers_profession"]:
            rules.append(Line("does not cover your profession", rule["citation"]))
            continue
        points = [
            f"{_upper(spoken(one))}: {value}. {_sentence(rule['why'][one])}" for one, value in rule["elements"].items()
        ]
        rules.append(
            Line(f"{spoken(rule['duty'])}; met: {rule['met']}. {rule['source']}", rule["citation"], tuple(points))
        )
    federal = tuple(Line(one["allows"], one["citation"]) for one in result["law"]["federal"])
    ethics = tuple(Line(one["says"], one["citation"]) for one in result["law"]["ethics"])
    open_questions = tuple(result["law"]["open_questions"])
    parts = [
        Section("Findings", tuple(findings)),
        Section("Rules, element by element", tuple(rules)),
        Section("Beneath every state's law", federal),
        Section("Your profession's code", ethics),
        Section("Open questions about the law here", (Line("", points=open_questions),) if open_questions else ()),
    ]
    return Section("Why", parts=tuple(one for one in parts if one.lines))


def options_page(result: Result) -> Section:
    """Every option with its status and the reason for it, those of the plan first."""
    order = ("recommended", "available", "more_than_needed", "not_authorised", "not_applicable")
    parts = []
    for status in order:
        lines = tuple(
            Line(f"{_upper(one['because'])}. For the client: {_lower(one['for_client'])}", one["label"])
            for one in result["options"]
            if one["status"] == status
        )
        parts.append(Section(_upper(spoken(status)), lines))
    return Section("Options, from least to most intrusive", parts=tuple(one for one in parts if one.lines))


def answers_page(consult: Consult) -> Section:
    """The answers so far, in words, in the order of the questions."""
    lines = tuple(Line(said, say_topic(key)) for key, said in answers_in_words(consult.given_answers))
    return Section("Your answers", lines)


def answers_in_words(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(question, answer in words) for each answer that was given."""
    for key in questions():
        if key in given:
            yield key, answer_in_words(key, given[key])


def answer_in_words(key: str, value: Any) -> str:
    """One answer in words; of a list: what was said of each item."""
    if not isinstance(value, Mapping):
        return value if question(key).kind == "text" else say_answer(key, value)
    yes = [question(key).options[item] for item, said in value.items() if said == "yes"]
    no = sum(said == "no" for said in value.values())
    unknown = sum(said == UNKNOWN for said in value.values())
    parts = ["; ".join(yes)] if yes else []
    if no:
        parts.append("asked, and none" if no == len(value) else "the others: no" if not unknown else f"{no} more: no")
    if unknown:
        parts.append("not known" if unknown == len(value) else f"{unknown} not known")
    return ". ".join(_upper(part) for part in parts)


def when(at: str) -> str:
    """A time of the log as a person reads it: 2026-11-25T14:03:11-07:00 -> 2026-11-25 14:03 (UTC-07:00)."""
    time = datetime.fromisoformat(at)
    offset = f" ({time.tzname()})" if time.tzinfo else ""
    return f"{time:%Y-%m-%d %H:%M}{offset}"


def _step(step: Mapping[str, Any]) -> str:
    said = step["state"] if step["state"] == "planned" else f"{step['state']}, {when(step['at'])}"
    return f"{said}: {step['result']}" if step["result"] else said


def decision_page(decision: Mapping[str, Any], result: Result | None = None) -> Section:
    """The decision as recorded: steps, reasons, follow-up, and what the law requires that is outstanding.

    `result`: what it was made on; with it the page says so where it is not known yet what the law requires.
    """
    steps = tuple(Line(_step(step), label(one)) for one, step in decision["steps"].items())
    reasons = tuple(
        Line(text, "What the law requires" if one == "law" else label(one)) for one, text in decision["reasons"].items()
    )
    tell = tuple(Line(text, _upper(who(one))) for one, text in decision["tell"].items())
    outstanding = outstanding_lines(decision["outstanding"], result) or (Line(NOTHING_REQUIRED),)
    parts = [
        Section("Steps", steps),
        Section("Differs from the suggestion; reason", reasons),
        Section("Told, or to be told", tell),
        Section("Follow-up", (Line(when(decision["follow_up"])),) if decision["follow_up"] else ()),
        Section("Outstanding under the law", outstanding),
        *([care_checklist(result)] if result else []),
    ]
    return Section("Decision", parts=tuple(one for one in parts if one.lines))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sentence(text: str) -> str:
    return _upper(text) if text.endswith(".") else f"{_upper(text)}."
