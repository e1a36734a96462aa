"""A consult as an HL7 FHIR R4B Bundle: the questions and answers, the findings, and the printed record.

The client and the clinician are named by identifier only, as everywhere: there is no Patient resource to fill in.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.storage import StoredEvent
from flows.consult import Consult, current_result
from flows.findings import FINDINGS
from flows.levels import LEVELS
from flows.questions import question, questions, say_answer

_NAMESPACE = uuid.UUID("5f2f0c53-6b0e-4f2b-9d9e-6a3c6a4f7a11")
_SYSTEM = "urn:curbside"
_LOINC = "http://loinc.org"
SAID = {"yes": "Yes", "no": "No", "unknown": "Not known"}
LEVEL_WORDS = {level: level.capitalize() for level in LEVELS}

Resource = dict[str, Any]


def make_bundle(consult: Consult, events: Sequence[StoredEvent], *, at: str, pdf: bytes | None = None) -> str:
    """The Bundle as JSON, checked against R4B. `at`: when it is made. `pdf`: the printed record, of a consult with a result."""
    # Imported here: its models take a while to load, and only an export needs them.
    from fhir.resources.R4B.bundle import Bundle

    resources = [*_resources(consult, events, at, pdf)]
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "identifier": {"system": f"{_SYSTEM}:bundle", "value": consult.reference},
        "timestamp": at,
        "entry": [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in resources],
    }
    checked: str = Bundle.model_validate(bundle).model_dump_json(indent=2)
    return checked + "\n"


def _resources(consult: Consult, events: Sequence[StoredEvent], at: str, pdf: bytes | None) -> Iterator[Resource]:
    asked = _questionnaire(consult, events)
    answered = _response(consult, asked)
    yield asked
    yield answered
    if consult.result is not None:
        result = current_result(consult)
        evaluated = next((event.at for event in reversed(events) if event.kind == "evaluated"), consult.updated_at)
        yield _risk(consult, result, answered, evaluated)
        for name in FINDINGS:
            yield _finding(consult, name, result["findings"][name], answered, evaluated)
    if pdf is not None:
        yield _document(consult, pdf, at)


def _flow_version(events: Sequence[StoredEvent]) -> str:
    return str((events[0].data or {}).get("flow_version", "unknown"))


def _questionnaire(consult: Consult, events: Sequence[StoredEvent]) -> Resource:
    version = _flow_version(events)
    return {
        "resourceType": "Questionnaire",
        "id": _id("questionnaire", version),
        "url": f"urn:uuid:{_id('questionnaire', version)}",
        "version": version,
        "title": "Curbside consult on the duty to protect",
        "status": "active",
        "item": [_item(key) for key in questions()],
    }


def _item(key: str) -> Resource:
    one = question(key)
    if one.kind == "text":
        return {"linkId": key, "text": one.ask, "type": "text"}
    if one.kind == "list":
        inner = [
            {
                "linkId": f"{key}.{item}",
                "text": said,
                "type": "choice",
                "answerOption": _choices(f"{_SYSTEM}:said", SAID),
            }
            for item, said in one.options.items()
        ]
        return {"linkId": key, "text": one.ask, "type": "group", "item": inner}
    values = {value: say_answer(key, value) for value in one.values}
    return {"linkId": key, "text": one.ask, "type": "choice", "answerOption": _choices(f"{_SYSTEM}:{key}", values)}


def _choices(system: str, values: Mapping[str, str]) -> list[Resource]:
    return [{"valueCoding": _coding(system, value, said)} for value, said in values.items()]


def _coding(system: str, code: str, display: str) -> Resource:
    return {"system": system, "code": code, "display": display}


def _response(consult: Consult, asked: Resource) -> Resource:
    return {
        "resourceType": "QuestionnaireResponse",
        "id": _id("response", consult.reference),
        "questionnaire": f"{asked['url']}|{asked['version']}",
        "status": "completed" if consult.result is not None else "in-progress",
        "subject": _subject(consult),
        "authored": consult.updated_at,
        "author": _author(consult),
        "item": [_answer(key, value) for key, value in consult.given_answers.items()],
    }


def _answer(key: str, value: Any) -> Resource:
    if isinstance(value, Mapping):
        inner = [
            {
                "linkId": f"{key}.{item}",
                "text": say_answer(key, item),
                "answer": [{"valueCoding": _coding(f"{_SYSTEM}:said", said, SAID[said])}],
            }
            for item, said in value.items()
        ]
        return {"linkId": key, "text": question(key).ask, "item": inner}
    if question(key).kind == "text":
        return {"linkId": key, "text": question(key).ask, "answer": [{"valueString": value}]}
    coded = _coding(f"{_SYSTEM}:{key}", value, say_answer(key, value))
    return {"linkId": key, "text": question(key).ask, "answer": [{"valueCoding": coded}]}


def _risk(consult: Consult, result: Mapping[str, Any], answered: Resource, at: str) -> Resource:
    law = result["law"]
    versions = f"flow {result['flow_version']}, law table {law['table_version']}"
    return {
        "resourceType": "RiskAssessment",
        "id": _id("risk", consult.reference),
        "status": "final",
        "method": {"text": f"Structured judgement by the tables of Curbside, {versions}"},
        "subject": _subject(consult),
        "occurrenceDateTime": at,
        "performer": _author(consult),
        "basis": [{"reference": f"urn:uuid:{answered['id']}"}],
        "prediction": [
            {
                "outcome": {"text": outcome},
                "qualitativeRisk": {
                    "coding": [
                        _coding(f"{_SYSTEM}:level", result["level_for"][who], LEVEL_WORDS[result["level_for"][who]])
                    ]
                },
                "rationale": "; ".join(result["level_because"][who]),
            }
            for who, outcome in (("others", "Serious harm to others"), ("self", "Serious harm to self"))
        ],
        "note": [{"text": f"{law['duty_says']} The judgement stays the clinician's."}],
    }


def _finding(consult: Consult, name: str, found: Mapping[str, Any], answered: Resource, at: str) -> Resource:
    return {
        "resourceType": "Observation",
        "id": _id(f"finding-{name}", consult.reference),
        "status": "final",
        "code": {"coding": [_coding(f"{_SYSTEM}:finding", name, name.capitalize())], "text": f"Threat: {name}"},
        "subject": _subject(consult),
        "effectiveDateTime": at,
        "performer": [_author(consult)],
        "valueCodeableConcept": {"coding": [_coding(f"{_SYSTEM}:said", found["value"], SAID[found["value"]])]},
        "note": [{"text": "; ".join(found["because"])}],
        "derivedFrom": [{"reference": f"urn:uuid:{answered['id']}"}],
    }


def _document(consult: Consult, pdf: bytes, at: str) -> Resource:
    return {
        "resourceType": "DocumentReference",
        "id": _id("document", consult.reference),
        "status": "current",
        "docStatus": "final" if consult.finished else "preliminary",
        "type": {"coding": [_coding(_LOINC, "11488-4", "Consult note")]},
        "subject": _subject(consult),
        "date": at,
        "author": [_author(consult)],
        "content": [
            {
                "attachment": {
                    "contentType": "application/pdf",
                    "language": "en-US",
                    "data": base64.b64encode(pdf).decode("ascii"),
                    "title": f"Consult {consult.reference}",
                    "creation": at,
                }
            }
        ],
    }


def _subject(consult: Consult) -> Resource:
    return {"type": "Patient", "identifier": {"system": f"{_SYSTEM}:reference", "value": consult.reference}}


def _author(consult: Consult) -> Resource:
    return {"type": "Practitioner", "identifier": {"system": f"{_SYSTEM}:clinician", "value": consult.clinician}}


def _id(kind: str, name: str) -> str:
    """An id that is the same each time that the same is exported."""
    return str(uuid.uuid5(_NAMESPACE, f"{kind}/{name}"))
