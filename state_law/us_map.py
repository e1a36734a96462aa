"""The map of the United States as SVG: every jurisdiction in the colour of what its law comes to, as `glance` says it.

Outlines and middles stand in `outlines.json`; colours, words and the labels that need room elsewhere in `us_map.yaml`.
"""

from __future__ import annotations

import html
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from state_law import load
from state_law.describe import AtAGlance, word
from state_law.shapes import UsMap, read_shaped

LEFT, WIDTH = -66, 1056
TOP, MAP_HEIGHT, LEGEND_HEIGHT = -66, 618, 104
"""The sheet: the outlines lie on 975 by 610 units, the title above them and the legend below."""
FONT = "'Bitstream Vera Sans', 'DejaVu Sans', Verdana, Arial, sans-serif"
OUTLINES = Path(__file__).with_name("outlines.json")
BORDER = "#8c8c8c"
"""A grey that is seen on every fill, and beside it."""
BOX = 22
MARK = 6
STEP = 7
"""The side of a box of the legend, the radius of a mark, and the distance from one stripe or dot to the next."""
Spot = tuple[float, float]


@dataclass(frozen=True)
class Fill:
    """How one kind of law is painted: a colour, the colour of what is written on it, and a pattern of another colour."""

    fill: str
    text: str
    stripes: str = ""
    dots: str = ""

    @property
    def patterned(self) -> bool:
        """Whether it is more than one colour."""
        return bool(self.stripes or self.dots)


@dataclass(frozen=True)
class Sheet:
    """`us_map.yaml` and `outlines.json`."""

    words: Mapping[str, str]
    fills: Mapping[str, Fill]
    apart: Mapping[str, Spot]
    moved: Mapping[str, Spot]
    marked: frozenset[str]
    paths: Mapping[str, str]
    middles: Mapping[str, Spot]


@lru_cache(maxsize=1)
def the_sheet() -> Sheet:
    """What the map is drawn from besides the law (read on first use). TableError for a file that is not as it must be."""
    said: Any = read_shaped(load.HERE / "us_map.yaml", UsMap)
    places = json.loads(load.read_text(OUTLINES))["places"]
    return Sheet(
        words=said["words"],
        fills={kind: Fill(**fill) for kind, fill in said["fills"].items()},
        apart={code: tuple(spot) for code, spot in said["apart"].items()},
        moved={code: tuple(spot) for code, spot in said["moved"].items()},
        marked=frozenset(said["marked"]),
        paths={code: place["path"] for code, place in places.items()},
        middles={code: tuple(place["middle"]) for code, place in places.items()},
    )


def us_map(shown: Sequence[AtAGlance]) -> str:
    """The map as an SVG document. `shown`: every jurisdiction at a glance (`glance` of describe.py)."""
    return "\n".join(_document(the_sheet(), shown)) + "\n"


def _document(sheet: Sheet, shown: Sequence[AtAGlance]) -> Iterator[str]:
    height = MAP_HEIGHT - TOP + LEGEND_HEIGHT
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{LEFT} {TOP} {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-labelledby="title described" font-family="{FONT}" font-size="12">'
    )
    yield f'<title id="title">{_text(sheet.words["title"])}</title>'
    yield f'<desc id="described">{_text(_described(sheet, shown))}</desc>'
    yield f"<defs>{''.join(_patterns(sheet))}</defs>"
    yield f'<rect x="{LEFT}" y="{TOP}" width="{WIDTH}" height="{height}" fill="#ffffff"/>'
    yield from _title(sheet)
    yield f'<g stroke="{BORDER}" stroke-width="1" stroke-linejoin="round">'
    for one in sorted(shown, key=lambda one: one.code in sheet.marked):  # what is marked lies on top of its neighbours
        yield _place(sheet, one)
    yield "</g>"
    yield '<g text-anchor="middle" font-size="13" font-weight="bold">'
    for one in shown:
        yield from _label(sheet, one)
    yield "</g>"
    yield from _legend(sheet, shown)
    yield from _foot(sheet, shown)
    yield "</svg>"


def _described(sheet: Sheet, shown: Sequence[AtAGlance]) -> str:
    """The whole map in words, for those who do not see it."""
    said = [sheet.words["described"]]
    for kind in _kinds(sheet, shown):
        places = ", ".join(one.name for one in shown if one.duty == kind)
        said.append(sheet.words["of_kind"].format(kind=_capital(word("duty_at_a_glance", kind)), places=places))
    return " ".join([*said, sheet.words["not_advice"]])


def _kinds(sheet: Sheet, shown: Sequence[AtAGlance]) -> list[str]:
    """The kinds of law that there are, in the order of the legend."""
    there = {one.duty for one in shown}
    return [kind for kind in sheet.fills if kind in there]


def _patterns(sheet: Sheet) -> Iterator[str]:
    for kind, fill in sheet.fills.items():
        if not fill.patterned:
            continue
        drawn = f'<rect width="{STEP}" height="{STEP}" fill="{fill.fill}"/>'
        if fill.stripes:
            drawn += f'<rect width="{STEP / 2 - 0.5}" height="{STEP}" fill="{fill.stripes}"/>'
        if fill.dots:
            drawn += f'<circle cx="{STEP / 2}" cy="{STEP / 2}" r="1.3" fill="{fill.dots}"/>'
        yield (
            f'<pattern id="{kind}" width="{STEP}" height="{STEP}" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
            f"{drawn}</pattern>"
        )


def _paint(sheet: Sheet, kind: str) -> str:
    fill = sheet.fills[kind]
    return f"url(#{kind})" if fill.patterned else fill.fill


def _title(sheet: Sheet) -> Iterator[str]:
    yield f'<text x="{LEFT + 20}" y="{TOP + 32}" font-size="22" font-weight="bold">{_text(sheet.words["title"])}</text>'
    yield f'<text x="{LEFT + 20}" y="{TOP + 54}">{_text(sheet.words["for_whom"])}</text>'


def _place(sheet: Sheet, one: AtAGlance) -> str:
    paint = _paint(sheet, one.duty)
    tip = f"<title>{_text(f'{one.name}: {one.duty_in_words}')}</title>"
    mark = ""
    if one.code in sheet.marked:
        x, y = sheet.middles[one.code]
        mark = f'<circle cx="{x}" cy="{y}" r="{MARK}" fill="{paint}"/>'
    return f'<g id="{one.code}" class="{one.duty}">{tip}<path d="{sheet.paths[one.code]}" fill="{paint}"/>{mark}</g>'


def _label(sheet: Sheet, one: AtAGlance) -> Iterator[str]:
    """The code: on the place, or beside the map at the end of a line."""
    if one.code in sheet.apart:
        (x, y), (to_x, to_y) = sheet.apart[one.code], sheet.middles[one.code]
        away = math.hypot(to_x - x, to_y - y)
        near_x, near_y = x + (to_x - x) * 15 / away, y + (to_y - y) * 12 / away
        ends = f'x1="{near_x:.1f}" y1="{near_y:.1f}" x2="{to_x}" y2="{to_y}"'
        yield (
            f'<line {ends} stroke="#ffffff" stroke-width="2.6" stroke-linecap="round"/>'
            f'<line {ends} stroke="#222222" stroke-width="0.9"/><circle cx="{to_x}" cy="{to_y}" r="1.8" stroke="#ffffff"/>'
        )
        yield f'<text x="{x}" y="{y + 4.5}">{one.code}</text>'
        return
    fill = sheet.fills[one.duty]
    x, y = sheet.moved.get(one.code, sheet.middles[one.code])
    halo = (
        f' stroke="{fill.fill}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"' if fill.patterned else ""
    )
    yield f'<text x="{x}" y="{y + 4.5}" fill="{fill.text}"{halo}>{one.code}</text>'


def _legend(sheet: Sheet, shown: Sequence[AtAGlance]) -> Iterator[str]:
    kinds = _kinds(sheet, shown)
    room = (WIDTH - 40) / len(kinds)
    y = MAP_HEIGHT + 8
    for number, kind in enumerate(kinds):
        x = LEFT + 20 + number * room
        count = sum(one.duty == kind for one in shown)
        says = sheet.words["how_many"].format(kind=word("duty_at_a_glance", kind), count=count)
        yield (
            f'<rect x="{x:.0f}" y="{y}" width="{BOX + 8}" height="{BOX}" fill="{_paint(sheet, kind)}" stroke="#222222" '
            f'stroke-width="0.8"/><text x="{x + BOX + 16:.0f}" y="{y + 16}" font-size="14">{_text(says)}</text>'
        )


def _foot(sheet: Sheet, shown: Sequence[AtAGlance]) -> Iterator[str]:
    days = sorted({one.verified_on for one in shown})
    checked = "checked" if len(days) == 1 else "checked_between"
    said = (
        sheet.words["not_advice"],
        sheet.words[checked].format(day=days[0], first=days[0], last=days[-1]),
        sheet.words["source"],
    )
    y = MAP_HEIGHT + BOX + 30
    for number, line in enumerate(said):
        yield f'<text x="{LEFT + 20}" y="{y + 18 * number}" font-size="11.5">{_text(line)}</text>'


def _capital(said: str) -> str:
    return said[:1].upper() + said[1:]


def _text(said: str) -> str:
    return html.escape(said, quote=False)
