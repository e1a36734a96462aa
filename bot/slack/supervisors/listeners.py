"""The listeners of the supervisors' side, registered before those for everything else."""

from __future__ import annotations

from slack_bolt import App
from slack_sdk import WebClient

from bot.slack.office import Office
from bot.slack.supervisors import finding, home, reviewing


def register(app: App, office: Office, client: WebClient) -> None:
    """Buttons and modals of a review, the supervisors' home, and `/consult find`."""
    reviewing.register(app, office, client)
    finding.register(app, office)
    home.register(app, office)
