"""What Slack's events do to the rows, opened from the inbox as they came."""

import json

import pytest

from bot.domain import incidents, people
from bot.domain.incidents import Report
from bot.lib.inbox import Letter
from bot.slack import faces, model
from bot.slack.happenings import open_letters
from bot.slack.words import typed
from tests.conftest import NOON
from tests.slack.talk import Talk

OLD, NEW = "C0OLD", "G0NEW"


class Post(Talk):
    """Slack's events, each a letter."""

    def happens(self, kind, **told):
        body = {"authorizations": [{"user_id": "U0US"}], "event": {"type": kind, **told}}
        letter = Letter(source="slack", delivery="Ev1", received_at=NOON, body=json.dumps(body))
        with self.courier.transaction() as session:
            open_letters(session, [letter])

    def declares(self, channel, *, private):
        with self.courier.transaction() as session:
            ada = people.of_slack(session, "U0ADA")
            id = incidents.declare(session, Report("Down", private=private), by=ada, now=NOON).id
            model.opened(session, id, channel, f"inc-{id}", now=NOON)
            return id

    def merges(self, id, into):
        with self.courier.transaction() as session:
            source, target = (incidents.get(session, one) for one in (id, into))
            incidents.merge(session, source, target, by=people.of_slack(session, "U0ADA"), now=NOON)

    def id_of(self, session):
        return people.of_slack(session, "U0ADA").id

    def sees(self, name, id):
        with self.courier.transaction() as session:
            person = people.of_slack(session, f"U0{name.upper()}")
            return incidents.visible(session, incidents.get(session, id), person)


@pytest.fixture
def post(engine):
    return Post(engine)


def test_who_joins_a_private_channel_may_see_its_incident(post):
    id = post.declares(NEW, private=True)
    assert not post.sees("ben", id)
    post.happens("member_joined_channel", user="U0BEN", channel=NEW)
    assert post.sees("ben", id)


def test_the_channel_of_a_public_incident_is_no_way_into_the_private_one_it_was_merged_into(post):
    public, private = post.declares(OLD, private=False), post.declares(NEW, private=True)
    post.merges(public, private)
    post.happens("member_joined_channel", user="U0BEN", channel=OLD)
    assert not post.sees("ben", private)


def test_who_leaves_the_old_channel_after_a_merge_still_takes_part(post):
    public, private = post.declares(OLD, private=False), post.declares(NEW, private=True)
    post.merges(public, private)
    post.happens("member_left_channel", user="U0ADA", channel=OLD)
    assert post.sees("ada", private)
    post.happens("member_left_channel", user="U0ADA", channel=NEW)
    assert not post.sees("ada", private)


def test_channels_that_are_not_ours_change_nothing(post):
    post.declares(OLD, private=False)
    for kind in ("member_joined_channel", "member_left_channel", "channel_archive", "channel_deleted"):
        post.happens(kind, user="U0BEN", channel="C0ELSE")
    with post.courier.reading() as session:
        assert model.room_of(session, 1).usable == OLD


def test_a_public_incident_does_not_name_the_private_one_it_was_merged_into(post):
    public, private = post.declares(OLD, private=False), post.declares(NEW, private=True)
    post.merges(public, private)
    with post.courier.reading() as session:
        old, new = incidents.get(session, public), incidents.get(session, private)
        assert faces.read(session, old, now=NOON, public_url="http://x").merged_into is None
        assert "INC-2" not in "".join(entry.text for entry in incidents.timeline(session, old))
        assert "INC-1" in "".join(entry.text for entry in incidents.timeline(session, new))


def test_nobody_is_named_by_typing_what_stands_for_people(post):
    with post.courier.transaction() as session:
        assert typed(session, "@{p:1} and <@U0ADA>") == f"@{{p 1}} and @{{p:{post.id_of(session)}}}"
