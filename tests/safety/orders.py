"""Which comparisons count as lower, and which are not made, each with its reason. Data for the tests."""

from __future__ import annotations

from collections.abc import Mapping

from state_law.evaluate import Duty

NOT_LOWER: Mapping[tuple[Duty, Duty], str] = {
    ("turns_on_unknowns", "may_disclose"): (
        "a permissive rule that was unknown is met now, and no mandatory one is unknown: more is allowed than before. "
        "That no mandatory rule fell from unknown to no is checked apart"
    ),
    (
        "may_disclose",
        "turns_on_unknowns",
    ): "a mandatory rule that was excluded is open now; the permission stands beside it",
    ("no_duty", "not_triggered"): "worded and treated alike: no rule listed here requires telling anyone",
    ("not_triggered", "no_duty"): "worded and treated alike: no rule listed here requires telling anyone",
    ("no_duty", "unsettled"): "neither requires nor allows telling anyone",
    ("unsettled", "no_duty"): "neither requires nor allows telling anyone",
    ("not_triggered", "unsettled"): "neither requires nor allows telling anyone",
    ("unsettled", "not_triggered"): "neither requires nor allows telling anyone",
}
"""A step between duties that is no loss of protection. Every other step is lower where it goes down in strictness."""

HELD_FIXED: Mapping[str, str] = {
    "limited_to: school_threat": (
        "a limit says what kind of case it is, not how grave: an identified person outside a school (identifiable) ranks "
        "above a group or place as a target, and still takes the case out of a rule that is about schools"
    ),
}
"""Elements that are left as they are while an answer is made worse: (element, why)."""
