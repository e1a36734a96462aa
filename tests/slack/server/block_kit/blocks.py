"""The blocks of a message or a view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from . import limits
from .complaints import Complaints
from .composition import check_text
from .elements import check_element
from .ids import check_ids

Surface = Literal["message", "modal", "home"]
MESSAGE: Surface = "message"

_Check = Callable[[Mapping[str, Any], str, Complaints, Surface], None]


def check_blocks(blocks: object, surface: Surface, found: Complaints, where: str = "/blocks") -> None:
    """All blocks of one message or view."""
    most = limits.BLOCKS_IN_MESSAGE if surface == MESSAGE else limits.BLOCKS_IN_VIEW
    items = found.items(blocks, where, most, least=0)
    for n, block in enumerate(items):
        _check_block(block, f"{where}/{n}", found, surface)
    check_ids([block for block in items if isinstance(block, Mapping)], where, found)
    texts = [block.get("text") for block in items if isinstance(block, Mapping) and block.get("type") == "markdown"]
    if sum(len(text) for text in texts if isinstance(text, str)) > limits.MARKDOWN:
        found.add(where, f"markdown blocks must be less than {limits.MARKDOWN + 1} characters together")


def _check_block(block: object, where: str, found: Complaints, surface: Surface) -> None:
    kind = block.get("type") if isinstance(block, Mapping) else None
    if not isinstance(block, Mapping) or kind not in _BLOCKS:
        found.add(where, f"unsupported type: {kind}")
        return
    needs, may, check = _BLOCKS[kind]
    if kind == "markdown" and surface != MESSAGE:
        found.add(where, f"unsupported type: markdown is not allowed in a {surface}")
    if "block_id" in block:
        found.string(block["block_id"], f"{where}/block_id", limits.ID)
    if found.keys(block, where, {"type", *needs.split()}, {"block_id", *may.split()}):
        check(block, where, found, surface)


def _section(block: Mapping[str, Any], where: str, found: Complaints, surface: Surface) -> None:
    if "text" not in block and "fields" not in block:
        found.add(where, "must have text or fields")
    if "text" in block:
        check_text(block["text"], f"{where}/text", found, limits.TEXT)
    if "fields" in block:
        for n, field in enumerate(found.items(block["fields"], f"{where}/fields", limits.SECTION_FIELDS)):
            check_text(field, f"{where}/fields/{n}", found, limits.SECTION_FIELD)
    if "accessory" in block:
        check_element(block["accessory"], f"{where}/accessory", found, "section", surface)


def _header(block: Mapping[str, Any], where: str, found: Complaints, surface: Surface) -> None:
    check_text(block["text"], f"{where}/text", found, limits.HEADER, plain=True)


def _nothing(block: Mapping[str, Any], where: str, found: Complaints, surface: Surface) -> None:
    """There is nothing more to check."""


def _context(block: Mapping[str, Any], where: str, found: Complaints, surface: Surface) -> None:
    for n, element in enumerate(found.items(block["elements"], f"{where}/elements", limits.CONTEXT_ELEMENTS)):
        if isinstance(element, Mapping) and element.get("type") == "image":
            check_element(element, f"{where}/elements/{n}", found, "context", surface)
        else:
            check_text(element, f"{where}/elements/{n}", found)


def _actions(block: Mapping[str, Any], where: str, found: Complaints, surface: Surface) -> None:
    for n, element in enumerate(found.items(block["elements"], f"{where}/elements", limits.ACTIONS_ELEMENTS)):
        check_element(element, f"{where}/elements/{n}", found, "actions", surface)


def _input(block: Mapping[str, Any], where: str, found: Complaints, surface: Surface) -> None:
    check_text(block["label"], f"{where}/label", found, limits.LABEL, plain=True)
    check_element(block["element"], f"{where}/element", found, "input", surface)
    if "hint" in block:
        check_text(block["hint"], f"{where}/hint", found, limits.HINT, plain=True)
    for flag in ("optional", "dispatch_action"):
        found.flag(block.get(flag, False), f"{where}/{flag}")


def _image(block: Mapping[str, Any], where: str, found: Complaints, surface: Surface) -> None:
    found.string(block["alt_text"], f"{where}/alt_text", limits.ALT_TEXT)
    if ("image_url" in block) == ("slack_file" in block):
        found.add(where, "must have either image_url or slack_file")
    if "image_url" in block:
        found.string(block["image_url"], f"{where}/image_url", limits.URL)
    if "title" in block:
        check_text(block["title"], f"{where}/title", found, 2000, plain=True)


def _markdown(block: Mapping[str, Any], where: str, found: Complaints, surface: Surface) -> None:
    if not isinstance(block["text"], str) or not block["text"]:  # how long all may be together is checked elsewhere
        found.add(f"{where}/text", "must be a string of more than 0 characters")


def _rich_text(block: Mapping[str, Any], where: str, found: Complaints, surface: Surface) -> None:
    allowed = {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}
    for n, element in enumerate(found.items(block["elements"], f"{where}/elements", limits.TEXT)):
        if not isinstance(element, Mapping) or element.get("type") not in allowed:
            found.add(f"{where}/elements/{n}", "unsupported type")


# For each type of block: the keys it must have, those it may have, and what else is checked.
_BLOCKS: Mapping[Any, tuple[str, str, _Check]] = {
    "section": ("", "text fields accessory expand", _section),
    "header": ("text", "", _header),
    "divider": ("", "", _nothing),
    "context": ("elements", "", _context),
    "actions": ("elements", "", _actions),
    "input": ("label element", "hint optional dispatch_action", _input),
    "image": ("alt_text", "image_url slack_file title", _image),
    "markdown": ("text", "", _markdown),
    "rich_text": ("elements", "", _rich_text),
}
