"""Slack's published limits, as numbers: https://docs.slack.dev/reference/block-kit and the pages of the methods."""

from __future__ import annotations

from typing import Final

BLOCKS_IN_MESSAGE: Final = 50
BLOCKS_IN_VIEW: Final = 100

ID: Final = 255  # action_id, block_id, callback_id, external_id
TEXT: Final = 3000  # any text object for which nothing narrower is said; a section's text too
SECTION_FIELDS: Final = 10
SECTION_FIELD: Final = 2000
HEADER: Final = 150
CONTEXT_ELEMENTS: Final = 10
ACTIONS_ELEMENTS: Final = 25
LABEL: Final = 2000
HINT: Final = 2000
MARKDOWN: Final = 12000  # all markdown blocks of a message together
URL: Final = 3000
ALT_TEXT: Final = 2000

BUTTON_TEXT: Final = 75
BUTTON_VALUE: Final = 2000
ACCESSIBILITY_LABEL: Final = 75
PLACEHOLDER: Final = 150

OPTIONS: Final = {"checkboxes": 10, "radio_buttons": 10, "overflow": 5}
OPTIONS_ELSE: Final = 100
OPTION_GROUPS: Final = 100
OPTION_TEXT: Final = 75
OPTION_VALUE: Final = 150
OPTION_VALUE_IN_MENU: Final = 75  # static_select and its like: "less than 76 characters"
OPTION_DESCRIPTION: Final = 75
GROUP_LABEL: Final = 75

CONFIRM_TITLE: Final = 100
CONFIRM_TEXT: Final = 300
CONFIRM_BUTTON: Final = 30

INPUT_LENGTH: Final = 3000  # min_length, max_length and the initial value of a plain-text input

VIEW_TITLE: Final = 24  # the submit and close buttons too
PRIVATE_METADATA: Final = 3000
VIEW_BYTES: Final = 250_000
VIEWS_PUSHED: Final = 3

METADATA: Final = 8000
MESSAGE_TEXT: Final = 40_000
