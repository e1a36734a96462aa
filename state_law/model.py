"""The shape of the jurisdiction table: what a file may hold, and the only values allowed in it.

The names and values are those of the researched records. Everything is read-only once loaded.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

RuleProfession = Literal[
    "all", "psychiatrist", "physician", "psychologist", "social_worker", "marriage_family_therapist", "counselor",
    "nurse", "substance_use_counselor", "facility",
]  # fmt: skip
Recipient = Literal[
    "victim", "law_enforcement", "family_or_caregiver", "parent_or_guardian", "treating_or_medical_personnel",
    "hospital_or_crisis_service", "state_agency", "court", "anyone_able_to_prevent_harm",
]  # fmt: skip
DischargeAction = Literal[
    "warn_victim", "notify_law_enforcement", "voluntary_hospitalization", "involuntary_hospitalization",
    "notify_parent_or_guardian", "notify_family_or_caregiver", "notify_state_agency", "intensify_treatment",
    "reasonable_care", "other",
]  # fmt: skip
Limit = Literal[
    "school_threat", "release_or_custody_decision", "inpatient_or_commitment_facility", "facility_staff",
    "minor_client", "minor_victim", "firearm_access", "clinicians_own_patient_as_victim",
]  # fmt: skip
Circumstance = Literal["client_with_you"]
HoldStarter = Literal[
    "law_enforcement", "physician", "psychiatrist", "psychologist", "social_worker", "counselor",
    "marriage_family_therapist", "nurse", "designated_mental_health_professional", "any_adult", "family",
    "court_order",
]  # fmt: skip
Petitioner = Literal[
    "law_enforcement", "family_or_household", "clinician", "school", "employer", "coworker", "prosecutor",
    "any_person",
]  # fmt: skip
Confidence = Literal["high", "medium", "low"]


def a_day(value: str) -> date:
    """The day that `YYYY-MM-DD` names; anything else, other ways of ISO 8601 too, raises ValueError."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:
        raise ValueError("must be a day that exists, as YYYY-MM-DD")
    return day


def _is_a_day(value: str) -> str:
    a_day(value)
    return value


def _is_a_day_or_part(value: str) -> str:
    first_day(value)
    return value


def first_day(value: str) -> date:
    """The first day of `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. Anything else raises ValueError."""
    try:
        return a_day(value + {4: "-01-01", 7: "-01", 10: ""}[len(value)])
    except (KeyError, ValueError):
        raise ValueError("must be YYYY, YYYY-MM or YYYY-MM-DD") from None


Day = Annotated[str, AfterValidator(_is_a_day)]
DayOrPart = Annotated[str, AfterValidator(_is_a_day_or_part)]
Text = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Classification(_Part):
    """What the jurisdiction's law comes to in one word, why, and the labels that two older surveys gave it."""

    duty_to_others: Literal["mandatory", "permissive", "no_duty", "unsettled", "varies_by_profession"]
    because: Annotated[str, Field(min_length=20)]
    ncsl: Literal["mandatory", "permissive", "none", "mixed", "not_found"]
    jaapl_2014: Literal["mandatory_statute", "mandatory_common_law", "permissive", "no_guidance", "not_listed"]


class Trigger(_Part):
    """The elements that must all be there for the rule to apply; `elements.yaml` says how answers meet them."""

    threat: Literal[
        "communicated_by_patient", "communicated_by_patient_or_others", "professional_judgment",
        "knew_or_should_have_known",
    ]  # fmt: skip
    harm: Literal["physical", "serious_physical", "death_or_serious_injury", "any_including_property"]
    victim: Literal[
        "specifically_identified", "reasonably_identifiable", "identifiable_or_group_or_place", "foreseeable", "anyone"
    ]
    imminence: Literal["required", "not_required"]
    intent_and_ability: Literal["required", "not_required"]


class Immunity(_Part):
    """Whether the law shields the clinician. It is shown; it never ranks an option."""

    for_disclosing: bool
    for_not_disclosing: bool
    note: str


class NotEnough(_Part):
    """A way to discharge a rule that is not enough in some circumstance, where the rule asks for more."""

    way: Annotated[tuple[DischargeAction, ...], Field(min_length=1, strict=False)]
    when: Limit


class CountsWhen(_Part):
    """A way to discharge a rule that counts only in some circumstance; where that is not known, it does not count yet."""

    way: Annotated[tuple[DischargeAction, ...], Field(min_length=1, strict=False)]
    when: Circumstance


class Rule(_Part):
    """One rule: whom it binds, when, what would discharge it, who may and who may not be told, and where it stands."""

    id: Annotated[str, Field(pattern=r"^[a-z]{2}-[a-z0-9.-]+$")]
    citation: Text
    basis: Literal["statute", "case_law", "statute_and_case_law", "regulation"]
    professions: Annotated[tuple[RuleProfession, ...], Field(min_length=1, strict=False)]
    duty: Literal["mandatory", "permissive", "no_duty"]
    trigger: Trigger
    discharge_any_of: Annotated[tuple[Annotated[tuple[DischargeAction, ...], Field(min_length=1, strict=False)], ...],
                                Field(strict=False)]  # fmt: skip
    not_enough: Annotated[tuple[NotEnough, ...], Field(strict=False)] = ()
    counts_when: Annotated[tuple[CountsWhen, ...], Field(strict=False)] = ()
    may_tell: Annotated[tuple[Recipient, ...], Field(strict=False)]
    may_not_tell: Annotated[tuple[Recipient, ...], Field(strict=False)] = ()
    effect: Literal["disclosure", "privilege"] = "disclosure"
    limited_to: Annotated[tuple[Limit, ...], Field(strict=False)] = ()
    immunity: Immunity
    in_force_since: DayOrPart | None
    in_force_until: DayOrPart | None
    checked_on: Day
    confidence: Confidence
    source: Text
    summary: Annotated[str, Field(min_length=40)]

    def in_force(self, on: date) -> bool:
        """True when the rule is in force on that day. `in_force_until` is the first day on which it no longer is."""
        return (self.in_force_since is None or first_day(self.in_force_since) <= on) and (
            self.in_force_until is None or on < first_day(self.in_force_until)
        )


class Case(_Part):
    """A leading decision."""

    name: Text
    citation: Text
    year: Annotated[int, Field(ge=1800, le=2100)]
    holding: Annotated[str, Field(min_length=30)]
    source: Text


class HarmToSelf(_Part):
    """Whether and to whom a danger to the client's own life may be disclosed."""

    disclosure: Literal["mandatory", "permissive", "unsettled"]
    may_tell: Annotated[tuple[Recipient, ...], Field(strict=False)]
    citation: str | None
    summary: str
    source: str | None


class EmergencyHold(_Part):
    """The short involuntary hold for evaluation, by its local name. `initial_hours` is its length in hours."""

    local_name: str | None
    citation: str | None
    initial_hours: Annotated[int, Field(gt=0)] | None
    who_may_start: Annotated[tuple[HoldStarter, ...], Field(strict=False)]
    criteria: str
    source: str | None


class RiskProtectionOrder(_Part):
    """Whether a court can order firearms away from a person at risk, and who may ask for it. None: not confirmed."""

    available: bool | None
    citation: str | None
    who_may_petition: Annotated[tuple[Petitioner, ...], Field(strict=False)]
    source: str | None


class WhoMustReport(_Part):
    """Who must report: everyone, the professions named, nobody (false and no professions), or None: not confirmed."""

    everyone: bool | None
    professions: Annotated[tuple[RuleProfession, ...], Field(strict=False)]
    note: Text
    confidence: Confidence
    source: str | None
    checked_on: Day


class Reporting(_Part):
    """The report of one kind of abuse: law, agency, deadline, line to call, and who must."""

    citation: str | None
    report_to: str | None
    deadline: str | None
    hotline: str | None
    source: str | None
    who_must_report: WhoMustReport


class AbuseReporting(_Part):
    """Abuse of a child and of a vulnerable adult are reported under laws of their own."""

    child: Reporting
    vulnerable_adult: Reporting


class Source(_Part):
    """Something that was read: where it is, what kind of thing, as of when, and how much of it was read."""

    id: Text
    url: Text
    kind: Literal[
        "statute_text", "bill_text", "court_opinion", "regulation", "government_page", "survey_article", "secondary"
    ]
    text_as_of: str | None
    read: Literal["full_text", "excerpt", "cited_by_another_source"]


class Jurisdiction(_Part):
    """All that the table knows of one jurisdiction."""

    code: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    name: Text
    classification: Classification
    rules: Annotated[tuple[Rule, ...], Field(strict=False)]
    cases: Annotated[tuple[Case, ...], Field(strict=False)]
    harm_to_self: HarmToSelf
    emergency_hold: EmergencyHold
    erpo: RiskProtectionOrder
    abuse_reporting: AbuseReporting
    open_questions: Annotated[tuple[Text, ...], Field(strict=False)]
    sources: Annotated[tuple[Source, ...], Field(min_length=1, strict=False)]
    verified_on: Day

    def source(self, source_id: str | None) -> Source | None:
        """The source of that id, or None."""
        return next((source for source in self.sources if source.id == source_id), None)


class FederalSource(_Part):
    """A source of the federal layer."""

    url: Text
    kind: Literal[
        "statute_text", "bill_text", "court_opinion", "regulation", "government_page", "survey_article", "secondary"
    ]
    text_as_of: str | None = None
    read: Literal["full_text", "excerpt", "cited_by_another_source"] | None = None


class PrivacyRule(_Part):
    """A federal privacy rule that lies under every jurisdiction's own."""

    id: Annotated[str, Field(pattern=r"^us-[a-z0-9-]+$")]
    name: Text
    citation: Text
    binds: Text
    duty: Literal["mandatory", "permissive", "prohibits_with_exceptions"]
    allows: Text
    may_tell: Annotated[tuple[Recipient, ...], Field(strict=False)]
    trigger: dict[str, str] = {}
    note: str | None = None
    checked_on: Day | None = None
    confidence: Confidence | None = None
    sources: Annotated[tuple[FederalSource, ...], Field(min_length=1, strict=False)]


class EthicsCode(_Part):
    """What a profession's own code says on confidentiality and danger."""

    id: Text
    professions: Annotated[tuple[str, ...], Field(strict=False)]
    citation: Text
    says: Text
    checked_on: Day | None = None
    sources: Annotated[tuple[FederalSource, ...], Field(strict=False)] = ()


class NationalLine(_Part):
    """A line that can be called from anywhere in the country."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)

    id: Text
    name: Text
    contact: Text
    purposes: Annotated[tuple[str, ...], Field(alias="for", strict=False)]
    checked_on: Day | None = None
    sources: Annotated[tuple[FederalSource, ...], Field(strict=False)] = ()


class Federal(_Part):
    """The federal layer: privacy rules, the professions' ethics codes, national lines."""

    verified_on: Day
    privacy_rules: Annotated[tuple[PrivacyRule, ...], Field(strict=False)]
    ethics_codes: Annotated[tuple[EthicsCode, ...], Field(strict=False)]
    national_lines: Annotated[tuple[NationalLine, ...], Field(strict=False)]

    def rule(self, rule_id: str) -> PrivacyRule:
        """The privacy rule of that id. KeyError when there is none."""
        for rule in self.privacy_rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)
