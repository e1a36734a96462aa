"""The preview as one self-contained HTML page: a table of contents, and chapter by chapter all that people see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.slack.preview.chapter import Chapter
from bot.slack.preview.chapters import chapters
from bot.slack.preview.frames import frame_as_html
from bot.slack.preview.html import Html, joined, tag
from bot.slack.preview.style import STYLE
from flows.version import flow_version
from state_law.load import the_table

MARK = '<meta name="generator" content="curbside preview">'
"""By this a file is known as a preview, which may be overwritten."""
TITLE = "Curbside in Slack: every screen"


def preview(at: str) -> str:
    """The page. `at`: the time of which the invented consults are, and the day under whose rules (ISO 8601 with its offset)."""
    shown = chapters(at)
    body = joined([_head(at), _contents(shown), tag("main", *(_chapter(n, one) for n, one in enumerate(shown, 1)))])
    head = joined(
        [
            Html('<meta charset="utf-8">\n'),
            Html(MARK),
            Html('\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'),
            tag("title", TITLE),
            tag("style", Html(STYLE)),
        ]
    )
    return f'<!DOCTYPE html>\n<html lang="en">\n{tag("head", head)}\n{tag("body", body)}\n</html>\n'


def _head(at: str) -> Html:
    made_of = (
        f"Rules in force on {date.fromisoformat(at[:10])}, law table {the_table().version}, flow {flow_version()}."
    )
    return tag(
        "header",
        tag("h1", TITLE),
        tag(
            "p",
            "All messages, windows and cards of Curbside as a phone shows them, made by the program itself. Every consult here is"
            " invented. Nothing can be tapped; menus open, so that all their words can be read. ",
            made_of,
            class_="intro",
        ),
        tag(
            "p", "Not legal advice. In an emergency call 911; for suicide and crisis call or text 988.", class_="intro"
        ),
    )


def _contents(shown: Sequence[Chapter]) -> Html:
    links = (tag("li", tag("a", one.title, href=f"#chapter-{n}")) for n, one in enumerate(shown, 1))
    return tag("nav", tag("h2", "Contents"), tag("ol", *links))


def _chapter(number: int, chapter: Chapter) -> Html:
    return tag(
        "section",
        tag("h2", f"{number}. {chapter.title}"),
        tag("p", chapter.says, class_="intro"),
        tag("div", *(frame_as_html(one) for one in chapter.frames), class_="frames"),
        id=f"chapter-{number}",
    )
