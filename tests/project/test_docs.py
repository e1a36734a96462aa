"""The documents say what is true today: outputs, links, commands and generated pages are held against the project."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from bot.cli import SECTIONS
from tools import answers_page, map_png, noted, outputs, pictures

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
README = (ROOT / "README.md").read_text(encoding="utf-8")
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]


@pytest.mark.parametrize("name", NAMES)
def test_the_outputs_shown_are_those_of_today(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert outputs.renewed(text) == text, "run `make docs`"


def test_the_readme_shows_a_real_output() -> None:
    assert outputs.BLOCK.search(README)


def test_the_page_of_answers_is_made_from_the_questions() -> None:
    assert (ROOT / "docs" / "answers.md").read_text(encoding="utf-8") == answers_page.page(), "run `make docs`"


def test_the_map_is_the_one_that_the_table_gives() -> None:
    made = outputs.output("curbside map")
    assert (ROOT / "docs" / "law-map.svg").read_text(encoding="utf-8") == made, "run `make map`"
    picture = ROOT / "docs" / "law-map.png"
    assert noted.made_from(picture, made), "run `make map`"
    with Image.open(picture) as committed:
        assert committed.size == map_png.png(made).size


MOST_KB = 200


@pytest.mark.parametrize("name", [*pictures.pictures()])
def test_every_picture_is_of_today_and_small(name: str) -> None:
    """Where no Chromium is, a picture can't be taken anew, and an old one is only named; it fails where it can be mended."""
    file = pictures.path(name)
    assert file.stat().st_size < MOST_KB * 1000
    if name in pictures.stale():
        if pictures.browser() is None:
            pytest.skip(f"{file.name} is not of today: `make pictures` on a machine with Chromium")
        pytest.fail(f"{file.name} is not of today: run `make pictures`")


def test_there_are_no_pictures_that_nothing_makes() -> None:
    assert {file.stem for file in pictures.PICTURES.iterdir()} == set(pictures.pictures())


def test_where_chromium_is_missing_the_command_says_what_it_needs(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.pictures"],
        cwd=ROOT, env={**os.environ, "PATH": str(tmp_path), "CHROMIUM": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr.strip(), done.stdout) == (2, pictures.NEEDED, "")


@pytest.mark.parametrize("name", NAMES)
def test_every_link_within_the_project_leads_somewhere(name: str) -> None:
    document = ROOT / name
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text(encoding="utf-8")):
        assert (document.parent / link).exists(), link


@pytest.mark.parametrize("name", NAMES)
def test_every_link_to_a_heading_finds_it(name: str) -> None:
    document = ROOT / name
    for link, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#([^)]+)\)", document.read_text(encoding="utf-8")):
        there = (document.parent / link if link else document).read_text(encoding="utf-8")
        headings = re.findall(r"^#+ (.+)$", there, re.MULTILINE)
        assert anchor in {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}, f"{link}#{anchor}"


def test_every_picture_is_shown_in_a_document() -> None:
    shown = "".join(document.read_text(encoding="utf-8") for document in DOCUMENTS)
    for picture in [*pictures.PICTURES.iterdir(), ROOT / "docs" / "law-map.png", ROOT / "docs" / "law-map.svg"]:
        assert re.search(rf"!?\[[^]]+\]\([^)]*{picture.name}\)", shown), picture.name


def test_the_readme_names_every_command_and_no_other() -> None:
    table = README.partition("## What there is")[2].partition("##")[0]
    rows = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    named = {command.removeprefix("curbside ") for row in rows for command in re.findall(r"`([^`]+)`", row)}
    assert named == {name for section in SECTIONS.values() for name in section}


def test_every_make_target_that_a_document_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for document in DOCUMENTS:
        for target in re.findall(r"(?:`|^)make ([a-z-]+)", document.read_text(encoding="utf-8"), re.MULTILINE):
            assert target in targets, f"{document.name}: make {target}"


@pytest.mark.parametrize("example", sorted((ROOT / "examples").iterdir()), ids=lambda path: path.name)
def test_every_example_runs(example: Path) -> None:
    assert outputs.output(f"curbside consult --answers examples/{example.name} --dry-run").strip()


def test_the_readme_leads_to_every_document() -> None:
    linked = set(re.findall(r"\]\((docs/[^)#]+\.md)", README))
    assert linked == {str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md")}
