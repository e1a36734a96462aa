"""The catalogue of options, and whether each fits, is authorised, and whom it would tell, for one consult."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from state_law.conditions import Condition, DecisionTable, Facts, parse_condition
from state_law.load import read_text
from state_law.logic import YES
from state_law.model import Jurisdiction
from state_law.recipients import Recipients
from state_law.yaml_text import read_yaml

HERE = Path(__file__).parent


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
    """Every option in consults with the same law and the same recipients; each is worked out once for the answers that it reads."""

    def __init__(self, records: list[Jurisdiction], recipients: Recipients, names_state_agency: bool) -> None:
        self.records, self.recipients = records, recipients
        self._agency = "yes" if names_state_agency else "no"
        self._known: dict[tuple[str, Any], Situated] = {}

    def of(self, facts: Facts) -> dict[str, Situated]:
        """Option id -> the option in this consult. `facts` holds answers, findings and levels."""
        facts = {**facts, "law_names_state_agency": self._agency}
        return {one: self.one(one, facts) for one in catalogue()}

    def one(self, option_id: str, facts: Facts) -> Situated:
        """One option. `facts` also says whether the law names a state agency."""
        option = catalogue()[option_id]
        key = (option_id, option.signature(facts))
        situated = self._known.get(key)
        if situated is None:
            situated = self._known[key] = situate(option, facts, self.recipients, self.records)
        return situated


def situate(option: Option, facts: Facts, recipients: Recipients, records: list[Jurisdiction]) -> Situated:
    """The option in this consult. `facts` holds answers, findings and levels; `records` the jurisdictions that apply."""
    data = option.data
    fits, because = option.fits.decide(facts), ""
    if fits != YES:
        because = option.fits.reasons(facts)[0]
    if fits != "no" and data.needs_record:
        missing = _missing_in_record(data.needs_record, records)
        if missing:
            fits, because = "no", missing
    tells = data.tells
    if data.tells_who_starts_the_hold and _police_start_the_hold(facts["profession"], records[0]):
        tells = (*tells, "law_enforcement")
    if data.worded_tells_nobody and recipients.worded and not set(tells) <= recipients.doors:
        tells = ()
    by = frozenset(data.by)
    barred = () if data.worded or not recipients.worded else tuple(one for one in tells if one not in recipients.doors)
    not_allowed = tuple(one for one in tells if one in barred or not recipients.paths.get(one, frozenset()) & by)
    cost = (data.confidentiality, data.liberty)
    if option.with_consent and option.with_consent.test(facts) == YES and data.with_consent:
        cost = (data.with_consent["confidentiality"], data.with_consent["liberty"])
    return Situated(
        option=option,
        confidentiality=cost[0],
        liberty=cost[1],
        tells=tells,
        fits=fits,
        fits_because=because,
        not_allowed=not_allowed,
        in_doubt=tuple(one for one in not_allowed if one in recipients.doubtful and one not in barred),
        gives=frozenset(need for need, when in option.gives.items() if when.test(facts) == YES),
        counts=data.needs_consent is None or facts[data.needs_consent] == YES,
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
