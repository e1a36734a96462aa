"""What a message must not say: in a notification, with minimal privacy; and what typed text must not do."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.records.expiring import EXPIRED
from bot.slack.addresses import Address
from bot.slack.blocks import APART, LOOKALIKES, escape, moment
from bot.slack.conversation import current_messages, emergency_post
from bot.slack.messages import hints
from bot.slack.messages.care import care_message
from bot.slack.messages.emergency import emergency_message
from bot.slack.messages.ended import cancelled_message
from bot.slack.messages.minimal import ended_line, urgency_line, waiting_message
from bot.slack.messages.question import answered_message
from bot.slack.messages.shrunk import shrunk_message
from bot.slack.messages.start import KEEPS, greeting, root_message
from bot.slack.supervisors.expiry import lying_message, reminder_message
from bot.slack.supervisors.follow_up import asking_message
from bot.slack.supervisors.witness import witness_message
from bot.storage import Head
from flows.machine import CANCELLED, CLOSED, DECIDED, PAUSED, RESULT, REVIEW
from flows.options import catalogue
from flows.pages import who
from flows.questions import questions
from state_law.load import jurisdiction_names, the_table

from ..flows.making import AT, BY, ON, THREAT, at_result, begin, decided, walked
from .walking import PATHS, can_be_tapped, every_state, newcomer, said_in

OF_EVERY_CONSULT = {"Danger now", "No danger right now", "Call 911"}
"""What is urgent, and a button of every message, whatever was answered: these words say nothing of a client."""


def clinical_words() -> Iterator[str]:
    """Every word or phrase by which a message could say something of a client, or of the law that was looked up for one."""
    for one in questions().values():
        yield from (*one.options.values(), *one.short.values(), one.topic, one.ask)
    yield from (option.data.label for option in catalogue().values())
    yield from (who(recipient) for option in catalogue().values() for recipient in option.data.tells)
    yield from jurisdiction_names().values()
    for code in jurisdiction_names():
        yield from (rule.citation for rule in the_table().jurisdiction(code).rules)


@lru_cache(maxsize=1)
def _clinical() -> re.Pattern[str]:
    words = sorted({word for word in clinical_words() if word not in OF_EVERY_CONSULT}, key=len, reverse=True)
    assert len(words) > 300
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)


def clinical_in(text: str) -> list[str]:
    """The clinical words in a text."""
    return _clinical().findall(html.unescape(text).replace("Danger now", "").replace("danger now", ""))


def test_what_shows_a_consult_in_full_would_be_found_out() -> None:
    assert clinical_in(said_in(*current_messages(at_result())))
    assert clinical_in(said_in(*current_messages(walked(THREAT, "means"))))
    assert clinical_in(said_in(*current_messages(decided())))


@pytest.mark.parametrize("path", PATHS)
def test_a_notification_says_nothing_clinical(path: str) -> None:
    for consult in [*every_state(PATHS[path]), *newcomer(PATHS[path])]:
        shown = [*current_messages(consult), root_message(consult, "usual")]
        shown += [emergency_message(consult.given_answers, ON), answered_message(consult, [*consult.given], 1)]
        shown.append(shrunk_message(begin(), consult))
        for message in shown:
            assert clinical_in(message.text) == []
            assert message.text.startswith("Curbside")


@pytest.mark.parametrize("path", PATHS)
def test_with_minimal_privacy_a_message_holds_the_reference_and_the_urgency_only(path: str) -> None:
    for consult in [*every_state(PATHS[path]), *newcomer(PATHS[path])]:
        shown = [root_message(consult, "minimal"), waiting_message(consult)]
        shown += [urgency_line(consult)] if consult.result else []
        shown += [ended_line(consult)] if consult.state in (DECIDED, PAUSED, CANCELLED, CLOSED) else []
        for message in shown:
            assert clinical_in(f"{message.text} {said_in(message)}") == []
            assert consult.reference in said_in(message)


@pytest.mark.parametrize("ticked", [False, True])
def test_the_list_of_care_afterwards_tells_nobody_of_what_it_is(ticked: bool) -> None:
    consult = decided(state="done").report_care("tell_client", True, **BY).consult if ticked else decided(state="done")
    gone = consult.report("warn_victim", {"state": "failed"}, reason="An invented reason", **BY).consult
    for one in (consult, gone):
        assert clinical_in(care_message(one, "usual").text) == []
        minimal = care_message(one, "minimal")
        assert clinical_in(f"{minimal.text} {said_in(minimal)}") == [] and one.reference in said_in(minimal)
        assert not [word for word in ("client", "told", "care", "tell") if word in said_in(minimal).lower()]
        again = asking_message(one, "minimal", 1)
        assert not [word for word in ("client", "told", " care", "tell") if word in said_in(again).lower()]


def test_with_minimal_privacy_the_emergency_card_is_the_same_for_everybody() -> None:
    others = [walked(answers) for answers in PATHS.values()]
    cards = [emergency_post(consult, AT, "minimal").body["blocks"] for consult in others]
    assert all(card == cards[0] for card in cards)
    assert "Call 911" in str(cards[0]) and "Colorado" not in str(cards[0])


@pytest.mark.parametrize("path", PATHS)
def test_what_is_said_of_a_consult_that_nobody_goes_on_with_says_nothing_clinical(path: str) -> None:
    for consult in every_state(PATHS[path]):
        shown = [lying_message(consult)]
        shown += [reminder_message(consult, ends, privacy) for ends in (AT, None) for privacy in ("usual", "minimal")]
        if consult.screen is not None or consult.state in (REVIEW, RESULT, PAUSED):
            ended = consult.cancel(f"{EXPIRED} 14 days.", **BY).consult
            shown += [cancelled_message(ended), ended_line(ended)]
            assert "has ended by itself" in said_in(shown[-1]) and "has ended by itself" in said_in(shown[-2])
        for message in shown:
            assert clinical_in(f"{message.text} {said_in(message)}") == [] and message.text.startswith("Curbside")
            assert consult.reference in said_in(message)


def test_the_heads_of_the_log_say_nothing_clinical() -> None:
    said = witness_message(Head(142, "a" * 64), Head(57, "b" * 64, "accesses"), ["C-7F3K2"])
    assert clinical_in(said.text) == [] and said.text.startswith("Curbside") and said.blocks == ()


def test_a_hint_says_nothing_clinical() -> None:
    consult = walked(THREAT, "means")
    address = Address(consult.reference, consult.turn)
    for message in (hints.not_understood(consult.asks, address), hints.not_kept(address), hints.typed_a_note(address)):
        assert clinical_in(message.text + said_in(message)) == []


# What was typed


def test_whoever_typed_is_told_that_slack_keeps_it_and_is_offered_a_note() -> None:
    consult = walked(THREAT, "means")
    address = Address(consult.reference, consult.turn)
    for message in (hints.not_understood(consult.asks, address), hints.not_kept(address), hints.typed_a_note(address)):
        assert escape(KEEPS) in said_in(message)
        assert can_be_tapped(message) == ["edit:narrative"]
    assert escape(KEEPS) in said_in(greeting([], typed=True))
    assert can_be_tapped(hints.not_understood((), None)) == [], "no note where nothing can be added"


HOSTILE = "<@U1> <!channel> <#C1> <http://x.invalid|y> *b* _i_ ~s~ `c` :smile: & @here"


def test_what_a_person_wrote_mentions_links_and_formats_nothing() -> None:
    consult = walked(THREAT).change("narrative", HOSTILE, **BY).consult
    consult_decided = decided(follow_up="2026-12-01T10:00:00-07:00").report(
        "warn_victim", {"state": "attempted", "result": HOSTILE}, **BY
    )
    for message in (*current_messages(consult), answered_message(consult, ["narrative"], 3)):
        assert escape(HOSTILE) in said_in(message)
    [message] = current_messages(consult_decided.consult)
    assert escape(HOSTILE) in said_in(message)
    without_times = re.sub(r"<!date\^\d+\^[^<>]*>", "", said_in(message))
    assert "<" not in without_times, "nothing but times is marked up with angle brackets"


ENTITY = re.compile(r"&(?:amp|lt|gt);")


@given(st.text(st.sampled_from("ab1 \n:<>&*_~`@#|!^-+'") | st.characters(codec="utf-8"), max_size=60))
@example(HOSTILE)
@example("a_b_c _d_ e_ __f__ *g*h* ***")
@example(">>> q\n > r\n:a::b: :ça_va:")
def test_escaped_text_has_nothing_that_slack_reads(text: str) -> None:
    escaped = escape(text)
    left = ENTITY.sub(" ", escaped)
    assert not re.search(r"[<>&*~`]", left)
    assert not re.search(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", left)
    assert not re.search(r":[\w+'-]+:", left)
    assert not re.search(r"^\s*&gt;", escaped, re.MULTILINE)


@given(st.text(st.sampled_from("ab1 \n:<>&*_~`@#|!^-") | st.characters(codec="ascii"), max_size=60))
def test_escaped_text_still_shows_what_was_written(text: str) -> None:
    shown = html.unescape(escape(text)).replace(APART, "").replace("\u203a", ">")
    for plain, lookalike in LOOKALIKES.items():
        shown = shown.replace(lookalike, plain)
    assert shown == html.unescape(html.escape(text, quote=False))


def test_an_address_still_leads_there_when_it_is_copied() -> None:
    assert (
        escape("see https://law.example/a_b/_c/~d, *now*") == "see https://law.example/a_b/%5Fc/%7Ed, \u2217now\u2217"
    )


def test_a_time_is_shown_in_each_persons_own_zone_with_a_fallback() -> None:
    assert moment("2026-11-25T10:00:00-07:00") == (
        "<!date^1795626000^{date_short_pretty}, {time}|2026-11-25 10:00 (UTC-07:00)>"
    )
    assert moment("2026-11-25T10:00:00") == "2026-11-25 10:00", "a time without a zone is nobody's"
