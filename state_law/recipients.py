"""Who may be told, by which path; who may not; and for whom only a federal permission speaks.

The paths, permissions and restrictions are data (`paths.yaml`); a jurisdiction's own rules come from its record. The
narrower reading goes for permissions: an exclusion in any rule that may apply here is kept, and with two jurisdictions
only those stay whom both allow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, get_args

from state_law import load
from state_law.conditions import Condition, Facts, Together, parse_condition
from state_law.evaluate import JurisdictionLaw, RuleResult
from state_law.load import TableError
from state_law.logic import NO, UNKNOWN, YES, Truth
from state_law.model import Recipient
from state_law.shapes import Paths, check_complete, read_shaped

ANYONE = "anyone_able_to_prevent_harm"
TO_SELF = "harm_to_self"


class Permission(NamedTuple):
    """Who may be told: by which path (rule, treatment, hold, consent, report), under what, and what at most."""

    recipient: str
    path: str
    under: tuple[str, ...]
    what: str


class Named(NamedTuple):
    """Somebody who may not be told, or for whom it is not confirmed, and why."""

    recipient: str
    because: str


@dataclass(frozen=True)
class Recipients:
    """Who may be told. `worded`: the wording that every disclosure must keep to, or None.

    Under a restriction, `doors` are those who may be told by name of the program; others only by a step with a worded variant.
    """

    may_tell: tuple[Permission, ...] = ()
    may_not_tell: tuple[Named, ...] = ()
    not_confirmed: tuple[Named, ...] = ()
    worded: str | None = None
    doors: frozenset[str] = frozenset()
    restricted_by: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @cached_property
    def paths(self) -> dict[str, frozenset[str]]:
        """Recipient -> the paths by which they may be told; `self` for the rule on danger to the client's own life."""
        found: dict[str, set[str]] = {}
        for permission in self.may_tell:
            ways = found.setdefault(permission.recipient, set())
            if permission.path != "rule":
                ways.add(permission.path)
                continue
            if TO_SELF in permission.under:
                ways.add("self")
            if set(permission.under) - {TO_SELF, *self.restricted_by}:
                ways.add("rule")
        return {recipient: frozenset(paths) for recipient, paths in found.items()}

    @cached_property
    def excluded(self) -> frozenset[str]:
        """Those who may not be told."""
        return frozenset(one.recipient for one in self.may_not_tell)

    @cached_property
    def doubtful(self) -> frozenset[str]:
        """Those for whom it is not confirmed."""
        return frozenset(one.recipient for one in self.not_confirmed)


@dataclass
class _Paths:
    """`paths.yaml`, its conditions parsed."""

    data: dict[str, Any]
    conditions: dict[tuple[int, str], Condition] = field(default_factory=dict)

    def holds(self, entry: dict[str, Any], key: str, facts: Facts) -> str:
        known = self.conditions.get((id(entry), key))
        if known is None:
            known = self.conditions[id(entry), key] = parse_condition(entry[key])
        return known.test(facts)


@lru_cache(maxsize=1)
def paths_table() -> _Paths:
    """`paths.yaml`, read once. TableError."""
    data = read_shaped(load.HERE / "paths.yaml", Paths)
    check_complete("paths.yaml", "what", data["what"], get_args(Recipient))
    return _Paths(data)


def stands_for(recipients: Iterable[str], purpose: str = "to_others") -> list[str]:
    """The recipients, with all for whom "anyone able to prevent the harm" stands. `purpose`: to_others or to_self."""
    found = list(recipients)
    if ANYONE in found:
        found += paths_table().data[ANYONE][purpose]
    return list(dict.fromkeys(found))


def recipients_of(law: JurisdictionLaw, facts: Facts) -> Recipients:
    """Who may be told in one jurisdiction, on these answers, findings and levels."""
    table = paths_table()
    what = table.data["what"]
    excluded = _exclusions(law.rules)
    found: dict[tuple[str, str], tuple[list[str], str]] = {}

    def allow(recipient: str, path: str, under: str, at_most: str, named: bool = True) -> None:
        barred = recipient in excluded or (not named and ANYONE in excluded)
        if barred and path != "consent":
            return
        all_under, _ = found.setdefault((recipient, path), ([], at_most))
        if under not in all_under:
            all_under.append(under)

    for met in law.met("mandatory") + law.met("permissive"):
        for recipient in stands_for(met.rule.may_tell):
            named = recipient in met.rule.may_tell
            allow(recipient, "rule", met.rule.id, what[recipient], named)
    record = law.record
    to_self = record.harm_to_self
    self_open = table.holds(table.data, "harm_to_self_when", facts) == "yes"
    if self_open and to_self.disclosure != "unsettled":
        for recipient in _told_of_danger_to_self(to_self.may_tell, table, facts):
            allow(recipient, "rule", TO_SELF, what[recipient], recipient in to_self.may_tell)
    starters = set(record.emergency_hold.who_may_start)
    for path in table.data["paths"]:
        if table.holds(path, "when", facts) != "yes":
            continue
        if path["under"] == "emergency_hold" and record.emergency_hold.citation is None:
            continue
        started = [recipient for starter, recipient in path.get("started_by", {}).items() if starter in starters]
        for recipient in path.get("recipients", started):
            allow(recipient, path["path"], path["under"], path["what"])

    told = {recipient for recipient, _ in found}
    not_confirmed: dict[str, str] = {}
    if self_open and to_self.disclosure == "unsettled":
        for recipient in _told_of_danger_to_self(to_self.may_tell, table, facts):
            not_confirmed[recipient] = "whether a danger to the client's own life may be disclosed here is unsettled"
    for permission in table.data["permissions"]:
        own = table.holds(permission, "when", facts)
        if own == "yes" or (own == "unknown" and table.holds(permission, "open_at_emergency", facts) == "yes"):
            for recipient in _federal_recipients(permission["under"]):
                not_confirmed.setdefault(recipient, permission["doubt"])
    barred = {one for one in excluded if one not in told}
    result = Recipients(
        may_tell=tuple([Permission(*key, tuple(under), what) for key, (under, what) in found.items()]),
        may_not_tell=tuple([Named(one, excluded[one]) for one in excluded if one in barred]),
        not_confirmed=tuple(
            [Named(one, doubt) for one, doubt in not_confirmed.items() if one not in told and one not in barred]
        ),
    )
    for restriction in table.data["restrictions"]:
        result = _restricted(result, restriction, table, facts)
    return result


def _told_of_danger_to_self(named: Sequence[str], table: _Paths, facts: Facts) -> list[str]:
    """Who may be told of a danger to the client's own life: never a victim, and a parent only of a minor client."""
    only_when = table.data["to_self_only_when"]
    return [
        one
        for one in stands_for(named, "to_self")
        if one != "victim" and (one not in only_when or table.holds(only_when, one, facts) == "yes")
    ]


@lru_cache(maxsize=8)
def _federal_recipients(rule_id: str) -> tuple[str, ...]:
    from state_law.load import the_table

    try:
        return the_table().federal.rule(rule_id).may_tell
    except KeyError:
        raise TableError("paths.yaml", "permissions: under", rule_id, "is no rule of federal.yaml") from None


def _exclusions(results: Sequence[RuleResult]) -> dict[str, str]:
    """Whom a rule's text or a decision excludes: from every rule that may apply to this clinician here, met or not."""
    found: dict[str, str] = {}
    for result in results:
        if result.forbids:
            for recipient in result.rule.may_not_tell:
                found.setdefault(recipient, f"{result.rule.citation} does not allow it")
    return found


def _restricted(before: Recipients, restriction: dict[str, Any], table: _Paths, facts: Facts) -> Recipients:
    """Under a restriction (42 CFR Part 2): identified disclosure through its doors, all else worded as it says."""
    applies = table.holds(restriction, "when", facts) == "yes"
    presumed = not applies and table.holds(restriction, "presumed_when", facts) == "yes"
    if not applies and not presumed:
        return before
    doors: dict[str, str] = {}
    for door in restriction["doors"]:
        if table.holds(door, "when", facts) == "yes":
            for recipient in door["recipients"]:
                doors.setdefault(recipient, door["what"])
    under, wording = restriction["under"], restriction["wording"]
    kept: list[Permission] = []
    for permission in before.may_tell:
        if permission.recipient in doors:
            what = f"{permission.what}; {doors[permission.recipient]}"
            kept.append(Permission(permission.recipient, permission.path, (*permission.under, under), what))
        elif permission.path in ("rule", "hold", "report"):
            what = f"{permission.what}; {wording}"
            kept.append(Permission(permission.recipient, permission.path, (*permission.under, under), what))
    told = {permission.recipient for permission in kept}
    shut = {permission.recipient for permission in before.may_tell} - told
    return replace(
        before,
        may_tell=tuple(kept),
        may_not_tell=before.may_not_tell + tuple(Named(one, restriction["because"]) for one in sorted(shut)),
        worded=wording,
        doors=frozenset(doors),
        restricted_by=(*before.restricted_by, under),
        warnings=(*before.warnings, restriction["warning"] if applies else restriction["presumed_warning"]),
    )


def _under_ways(permission: Permission, ways: frozenset[tuple[str, str]]) -> tuple[str, ...]:
    """What the permission stands under, less what not every jurisdiction grants by the same path."""
    who = permission.recipient
    if permission.path != "rule":
        return permission.under if (who, permission.path) in ways else ()
    return tuple(under for under in permission.under if (who, "self" if under == TO_SELF else "rule") in ways)


def narrower(parts: Sequence[tuple[str, Recipients]]) -> Recipients:
    """For two jurisdictions (code and recipients of each): those whom both allow; every exclusion of either stays."""
    if len(parts) == 1:
        return parts[0][1]
    ways = frozenset.intersection(
        *(frozenset((who, way) for who, paths in one.paths.items() for way in paths) for _, one in parts)
    )
    excluded = {named.recipient: named for _, one in parts for named in one.may_not_tell}
    merged: dict[tuple[str, str], Permission] = {}
    for _, one in parts:
        for permission in one.may_tell:
            under = _under_ways(permission, ways)
            if not under or (permission.recipient in excluded and permission.path != "consent"):
                continue
            before = merged.get((permission.recipient, permission.path))
            joined = under if before is None else tuple(dict.fromkeys(before.under + under))
            merged[permission.recipient, permission.path] = permission._replace(under=joined)
    told = {recipient for recipient, _ in merged}
    doubtful = {named.recipient: named for _, one in parts for named in one.not_confirmed}
    for code, one in parts:
        for recipient in one.paths:
            if recipient not in told:
                doubtful.setdefault(
                    recipient, Named(recipient, f"{code} allows it, but the other jurisdiction does not confirm it")
                )
    return Recipients(
        may_tell=tuple(merged.values()),
        may_not_tell=tuple(named for one, named in excluded.items() if one not in told),
        not_confirmed=tuple(named for one, named in doubtful.items() if one not in told and one not in excluded),
        worded=next((one.worded for _, one in parts if one.worded), None),
        doors=frozenset.intersection(*(one.doors for _, one in parts if one.worded))
        if any(one.worded for _, one in parts)
        else frozenset(),
        restricted_by=tuple(dict.fromkeys(under for _, one in parts for under in one.restricted_by)),
        warnings=tuple(dict.fromkeys(warning for _, one in parts for warning in one.warnings)),
    )


def shown(rule_id: str, facts: Facts) -> bool:
    """Whether a federal rule is in play on these answers, or always lies beneath."""
    table = paths_table()
    shown_when = table.data["shown_when"]
    return rule_id not in shown_when or table.holds(shown_when, rule_id, facts) == "yes"


@lru_cache(maxsize=1)
def paths_open() -> Together:
    """Every condition of `paths.yaml` on which it depends who may be told, as far as it matters how it turns out.

    Under the same law, answers on which each turns out the same let the same people be told.
    """
    data = paths_table().data
    to_self = parse_condition(data["harm_to_self_when"])
    found = [
        _certainly(to_self),
        *(_certainly(to_self, parse_condition(one)) for one in data["to_self_only_when"].values()),
    ]
    found += [_certainly(parse_condition(path["when"])) for path in data["paths"]]
    found += [
        _speaks(parse_condition(one["when"]), parse_condition(one["open_at_emergency"])) for one in data["permissions"]
    ]
    for restriction in data["restrictions"]:
        applies = parse_condition({"any": [restriction["when"], restriction["presumed_when"]]})
        found += [_certainly(parse_condition(restriction["when"])), _certainly(applies)]
        found += [_certainly(applies, parse_condition(door["when"])) for door in restriction["doors"]]
    return Together(found)


def _certainly(*conditions: Condition) -> Condition:
    """Whether all of these certainly hold: yes or no, for where it comes to the same that one does not and may not."""

    def test(facts: Facts) -> Truth:
        for one in conditions:
            if one.test(facts) != YES:
                return NO
        return YES

    reads = frozenset().union(*(one.reads for one in conditions))
    return Condition(test, reads, [one.written for one in conditions])


def _speaks(when: Condition, open_at_emergency: Condition) -> Condition:
    """Whether a permission speaks: it certainly does, or it may and this is an emergency that keeps it open."""

    def test(facts: Facts) -> Truth:
        own = when.test(facts)
        return YES if own == YES or (own == UNKNOWN and open_at_emergency.test(facts) == YES) else NO

    return Condition(test, when.reads | open_at_emergency.reads, [when.written, open_at_emergency.written])


@lru_cache(maxsize=1)
def paths_read() -> tuple[str, ...]:
    """Every answer, finding and level that `paths.yaml` looks at, sorted."""
    return tuple(sorted(paths_open().reads))


@lru_cache(maxsize=16)
def opened_by(recipient: str) -> frozenset[str]:
    """The answers and levels on which the paths to this recipient depend, apart from the jurisdiction's own rules."""
    paths = paths_table().data["paths"]
    conditions = [
        path["when"] for path in paths if recipient in path.get("recipients", path.get("started_by", {}).values())
    ]
    return frozenset().union(*(parse_condition(one).reads for one in conditions))
