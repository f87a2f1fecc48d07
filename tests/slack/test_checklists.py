import pytest

from bot.domain import incidents, runbooks
from bot.domain.runbooks import Runbook, Step
from bot.sandbox.contract import check_blocks
from bot.slack.checklists import look
from tests.slack.hall import Hall

STEPS = (Step("Look at the pool", "`show pool_size` and <5"), Step("Fail over"), Step("Tell the team"))
FAILOVER = Runbook(
    "database-failover",
    "Database failover",
    symptoms=("checkout",),
    owner="payments",
    rollback="Fail back",
    steps=STEPS,
)
HUGE = Runbook("huge", "Huge", steps=tuple(Step("x" * 300, "y" * 4000) for _ in range(60)))


@pytest.fixture
def hall(engine, sandbox):
    made = Hall(engine, sandbox, runbooks=[FAILOVER, HUGE])
    made.meet_everybody()
    return made


def checklists(hall, id):
    return [one for one in hall.messages(id) if "Runbook: " in one["text"]]


def test_a_runbook_stands_in_the_channel_once_with_its_commands(hall):
    id = hall.declare()
    hall.carry()
    hall.does(runbooks.post, id, "database-failover")
    hall.carry()
    [shown] = checklists(hall, id)
    assert shown["text"] == "*Runbook: Database failover* · 0 of 3 steps done"
    assert "`show pool_size` and &lt;5" in str(shown["blocks"])
    assert hall.said(id) == [shown["text"]]


def test_a_tick_redraws_it_with_who_and_when(hall):
    id = hall.declare()
    hall.carry()
    run = hall.does(runbooks.post, id, "database-failover")
    hall.carry()
    hall.does(runbooks.tick, id, run.id, 2, True, by="ben")
    hall.carry()
    [shown] = checklists(hall, id)
    assert "1 of 3" in shown["text"]
    assert "2. Fail over  ✓ Ben Okafor" in str(shown["blocks"])
    assert str(shown["blocks"]).count("initial_options") == 1


def test_what_was_posted_before_the_channel_was_there_is_posted_then(hall):
    id = hall.declare()
    hall.does(runbooks.post, id, "database-failover")
    hall.carry()
    assert len(checklists(hall, id)) == 1


@pytest.mark.parametrize("kind", ["cut_after", "lost_answer", "500"])
def test_a_lost_answer_makes_no_second_checklist(hall, kind):
    id = hall.declare()
    hall.carry()
    hall.guest.fails("chat.postMessage", kind)
    hall.does(runbooks.post, id, "database-failover")
    hall.carry()
    assert len(checklists(hall, id)) == 1


def test_one_that_fits_is_offered_on_the_card_until_it_is_posted(hall):
    id = hall.declare()
    hall.carry()
    offered = "Runbook: Database failover"
    assert offered in str(hall.messages(id)[0]["blocks"])
    hall.does(runbooks.post, id, "database-failover")
    hall.carry()
    card = next(one for one in hall.messages(id) if one["ts"] == hall.room(id).card_ts)
    assert offered not in str(card["blocks"])


def test_a_huge_runbook_fits_into_a_message(hall):
    id = hall.declare()
    run = hall.does(runbooks.post, id, "huge")
    with hall.courier.reading() as session:
        blocks = look(session, incidents.get(session, id).ref, run)
    assert check_blocks(blocks, "message") == []
