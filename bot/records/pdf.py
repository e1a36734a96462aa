"""A consult's record as a PDF that one would hand to a lawyer: a page or two, A4 or US Letter."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from html import escape
from typing import Any

from bot.records.paper import Part, Table

SIZES = ("letter", "a4")
_REGULAR, _BOLD, _ITALIC = "Vera", "VeraBd", "VeraIt"
_MARGIN = 48


def make_pdf(
    title: str, parts: Sequence[Part], *, letterhead: str = "", footer: str = "", size: str = "letter"
) -> bytes:
    """The pages. `letterhead`: lines for the top of the first page. `footer`: stands on each page with its number.

    Characters that the font lacks are printed as [U+4E2D], so that nothing is lost.
    """
    from reportlab.lib import pagesizes
    from reportlab.lib.units import mm
    from reportlab.platypus import HRFlowable, Paragraph, SimpleDocTemplate, Spacer

    _fonts()
    look = _styles()
    story: list[Any] = [Paragraph(_text(line), look["letterhead"]) for line in letterhead.splitlines() if line.strip()]
    if story:
        story += [Spacer(0, 4), HRFlowable(width="100%", thickness=0.6), Spacer(0, 6)]
    story.append(Paragraph(_text(title), look["title"]))
    page = pagesizes.A4 if size == "a4" else pagesizes.LETTER
    width = page[0] - 2 * _MARGIN - 12  # the frame's own padding
    for part in parts:
        if part.title:
            story.append(Paragraph(_text(part.title), look["heading"]))
        story += [Paragraph(_text(text), look["body"]) for text in part.texts]
        story += [_table(table, width, look) for table in part.tables]
    made = io.BytesIO()
    document = SimpleDocTemplate(
        made, pagesize=page, leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=40, bottomMargin=16 * mm,
        title=title, author="Curbside", lang="en-US", invariant=1,
    )  # fmt: skip
    document.build(story, canvasmaker=_numbered(footer))
    return made.getvalue()


def _table(table: Table, width: float, look: dict[str, Any]) -> Any:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import Paragraph
    from reportlab.platypus import Table as Grid

    rows = [
        [
            Paragraph(_text(cell), look["strong" if column % 2 == 0 and not table.heads and len(row) != 3 else "cell"])
            for column, cell in enumerate(row)
        ]
        for row in table.rows
    ]
    style: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, HexColor("#bbbbbb")),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.6),
    ]
    if table.heads:
        rows.insert(0, [Paragraph(_text(head), look["strong"]) for head in table.heads])
        style.append(("BACKGROUND", (0, 0), (-1, 0), HexColor("#eeeeee")))
    whole = sum(table.widths)
    return Grid(
        rows, colWidths=[width * part / whole for part in table.widths], repeatRows=1 if table.heads else 0, style=style,
        spaceBefore=2, spaceAfter=3, hAlign="LEFT",
    )  # fmt: skip


def _styles() -> dict[str, Any]:
    from reportlab.lib.styles import ParagraphStyle

    body = ParagraphStyle("body", fontName=_REGULAR, fontSize=7.4, leading=9.4, spaceAfter=1.5)
    return {
        "body": body,
        "cell": ParagraphStyle("cell", body, spaceAfter=0),
        "strong": ParagraphStyle("strong", body, fontName=_BOLD, spaceAfter=0),
        "heading": ParagraphStyle(
            "heading", body, fontName=_BOLD, fontSize=8.6, leading=11, spaceBefore=5, spaceAfter=2, keepWithNext=1
        ),
        "title": ParagraphStyle("title", body, fontName=_BOLD, fontSize=13, leading=16, spaceAfter=4),
        "letterhead": ParagraphStyle("letterhead", body, fontSize=8.6, leading=11, alignment=1),
    }


def _numbered(footer: str) -> Any:
    """A canvas that writes the footer with 'page 1 of 2' once it knows how many pages there are."""
    from reportlab.pdfgen.canvas import Canvas

    class Numbered(Canvas):  # type: ignore[misc]
        def __init__(self, *given: Any, **how: Any) -> None:
            super().__init__(*given, **how)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._pages, 1):
                self.__dict__.update(page)
                self.setFont(_REGULAR, 6.8)
                self.drawString(_MARGIN + 6, 26, _shown(footer))
                self.drawRightString(self._pagesize[0] - _MARGIN - 6, 26, f"page {number} of {len(self._pages)}")
                super().showPage()
            super().save()

    return Numbered


@cache
def _fonts() -> frozenset[int]:
    """Register the fonts that come with the library; the characters that they have."""
    from reportlab.lib.fonts import addMapping
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    for name in (_REGULAR, _BOLD, _ITALIC):
        pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
    for bold in (0, 1):
        for italic in (0, 1):
            addMapping(_REGULAR, bold, italic, _BOLD if bold else _ITALIC if italic else _REGULAR)
    return frozenset(pdfmetrics.getFont(_REGULAR).face.charToGlyph)


def _text(text: str) -> str:
    """Text as the library's markup takes it: nothing in it is markup, lines are kept."""
    return "<br/>".join(escape(_shown(line), quote=False) for line in text.splitlines())


def _shown(text: str) -> str:
    known = _fonts()
    return "".join(
        character if ord(character) in known and character.isprintable() else f"[U+{ord(character):04X}]"
        for character in text
    )
