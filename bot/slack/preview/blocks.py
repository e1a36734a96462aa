"""Slack's blocks as HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.slack.preview.elements import element
from bot.slack.preview.html import Html, joined, lines, tag
from bot.slack.preview.text import text
from bot.slack.shown import Block


def blocks_as_html(blocks: Sequence[Block]) -> Html:
    """All blocks of a message or view. KeyError for a type of block that this program does not use."""
    return joined(tag("div", _BLOCKS[block["type"]](block), class_=f"block {block['type']}") for block in blocks)


def _section(block: Block) -> Html:
    said = tag("div", text(block["text"]))
    return joined([said, element(block["accessory"])]) if "accessory" in block else said


def _context(block: Block) -> Html:
    return joined(tag("span", text(one)) for one in block["elements"])


def _actions(block: Block) -> Html:
    return joined(element(one) for one in block["elements"])


def _input(block: Block) -> Html:
    label = [text(block["label"])]
    if block.get("optional"):
        label.append(tag("span", " (optional)", class_="optional"))
    hint = [tag("small", text(block["hint"]))] if "hint" in block else []
    return joined([tag("div", *label, class_="label"), element(block["element"]), *hint])


def _rich_text(block: Block) -> Html:
    return joined(tag("pre", *(_plain(one) for one in part["elements"])) for part in block["elements"])


def _plain(of: Mapping[str, Any]) -> Html:
    return lines(of["text"])


_BLOCKS: Mapping[str, Callable[[Block], Html]] = {
    "section": _section,
    "context": _context,
    "header": lambda block: tag("div", text(block["text"])),
    "divider": lambda block: Html("<hr>"),
    "actions": _actions,
    "input": _input,
    "rich_text": _rich_text,
}
