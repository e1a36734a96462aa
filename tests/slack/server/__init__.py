"""A local server that speaks Slack's own protocol, for tests that drive the running program through it.

def test_a_question_is_answered(slack_server: SlackServer) -> None:
    robin = slack_server.clinician("Robin Invented")
    with running(slack_server.environment()):  # the program, in whatever way the test starts it
        wait_until(lambda: slack_server.connected)
        robin.command("/consult", "CO")
        root = robin.sees("C-")
        question = robin.sees("What is it about?", root)
        assert robin.taps(question, "Harm to others").acknowledged
        wait_until(lambda: robin.again(question).edits == 1)
"""

from .accounts import User
from .channels import Channel
from .deliveries import Delivery
from .faults import (
    arrives_later,
    drops,
    hangs,
    held_back,
    invalid_json,
    rate_limited,
    refuses,
    repeated,
    server_error,
    slow,
)
from .messages import Message
from .open_views import View
from .person import Person, at_once
from .rate_limits import Rate
from .screens import CannotBeDone
from .server import SlackServer
from .waiting import wait_until

__all__ = [
    "CannotBeDone",
    "Channel",
    "Delivery",
    "Message",
    "Person",
    "Rate",
    "SlackServer",
    "User",
    "View",
    "arrives_later",
    "at_once",
    "drops",
    "hangs",
    "held_back",
    "invalid_json",
    "rate_limited",
    "refuses",
    "repeated",
    "server_error",
    "slow",
    "wait_until",
]
