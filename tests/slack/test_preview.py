"""`curbside preview`: one page with every word that people see in Slack, which nothing in a consult can turn into markup."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from bot.slack.blocks import escape
from bot.slack.modals.frame import modal
from bot.slack.preview.blocks import blocks_as_html
from bot.slack.preview.chapters import chapters
from bot.slack.preview.frames import Frame, frame_as_html
from bot.slack.preview.html import Html, tag
from bot.slack.preview.page import MARK, preview
from bot.slack.preview.people import NAMES
from bot.slack.preview.samples import SAMPLES, Walk
from bot.slack.preview.text import mrkdwn
from bot.slack.shown import Message
from flows.machine import the_flow
from flows.options import catalogue
from flows.questions import questions
from state_law.load import jurisdiction_names

from .filled_in import all_words
from .server.block_kit import MESSAGE, check_blocks, check_view
from .server.block_kit.complaints import Complaints

ROOT = Path(__file__).parents[2]
AT = "2026-11-25T10:00:00-07:00"
VOID = {"meta", "br", "hr"}


class Reading(HTMLParser):
    """The page as a browser takes it: its words, its tags, and whether every tag is closed where it must be."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        """All words, with single spaces."""
        return " ".join("".join(self.words).split())


@cache
def the_page() -> str:
    return preview(AT)


@cache
def the_text() -> str:
    return Reading(the_page()).text


def spaced(text: str) -> str:
    """A text as it stands among others."""
    return " ".join(text.split())


# What stands in it


@pytest.mark.parametrize("key", questions())
def test_every_question_is_there_with_every_answer(key: str) -> None:
    one = questions()[key]
    assert spaced(one.ask) in the_text() and spaced(one.why) in the_text()
    for value, full in one.options.items():
        short = one.short.get(value)
        assert spaced(full) in the_text() or (short and spaced(short) in the_text())


@pytest.mark.parametrize("option", catalogue())
def test_every_step_that_can_be_suggested_is_there(option: str) -> None:
    assert spaced(catalogue()[option].data.label) in the_text()


def test_every_screen_is_walked_by_a_sample() -> None:
    walked = {before.state for sample in SAMPLES for before, _ in Walk(sample, AT).steps()}
    assert walked == set(the_flow().screens)


def test_every_place_can_be_chosen_in_it() -> None:
    for name in jurisdiction_names().values():
        assert name in the_text()


def test_the_samples_are_of_three_states_and_differ_in_what_follows() -> None:
    results = [Walk(sample, AT).at_result().result or {} for sample in SAMPLES]
    assert len({result["law"]["jurisdiction"] for result in results}) == 3
    assert len({result["level"] for result in results}) == len({result["law"]["duty"] for result in results}) == 3


def shown() -> Iterator[Any]:
    """Every message and view in the preview."""
    for chapter in chapters(AT):
        for frame in chapter.frames:
            if isinstance(frame.shows, list | tuple):
                yield from frame.shows
            else:
                yield frame.shows


def test_all_that_it_shows_is_what_slack_accepts() -> None:
    for one in shown():
        if isinstance(one, Message):
            found = Complaints()
            check_blocks(list(one.blocks), MESSAGE, found)
            assert found.lines == []
        else:
            assert check_view(one, one["type"]) == []


def seen(thing: Any) -> Any:
    """Blocks without the words that stand in a menu only while nothing is chosen there."""
    if isinstance(thing, Mapping):
        hidden = {"placeholder"} if {"initial_option", "initial_options"} & thing.keys() else set()
        return {name: seen(inner) for name, inner in thing.items() if name not in hidden}
    return [seen(one) for one in thing] if isinstance(thing, list | tuple) else thing


def _named(mention: re.Match[str]) -> str:
    return f"@{NAMES.get(mention[1], mention[1])}"


def test_no_word_that_is_shown_is_missing_from_the_page() -> None:
    text = re.sub(r"\s", "", the_text())
    for one in shown():
        without = [one.text] if isinstance(one, Message) and not one.blocks else []
        for words in [*without, *all_words(seen(one.blocks if isinstance(one, Message) else one["blocks"]))]:
            for line in words.split("\n"):
                plain = re.sub(r"<[^|>]*\|([^>]*)>", r"\1", re.sub(r"<@(\w+)>", _named, line))
                plain = re.sub(r"\s", "", html.unescape(plain)).removeprefix(">")  # a quotation is drawn as one
                assert plain in text or re.sub(r"[*`]", "", plain) in text, line


def test_notifications_are_shown_too() -> None:
    for message in (one for one in shown() if isinstance(one, Message)):
        assert f"Notification: {spaced(message.text)}" in the_text()


# What kind of page it is


def test_it_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    reading = Reading(the_page())
    assert not reading.tags & {"script", "link", "img", "iframe", "object", "form", "input"}
    assert all(value and value.startswith("#") for name, value in reading.attributes if name in ("href", "src"))
    assert not [name for name, _ in reading.attributes if name.startswith("on") or name == "style"]
    assert "url(" not in the_page() and "@import" not in the_page()


def test_its_contents_lead_to_every_chapter() -> None:
    attributes = Reading(the_page()).attributes
    chapter_ids = [value for name, value in attributes if name == "id"]
    assert [f"#{one}" for one in chapter_ids] == [value for name, value in attributes if name == "href"]
    assert len(chapter_ids) == len(chapters(AT)) == len(set(chapter_ids))


def test_it_is_the_same_at_the_same_time() -> None:
    assert preview(AT) == the_page()


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style></pre></div>",
    "&lt;b&gt; & <!-- ",
    "<!channel> <@U0SAMPLE> <http://example.com|here>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_somebody_typed_is_shown_as_it_is(text: str) -> None:
    plain = {"type": "plain_text", "text": text}
    element = {"type": "plain_text_input", "initial_value": text, "multiline": True}
    rich = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}
    button = {"type": "button", "text": plain, "url": text}
    option = {"text": plain, "value": "x", "description": plain}
    blocks: list[dict[str, Any]] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": escape(text)}, "accessory": button},
        {"type": "input", "label": plain, "hint": plain, "element": element},
        {"type": "input", "label": plain, "element": {"type": "radio_buttons", "options": [option]}},
        {
            "type": "input",
            "label": plain,
            "element": {"type": "static_select", "options": [option], "placeholder": plain},
        },
        {"type": "rich_text", "elements": [rich]},
        {"type": "header", "text": plain},
    ]
    page = frame_as_html(Frame(text, [Message(text, tuple(blocks))]))
    reading = Reading(page)
    assert not reading.tags & {"script", "img", "style", "b"}
    assert reading.text.count(spaced(text)) == 16
    assert f"leads to {text}" in [value for name, value in reading.attributes if name == "title"]


def test_markup_is_only_what_the_program_has_built() -> None:
    assert tag("p", "<b>", Html("<i></i>"), title='"') == '<p title="&quot;">&lt;b&gt;<i></i></p>'


MARKED = [
    ("*bold* and _slanted_", "<strong>bold</strong> and <em>slanted</em>"),
    ("*bold*: with more", "<strong>bold</strong>: with more"),
    ("`/consult CO`", "<code>/consult CO</code>"),
    ("a*b*c and 2 * 3 * 4", "a*b*c and 2 * 3 * 4"),
    ("snake_case_name", "snake_case_name"),
    ("one\ntwo", "one<br>two"),
    ("&gt; quoted", "<blockquote>quoted</blockquote>"),
    (">quoted too", "<blockquote>quoted too</blockquote>"),
    ("<@U0SAMPLE> and <@U0OTHER>", '<span class="link">@Robin Invented</span> and <span class="link">@U0OTHER</span>'),
    ("5 &lt; 7 &amp;amp;", "5 &lt; 7 &amp;amp;"),
    ("<!date^1^{time}|10:00>", '<span class="time">10:00</span>'),
    ("<https://example.com|there>", '<span class="link">there</span>'),
    ("*bold `code`*", "<strong>bold <code>code</code></strong>"),
]


@pytest.mark.parametrize(("source", "shows"), MARKED)
def test_slacks_formatting_is_shown(source: str, shows: str) -> None:
    assert mrkdwn(source) == shows


def test_a_block_that_is_not_known_is_an_error_and_no_gap() -> None:
    with pytest.raises(KeyError):
        blocks_as_html([{"type": "video"}])
    with pytest.raises(KeyError):
        frame_as_html(
            Frame("x", {**modal("x", [], callback="x"), "blocks": [{"type": "actions", "elements": [{"type": "x"}]}]})
        )


# The command


def run(*words: str, at: Path) -> subprocess.CompletedProcess[str]:
    """`curbside preview` in a folder."""
    command = [sys.executable, "-m", "bot.cli", "preview", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=at, env=environment, capture_output=True, text=True)


def refused(done: subprocess.CompletedProcess[str], says: str) -> None:
    """It ends with status 2 and one line."""
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and says in done.stderr, done.stderr


def test_the_command_writes_the_page_and_may_write_it_again(tmp_path: Path) -> None:
    for _ in range(2):
        done = run(at=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == "Wrote curbside-preview.html. Open it in a browser.\n"
    page = (tmp_path / "curbside-preview.html").read_text(encoding="utf-8")
    assert MARK in page[:500] and len(page) > 200_000


@pytest.mark.parametrize("content", [b"", b"<html>mine</html>", b"\xff\xfe\x00", MARK.encode().rjust(9000)])
def test_what_is_no_preview_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    mine = tmp_path / "mine.html"
    mine.write_bytes(content)
    refused(run("--out", "mine.html", at=tmp_path), "mine.html is there and is no preview")
    assert mine.read_bytes() == content


def test_where_nothing_can_be_written_one_line_says_so(tmp_path: Path) -> None:
    refused(run("--out", "missing/words.html", at=tmp_path), "No such file or directory")
    refused(run("--out", ".", at=tmp_path), "Is a directory")
    refused(run("--out", "", at=tmp_path), "--out")
    refused(run("--out", "x" * 300, at=tmp_path), "File name too long")
    refused(run("--out", "/dev/null/words.html", at=tmp_path), "can't be written")
    assert list(tmp_path.iterdir()) == []
