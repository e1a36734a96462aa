"""`curbside report`: what became of a step of a decided consult."""

from __future__ import annotations

import json
from datetime import datetime, time
from typing import Any

import click

from bot.failures import Refused

EXAMPLES = """\b
Examples:
  curbside report C-7F3K2 warn_victim done
  curbside report C-7F3K2 warn_victim attempted --at 14:05 --result "no answer"
  curbside report C-7F3K2 voluntary_admission failed --at 2026-11-25T16:30
  curbside report C-7F3K2 warn_victim declined --reason "admitted instead"

\b
'curbside show' and 'curbside options' name the options. Name nobody in what you write.
"""
AT = "a time such as 14:05 (today) or 2026-11-25T14:05"


@click.command(epilog=EXAMPLES)
@click.argument("reference")
@click.argument("option")
@click.argument("state")
@click.option("--at", "at", metavar="TIME", help="When: 14:05 (today) or 2026-11-25T14:05. Now, when left out.")
@click.option("--result", metavar="TEXT", help="What came of it, in a few words.")
@click.option(
    "--reason", metavar="TEXT", help="Why, where it differs from the suggestion or leaves out what is required."
)
@click.option("--identifies-nobody", is_flag=True, help="Keep the text as it is: you have seen that it names nobody.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    reference: str,
    option: str,
    state: str,
    at: str | None,
    result: str | None,
    reason: str | None,
    identifies_nobody: bool,
    as_json: bool,
) -> None:
    """Report what became of a step, and see what is still outstanding.

    OPTION is a step, such as warn_victim. STATE is planned, attempted, done, failed or declined. Only a step that is
    done counts for what the law requires.
    """
    from bot.configuration import read_configuration, read_settings
    from bot.desk import Desk
    from bot.screened import screened
    from bot.slack.telling_beside import told_in_slack
    from bot.storage import open_log
    from flows.consult import Consult
    from flows.decision import check_step
    from flows.errors import AnswerError
    from flows.machine import DECIDED

    screened({"--result": result, "--reason": reason}, identifies_nobody)
    name, state = option.lower().replace("-", "_"), state.lower()
    configuration = read_configuration()
    with open_log(configuration.database, create=False) as log:
        desk = Desk(log, configuration.clinician, announce=told_in_slack(log, read_settings()))
        kept = desk.open(reference)
        if kept.consult.state != DECIDED:
            from bot.terminal.consult_page import stands

            raise Refused(
                f"{kept.reference}: a step is reported after the decision and before the consult is closed."
                f" This one: {stands(kept.consult)}."
            )
        step = {"state": state, "at": _when(at, state), "result": result}
        check_step(name, step, desk.clock())
        try:
            made = kept.consult.report(name, step, at=desk.clock(), actor=desk.clinician, reason=reason)
        except AnswerError as error:
            if error.field.startswith("decision.reasons") and error.value is None:
                raise Refused(
                    f"{kept.reference}: {error.problem}. Say why with --reason. Nothing was written."
                ) from None
            raise
        # Only a reason that is needed is kept; what a person wrote must not be lost without a word.
        if reason and reason.strip() not in (made.consult.decision or {})["reasons"].values():
            raise Refused("--reason: none is needed for this step; say it with --result. Nothing was written.")
        after = desk.take(kept, Consult.report, name, step, reason=reason)
    decision: Any = after.consult.decision
    if as_json:
        data = {"consult": after.reference, "option": name, "step": decision["steps"][name]}
        click.echo(json.dumps({**data, "outstanding": decision["outstanding"]}, indent=2, ensure_ascii=False))
    else:
        _print(after.reference, name, after.consult)


def _when(written: str | None, state: str) -> str | None:
    """The time with its offset; None when none was given. Refused when it is none, or lies ahead of what has happened."""
    if written is None:
        return None
    try:
        if len(written) <= len("14:05:00"):
            at = datetime.combine(datetime.now().date(), time.fromisoformat(written))
        else:
            at = datetime.fromisoformat(written)
            if len(written) <= len("2026-11-25"):
                raise ValueError("a day without a time")
    except ValueError:
        raise Refused(f"--at: {written!r} won't do; allowed: {AT}.") from None
    if at.tzinfo is None:
        at = at.astimezone()
    if state != "planned" and at > datetime.now().astimezone():
        raise Refused(f"--at: {written!r} lies ahead; a step with a time to come is 'planned'. Nothing was written.")
    return at.isoformat(timespec="seconds")


def _print(reference: str, option: str, consult: Any) -> None:
    from bot.terminal.consult_page import labels_of, outstanding_lines
    from bot.terminal.log_page import moment
    from bot.terminal.text import show
    from state_law.describe import Line, Section

    decision, result = consult.decision, consult.result
    step = decision["steps"][option]
    label = labels_of(result).get(option, option)
    said = f"{step['state']}, {moment(step['at'])}" + (f": {step['result']}" if step["result"] else "")
    lines = [Line(f"{label}: {said}")]
    if decision["follow_up"]:
        lines.append(Line(f"Follow-up: {moment(decision['follow_up'])}"))
    still = Section("Outstanding under the law", outstanding_lines(decision["outstanding"], result))
    show(Section(f"Consult {reference}", tuple(lines), (still,)))
