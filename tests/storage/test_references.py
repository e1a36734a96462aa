"""References as people write them."""

from __future__ import annotations

import pytest

from bot.storage import BadReference, parse_reference
from bot.storage.references import make_reference, slips

MEANT = {
    "C-7F3K2": "C-7F3K2",
    "c-7f3k2": "C-7F3K2",
    " C7F3K2 ": "C-7F3K2",
    "7f3k2": "C-7F3K2",
    "C 7F3K2": "C-7F3K2",
    "c_7f3k2\n": "C-7F3K2",
    "C\u20137F3K2": "C-7F3K2",  # the dash that a phone makes of a hyphen
    "C\u22127F3K2": "C-7F3K2",
    "\uff23\uff0d\uff17\uff26\uff13\uff2b\uff12": "C-7F3K2",  # full-width letters
    "c-oil10": "C-01110",  # O for 0, I and L for 1
    "C-CCCCC": "C-CCCCC",
    "CCCCC": "C-CCCCC",
    "CCCCCC": "C-CCCCC",
    "C7F3K": "C-C7F3K",  # five characters are the code itself
}


@pytest.mark.parametrize("given", MEANT)
def test_a_reference_is_read_as_it_was_meant(given: str) -> None:
    assert parse_reference(given) == MEANT[given]


@pytest.mark.parametrize("given", ["", "C-", "C-7F3K", "C-7F3K22", "C-7F 3K2", "D-7F3K2", "C-7F3K!", "C-ÄF3K2"])
def test_what_is_no_reference_is_refused(given: str) -> None:
    with pytest.raises(BadReference, match="five letters or digits"):
        parse_reference(given)


def test_a_made_reference_reads_as_itself() -> None:
    for _ in range(200):
        made = make_reference()
        assert parse_reference(made) == made


def test_slips_are_one_slip_away() -> None:
    assert "C-7F_K2" in slips("C-7F3K2")
    assert "C-F73K2" in slips("C-7F3K2")
    assert "C-7F3K_" in slips("C-7F3K")
    assert "C-7F3K2" in slips("c7f33k2")
    assert slips("violence") == slips("") == slips("C-7") == []
