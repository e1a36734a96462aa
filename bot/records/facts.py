"""The structured facts of consults as rows, for a table or for analysis: no free text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from flows.after_care import care_steps
from flows.consult import Consult, current_result
from flows.findings import FINDINGS
from flows.questions import questions

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def facts_row(consult: Consult) -> dict[str, Any]:
    """A consult's facts, the same columns for each; None for what there is not."""
    result = current_result(consult) if consult.result is not None else {}
    law: dict[str, Any] = result.get("law") or {}
    row: dict[str, Any] = {
        "reference": consult.reference,
        "clinician": consult.clinician,
        "status": consult.status,
        "started_at": consult.started_at,
        "updated_at": consult.updated_at,
        **consult.facts,
        "level": result.get("level"),
        "level_for_others": (result.get("level_for") or {}).get("others"),
        "level_for_self": (result.get("level_for") or {}).get("self"),
    }
    for name in FINDINGS:
        row[f"finding_{name}"] = ((result.get("findings") or {}).get(name) or {}).get("value")
    decision, care = consult.decision or {}, care_steps(consult.care)
    return row | {
        "duty": law.get("duty"),
        "law_table_version": law.get("table_version"),
        "flow_version": result.get("flow_version"),
        "steps_suggested": " ".join(result.get("plan") or ()) or None,  # `plan` is what the client is said to plan
        "steps_done": " ".join(one for one, step in decision.get("steps", {}).items() if step["state"] == "done")
        or None,
        "follow_up": decision.get("follow_up"),
        "outstanding": len(law["outstanding"]) if law else None,
        "care_due": len(care) if care else None,
        "care_done": sum(one.is_done for one in care) if care else None,
    }


def as_csv(rows: Iterable[dict[str, Any]]) -> str:
    """The rows as CSV, with the columns' names first. What a spreadsheet would take for a formula is quoted as text."""
    found = list(rows)
    made = io.StringIO()
    if found:
        writer = csv.DictWriter(made, fieldnames=list(found[0]), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in found)
    return made.getvalue()


def keys() -> tuple[str, ...]:
    """The questions whose answers are facts; free text is none."""
    return tuple(key for key, one in questions().items() if one.kind != "text")


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value
