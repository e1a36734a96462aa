"""What a consult's printed record says, part by part, whatever draws it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.beside import OF_THE_RECORD
from bot.records.recording import ADDENDUM, addenda_of
from bot.records.reviewed import happened_beside, moment, review_stands
from bot.storage import Head, StoredEvent
from bot.terminal.consult_page import stands
from flows.consult import Consult, current_result
from flows.findings import FINDINGS
from flows.pages import CARE_AFTERWARDS, answers_in_words, labels_of
from flows.questions import UNKNOWN, question, questions, say_answer, say_question
from flows.words import spoken
from state_law.describe import words

Result = Mapping[str, Any]
NOT_LEGAL_ADVICE = (
    "A consult supports the clinician's judgement; it is not legal advice. The client is named by the reference only."
)
OF_THE_FLOW = (
    "started", "answered", "changed", "went_back", "danger_said", "paused", "resumed", "cancelled", "evaluated", "decided",
    "step_reported", "closed",
)  # fmt: skip


@dataclass(frozen=True)
class Table:
    """Rows of cells under a heading. `widths`: parts of the page's width; `heads`: the columns' names, if any."""

    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    heads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """A heading with paragraphs and then tables."""

    title: str
    texts: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Stamp:
    """What shows that a printed record is the log's. `made_at`, `made_by`: of the print. `unaltered`: whether the log was,
    when it was verified at that time."""

    made_at: str
    made_by: str
    head: Head
    unaltered: bool


def parts_of(consult: Consult, events: Sequence[StoredEvent], stamp: Stamp) -> list[Part]:
    """The whole record of a consult that has a result."""
    result = current_result(consult)
    parts = [
        _head(consult, events, result),
        _findings(result),
        _facts(consult),
        _law(result),
        _options(result),
        _decision(consult, result),
        _disclosures(result),
        _care(result),
        _review(consult, events),
        _addenda(events),
        _stamp(events, stamp),
    ]
    return [part for part in parts if part.texts or part.tables]


def _head(consult: Consult, events: Sequence[StoredEvent], result: Result) -> Part:
    law = result["law"]
    times = {event.kind: event.at for event in events}
    rows = [
        ("Reference", f"{consult.reference} (the client is named by it only)"),
        ("Clinician", f"{consult.clinician}, {say_answer('profession', consult.facts['profession'])}"),
        ("Begun", moment(consult.started_at)),
        (
            "Result",
            f"{moment(times['evaluated'])}, under the rules of {law['evaluated_on']}" if "evaluated" in times else "",
        ),
        ("Decision", moment(times["decided"]) if "decided" in times else "not recorded yet"),
        ("Stands", stands(consult)),
        ("Place", " and ".join(law["jurisdictions"])),
        (
            "Versions",
            f"law table {law['table_version']}, checked on {law['verified_on']}; flow {result['flow_version']}",
        ),
    ]
    return Part("", (NOT_LEGAL_ADVICE,), (Table(tuple(row for row in rows if row[1]), (14, 86)),))


def _findings(result: Result) -> Part:
    rows = []
    for who, name in (("others", "Level for others"), ("self", "Level for the client")):
        rows.append((name, result["level_for"][who], "; ".join(result["level_because"][who])))
    for name in FINDINGS:
        found = result["findings"][name]
        value = "not known" if found["value"] == UNKNOWN else found["value"]
        rows.append((name.capitalize(), value, "; ".join(found["because"])))
    return Part("Level and findings", (result["level_says"],), (Table(tuple(rows), (20, 12, 68)),))


def _facts(consult: Consult) -> Part:
    given = consult.given_answers
    rows = tuple((say_question(key), said) for key, said in answers_in_words(given) if key != "narrative")
    unknown = [
        one.ask.rstrip("?")
        for key, one in questions().items()
        if key not in given and key not in ("second_jurisdiction", "narrative")
    ]
    for key, one in questions().items():
        if one.kind == "list" and key in given:
            items = [
                say_answer(key, item) for item in question(key).options if consult.facts[f"{key}.{item}"] == UNKNOWN
            ]
            unknown += [f"{one.ask.rstrip('?')} ({', '.join(items)})"] if items else []
    texts = [f"Not asked, or not known: {'; '.join(unknown)}."] if unknown else []
    if given.get("narrative"):
        texts.insert(0, f"What the clinician wrote: {given['narrative']}")
    # Two questions beside each other, so that the whole fits on two pages.
    rows += (("", ""),) * (len(rows) % 2)
    half = len(rows) // 2
    beside = tuple((*one, *two) for one, two in zip(rows[:half], rows[half:], strict=True))
    return Part("Facts, as the clinician gave them", tuple(texts), (Table(beside, (27, 23, 27, 23)),))


def _law(result: Result) -> Part:
    law = result["law"]
    rows = []
    for rule in law["rules"]:
        if not rule["covers_profession"]:
            continue
        elements = ", ".join(f"{spoken(name)}: {_known(value)}" for name, value in rule["elements"].items())
        doubt = f" Unconfirmed: {rule['unconfirmed']}." if rule["unconfirmed"] else ""
        rows.append(
            (
                rule["citation"],
                words()["strength"][rule["duty"]],
                _known(rule["met"]),
                f"{elements}. Checked on {rule['checked_on']}.{doubt}",
            )
        )
    for report in law["abuse_reporting"]:
        must = {"yes": "you must report", "no": "you may report"}.get(
            report["you_must"], "not confirmed whether you must"
        )
        rows.append(
            (
                report["citation"] or "citation not confirmed",
                f"report: {spoken(report['kind'])}",
                must,
                f"to {report['report_to'] or 'not confirmed'}; by when: {report['deadline'] or 'not confirmed'}",
            )
        )
    texts = [law["duty_says"]]
    told = dict.fromkeys(words()["recipient"][one["recipient"]] for one in law["may_tell"])
    texts.append(f"May be told, each with the minimum: {'; '.join(told) or 'nobody, on these answers'}.")
    for name, title in (("may_not_tell", "May not be told"), ("not_confirmed", "Not confirmed")):
        texts += [f"{title}: {words()['recipient'][one['recipient']]} ({one['because']})." for one in law[name]]
    tables = (Table(tuple(rows), (26, 18, 10, 46), ("Rule", "What it does", "Met", "Elements")),) if rows else ()
    return Part("The law", tuple(texts), tables)


def _known(value: str) -> str:
    return "not known" if value == UNKNOWN else str(value)


def _options(result: Result) -> Part:
    """The suggested plan, then every other option with why it is not in it, by status."""
    suggested = "; ".join(f"{number}. {step['label']}" for number, step in enumerate(result["plan_says"], 1))
    others: dict[str, dict[str, list[str]]] = {}
    for option in result["options"]:
        if option["id"] not in result["plan"]:
            others.setdefault(spoken(option["status"]), {}).setdefault(option["because"], []).append(option["label"])
    rows = tuple(
        (status.capitalize(), "; ".join(f"{', '.join(labels)} ({because})" for because, labels in reasons.items()))
        for status, reasons in others.items()
    )
    return Part(
        "Options considered",
        (f"Suggested plan: {suggested}.", f"Contact: {result['contact']}."),
        (Table(rows, (16, 84), ("Not in the plan", "Options, and why")),) if rows else (),
    )


def _decision(consult: Consult, result: Result) -> Part:
    decision = consult.decision
    if decision is None:
        return Part("Decision", ("Not recorded yet; the plan above is a suggestion.",))
    labels = {**labels_of(result), "law": "What the law requires"}
    rows = tuple(
        (labels.get(one, spoken(one)), step["state"], moment(step["at"]) if step["at"] else "", step["result"] or "")
        for one, step in decision["steps"].items()
    )
    texts = [
        f"Differs from the suggestion, {labels.get(one, spoken(one))}: {text}"
        for one, text in decision["reasons"].items()
    ]
    texts += [
        f"Told or to be told, {words()['recipient'].get(who, spoken(who))}: {text}"
        for who, text in decision["tell"].items()
    ]
    texts.append(f"Follow-up: {moment(decision['follow_up']) if decision['follow_up'] else 'no time was set'}.")
    outstanding = "; ".join(one["text"] for one in decision["outstanding"])
    texts.append(f"Outstanding under the law: {outstanding or 'nothing, on these answers'}.")
    if consult.ended_because:
        texts.append(f"Ended because: {consult.ended_because}")
    tables = (Table(rows, (33, 10, 29, 28), ("Step", "State", "Time", "Outcome")),) if rows else ()
    return Part("Decision", tuple(texts), tables)


def _disclosures(result: Result) -> Part:
    steps = (result.get("decision") or {}).get("steps", {})
    rows = tuple(
        (
            words()["recipient"].get(one["to"], spoken(one["to"])),
            f"Say: {one['say']} Leave out: {one['leave_out']}",
            "; ".join(one["authority"]),
            _outcome(steps.get(one["option"])),
        )
        for one in result["disclosures"]
    )
    if not rows:
        return Part("Disclosures", ("None is planned.",))
    return Part("Disclosures", (), (Table(rows, (13, 31, 34, 22), ("To", "Content", "Authority", "Outcome")),))


def _care(result: Result) -> Part:
    """The care of the client once somebody was told: each step, and whether it is recorded as done, when and by whom."""
    rows = tuple(
        (
            one["text"],
            moment(one["done"]["at"]) if one["done"] else "not recorded as done",
            (one["done"] or {}).get("by", ""),
        )
        for one in result["after_care"]
        if "done" in one
    )
    tables = (Table(rows, (58, 27, 15), ("Step", "Done", "By")),) if rows else ()
    return Part(CARE_AFTERWARDS, (), tables)


def _outcome(step: Mapping[str, Any] | None) -> str:
    if step is None:
        return "not recorded"
    return "; ".join(part for part in (step["state"], moment(step["at"]) if step["at"] else "", step["result"]) if part)


def _review(consult: Consult, events: Sequence[StoredEvent]) -> Part:
    """Where the supervisors' review stands, and what they and the program did beside the flow."""
    rows = tuple(
        (moment(event.at), event.actor, happened_beside(event))
        for event in events
        if event.kind not in (*OF_THE_FLOW, *OF_THE_RECORD, ADDENDUM)
    )
    tables = (Table(rows, (29, 18, 53), ("Time", "Who", "What")),) if rows else ()
    return Part("Review and signatures", (review_stands(consult),), tables)


def _addenda(events: Sequence[StoredEvent]) -> Part:
    rows = tuple((moment(event.at), event.actor, (event.data or {})["text"]) for event in addenda_of(events))
    return Part("Addenda", (), (Table(rows, (29, 18, 53)),) if rows else ())


def _stamp(events: Sequence[StoredEvent], stamp: Stamp) -> Part:
    last = events[-1]
    rows = (
        ("This consult", f"{len(events)} events; the last is event {last.id} of the log"),
        ("Its hash", last.hash),
        ("The log", f"event {stamp.head.number}: {stamp.head.hash}"),
        (
            "Verified",
            f"{'the log was unaltered' if stamp.unaltered else 'THE LOG WAS FOUND ALTERED'} at {moment(stamp.made_at)}",
        ),
        ("Printed", f"{moment(stamp.made_at)}, by {stamp.made_by}"),
    )
    return Part(
        "Integrity",
        ("Each event carries SHA-256 of its content and of the event before it; 'curbside verify' checks them again.",),
        (Table(rows, (14, 86)),),
    )
