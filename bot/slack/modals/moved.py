"""The short modal for whoever begins a consult somewhere else than in the conversation with the app."""

from __future__ import annotations

from bot.slack.actions import LINK, PAGE_VIEW
from bot.slack.blocks import AnyBlock, bold, button, paragraph, rows, small
from bot.slack.modals.frame import modal
from bot.slack.shown import View


def moved_view(reference: str, link: str | None = None) -> View:
    """Where the consult waits. `link`: leads there, where one is known; otherwise the words say where to look."""
    blocks: list[AnyBlock] = [paragraph(f"{bold(f'Consult {reference}')} waits in a thread of our direct message.")]
    if link is None:
        blocks.append(small("You find it under Apps, at Curbside, in the tab Messages."))
    else:
        blocks += rows([button("Go there", LINK, url=link, style="primary")], "link")
    return modal("Curbside", blocks, callback=PAGE_VIEW)
