"""The catalogue of options, and whether each fits, is authorised, and whom it would tell, for one consult."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from flows.questions import fact_keys
from flows.words import read_data
from state_law.conditions import Condition, DecisionTable, Facts, keep, parse_condition
from state_law.load import TableError
from state_law.logic import NO, YES
from state_law.model import Jurisdiction
from state_law.recipients import Recipients

NEEDED = ("clarify_facts", "mandated_report", "protect_children")
"""Options that the planner and the law's summary name by themselves."""
AGENCY = "law_names_state_agency"
"""Beside the answers, what an option may look at: whether a rule here names a state agency (yes or no)."""


class OptionData(BaseModel):
    """One option as it stands in `options.yaml`; the head of that file says what each field means."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    label: str
    do: str
    for_client: str
    confidentiality: int = Field(ge=0, le=3)
    liberty: int = Field(ge=0, le=3)
    tells: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    tells_who_starts_the_hold: bool = False
    satisfies: tuple[str, ...] = ()
    gives: Mapping[str, Any] = {}
    fits: tuple[Mapping[str, Any], ...] = ()
    needs_consent: str | None = None
    needs_record: str | None = None
    with_consent: Mapping[str, Any] | None = None
    not_for: str | None = None
    worded: str | None = None
    worded_tells_nobody: bool = False
    from_level: str
    order: int
    source: str


@dataclass(frozen=True, eq=False)
class Practical:
    """What an option comes to on the answers alone, whoever may be told. There is one object for each, a cheap key."""

    fits: str
    fits_because: str
    confidentiality: int
    liberty: int
    gives: frozenset[str]
    counts: bool

    @cached_property
    def weight(self) -> tuple[int, int, bool]:
        """What it costs, and whether the client agrees to it."""
        return self.confidentiality, self.liberty, self.counts


@cache
def _the_practical(
    fits: str, fits_because: str, confidentiality: int, liberty: int, gives: frozenset[str], counts: bool
) -> Practical:
    return Practical(fits, fits_because, confidentiality, liberty, gives, counts)  # as few as the catalogue has rows


@dataclass(frozen=True)
class Option:
    """An option with its conditions ready to test."""

    data: OptionData
    fits: DecisionTable
    gives: Mapping[str, Condition]
    with_consent: Condition | None

    @cached_property
    def reads(self) -> frozenset[str]:
        """Every answer, finding and level that the option looks at."""
        return self.reads_apart_from_giving.union(*(when.reads for when in self.gives.values()))

    @cached_property
    def reads_apart_from_giving(self) -> frozenset[str]:
        """What it looks at for anything but what it gives."""
        found = {"profession", *self.fits.reads}
        if self.with_consent:
            found |= self.with_consent.reads
        if self.data.needs_consent:
            found.add(self.data.needs_consent)
        return frozenset(found)

    @cached_property
    def signature(self) -> Callable[[Facts], Any]:
        """The answers that the option looks at, as a key: with equal keys it comes to the same."""
        return itemgetter(*sorted(self.reads))

    @cached_property
    def by(self) -> frozenset[str]:
        """The paths that authorise it."""
        return frozenset(self.data.by)

    @property
    def id(self) -> str:
        """The name used in the contract."""
        return self.data.id

    def practical(self, facts: Facts) -> Practical:
        """What the option comes to on these answers; the same object for answers that it does not tell apart."""
        signature = self.signature(facts)
        known = self._known.get(signature)
        if known is None:
            known = keep(self._known, signature, self._practical(facts))
        return known

    @cached_property
    def _known(self) -> dict[Any, Practical]:
        return {}

    def _practical(self, facts: Facts) -> Practical:
        data = self.data
        fits = self.fits.decide(facts)
        cheaper = data.with_consent if self.with_consent and self.with_consent.test(facts) == YES else None
        return _the_practical(
            fits,
            "" if fits == YES else self.fits.reasons(facts)[0],
            cheaper["confidentiality"] if cheaper else data.confidentiality,
            cheaper["liberty"] if cheaper else data.liberty,
            frozenset(need for need, when in self.gives.items() if when.test(facts) == YES),
            data.needs_consent is None or facts[data.needs_consent] == YES,
        )


@dataclass(slots=True)
class Situated:
    """An option in one consult: how intrusive, whom it tells, whether it fits (yes, no, unknown) and who is in the way.

    Nobody changes it; that is not enforced, because hundreds are made in a consult.
    """

    option: Option
    confidentiality: int
    liberty: int
    tells: tuple[str, ...]
    fits: str
    fits_because: str
    not_allowed: tuple[str, ...]
    in_doubt: tuple[str, ...]
    gives: frozenset[str]
    counts: bool

    @property
    def id(self) -> str:
        """The name used in the contract."""
        return self.option.data.id

    @property
    def usable(self) -> bool:
        """It fits (or may), and everyone that it tells may be told by a path that authorises this step."""
        return self.fits != "no" and not self.not_allowed

    @property
    def usable_with_doubt(self) -> bool:
        """As `usable`, but with people for whom only a federal permission speaks. Only for an emergency."""
        return self.fits != "no" and set(self.not_allowed) <= set(self.in_doubt)


@lru_cache(maxsize=1)
def catalogue_data() -> dict[str, Any]:
    """The whole of `options.yaml`. TableError."""
    from flows.vocabulary import check_conditions

    data: dict[str, Any] = read_data("options.yaml")
    check_conditions("options.yaml", data)
    ids = [one["id"] for one in data["options"]]
    named = [("next_step_if_it_fails", one) for one in data["next_step_if_it_fails"]]
    named += [(f"always.{place}.steps", one) for place, row in enumerate(data["always"]) for one in row["steps"]]
    for place, one in [*named, *(("options", one) for one in NEEDED)]:
        if one not in ids:
            raise TableError("options.yaml", place, one, "there is no option of this id")
    for one in ids:
        if ids.count(one) > 1:
            raise TableError("options.yaml", "options: id", one, "stands twice; ids must be unique")
    for entry in data["options"]:
        if "needs_consent" in entry and entry["needs_consent"] not in fact_keys():
            raise TableError("options.yaml", f"{entry['id']}.needs_consent", entry["needs_consent"], "is no answer")
    return data


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Option]:
    """Option id -> option, in the catalogue's order. TableError names what is wrong in the file."""
    found = {}
    for entry in catalogue_data()["options"]:
        data = OptionData.model_validate(entry)
        found[data.id] = Option(
            data,
            DecisionTable.parse(f"options.yaml: {data.id}", list(data.fits), otherwise=YES, because="it fits"),
            {need: parse_condition(when) for need, when in data.gives.items()},
            parse_condition(data.with_consent["when"]) if data.with_consent else None,
        )
    return found


@lru_cache(maxsize=1)
def every_option() -> tuple[Option, ...]:
    """The options by their place in the catalogue."""
    return tuple(catalogue().values())


def option_for_action(action: str) -> str | None:
    """The option that carries out a discharge action of the law table; None for `reasonable_care` and `other`."""
    return next((option.id for option in catalogue().values() if action in option.data.satisfies), None)


class Telling(NamedTuple):
    """Whom an option would tell under this law, whatever it comes to on the answers, and what is in the way.

    `missing`: why the jurisdiction's record rules it out, or None; `not_allowed`: who may not be told by this step;
    `in_doubt`: those of them for whom only a federal permission speaks.
    """

    missing: str | None
    tells: tuple[str, ...]
    not_allowed: tuple[str, ...]
    in_doubt: tuple[str, ...]

    @property
    def allowed_with_doubt(self) -> bool:
        """Whether nothing but a doubt is in the way."""
        return self.missing is None and set(self.not_allowed) <= set(self.in_doubt)


class _Tellings(dict[int, Telling]):
    """Place of an option in the catalogue -> whom it would tell, worked out when it is first asked for."""

    def __init__(self, profession: str, recipients: Recipients, records: list[Jurisdiction]) -> None:
        super().__init__(_told_nobody())
        self._under = (profession, recipients, records)

    def __missing__(self, place: int) -> Telling:
        telling = self[place] = telling_of(every_option()[place], *self._under)
        return telling


@lru_cache(maxsize=1)
def _told_nobody() -> dict[int, Telling]:
    """The options that tell nobody under any law."""
    nobody = Telling(missing=None, tells=(), not_allowed=(), in_doubt=())
    return {
        place: nobody for place, one in enumerate(every_option()) if not one.data.tells and not one.data.needs_record
    }


class Situations:
    """Every option in consults with the same law and recipients."""

    def __init__(self, records: list[Jurisdiction], recipients: Recipients, names_state_agency: bool) -> None:
        self.records, self.recipients = records, recipients
        self._agency = YES if names_state_agency else NO
        self._tellings: dict[str, _Tellings] = {}

    def tellings(self, profession: str) -> Mapping[int, Telling]:
        """Place of an option in the catalogue -> whom it would tell, for a clinician of this profession."""
        known = self._tellings.get(profession)
        if known is None:
            known = self._tellings[profession] = _Tellings(profession, self.recipients, self.records)
        return known

    def practical(self, facts: Facts) -> tuple[Practical, ...]:
        """What each option of the catalogue comes to on answers, findings and levels, in its order."""
        facts = {**facts, AGENCY: self._agency}
        return tuple([option.practical(facts) for option in every_option()])

    def of(self, facts: Facts) -> dict[str, Situated]:
        """Option id -> the option in this consult. `facts` holds answers, findings and levels."""
        tellings = self.tellings(facts["profession"])
        return {
            option.id: situate(option, practical, tellings[place])
            for place, (option, practical) in enumerate(zip(every_option(), self.practical(facts), strict=True))
        }

    def one(self, option_id: str, facts: Facts) -> Situated:
        """One option. `facts` also says whether the law names a state agency."""
        place = list(catalogue()).index(option_id)
        option = catalogue()[option_id]
        return situate(option, option.practical(facts), self.tellings(facts["profession"])[place])


def situate(option: Option, practical: Practical, telling: Telling) -> Situated:
    """The option in this consult: what it comes to on the answers, and whom it tells under this law."""
    ruled_out = telling.missing if practical.fits != "no" else None
    return Situated(
        option=option,
        confidentiality=practical.confidentiality,
        liberty=practical.liberty,
        tells=telling.tells,
        fits="no" if ruled_out else practical.fits,
        fits_because=ruled_out or practical.fits_because,
        not_allowed=telling.not_allowed,
        in_doubt=telling.in_doubt,
        gives=practical.gives,
        counts=practical.counts,
    )


def telling_of(option: Option, profession: str, recipients: Recipients, records: list[Jurisdiction]) -> Telling:
    """Whom the option would tell under this law, and what is in the way."""
    data = option.data
    missing = _missing_in_record(data.needs_record, records) if data.needs_record else None
    tells = data.tells
    if data.tells_who_starts_the_hold and _police_start_the_hold(profession, records[0]):
        tells = (*tells, "law_enforcement")
    doors, paths = recipients.doors, recipients.paths
    if data.worded_tells_nobody and recipients.worded and not doors.issuperset(tells):
        tells = ()
    barred = () if data.worded or not recipients.worded else [one for one in tells if one not in doors]
    not_allowed = [one for one in tells if one in barred or option.by.isdisjoint(paths.get(one, ()))]
    in_doubt = [one for one in not_allowed if one in recipients.doubtful and one not in barred]
    return Telling(missing, tells, tuple(not_allowed), tuple(in_doubt))


def _missing_in_record(need: str, records: list[Jurisdiction]) -> str | None:
    """Why the jurisdiction's record rules the option out; None when it does not."""
    record = records[0]
    order = record.erpo
    if need == "hold_exists":
        return None if record.emergency_hold.citation else "no emergency hold is confirmed in the table for this state"
    if need == "risk_order_available":
        return None if order.available else f"{record.name} has no risk-protection order that the table could confirm"
    if need == "clinician_may_petition":
        if not order.available:
            return f"{record.name} has no risk-protection order that the table could confirm"
        if not {"clinician", "any_person"} & set(order.who_may_petition):
            return f"clinicians may not ask for this order in {record.name}; police or family may"
        return None
    raise ValueError(f"options.yaml: needs_record: {need!r} is not known")


def _police_start_the_hold(profession: str, record: Jurisdiction) -> bool:
    """True where this clinician may not start the hold and police may."""
    starters = set(record.emergency_hold.who_may_start)
    own = {profession, "designated_mental_health_professional", "any_adult"}
    return "law_enforcement" in starters and not own & starters
