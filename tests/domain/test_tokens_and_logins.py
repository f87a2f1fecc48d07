"""Bearer tokens and one-time links: what opens a door, and what does not any more."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from bot.domain.people import Person, logins, tokens
from bot.domain.people.logins import LinkSpent, Login
from bot.lib.errors import Refused

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def ana(session):
    person = Person(name="Ana", email="ana@example.com")
    session.add(person)
    session.flush()
    return person


def test_a_token_speaks_for_its_person(session, ana):
    token, secret = tokens.create(session, "deploy  script", ana, now=NOON)
    assert tokens.find(session, secret) == ana
    assert token.name == "deploy script"
    assert secret not in repr(session.exec(select(tokens.Token)).all())


def test_a_revoked_token_opens_nothing(session, ana):
    token, secret = tokens.create(session, "x", ana, now=NOON)
    assert tokens.revoke(session, token.id, now=NOON)
    assert not tokens.revoke(session, token.id, now=NOON)
    assert tokens.find(session, secret) is None


def test_the_token_of_someone_who_left_opens_nothing(session, ana):
    _, secret = tokens.create(session, "x", ana, now=NOON)
    ana.is_active = False
    assert tokens.find(session, secret) is None


def test_an_unknown_token_is_refused_by_its_number(session):
    with pytest.raises(Refused, match="no token 9"):
        tokens.revoke(session, 9, now=NOON)


def test_a_token_needs_a_name(session, ana):
    with pytest.raises(Refused, match="Name the token"):
        tokens.create(session, "  ", ana, now=NOON)


def test_a_link_works_once(session, ana):
    secret = logins.issue(session, ana, now=NOON).removeprefix("/login/")
    assert logins.look(session, secret, now=NOON) == ana
    assert logins.use(session, secret, now=NOON) == ana
    for verb in (logins.look, logins.use):
        with pytest.raises(LinkSpent):
            verb(session, secret, now=NOON)


def test_a_link_works_for_ten_minutes(session, ana):
    secret = logins.issue(session, ana, now=NOON).removeprefix("/login/")
    assert logins.look(session, secret, now=NOON + timedelta(minutes=9, seconds=59)) == ana
    with pytest.raises(LinkSpent):
        logins.use(session, secret, now=NOON + timedelta(minutes=10))


def test_old_links_are_swept_away(session, ana):
    logins.issue(session, ana, now=NOON)
    logins.issue(session, ana, now=NOON + timedelta(days=1))
    assert len(session.exec(select(Login)).all()) == 1
