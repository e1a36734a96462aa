"""The map shows what `curbside law` says of each jurisdiction, in colours and patterns that can be told apart, and in words."""

from __future__ import annotations

import re
import xml.etree.ElementTree as Xml
from dataclasses import replace
from datetime import date
from itertools import combinations
from typing import get_args

import pytest

from state_law.describe import AtAGlance, glance, word
from state_law.load import jurisdiction_names, the_table
from state_law.model import Classification
from state_law.us_map import Fill, the_sheet, us_map

SVG = "{http://www.w3.org/2000/svg}"
KINDS = get_args(Classification.model_fields["duty_to_others"].annotation)
ALL = glance(the_table(), date(2026, 11, 25))
DIFFERENT = 1.4
"""The least contrast of two brightnesses that can be told apart side by side (1: none, 21: black and white)."""


def drawn(shown: list[AtAGlance]) -> Xml.Element:
    return Xml.fromstring(us_map(shown))


def place(svg: Xml.Element, code: str) -> Xml.Element:
    [found] = [one for one in svg.iter(f"{SVG}g") if one.get("id") == code]
    return found


def painted(svg: Xml.Element, code: str) -> str:
    return str(place(svg, code).find(f"{SVG}path").get("fill"))  # type: ignore[union-attr]


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.code)
def test_each_jurisdiction_has_the_colour_of_its_kind_and_its_code_on_the_map(one: AtAGlance) -> None:
    svg = drawn(ALL)
    sheet = the_sheet()
    fill = sheet.fills[one.duty]
    assert painted(svg, one.code) == (f"url(#{one.duty})" if fill.patterned else fill.fill)
    assert place(svg, one.code).findtext(f"{SVG}title") == f"{one.name}: {one.duty_in_words}"
    assert [text.text for text in svg.iter(f"{SVG}text")].count(one.code) == 1


def test_another_kind_of_law_is_another_colour() -> None:
    changed = [replace(ALL[0], duty="unsettled"), *ALL[1:]]
    assert ALL[0].duty != "unsettled"
    assert painted(drawn(changed), ALL[0].code) == "url(#unsettled)"


def test_the_legend_names_the_kinds_that_there_are_and_how_many_of_each() -> None:
    texts = {text.text for text in drawn(ALL).iter(f"{SVG}text")}
    for kind in KINDS:
        count = sum(one.duty == kind for one in ALL)
        assert (f"{word('duty_at_a_glance', kind)} ({count})" in texts) is (count > 0)


def test_the_whole_map_is_said_in_words() -> None:
    said = str(drawn(ALL).findtext(f"{SVG}desc"))
    for kind in {one.duty for one in ALL}:
        words = word("duty_at_a_glance", kind)
        part = said.partition(f"{words[:1].upper()}{words[1:]}: ")[2].partition(".")[0]
        assert part.split(", ") == [one.name for one in ALL if one.duty == kind]
    assert "Not legal advice" in said


def test_it_is_a_picture_with_a_name_for_those_who_do_not_see_it() -> None:
    svg = drawn(ALL)
    ids = {one.get("id") for one in svg if one.tag in (f"{SVG}title", f"{SVG}desc")}
    assert svg.get("role") == "img"
    assert set(str(svg.get("aria-labelledby")).split()) == ids


def test_it_says_when_the_law_was_checked() -> None:
    def texts(shown: list[AtAGlance]) -> str:
        return " ".join(str(text.text) for text in drawn(shown).iter(f"{SVG}text"))

    same = [replace(one, verified_on="2026-11-23") for one in ALL]
    assert "Checked on 2026-11-23." in texts(same)
    assert "Checked between 2025-01-02 and 2026-11-23." in texts(
        [replace(same[0], verified_on="2025-01-02"), *same[1:]]
    )


def test_every_kind_has_a_fill_and_every_jurisdiction_an_outline_and_nothing_else_has() -> None:
    sheet, codes = the_sheet(), set(jurisdiction_names())
    assert set(sheet.fills) == set(KINDS)
    assert set(sheet.paths) == set(sheet.middles) == codes
    assert set(sheet.apart) | set(sheet.moved) | sheet.marked <= codes


@pytest.mark.parametrize(("one", "other"), [*combinations(KINDS, 2)])
def test_two_kinds_differ_in_brightness_or_in_pattern(one: str, other: str) -> None:
    """So they differ in grey, and to eyes that confuse colours."""
    fills = the_sheet().fills
    first, second = fills[one], fills[other]
    assert (bool(first.stripes), bool(first.dots)) != (bool(second.stripes), bool(second.dots)) or (
        contrast(first.fill, second.fill) >= DIFFERENT
    )


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_on_a_fill_can_be_read(kind: str) -> None:
    fill = the_sheet().fills[kind]
    assert contrast(fill.fill, fill.text) >= 4.5, "what WCAG asks for"
    assert pattern_is_seen(fill)


def pattern_is_seen(fill: Fill) -> bool:
    return all(contrast(fill.fill, other) >= 3 for other in (fill.stripes, fill.dots) if other)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG counts it."""
    low, high = sorted((brightness(one), brightness(other)))
    return (high + 0.05) / (low + 0.05)


def brightness(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_no_label_lies_on_another() -> None:
    svg = drawn(ALL)
    spots = [(float(one.get("x", 0)), float(one.get("y", 0))) for one in svg.iter(f"{SVG}text") if _is_code(one.text)]
    assert len(spots) == len(ALL)
    for (ax, ay), (bx, by) in combinations(spots, 2):
        assert abs(ax - bx) > 20 or abs(ay - by) > 13


def _is_code(text: str | None) -> bool:
    return bool(re.fullmatch("[A-Z]{2}", text or ""))
