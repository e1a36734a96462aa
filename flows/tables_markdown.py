"""The document docs/findings.md: the tables of findings and elements and the catalogue of options in Markdown.

`make docs` writes it, from the data; nothing in it is written by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from flows import tables
from flows.condition_words import ALWAYS
from flows.pages_of_tables import HOW_READ, JUDGEMENT, OPTIONS, OTHERWISE, fits_in_words, gives_in_words, upper
from flows.tables import Called, Entry, Table

MADE_BY = "Made from the data by `make docs`; change the data, not this page."


def findings() -> str:
    """The head of the document, and the findings and levels."""
    head = [
        "# Findings, elements and options",
        MADE_BY,
        "The first part says how answers become findings and a level; the second how they meet what a rule of the law "
        "asks for; the third which steps there are.",
        HOW_READ,
        "## Findings and levels",
        JUDGEMENT,
    ]
    return _document([*head, *_tables(tables.findings(), "###")])


def elements() -> str:
    """How answers meet what a rule of the law asks for."""
    parts: list[str] = ["## Elements of the law's rules", "A rule is met when every element is met."]
    for one in tables.elements():
        parts += [f"### {one.title}", *_tables(one.forms, "####")]
    return "\n" + _document(parts)


def options() -> str:
    """The catalogue, and what a plan must hold."""
    parts = ["## Options, from least to most intrusive", OPTIONS]
    for entry in tables.options():
        parts += [f"### {entry.label}", "\n".join(_option(entry))]
    parts += ["## What a level or a picture calls for in any case", _called(tables.always(), "Steps")]
    parts += ["## What a plan must give to be enough", _called(tables.enough(), "Needed")]
    return "\n" + _document(parts)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in lines)


def _tables(shown: tuple[Table, ...], level: str) -> Iterator[str]:
    for one in shown:
        yield f"{level} {upper(one.title)}"
        rows = [(row.value, row.says, row.because) for row in one.rows]
        if all(row.when != ALWAYS for row in one.rows):
            rows.append((one.otherwise, OTHERWISE, one.otherwise_because))
        yield table((f"`{one.id}`", "when", "because"), rows)


def _option(entry: Entry) -> Iterator[str]:
    yield f"- `{entry.id}`: {entry.do}"
    yield f"- Reach: confidentiality {entry.confidentiality}, liberty {entry.liberty}" + (
        f"; {entry.with_consent}" if entry.with_consent else ""
    )
    yield f"- Tells: {'; '.join(entry.tells) or 'nobody'}" + (f", by: {'; '.join(entry.by)}" if entry.by else "")
    if entry.satisfies:
        yield f"- Satisfies: {'; '.join(entry.satisfies)}"
    yield from _points("Fits", fits_in_words(entry))
    if entry.gives:
        yield from _points("Gives", gives_in_words(entry))
    yield f"- For the client: {entry.for_client}"
    if entry.not_for:
        yield f"- Not for: {entry.not_for}"
    yield f"- Source: {entry.source}"


def _points(title: str, points: Sequence[str]) -> Iterator[str]:
    if len(points) == 1:
        yield f"- {title}: {points[0]}"
    else:
        yield f"- {title}:"
        yield from (f"  - {one}" for one in points)


def _called(shown: tuple[Called, ...], what: str) -> str:
    return table(("When", what), [(one.says, "; ".join(one.what)) for one in shown])


def _document(parts: Iterable[str]) -> str:
    return "\n\n".join(parts) + "\n"
