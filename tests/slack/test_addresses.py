"""What a tap is about is read from what Slack brings back; nothing that this program did not write is believed."""

from __future__ import annotations

import pytest

from bot.slack.actions import ANSWER, action, read_action
from bot.slack.addresses import Address, BadAddress, consult_of, dm, read_block, read_metadata, shown, thread

HERE = Address("C-7F3K2", 4)


def test_a_block_says_which_consult_and_turn_it_shows() -> None:
    assert HERE.block("threat") == "C-7F3K2:4:threat"
    assert read_block("C-7F3K2:4:step:warn_victim") == (HERE, "step:warn_victim")


def test_a_modal_says_it_in_its_metadata() -> None:
    text = HERE.metadata(o="warn_victim")
    assert read_metadata(text) == (HERE, {"o": "warn_victim"})


@pytest.mark.parametrize("given", [None, "", 7, "C-7F3K2", "C-7F3K2:4", "C-7F3K2:four:x", "nothing:4:x", "::", {}])
def test_a_block_that_was_not_written_here_is_refused(given: object) -> None:
    with pytest.raises(BadAddress):
        read_block(given)


@pytest.mark.parametrize(
    "given", [None, "", "{", "[]", "7", '{"c": "C-7F3K2"}', '{"c": 1, "t": 2}', '{"c": "C-7F3K2", "t": "x"}']
)
def test_metadata_that_was_not_written_here_is_refused(given: object) -> None:
    with pytest.raises(BadAddress):
        read_metadata(given)


def test_slots_have_names_that_lead_back() -> None:
    assert consult_of(thread("C-7F3K2")) == "C-7F3K2"
    assert consult_of(shown("C-7F3K2", 4)) is None and consult_of(dm("U1")) is None


def test_an_action_says_what_it_is_about() -> None:
    assert action(ANSWER, "threat", "explicit") == "answer:threat:explicit"
    assert read_action("answer:threat:explicit") == (ANSWER, ("threat", "explicit"))
    assert read_action("back") == ("back", ())
