"""`docs/answers.md`, made from the questions: `python -m tools.answers_page > docs/answers.md`."""

from __future__ import annotations

from collections.abc import Iterator

from flows.decision import STEP_STATES
from flows.questions import Question, questions

HEAD = """# The answers of a consult

<!-- Made by `make docs` from flows/questions.yaml; not to be edited by hand. -->

What a file for `curbside consult --answers FILE` may hold, and what the questions of a consult ask. `concern`,
`jurisdiction` and `profession` are needed. Any other key may be missing: that means not known, and not known is never
taken for no. A key or value that does not stand here is an error that names it.

A list can be written in three ways: `[psychosis, despair]` (these are so, the others are not known), `[]` (asked about
all of them, and none), or `{psychosis: no, despair: yes}` (each as it is said).

| key | question | values, most reassuring first where they rank |
|---|---|---|
"""

DECISION = """
## `decision`

Optional: what the clinician decided. It is checked against the result, and refused where a reason is missing.

| part | what |
|---|---|
| `steps` | option (`curbside options` lists them) -> `{{state, at, result}}`; state: {states}; `at`: now when left out |
| `reasons` | option, or `law` -> text: needed where the decision differs from the suggestion, or omits what the law requires |
| `tell` | recipient -> what is told |
| `follow_up` | a date and time to come, such as 2030-01-31T15:00 |

Free text (`narrative`, results, reasons) is looked over for names, dates, numbers and addresses. A narrative that seems
to have one is left out with a warning; a reason or result that seems to have one is refused. `--identifies-nobody` keeps
them. Not every name is found: name nobody.
"""


def page() -> str:
    """The whole document."""
    rows = "\n".join(_rows())
    return HEAD + rows + "\n" + DECISION.format(states=", ".join(STEP_STATES))


def _rows() -> Iterator[str]:
    for one in questions().values():
        yield f"| `{one.key}` | {one.ask} {one.why} | {_values(one)} |"


def _values(one: Question) -> str:
    if one.kind == "place":
        return "two letters: one of the 50 states, or DC"
    if one.kind == "text":
        return "text, at most 10,000 characters"
    values = "<br>".join(f"`{value}` {words}" for value, words in one.options.items())
    if one.kind == "list":
        return f"list of: {values}"
    return f"{values}<br>`unknown`" if one.can_be_unknown else values


if __name__ == "__main__":
    print(page(), end="")
