"""The catalogue of options, and whether each fits, is authorised, and whom it would tell, for one consult."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from state_law.conditions import REMEMBERED_AT_MOST, Condition, DecisionTable, Facts, parse_condition
from state_law.load import read_text
from state_law.logic import YES
from state_law.model import Jurisdiction
from state_law.recipients import Recipients
from state_law.yaml_text import read_yaml

HERE = Path(__file__).parent
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
        found = {"profession", *self.fits.reads}.union(*(when.reads for when in self.gives.values()))
        if self.with_consent:
            found |= self.with_consent.reads
        if self.data.needs_consent:
            found.add(self.data.needs_consent)
        return frozenset(found)

    @cached_property
    def signature(self) -> Callable[[Facts], Any]:
        """The answers that the option looks at, as a key: with equal keys it comes to the same."""
        return itemgetter(*sorted(self.reads))

    @property
    def id(self) -> str:
        """The name used in the contract."""
        return self.data.id

    def practical(self, facts: Facts) -> Practical:
        """What the option comes to on these answers; the same object for answers that it does not tell apart."""
        signature = self.signature(facts)
        known = self._known.get(signature)
        if known is None:
            if len(self._known) >= REMEMBERED_AT_MOST:
                self._known.clear()
            known = self._known[signature] = self._practical(facts)
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


@dataclass(frozen=True)
class Situated:
    """An option in one consult: how intrusive, whom it tells, whether it fits (yes, no, unknown) and who is in the way."""

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
    """The whole of `options.yaml`."""
    data = read_yaml(read_text(HERE / "options.yaml"))
    assert isinstance(data, dict)
    return data


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Option]:
    """Option id -> option, in the catalogue's order. Errors (pydantic's, ValueError) name what is wrong in the file."""
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


def option_for_action(action: str) -> str | None:
    """The option that carries out a discharge action of the law table; None for `reasonable_care` and `other`."""
    return next((option.id for option in catalogue().values() if action in option.data.satisfies), None)


class Situations:
    """Every option in consults with the same law and recipients; each is put together once for what it comes to."""

    def __init__(self, records: list[Jurisdiction], recipients: Recipients, names_state_agency: bool) -> None:
        self.records, self.recipients = records, recipients
        self._agency = "yes" if names_state_agency else "no"
        self._known: dict[tuple[str, str, Practical], Situated] = {}

    def of(self, facts: Facts, practical: Sequence[Practical] | None = None) -> dict[str, Situated]:
        """Option id -> the option in this consult. `facts` holds answers, findings and levels.

        `practical`: what each option comes to, in the catalogue's order, where that was worked out already for a law
        that names a state agency.
        """
        facts = {**facts, AGENCY: self._agency}
        if practical is None:
            return {one: self.one(one, facts) for one in catalogue()}
        profession, found = facts["profession"], {}
        for (one, option), known in zip(catalogue().items(), practical, strict=True):
            own = option.practical(facts) if AGENCY in option.reads and self._agency == "no" else known
            found[one] = self._put_together(option, own, profession)
        return found

    def one(self, option_id: str, facts: Facts) -> Situated:
        """One option. `facts` also says whether the law names a state agency."""
        option = catalogue()[option_id]
        return self._put_together(option, option.practical(facts), facts["profession"])

    def _put_together(self, option: Option, practical: Practical, profession: str) -> Situated:
        key = (option.data.id, profession, practical)
        situated = self._known.get(key)
        if situated is None:
            situated = self._known[key] = situate(option, practical, profession, self.recipients, self.records)
        return situated


def situate(
    option: Option, practical: Practical, profession: str, recipients: Recipients, records: list[Jurisdiction]
) -> Situated:
    """The option in this consult: what it comes to on the answers, and whom it tells under this law."""
    data = option.data
    fits, because = practical.fits, practical.fits_because
    if fits != "no" and data.needs_record:
        missing = _missing_in_record(data.needs_record, records)
        if missing:
            fits, because = "no", missing
    tells = data.tells
    if data.tells_who_starts_the_hold and _police_start_the_hold(profession, records[0]):
        tells = (*tells, "law_enforcement")
    if data.worded_tells_nobody and recipients.worded and not set(tells) <= recipients.doors:
        tells = ()
    by = frozenset(data.by)
    barred = () if data.worded or not recipients.worded else tuple(one for one in tells if one not in recipients.doors)
    not_allowed = tuple(one for one in tells if one in barred or not recipients.paths.get(one, frozenset()) & by)
    return Situated(
        option=option,
        confidentiality=practical.confidentiality,
        liberty=practical.liberty,
        tells=tells,
        fits=fits,
        fits_because=because,
        not_allowed=not_allowed,
        in_doubt=tuple(one for one in not_allowed if one in recipients.doubtful and one not in barred),
        gives=practical.gives,
        counts=practical.counts,
    )


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
