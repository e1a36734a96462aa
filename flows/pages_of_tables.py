"""The tables of findings and elements and the catalogue of options as pages of plain lines."""

from __future__ import annotations

from flows import tables
from flows.condition_words import ALWAYS
from flows.tables import Called, Entry, Row, Table
from state_law.describe import Line, Section

HOW_READ = (
    "Rows are read from the top; the first that certainly holds decides. What is not known makes no row hold, unless the "
    "row says so."
)
JUDGEMENT = (
    "Structured judgement, no score: the fact-based inquiry of Borum and Reddy (2001, ACTION); specific, credible and "
    "imminent; the tiers of the C-SSRS screen for self-harm."
)
OPTIONS = (
    "Confidentiality and liberty: how far the step reaches into each, from 0 to 3. A step that tells somebody needs one "
    "of the paths under its name. None of them is chosen here: the plan is made for one consult."
)
OTHERWISE = "otherwise"


def findings_page() -> Section:
    """The findings and levels with their tables."""
    return Section("Findings and levels", (Line(JUDGEMENT), Line(HOW_READ)), tuple(map(_table, tables.findings())))


def elements_page() -> Section:
    """How an answer meets an element of a rule."""
    intro = "How an answer meets what a rule of the law asks for. A rule is met when every element is met."
    parts = (Section(one.title, parts=tuple(map(_table, one.forms))) for one in tables.elements())
    return Section("Elements of the law's rules", (Line(intro), Line(HOW_READ)), tuple(parts))


def options_page() -> Section:
    """The catalogue, and what a plan must hold."""
    parts = [*map(_option, tables.options())]
    parts.append(Section("What a level or a picture calls for in any case", tuple(map(_called, tables.always()))))
    parts.append(Section("What a plan must give to be enough", tuple(map(_called, tables.enough()))))
    return Section("Options, from least to most intrusive", (Line(OPTIONS),), tuple(parts))


def _table(table: Table) -> Section:
    rest = Line(OTHERWISE, table.otherwise, (table.otherwise_because,))
    lines = [_row(row) for row in table.rows]
    return Section(upper(table.title), (*lines, rest) if _can_be_otherwise(table) else tuple(lines))


def _can_be_otherwise(table: Table) -> bool:
    return all(row.when != ALWAYS for row in table.rows)


def _row(row: Row) -> Line:
    return Line(row.says, row.value, (row.because,))


def _option(entry: Entry) -> Section:
    reach = f"confidentiality {entry.confidentiality}, liberty {entry.liberty}"
    lines = [
        Line(entry.do, "Do"),
        Line(f"{reach}; {entry.with_consent}" if entry.with_consent else reach, "Reach"),
        Line("; ".join(entry.tells) if entry.tells else "nobody", "Tells"),
    ]
    if entry.by:
        lines.append(Line("", "By", entry.by))
    if entry.satisfies:
        lines.append(Line("; ".join(entry.satisfies), "Satisfies"))
    lines.append(Line("", "Fits", fits_in_words(entry)))
    if entry.gives:
        lines.append(Line("", "Gives", gives_in_words(entry)))
    lines.append(Line(entry.for_client, "For the client"))
    if entry.not_for:
        lines.append(Line(entry.not_for, "Not for"))
    lines.append(Line(entry.source, "Source"))
    return Section(f"{entry.label} ({entry.id})", tuple(lines))


def fits_in_words(entry: Entry) -> tuple[str, ...]:
    """When the option fits: from which level, what it needs, and what speaks against it."""
    start = f"from level {entry.from_level}" if entry.from_level != "low" else "at every level"
    said = [f"{start}, or where the law requires it" if entry.satisfies else start]
    said += [
        f"counts only where {one}" if one.startswith("the client agrees") else f"only where {one}"
        for one in entry.needs
    ]
    verdict = {"no": "not where", "unknown": "in doubt where"}
    said += [f"{verdict.get(row.value, row.value)} {row.says} ({row.because})" for row in entry.fits]
    return tuple(said)


def gives_in_words(entry: Entry) -> tuple[str, ...]:
    """What the option gives towards being enough, and when."""
    return tuple(need if when == ALWAYS else f"{need}, where {when}" for need, when in entry.gives.items())


def _called(called: Called) -> Line:
    return Line(upper(called.says), points=called.what)


def upper(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]
