"""Three-valued logic: yes, no and unknown, so that what nobody knows is never taken for a no.

Kleene's strong logic (S. C. Kleene, Introduction to Metamathematics, 1952, section 64). The values are the plain words
of the contract, so that a result can be shown and stored as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

Truth = Literal["yes", "no", "unknown"]
YES: Truth = "yes"
NO: Truth = "no"
UNKNOWN: Truth = "unknown"


def all_of(values: Iterable[Truth]) -> Truth:
    """yes when every value is yes (also for none at all), no when any is no, unknown otherwise."""
    result: Truth = YES
    for value in values:
        if value == NO:
            return NO
        if value == UNKNOWN:
            result = UNKNOWN
    return result


def any_of(values: Iterable[Truth]) -> Truth:
    """yes when any value is yes, no when every one is no (also for none at all), unknown otherwise."""
    result: Truth = NO
    for value in values:
        if value == YES:
            return YES
        if value == UNKNOWN:
            result = UNKNOWN
    return result


def negate(value: Truth) -> Truth:
    """no for yes, yes for no; unknown stays unknown."""
    return {YES: NO, NO: YES, UNKNOWN: UNKNOWN}[value]
