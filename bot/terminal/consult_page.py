"""One consult as a page, and its events as a timeline. It reads what was recorded, whatever the flow is today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.storage import StoredEvent
from bot.terminal.log_page import moment, outstanding_in
from flows.consult import Consult, current_result, snapshot
from flows.findings import FINDINGS
from flows.machine import CANCELLED, CLOSED, DECIDED, PAUSED, RESULT, REVIEW, the_flow
from flows.pages import answer_in_words, answers_in_words, care_checklist, labels_of, outstanding_lines
from flows.questions import UNKNOWN, questions, say_question
from flows.words import spoken
from state_law.describe import Line, Section, words

__all__ = ["consult_page", "labels_of", "outstanding_lines", "stands", "timeline"]

Result = Mapping[str, Any]

STANDS = {
    REVIEW: "at the review of the answers; it has no result yet",
    RESULT: "it has a result, and no decision yet",
    DECIDED: "decided; steps can be reported",
    CLOSED: "closed",
    CANCELLED: "cancelled before a decision",
}
KINDS = {
    "danger_said": "said",
    "step_reported": "reported a step",
    "care_reported": "care of the client afterwards",
    "hold_placed": "placed under a legal hold",
    "hold_released": "released from its legal hold",
    "content_purged": "removed the content",
}
"""Words for kinds of events whose names say it less well."""
MAY_BE_LEFT_OUT = ("second_jurisdiction", "narrative")
NOT_DECIDED = "Not recorded yet. The steps above are suggestions."


def consult_page(consult: Consult) -> Section:
    """The whole consult, as far as it has come."""
    parts = [_answers(consult)]
    if consult.result is not None:
        result = current_result(consult)
        parts += [_findings(result), _law(result), _plan(result), _decision(consult, result)]
        parts += [Section("Outstanding under the law", outstanding_lines(outstanding_in(snapshot(consult)), result))]
        parts += [care for care in (care_checklist(result),) if care.lines]
        if result["warnings"]:
            parts.append(Section("Please note", (Line("", points=tuple(result["warnings"])),)))
    return Section(f"Consult {consult.reference}", _head(consult), tuple(parts))


def stands(consult: Consult) -> str:
    """Where the consult stands, in words."""
    state = consult.state
    if state == PAUSED:
        held = consult.held or ""
        at = the_flow().screens[held].title if held in the_flow().screens else spoken(held)
        return f"paused at “{at}”; 'curbside try --resume' goes on"
    if state in STANDS:
        because = f": {consult.ended_because}" if consult.ended_because else ""
        return STANDS[state] + because
    return f"being answered, at “{consult.screen.title if consult.screen else spoken(state)}”; it has no result yet"


def timeline(reference: str, events: Sequence[StoredEvent]) -> Section:
    """What happened, in order, day by day: when, who, and what."""
    labels: dict[str, str] = {}
    days: dict[str, list[Line]] = {}
    for event in events:
        if event.kind == "evaluated" and event.data:
            labels = labels_of(event.data["result"])
        said = ["its content was removed"] if event.data is None else [*_happened(event.kind, event.data, labels)]
        kind = KINDS.get(event.kind, spoken(event.kind))
        what = f"{kind}: {'; '.join(said)}" if said else kind
        day, clock, offset = event.at[:10], event.at[11:19], event.at[19:]
        days.setdefault(f"{day} (UTC{offset.replace('Z', '')})", []).append(Line(f"{event.actor}: {what}", clock))
    return Section(f"What happened in {reference}", parts=tuple(Section(day, tuple(days[day])) for day in days))


def _head(consult: Consult) -> tuple[Line, ...]:
    lines = [
        Line(moment(consult.started_at), "Begun"),
        Line(consult.clinician, "By"),
        Line(stands(consult), "Stands"),
        Line(moment(consult.updated_at), "Last touched"),
    ]
    if consult.danger_now:
        lines.insert(0, Line("Danger now was said. Do not wait for a screen: call 911.", doubtful=True))
    if outstanding_in(snapshot(consult)):
        lines.append(Line("something that the law requires; see below", "Outstanding", doubtful=True))
    return tuple(lines)


def _answers(consult: Consult) -> Section:
    given = consult.given_answers
    lines = [Line(said, say_question(key)) for key, said in answers_in_words(given)]
    if consult.result is not None:
        missing = tuple(one.ask for key, one in questions().items() if key not in given and key not in MAY_BE_LEFT_OUT)
        if missing:
            lines.append(Line("", "Not answered, so not known", missing))
    return Section("Answers", tuple(lines) or (Line("None yet."),))


def _findings(result: Result) -> Section:
    lines = [Line(result["level_says"])]
    for key, name in (("others", "For others"), ("self", "For the client")):
        lines.append(Line(f"{result['level_for'][key]}: {'; '.join(result['level_because'][key])}", name))
    for name in FINDINGS:
        finding = result["findings"][name]
        value = "not known" if finding["value"] == UNKNOWN else finding["value"]
        lines.append(Line(f"{value}: {'; '.join(finding['because'])}", name.capitalize()))
    return Section("Level and findings", tuple(lines))


def _law(result: Result) -> Section:
    law = result["law"]
    lines = [Line(law["duty_says"], "Duty")]
    for rule in law["rules"]:
        if rule["covers_profession"] and rule["met"] != "no":
            met = "met" if rule["met"] == "yes" else "whether it is met is not known"
            doubt = f" Unconfirmed: {rule['unconfirmed']}." if rule["unconfirmed"] else ""
            text = f"{rule['citation']}: {words()['strength'][rule['duty']]}; {met} (checked on {rule['checked_on']}).{doubt}"
            lines.append(Line(text, "Rule", doubtful=bool(rule["unconfirmed"])))
    for report in law["abuse_reporting"]:
        must = {"yes": "you must report", "no": "you may report"}.get(
            report["you_must"], "whether you must is not confirmed"
        )
        to = f"; to {report['report_to']}" if report["report_to"] else ""
        to += f"; by when: {report['deadline'] or 'not confirmed'}"
        lines.append(Line(f"{report['citation'] or 'citation not confirmed'}: {must}{to}", "Report"))
    told = dict.fromkeys(words()["recipient"][one["recipient"]] for one in law["may_tell"])
    lines.append(Line("; ".join(told) or "nobody, on these answers", "May be told"))
    for one in law["may_not_tell"]:
        lines.append(Line(f"{words()['recipient'][one['recipient']]}: {one['because']}", "Do not tell", doubtful=True))
    place = " and ".join(law["jurisdictions"])
    lines.append(Line(f"{place}, rules of {law['evaluated_on']}; table {law['table_version']}", "Law table"))
    return Section("The law here", tuple(lines))


def _plan(result: Result) -> Section:
    """The plan with the state of each step, then what was decided beside it."""
    labels = labels_of(result)
    steps = (result.get("decision") or {}).get("steps", {})
    order = [*result["plan"], *(one for one in steps if one not in result["plan"])]
    lines = []
    for one in order:
        named = f"{labels.get(one, spoken(one))} ({one})"
        beside = "" if one in result["plan"] else ", not in the suggested plan"
        lines.append(Line(named + beside + _outcome(steps.get(one)), _state(steps, one, result)))
    lines.append(Line(result["contact"], "Contact"))
    return Section("Plan", tuple(lines))


def _state(steps: Mapping[str, Any], option: str, result: Result) -> str:
    if option in steps:
        return str(steps[option]["state"])
    return "left out" if result.get("decision") else "suggested"


def _outcome(step: Mapping[str, Any] | None) -> str:
    if step is None:
        return ""
    return f", {moment(step['at'])}" + (f": {step['result']}" if step["result"] else "")


def _decision(consult: Consult, result: Result) -> Section:
    decision = consult.decision
    if decision is None:
        return Section("Decision", (Line(NOT_DECIDED),))
    labels = {**labels_of(result), "law": "What the law requires"}
    lines = [Line(f"{labels.get(one, spoken(one))}: {text}", "Reason") for one, text in decision["reasons"].items()]
    for who, text in decision["tell"].items():
        lines.append(Line(f"{words()['recipient'].get(who, spoken(who))}: {text}", "Told"))
    lines.append(Line(moment(decision["follow_up"]) if decision["follow_up"] else "no time was set", "Follow-up"))
    return Section("Decision", tuple(lines))


def _happened(kind: str, data: Mapping[str, Any], labels: Mapping[str, str]) -> Iterator[str]:
    """What an event says, in pieces; nothing for a kind that says enough by its name."""
    match kind:
        case "started" | "answered":
            yield from _said(data["answers"])
        case "changed":
            yield from _said(data["answers"])
            key = next(iter(data["answers"]))
            if data.get("was") not in (None, ""):
                yield f"before: {answer_in_words(key, data['was'])}"
        case "danger_said":
            value = data.get("value") or data["answers"]["danger_now"]
            yield {"yes": "danger now", "no": "no danger now"}.get(value, "danger now is not known")
        case "evaluated":
            law = data["result"]["law"]
            yield f"level {data['result']['level']}; {spoken(law['duty'])}; rules of {data['on']}"
        case "decided":
            for one, step in data["decision"]["steps"].items():
                yield f"{labels.get(one, spoken(one))}: {step['state']}"
        case "step_reported":
            step = data["step"]
            yield f"{labels.get(data['option'], spoken(data['option']))}: {step['state']}{_outcome(step)}"
        case "care_reported":
            yield f"{'done' if data['done'] else 'not done after all'}: {data['text']}"
        case "went_back" | "resumed":
            yield f"to “{_place(data['to'])}”"
        case "cancelled" | "closed" | "hold_placed" | "hold_released":
            if data.get("reason"):
                yield data["reason"]
        case "addendum":
            yield data["text"]


def _said(answers: Mapping[str, Any]) -> Iterator[str]:
    for key, value in answers.items():
        if value == "":
            yield f"{say_question(key)} Withdrawn"
        elif key in questions():
            yield f"{say_question(key)} {answer_in_words(key, value)}"


def _place(state: str) -> str:
    screen = the_flow().screens.get(state)
    return screen.title if screen else spoken(state)
