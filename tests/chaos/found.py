"""What a run comes to."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Found:
    """Numbers, and lines that say what is wrong; of those there should be none."""

    acknowledged: int = 0
    posts: int = 0
    edits_checked: int = 0
    """Messages that were edited, and are what the newest edit says."""
    network_repeats: int = 0
    """Posts that are there once more because the network brought them again; nobody can prevent that."""
    reordered: int = 0
    """Posts and edits that arrived after one that was sent later."""
    pages: int = 0
    """Calls to whoever is on call that were called for; each was made."""
    pages_sent_again: int = 0
    lost: list[str] = field(default_factory=list)
    """Acknowledged, and not in the log, or not as it was said; or committed, and not in Slack; or called for, and not done."""
    duplicates: list[str] = field(default_factory=list)
    """In the log or in Slack more than once."""
    wrong_states: list[str] = field(default_factory=list)
    broken_chains: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """All that is wrong."""
        return [*self.lost, *self.duplicates, *self.wrong_states, *self.broken_chains]
