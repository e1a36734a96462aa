"""Pieces of which messages and modals are built, and how plain text and pages of the engine become Slack's blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from blockkit import Actions, Button, Context, Divider, Header, Input, RichText, Text
from blockkit import Section as SectionBlock

from bot.slack.actions import action
from bot.slack.shown import Block, Message
from flows.pages import when
from state_law.describe import Line, Section

T = TypeVar("T")
AnyBlock = Actions | Context | Divider | Header | Input | RichText | SectionBlock

MOST_IN_TEXT = 3000
"""Characters in a section's text (docs: Block Kit, section)."""
MOST_ON_BUTTON = 75
MOST_IN_OPTION = 75
FITS_ON_BUTTON = 30
"""Characters of a button that a phone shows in any case; more may be cut (docs: Block Kit, button)."""
MOST_IN_ROW = 5
"""Buttons in a row: more than that can't be taken in on a phone."""
FOLDED = 300
"""Characters from which on Slack may fold a text behind "see more", unless it is told not to."""
APART = "\u200b"
"""Stands in what would otherwise become an emoji; it is not seen."""
LOOKALIKES = {"*": "\u2217", "_": "\u02cd", "~": "\u223c", "`": "\u02cb"}
"""Slack has no escape for these, and whether an unseen character beside one keeps it from formatting is nowhere promised."""
IN_ADDRESS = {"*": "%2A", "_": "%5F", "~": "%7E", "`": "%60"}
"""The same in an address, which must still lead there when it is copied."""

_FORMATS = re.compile(r"[*~`]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")  # the one in some_words formats nothing
_ADDRESS = re.compile(r"(https?://[^\s<>]+)")
_EMOJI = re.compile(r":(?=[\w+'-]+:)")
_QUOTES = re.compile(r"^(\s*)&gt;", re.MULTILINE)
_HALF_ENTITY = re.compile(r"&[a-z]{0,3}$")


def escape(text: str) -> str:
    """Text so that it shows as it is: it mentions nobody, links nowhere and formats nothing."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    parts = _ADDRESS.split(plain)  # every second one is an address
    plain = "".join(
        _FORMATS.sub(lambda found, at=at: IN_ADDRESS[found[0]] if at % 2 else LOOKALIKES[found[0]], part)
        for at, part in enumerate(parts)
    )
    return _QUOTES.sub("\\1\u203a", _EMOJI.sub(f":{APART}", plain))


def bold(text: str) -> str:
    """The text, escaped and bold."""
    return f"*{escape(text)}*"


def words(text: str) -> Text:
    """Text with Slack's formatting, in which nothing is linked that is not written as a link."""
    return Text(text, type="mrkdwn", verbatim=True)


def paragraph(text: str, block_id: str | None = None, accessory: Any = None) -> SectionBlock:
    """A section with formatted text, all of which is seen at once."""
    return SectionBlock(
        words(text), block_id=block_id, accessory=accessory, expand=True if len(text) > FOLDED else None
    )


def small(text: str, block_id: str | None = None) -> Context:
    """A line in small grey letters."""
    return Context([words(text)], block_id=block_id)


def button(says: str, action_id: str, **more: Any) -> Button:
    """A button; its words are cut where Slack would refuse them."""
    return Button(shortened(says, MOST_ON_BUTTON), action_id=action_id, **more)


def page_buttons(number: int, of: int, *about: str, **more: Any) -> list[Button]:
    """The buttons that lead to the page before and the next one, where there are such. `about`: of their action ids."""
    found = [button("Page before", action(*about, str(number - 1)), **more)] if number > 1 else []
    if number < of:
        found.append(button(f"Next page ({number + 1} of {of})", action(*about, str(number + 1)), **more))
    return found


def rows(buttons: Sequence[Any], block_id: str) -> list[Actions]:
    """Buttons in rows of at most five; one with many words has a row of its own. Their ids: `block_id`, `block_id.1`, ..."""
    parts: list[list[Any]] = []
    alone = True
    for one in buttons:
        before, alone = alone, len(_label(one)) > FITS_ON_BUTTON
        if before or alone or len(parts[-1]) == MOST_IN_ROW:
            parts.append([])
        parts[-1].append(one)
    return [Actions(part, block_id=f"{block_id}.{i}" if i else block_id) for i, part in enumerate(parts)]


def _label(element: Any) -> str:
    """The words on a button; none for a select, which has the width that it needs."""
    return str(element.build().get("text", {}).get("text", ""))


def shortened(text: str, most: int) -> str:
    """The text, cut with an ellipsis where it has more than `most` characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def moment(at: str) -> str:
    """A time of the log as each person's Slack shows it, in their own zone; as it is where it has no zone."""
    time = datetime.fromisoformat(at)
    if time.tzinfo is None:
        return when(at)
    return f"<!date^{int(time.timestamp())}^{{date_short_pretty}}, {{time}}|{when(at)}>"


def message(text: str, blocks: Iterable[AnyBlock | Block]) -> Message:
    """A message of these blocks. `text`: the notification, so nothing clinical. ValueError where Slack would refuse it."""
    return Message(text, tuple(built(blocks)))


def built(blocks: Iterable[AnyBlock | Block]) -> list[Block]:
    """The blocks as Slack takes them; those that were built already as they are."""
    return [block if isinstance(block, Mapping) else block.build() for block in blocks]  # type: ignore[no-untyped-call]


# Pages of the engine


def section_blocks(section: Section, *, most: int = MOST_IN_TEXT) -> list[AnyBlock]:
    """A page as blocks: its title as a header, its parts under titles in bold, each text below `most` characters."""
    head: list[AnyBlock] = [Header(shortened(section.title, 150))] if section.title else []
    own = [paragraph(text) for text in texts(section.lines, most=most)]
    return [*head, *own, *(block for part in section.parts for block in part_blocks(part, most=most))]


def part_blocks(section: Section, *, most: int = MOST_IN_TEXT) -> list[AnyBlock]:
    """One part of a page, its title in bold over its lines; nothing where there is nothing to say under it."""
    if not section.lines and not section.parts:
        return []
    title = [bold(section.title)] if section.title else []
    found: list[AnyBlock] = [paragraph(text) for text in texts(section.lines, most=most, first=title)]
    return [*found, *(block for part in section.parts for block in part_blocks(part, most=most))]


def texts(lines: Iterable[Line], *, most: int = MOST_IN_TEXT, first: Sequence[str] = ()) -> list[str]:
    """The lines as formatted texts, each of at most `most` characters, parted between lines where that can be."""
    found: list[str] = []
    for line in [*first, *(said for one in lines for said in _said(one))]:
        for piece in _pieces(line, most):
            if found and len(found[-1]) + 1 + len(piece) <= most:
                found[-1] += f"\n{piece}"
            else:
                found.append(piece)
    return found


def _said(line: Line) -> Iterator[str]:
    doubt = "⚠️ " if line.doubtful else ""
    after = "" if line.label.endswith("?") else "." if line.label.isdigit() else ":"
    label = f"{bold(line.label)}{after} " if line.label else ""
    if line.text or label:
        heads = line.points and not label  # such as the person who may be told, above what to say
        yield f"{doubt}{label}{bold(line.text) if heads else escape(line.text)}".rstrip()
    for point in line.points:
        yield f"• {escape(point)}"


def _pieces(line: str, most: int) -> Iterator[str]:
    """A line that is too long, parted between words."""
    while len(line) > most:
        cut = line.rfind(" ", 0, most)
        cut = cut if cut > most // 2 else most - len("".join(_HALF_ENTITY.findall(line[:most])))
        yield line[:cut].rstrip()
        line = line[cut:].lstrip()
    yield line


def paged(blocks: Sequence[T], page: int, per_page: int = 90) -> tuple[list[T], int]:
    """The blocks of that page (1, 2, ...), and how many pages there are. A page beyond the last is the last."""
    pages = max(1, -(-len(blocks) // per_page))
    start = (min(max(page, 1), pages) - 1) * per_page
    return list(blocks[start : start + per_page]), pages
