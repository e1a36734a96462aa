"""What a step sends in its consult's own conversation, whatever kind of step it is."""

from __future__ import annotations

from collections.abc import Sequence

from bot.beside import is_aside
from bot.slack.caring import care_posts
from bot.slack.conversation import answered_in, posts_for, rewrites
from bot.slack.shown import Privacy
from bot.storage import Log, Post
from flows.consult import Consult, Step


def posts_in_conversation(log: Log, privacy: Privacy, before: Consult | None, step: Step) -> Sequence[Post]:
    """The posts. `log`: where the events before the step stand. LogError."""
    posts: Sequence[Post] = ()
    if not all(is_aside(event.kind) for event in step.events):
        turns = answered_in(log.events(step.consult.reference)) if rewrites(before, step) else None
        posts = posts_for(before, step, privacy=privacy, turns=turns)
    return (*posts, *care_posts(before, step, privacy))
