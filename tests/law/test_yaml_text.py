"""Reading YAML: whatever a file says, it is values or one line that says where it won't do."""

from __future__ import annotations

import pytest

from state_law.load import TableError
from state_law.yaml_text import read_yaml

LAUGHS = "\n".join(
    ["a: &a [x, x]", *(f"{one}: &{one} [*{last}, *{last}]" for last, one in zip("abcdefgh", "bcdefghi", strict=True))]
)
REFUSED = {
    "a date that is none": ("at: !!timestamp yesterday", "line 1, column 5: could not determine a constructor"),
    "a truth that is none": ("it: !!bool maybe", "line 1, column 5: 'maybe' is not true or false"),
    "a truth with a line break": ('it: !!bool "true\\n"', "is not true or false"),
    "a number that is none": ("many: !!int ''", "line 1, column 7: '' is not a whole number"),
    "a number that is not finite": ("many: !!float .inf", "'.inf' is not a number with a point"),
    "a number that no float holds": (f"many: {'9' * 400}.0", "a number is too large"),
    "a number of very many digits": (f"many: {'9' * 5000}", "a number is too large"),
    "a mapping that is a list": ("it: !!map [a]", "expected a mapping, but found a sequence"),
    "a set": ("it: !!set {a}", "could not determine a constructor for the tag '!!set'"),
    "bytes": ("it: !!binary '='", "could not determine a constructor for the tag '!!binary'"),
    "a program": ("it: !!python/name:os.system", "could not determine a constructor"),
    "a list that holds itself": ("a: &a [*a]", "found unconstructable recursive node"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_one_line_with_its_place(name: str) -> None:
    text, says = REFUSED[name]
    with pytest.raises(ValueError) as refused:
        read_yaml(text)
    assert says in str(refused.value) and "\n" not in str(refused.value)


def test_tags_that_say_what_is_there_are_taken() -> None:
    assert read_yaml("[!!int 5, !!float 1.5, !!bool true, !!str 5, !!null ~, !!map {a: b}, !!seq [c]]") == [
        5, 1.5, True, "5", None, {"a": "b"}, ["c"],
    ]  # fmt: skip


def test_a_key_that_stands_twice_is_cut_short() -> None:
    with pytest.raises(ValueError) as refused:
        read_yaml(f"{'x' * 5000}: 1\n{'x' * 5000}: 2")
    assert len(str(refused.value)) < 200


def test_a_fault_of_the_table_is_one_short_line_whatever_stands_there() -> None:
    """A few lines can stand for more than a memory holds, and a name can hold what a screen obeys."""
    error = TableError("CO.yaml", f"rules.a\0\x1b[31m{'x' * 5000}", read_yaml(LAUGHS), "no such field")
    assert str(error).startswith("CO.yaml: rules.a\\x00\\x1b[31mx") and len(str(error)) <= 500
