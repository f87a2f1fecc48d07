import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from bot.lib.courier import Courier
from bot.lib.facts import Listeners, record
from bot.lib.inbox import Inbox
from bot.lib.letters import BATCH, TRIES, Letter, forget, open_batch
from tests.lib.saying import NOON, Said


async def fill(engine, *deliveries: str, source: str = "pagerduty") -> list[bool]:
    inbox = Inbox(engine)
    known = await asyncio.gather(*(inbox.put(source, name, f"<{name}>", NOON) for name in deliveries))
    await inbox.close()
    return known


def opening(engine, opener, *, now=NOON) -> int:
    with Courier(engine, Listeners()).transaction() as session:
        return open_batch(session, {"pagerduty": opener}, now=now)


def letters(engine) -> list[Letter]:
    with Courier(engine, Listeners()).reading() as session:
        return session.exec(select(Letter).order_by(Letter.id)).all()


async def test_a_letter_is_in_the_database_when_put_returns(either_engine):
    inbox = Inbox(either_engine)
    assert await inbox.put("pagerduty", "a", "body", NOON)
    [letter] = letters(either_engine)
    assert (letter.body, letter.received_at, letter.done_at) == ("body", NOON, None)
    await inbox.close()


async def test_a_second_delivery_is_known_already(either_engine):
    assert await fill(either_engine, "a", "b", "a") == [True, True, False]
    assert await fill(either_engine, "b", "c") == [False, True]
    assert len(letters(either_engine)) == 3


async def test_two_sources_may_use_the_same_name(engine):
    await fill(engine, "a")
    assert await fill(engine, "a", source="grafana") == [True]


async def test_many_letters_share_a_commit(engine):
    commits = []
    sa.event.listen(engine, "commit", lambda connection: commits.append(1))
    await fill(engine, *map(str, range(1000)))
    assert len(commits) < 100


async def test_whoever_waits_is_told_that_the_database_is_away(engine):
    with engine.begin() as connection:
        connection.execute(sa.text("drop table inbox"))
    with pytest.raises(sa.exc.OperationalError):
        await fill(engine, "a")


async def test_a_caller_who_has_gone_disturbs_nobody(engine):
    inbox = Inbox(engine)
    gone = asyncio.create_task(inbox.put("pagerduty", "a", "body", NOON))
    await asyncio.sleep(0)
    gone.cancel()
    assert await inbox.put("pagerduty", "b", "body", NOON)
    await inbox.close()


async def test_letters_are_opened_in_order_in_one_transaction(either_engine):
    await fill(either_engine, *map(str, range(BATCH + 1)))
    calls = []
    assert opening(either_engine, lambda session, those: calls.append([x.delivery for x in those])) == BATCH
    assert [calls[0][0], calls[0][-1], len(calls)] == ["0", str(BATCH - 1), 1]


async def test_an_opened_letter_is_not_opened_again(engine):
    await fill(engine, "a")
    assert opening(engine, lambda session, those: None) == 1
    assert opening(engine, lambda session, those: None) == 0


async def test_letters_of_a_source_that_nobody_reads_wait(engine):
    await fill(engine, "a", source="grafana")
    assert opening(engine, lambda session, those: None) == 0


async def test_a_bad_letter_does_not_take_the_others_with_it(either_engine):
    def opener(session, those):
        for letter in those:
            record(session, Said(incident_id=1, by=1, text=letter.delivery), at=NOON)
            if letter.delivery == "bad":
                raise ZeroDivisionError("by zero")

    await fill(either_engine, "a", "bad", "b")
    opening(either_engine, opener)
    assert [(x.delivery, x.done_at, x.attempts, x.error) for x in letters(either_engine)] == [
        ("a", NOON, 0, None),
        ("bad", None, 1, "ZeroDivisionError: by zero"),
        ("b", NOON, 0, None),
    ]


async def test_a_bad_letter_is_tried_again_later_and_then_given_up(engine, caplog):
    def opener(session, those):
        raise ZeroDivisionError

    await fill(engine, "bad")
    assert [opening(engine, opener), opening(engine, opener)] == [1, 0]
    for hours in range(1, TRIES):
        assert opening(engine, opener, now=NOON + timedelta(hours=hours)) == 1
    [letter] = letters(engine)
    assert (letter.attempts, letter.done_at) == (TRIES, NOON + timedelta(hours=TRIES - 1))
    assert "is given up" in caplog.text


async def test_the_database_being_away_is_no_letters_fault(engine):
    def opener(session, those):
        raise sa.exc.OperationalError("select", {}, Exception("gone"))

    await fill(engine, "a")
    with pytest.raises(sa.exc.OperationalError):
        opening(engine, opener)
    assert letters(engine)[0].attempts == 0


@pytest.mark.slow
async def test_one_replica_drains_at_a_time(postgres_url):
    from bot.lib import db

    engine = db.open_engine(postgres_url)
    await fill(engine, "a")
    courier = Courier(engine, Listeners())
    with courier.transaction() as session:
        assert open_batch(session, {"pagerduty": lambda session, those: None}, now=NOON) == 1
        assert opening(engine, lambda session, those: None) == 0
    engine.dispose()


async def test_letters_are_drained_when_they_arrive(engine):
    courier, inbox, opened = Courier(engine, Listeners()), Inbox(engine), asyncio.Event()
    openers = {"pagerduty": lambda session, those: None}

    async def drain():
        if await inbox.drain(courier, openers, lambda: NOON):
            opened.set()

    inbox.on_put(drain)
    await inbox.put("pagerduty", "a", "body", NOON)
    await asyncio.wait_for(opened.wait(), 5)
    assert letters(engine)[0].done_at == NOON
    await inbox.close()


async def test_old_letters_are_forgotten_and_unopened_ones_are_not(engine):
    await fill(engine, "a", "b")
    opening(engine, lambda session, those: None)
    await fill(engine, "c")
    with Courier(engine, Listeners()).transaction() as session:
        forget(session, NOON + timedelta(days=30))
    assert [letter.delivery for letter in letters(engine)] == ["c"]
