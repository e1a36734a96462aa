"""Who may consult: members of the practice, as the setting names them; everybody else is told apart, and nothing is guessed."""

from __future__ import annotations

import pytest

from bot.slack.membership import Membership, Who, parse_who
from bot.slack.people import EVERYONE, People, Standing
from bot.slack.sender import sending_client

from .server import Person, SlackServer, refuses

SETTINGS = [
    ("everyone", Who("everyone")),
    ("S0INVENTED", Who("group", "S0INVENTED")),
    (" C0INVENTED ", Who("channel", "C0INVENTED")),
    ("U0ONE, U0TWO", Who("people", people=frozenset(("U0ONE", "U0TWO")))),
]


@pytest.mark.parametrize(("text", "who"), SETTINGS)
def test_a_setting_names_people(text: str, who: Who) -> None:
    assert parse_who(text) == who


@pytest.mark.parametrize("text", ["", "all", "#supervisors", "s0invented", "U0ONE;U0TWO", "U0ONE,,", "S1,U0ONE"])
def test_another_setting_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match="allowed: everyone"):
        parse_who(text)


def people(server: SlackServer, who: Who = EVERYONE) -> People:
    app = server.workspace.app
    return People(sending_client(app.bot_token, server.api_url), team=server.workspace.team, who=who)


def learned(found: People, person: Person) -> Standing:
    found.learn(person.id)
    return found.standing(person.id)


def test_members_may_and_others_are_told_apart(slack_server: SlackServer) -> None:
    found = people(slack_server)
    robin = slack_server.clinician()
    assert found.standing(robin.id) == "unknown" and slack_server.calls() == []
    assert learned(found, robin) == "may_consult"
    assert learned(found, slack_server.guest()) == "guest"
    assert learned(found, slack_server.stranger()) == "other_organisation"
    assert learned(found, slack_server.bot()) == "bot"
    assert found.standing("USLACKBOT") == "bot"
    found.learn("U0NOBODY")
    assert found.standing("U0NOBODY") == "not_listed"


def test_an_organisation_of_several_workspaces_is_one(slack_server: SlackServer) -> None:
    app = slack_server.workspace.app
    found = People(sending_client(app.bot_token, slack_server.api_url), team="T0ONE", enterprise="E0ONE")
    account = {"id": "U0X", "team_id": "T0TWO", "enterprise_user": {"enterprise_id": "E0ONE"}}
    found.changed({"type": "user_change", "user": account})
    assert found.standing("U0X") == "may_consult"
    found.changed({"type": "user_change", "user": {**account, "enterprise_user": {"enterprise_id": "E0TWO"}}})
    assert found.standing("U0X") == "other_organisation"


def test_a_user_group_may(slack_server: SlackServer) -> None:
    robin, sue = slack_server.clinician(), slack_server.clinician("Sue Invented")
    group = slack_server.user_group(robin)
    found = people(slack_server, Who("group", group))
    assert (learned(found, robin), learned(found, sue)) == ("may_consult", "not_listed")
    found.changed(
        {"type": "subteam_members_changed", "subteam_id": group, "added_users": [sue.id], "removed_users": [robin.id]}
    )
    assert (found.standing(robin.id), found.standing(sue.id)) == ("not_listed", "may_consult")


def test_a_channels_members_may(slack_server: SlackServer) -> None:
    robin, sue = slack_server.clinician(), slack_server.clinician("Sue Invented")
    channel = slack_server.channel("clinicians", robin)
    found = people(slack_server, Who("channel", channel.id))
    assert (learned(found, robin), learned(found, sue)) == ("may_consult", "not_listed")
    found.changed({"type": "member_joined_channel", "channel": channel.id, "user": sue.id})
    found.changed({"type": "member_left_channel", "channel": channel.id, "user": robin.id})
    found.changed({"type": "member_joined_channel", "channel": "C0OTHER", "user": robin.id})
    assert (found.standing(robin.id), found.standing(sue.id)) == ("not_listed", "may_consult")


def test_a_refresh_finds_what_no_event_told(slack_server: SlackServer) -> None:
    robin = slack_server.clinician()
    found = people(slack_server)
    found.meet([robin.id])
    found.refresh()
    assert found.standing(robin.id) == "may_consult"
    slack_server.workspace.users[robin.id].deleted = True
    found.refresh()
    assert found.standing(robin.id) == "not_listed"


def test_when_slack_can_not_be_asked_the_copy_stays_and_grows_old(slack_server: SlackServer) -> None:
    robin = slack_server.clinician()
    group = slack_server.user_group(robin)
    now = 0.0
    membership = Membership(Who("group", group), clock=lambda: now)
    assert membership.has(robin.id) is None and membership.age == float("inf")
    web = sending_client(slack_server.workspace.app.bot_token, slack_server.api_url)
    membership.refresh(web)
    slack_server.api.faults.order("usergroups.users.list", refuses("internal_error"))
    now = 700.0
    with pytest.raises(Exception, match="internal_error"):
        membership.refresh(web)
    assert membership.has(robin.id) is True and membership.age == 700.0


def test_a_refresh_that_fails_is_no_fault_of_the_program(slack_server: SlackServer) -> None:
    robin = slack_server.clinician()
    found = people(slack_server)
    found.learn(robin.id)
    slack_server.api.faults.order("users.info", refuses("internal_error"))
    found.refresh()
    assert found.standing(robin.id) == "may_consult"
