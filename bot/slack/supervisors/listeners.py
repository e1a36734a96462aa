"""The listeners of the supervisors' side, registered before those for everything else."""

from __future__ import annotations

from collections.abc import Mapping

from slack_bolt import App

from bot.slack.listeners.taps import HandlePayload
from bot.slack.office import Office
from bot.slack.supervisors import finding, home, reviewing

TAPS: Mapping[str, HandlePayload] = dict.fromkeys(reviewing.TAPS, reviewing.handle_tap)
"""What is tapped on the supervisors' side; listeners/taps.py has the listener for all taps."""


def register(app: App, office: Office) -> None:
    """The modals of a review, the supervisors' home, and `/consult find`."""
    reviewing.register(app, office)
    finding.register(app, office)
    home.register(app, office)
