"""A jurisdiction as plain lines for a person, and all of them at a glance. Colours and widths are for whoever shows it.

Every word stands in `words.yaml`; here is only what is shown, and in which order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, get_args

from state_law import load
from state_law.check import ToLookAt, unconfirmed
from state_law.load import Table, TableError
from state_law.model import (
    EmergencyHold,
    Federal,
    HarmToSelf,
    Jurisdiction,
    Reporting,
    RiskProtectionOrder,
    Rule,
    Source,
)
from state_law.shapes import Words, check_words, read_shaped

Strength = Literal["mandatory", "permissive", "no_duty"]
STRONGEST_FIRST: tuple[Strength, ...] = get_args(Strength)


@dataclass(frozen=True)
class Line:
    """Something said: under a label or alone, with points below it. `doubtful` where it is not confirmed, or a bar."""

    text: str
    label: str = ""
    points: tuple[str, ...] = ()
    doubtful: bool = False


@dataclass(frozen=True)
class Section:
    """Lines under a title, and further sections beneath."""

    title: str
    lines: tuple[Line, ...] = ()
    parts: tuple[Section, ...] = ()


@dataclass(frozen=True)
class AtAGlance:
    """One jurisdiction in one line. `citations` are its rules of the strongest kind, which `strongest` names."""

    code: str
    name: str
    duty: str
    strongest: Strength | None
    citations: tuple[str, ...]
    limits: tuple[str, ...]
    verified_on: str
    unconfirmed: tuple[ToLookAt, ...]

    @property
    def duty_in_words(self) -> str:
        """What the law comes to, in two or three words."""
        return word("duty_at_a_glance", self.duty)

    @property
    def citations_in_words(self) -> str:
        """The strongest rules: what they do, where they stand, and what they are limited to."""
        if self.strongest is None:
            return ""
        cited = [
            f"{citation} ({say('only_for', limits=limits)})" if limits else citation
            for citation, limits in zip(self.citations, self.limits, strict=True)
        ]
        return f"{word('strength', self.strongest)}: {'; '.join(cited)}"


@lru_cache(maxsize=1)
def words() -> dict[str, dict[str, str]]:
    """`words.yaml`: each list of values -> each value -> its plain words. TableError."""
    data: dict[str, dict[str, str]] = read_shaped(load.HERE / "words.yaml", Words)
    check_words(data)
    return data


def word(kind: str, value: str) -> str:
    """The plain words for one value of the table."""
    try:
        return words()[kind][value]
    except KeyError:
        raise TableError("words.yaml", f"{kind}.{value}", None, "it is missing and must be there") from None


def say(sentence: str, **values: str) -> str:
    """A sentence, with what belongs in its gaps."""
    try:
        return word("say", sentence).format(**values)
    except (KeyError, IndexError, ValueError, AttributeError):
        gaps = ", ".join(f"{{{one}}}" for one in values) or "none"
        raise TableError(
            "words.yaml", f"say.{sentence}", word("say", sentence), f"the gaps that there are: {gaps}"
        ) from None


def in_force(record: Jurisdiction, on: date) -> tuple[list[Rule], list[Rule]]:
    """The rules in force on that day, and those that are not."""
    return [one for one in record.rules if one.in_force(on)], [one for one in record.rules if not one.in_force(on)]


def glance(table: Table, on: date) -> list[AtAGlance]:
    """Every jurisdiction in one line each, by its rules in force on that day."""
    return [_at_a_glance(record, on) for record in table]


def _at_a_glance(record: Jurisdiction, on: date) -> AtAGlance:
    rules, _ = in_force(record, on)
    kinds = {rule.duty for rule in rules if rule.effect == "disclosure"}
    strongest = next((duty for duty in STRONGEST_FIRST if duty in kinds), None)
    cited = {
        rule.citation: ", ".join(word("limit", limit) for limit in rule.limited_to)
        for rule in rules
        if rule.effect == "disclosure" and rule.duty == strongest
    }
    doubts = [(rule, unconfirmed(record, rule)) for rule in rules]
    return AtAGlance(
        code=record.code,
        name=record.name,
        duty=record.classification.duty_to_others,
        strongest=strongest,
        citations=tuple(cited),
        limits=tuple(cited.values()),
        verified_on=record.verified_on,
        unconfirmed=tuple(ToLookAt(record.code, rule.id, rule.citation, why) for rule, why in doubts if why),
    )


def describe(table: Table, code: str, on: date) -> Section:
    """All that the table knows of one jurisdiction, its rules as in force on that day."""
    record = table.jurisdiction(code)
    rules, left_out = in_force(record, on)
    return Section(
        f"{record.name} ({record.code})",
        parts=(
            _duty(record, rules),
            _rules(record, rules, left_out, on),
            _cases(record),
            _harm_to_self(record, record.harm_to_self),
            _hold(record, record.emergency_hold),
            _order(record, record.erpo),
            _reporting(record, "abuse_of_child", record.abuse_reporting.child),
            _reporting(record, "abuse_of_vulnerable_adult", record.abuse_reporting.vulnerable_adult),
            _titled("open_questions", [_points(record.open_questions, say("no_questions"))]),
            _federal(table.federal),
            _titled(
                "sources", [Line("", points=tuple(f"{one.id}: {_how_read(one)}: {one.url}" for one in record.sources))]
            ),
            _titled(
                "checked",
                [
                    _line("verified_on", record.verified_on),
                    _line("table_version", table.version),
                    Line(say("not_advice")),
                ],
            ),
        ),
    )


def _titled(title: str, lines: Iterable[Line | None], parts: Iterable[Section] = ()) -> Section:
    return Section(word("title", title), tuple(line for line in lines if line), tuple(parts))


def _line(label: str, text: str | None, points: Iterable[str] = (), doubtful: bool = False) -> Line:
    """A labelled line; without a text it says that this is not confirmed."""
    doubtful = doubtful or text is None
    return Line(text if text is not None else say("not_confirmed"), word("label", label), tuple(points), doubtful)


def _points(points: Iterable[str], when_none: str) -> Line:
    points = tuple(points)
    return Line("", points=points) if points else Line(when_none)


def _listed(kind: str, values: Iterable[str]) -> str:
    return "; ".join(word(kind, value) for value in values)


def _duty(record: Jurisdiction, rules: list[Rule]) -> Section:
    duty = record.classification
    excluding: dict[str, list[str]] = {}
    for rule in rules:
        if rule.may_not_tell:
            excluding.setdefault(_listed("recipient", rule.may_not_tell), []).append(rule.citation)
    excluded = [say("excluded_by", who=who, citations="; ".join(cited)) for who, cited in excluding.items()]
    surveys = say("older_surveys", ncsl=word("ncsl", duty.ncsl), jaapl=word("jaapl_2014", duty.jaapl_2014))
    return _titled(
        "duty",
        [
            Line(f"{word('duty_to_others', duty.duty_to_others)} {say('duty_of_care')}"),
            _line("because", duty.because),
            _line("excluded", "", excluded, doubtful=True) if excluded else None,
            _line("older_surveys", surveys),
        ],
    )


def _rules(record: Jurisdiction, rules: list[Rule], left_out: list[Rule], on: date) -> Section:
    day = on.isoformat()
    earlier = on < date.fromisoformat(record.verified_on)
    missing = [f"{rule.citation} ({_since_until(rule)})" for rule in left_out]
    return _titled(
        "rules",
        [
            _line("as_of", say("as_of", on=day, checked=record.verified_on)) if earlier else None,
            None if rules else Line(say("no_rules", on=day), doubtful=True),
            _line("left_out", say("not_in_force", on=day), missing, doubtful=True) if missing else None,
        ],
        [_rule(record, rule) for rule in rules],
    )


def _rule(record: Jurisdiction, rule: Rule) -> Section:
    trigger = rule.trigger.model_dump()
    doubt = unconfirmed(record, rule)
    lines = [
        _line("in_short", rule.summary),
        _line("covers", _listed("profession", rule.professions)),
        _line("duty", f"{word('duty', rule.duty)} ({word('basis', rule.basis)})"),
        _line("effect", word("effect", rule.effect), doubtful=True) if rule.effect == "privilege" else None,
        _line("trigger", "", [f"{word('element', name)}: {word(name, form)}" for name, form in trigger.items()]),
        _line("only_for", _listed("limit", rule.limited_to)) if rule.limited_to else None,
        _discharge(rule),
        _may_tell(rule),
        _line("may_not_tell", _listed("recipient", rule.may_not_tell), doubtful=True)
        if rule.may_not_tell
        else _line("may_not_tell", say("no_exclusion")),
        _line(
            "immunity",
            f"{word('for_disclosing', _yes_or_no(rule.immunity.for_disclosing))}; "
            f"{word('for_not_disclosing', _yes_or_no(rule.immunity.for_not_disclosing))}. {rule.immunity.note}",
        ),
        _line("in_force", _since_until(rule)),
        _line("checked_on", rule.checked_on),
        _line("confidence", word("confidence", rule.confidence)),
        _line("unconfirmed", doubt, doubtful=True) if doubt else None,
        _source(record, rule.source),
    ]
    return Section(rule.citation, tuple(line for line in lines if line))


def _way(rule: Rule, way: tuple[str, ...]) -> str:
    actions = say("and").join(word("action", action) for action in way)
    limits = [word("limit", one.when) for one in rule.not_enough if one.way == way]
    if limits:
        actions = say("not_enough", way=actions, limits="; ".join(limits))
    circumstances = [word("circumstance", one.when) for one in rule.counts_when if one.way == way]
    return say("counts_when", way=actions, circumstances="; ".join(circumstances)) if circumstances else actions


def _discharge(rule: Rule) -> Line | None:
    if rule.discharge_any_of:
        ways = [_way(rule, way) for way in rule.discharge_any_of]
        return _line("discharge", say("any_of"), ways) if len(ways) > 1 else _line("discharge", ways[0])
    if rule.duty == "mandatory":
        return _line("discharge", say("discharge_not_confirmed"), doubtful=True)
    return None


def _may_tell(rule: Rule) -> Line:
    who = _listed("recipient", rule.may_tell)
    if rule.duty == "no_duty" or rule.effect == "privilege":
        return _line("may_tell", say("named_there", who=who) if who else say("may_tell_nobody"))
    if who:
        return _line("may_tell", who)
    return _line("may_tell", say("may_tell_not_confirmed"), doubtful=True)


def _since_until(rule: Rule) -> str:
    since = say("since", since=rule.in_force_since) if rule.in_force_since else say("since_unknown")
    return f"{since}, {say('until', until=rule.in_force_until)}" if rule.in_force_until else since


def _cases(record: Jurisdiction) -> Section:
    cases = [
        Section(
            f"{case.name} ({case.year})",
            (_line("citation", case.citation), Line(case.holding), _source(record, case.source)),
        )
        for case in record.cases
    ]
    return _titled("cases", [] if cases else [Line(say("no_cases"))], cases)


def _harm_to_self(record: Jurisdiction, rule: HarmToSelf) -> Section:
    return _titled(
        "harm_to_self",
        [
            Line(word("harm_to_self", rule.disclosure), doubtful=rule.disclosure == "unsettled"),
            _line("in_short", rule.summary),
            _line("may_tell", _listed("recipient", rule.may_tell))
            if rule.may_tell
            else _line("may_tell", say("may_tell_not_confirmed"), doubtful=True),
            _line("citation", rule.citation),
            _source(record, rule.source),
        ],
    )


def _hold(record: Jurisdiction, hold: EmergencyHold) -> Section:
    return _titled(
        "hold",
        [
            _line("name", hold.local_name),
            _line("hours", say("hours", hours=str(hold.initial_hours)) if hold.initial_hours else None),
            _line("who_may_start", _listed("hold_starter", hold.who_may_start) or None),
            _line("criteria", hold.criteria),
            _line("citation", hold.citation),
            _source(record, hold.source),
        ],
    )


def _order(record: Jurisdiction, order: RiskProtectionOrder) -> Section:
    known = order.available is not None
    available = _yes_or_no(bool(order.available)) if known else "not_confirmed"
    return _titled(
        "order",
        [
            Line(word("risk_protection_order", available), doubtful=not known),
            _line("who_may_ask", _listed("petitioner", order.who_may_petition) or None) if order.available else None,
            _line("citation", order.citation),
            _source(record, order.source),
        ],
    )


def _reporting(record: Jurisdiction, title: str, reporting: Reporting) -> Section:
    must = reporting.who_must_report
    who = [word("must_report", "everyone")] if must.everyone else []
    who += [word("profession", profession) for profession in must.professions]
    if must.everyone is None:
        who.append(word("must_report", "others_not_confirmed" if who else "not_confirmed"))
    checked = say("who_must_checked", confidence=word("confidence", must.confidence), checked_on=must.checked_on)
    doubtful = must.everyone is None or must.confidence == "low"
    about_who = [must.note, checked, _cited(record, must.source)]
    return _titled(
        title,
        [
            _line("who_must", "; ".join(who) or word("must_report", "nobody"), about_who, doubtful),
            _line("report_to", reporting.report_to),
            _line("deadline", reporting.deadline),
            _line("hotline", reporting.hotline),
            _line("citation", reporting.citation),
            _source(record, reporting.source),
        ],
    )


def _federal(federal: Federal) -> Section:
    return _titled(
        "federal",
        [
            Line(f"{say('federal')} ({say('federal_checked', checked=federal.verified_on)})"),
            Line("", points=tuple(f"{rule.citation}, {rule.name}: {rule.allows}" for rule in federal.privacy_rules)),
        ],
    )


def _source(record: Jurisdiction, source_id: str | None) -> Line:
    return _line("source", _cited(record, source_id), doubtful=source_id is None)


def _cited(record: Jurisdiction, source_id: str | None) -> str:
    source = record.source(source_id)
    return f"{source.id}: {_how_read(source)}" if source else say("no_source")


def _how_read(source: Source) -> str:
    kind, read = word("source_kind", source.kind), word("source_read", source.read)
    as_of = say("as_of_day", day=source.text_as_of) if source.text_as_of else say("no_date")
    return say("how_read", kind=kind, read=read, as_of=as_of)


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"
