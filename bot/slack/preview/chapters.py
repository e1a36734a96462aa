"""All chapters of the preview, in the order in which a person meets what they show."""

from __future__ import annotations

from bot.slack.preview import other_chapters
from bot.slack.preview.chapter import Chapter
from bot.slack.preview.consult_chapters import consult_chapters
from bot.slack.preview.samples import SAMPLES, Walk
from bot.slack.preview.supervisors_chapter import supervisors


def chapters(at: str) -> list[Chapter]:
    """`at`: the time of which the invented consults are (ISO 8601 with its offset)."""
    walks = [Walk(sample, at) for sample in SAMPLES]
    return [
        other_chapters.ways_in(walks),
        other_chapters.home(walks),
        other_chapters.danger(walks[0]),
        *(chapter for walk in walks for chapter in consult_chapters(walk)),
        other_chapters.changed_answers(walks[0]),
        supervisors(walks[0]),
        other_chapters.minimal(walks[0]),
        other_chapters.short_notes(walks[0]),
    ]
