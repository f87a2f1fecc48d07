"""The same conversation through Socket Mode: no signing secret, no public address."""

import pytest

from bot.domain import incidents
from tests.slack.conversation import Conversation
from tests.world import wait_for


@pytest.mark.slow
def test_commands_forms_and_events_come_through_the_socket(sqlite_url, tmp_path):
    with Conversation(sqlite_url, tmp_path, socket_mode=True) as closeout:
        wait_for(lambda: "/incident new" in closeout.ada.says("/incident help").text, what="the connection")
        said = closeout.ada.says("/incident new Checkout is down").text
        assert said == "*INC-1* is declared: Checkout is down. Opening its channel."

        room = closeout.channel_of("INC-1")
        closeout.ada.says("/incident update We are on it", in_=room)
        wait_for(closeout.ada.views, what="the form")
        assert closeout.ada.submits(**{"Next update in": "soon"}).errors
        message = closeout.ada.says("It was the deploy", in_=room)
        closeout.ada.reacts("pushpin", message.ts, in_=room)
        wait_for(lambda: timeline(closeout), what="the entry")


def timeline(closeout):
    entries = closeout.rows(lambda session: incidents.timeline(session, incidents.get(session, 1)))
    return [one for one in entries if one.text == "It was the deploy"]
