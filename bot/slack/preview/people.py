"""The invented people of the preview, by their id in Slack, as a mention shows them."""

from __future__ import annotations

PERSON = "U0SAMPLE"
SUPERVISOR = "U0SUPERVISOR"
NAMES = {PERSON: "Robin Invented", SUPERVISOR: "Sam Invented"}
