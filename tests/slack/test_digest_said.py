"""/incident digest: when it comes, another time, none, by mail."""

import pytest

from bot.domain.reminding import BadWeekly
from tests.slack.talk import Talk


@pytest.fixture
def talk(engine):
    return Talk(engine)


def test_it_says_when_the_digest_comes(talk):
    assert "Your digest comes on mon 09:00 (Europe/London), as the company's." in talk.says("digest").text


def test_another_time_is_kept(talk):
    assert "comes on fri 16:00 (Europe/London)." in talk.says("digest Friday 16:00").text
    assert "comes on fri 16:00" in talk.says("digest").text
    assert "mon 09:00" in talk.says("digest", by="ben").text


def test_one_can_leave_and_come_back(talk):
    assert "You get no digests." in talk.says("digest off").text
    assert "comes on mon 09:00" in talk.says("digest on").text


def test_it_can_also_come_by_mail(talk):
    assert "It also comes by mail." in talk.says("digest mail").text
    assert "It also comes by mail." not in talk.says("digest no mail").text


def test_nonsense_is_refused_with_an_example_and_changes_nothing(talk):
    with pytest.raises(BadWeekly, match="mon 09:00"):
        talk.says("digest whenever")
    assert "mon 09:00" in talk.says("digest").text
