"""What a person is told when an answer or a step can't be taken. Nothing has changed when one of these is raised."""

from __future__ import annotations

from state_law.shown import shown


class AnswerError(ValueError):
    """An answer, or part of a decision, that won't do. str() is one line: the field, the value, and what is allowed.

    `field` names the answer, with dots for its parts (`aggravating.psychosis`). `value` is what was given, None when
    something is missing. `allowed` says in words what would do. `problem` says what is wrong, when more than that.
    """

    def __init__(self, field: str, value: object, allowed: str, problem: str | None = None) -> None:
        self.field, self.value, self.allowed, self.problem = field, value, allowed, problem
        if value is None:
            line = f"{field}: {problem or 'it is missing'}; needed: {allowed}"
        else:
            line = f"{field}: {shown(value)}: {problem or 'not known here'}; allowed: {allowed}"
        super().__init__(line)

    def as_dict(self) -> dict[str, object]:
        """For a result in JSON: {field, value, allowed, message}; a value that JSON does not know is shown as text."""
        plain = self.value if isinstance(self.value, str | int | float | bool | None) else shown(self.value)
        return {"field": self.field, "value": plain, "allowed": self.allowed, "message": str(self)}


class OutOfTurn(AnswerError):
    """Something that can't be done at this point of the consult: an answer to another screen, a decision too early."""

    def __init__(self, what: str, now: str, allowed: str) -> None:
        super().__init__(what, now, allowed, "this consult is not there now")
