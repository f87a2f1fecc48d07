from datetime import timedelta

from bot.domain import incidents
from bot.domain.incidents.facts import MessageAdded
from bot.slack.words import at_of


def marks(hall, id, ts, *, channel=None, by="ben"):
    place = f"{channel or hall.room(id).channel_id}/{ts}"
    hall.does(incidents.mark_message, id, place, by=by, marked_at=hall.now)
    hall.carry()


def messages(hall, id):
    with hall.courier.reading() as session:
        entries = incidents.timeline(session, incidents.get(session, id))
    return [one for one in entries if one.kind == "MessageAdded"]


def says(hall, id, text, *, by="chen", **more):
    person = hall.guest.person(by)
    person.joins(hall.room(id).channel_name)
    return person.says(text, in_=hall.room(id).channel_name, **more).ts


def an_incident(hall):
    id = hall.declare()
    hall.carry()
    return id


def test_a_marked_message_stands_at_its_own_time_with_author_and_link(hall):
    id = an_incident(hall)
    ts = says(hall, id, "The pool is <https://graph.example|empty>, <@U0ADA> &amp; all")
    marks(hall, id, ts)
    [entry] = messages(hall, id)
    assert entry.text == f"The pool is https://graph.example, @{{p:{hall.person_id('ada')}}} & all"
    assert (entry.author_name, entry.at) == ("Chen Wei", at_of(ts))
    assert entry.permalink.endswith("/p" + ts.replace(".", ""))


def test_images_are_linked(hall):
    id = an_incident(hall)
    ts = says(
        hall, id, "See", files=[{"name": "graph.png", "url_private": "https://files.example/graph.png"}]
    )
    marks(hall, id, ts)
    [entry] = messages(hall, id)
    assert entry.images == ("https://files.example/graph.png",)


def test_a_reply_in_a_thread_can_be_marked(hall):
    id = an_incident(hall)
    parent = says(hall, id, "Who deployed?")
    reply = says(hall, id, "I did", thread=parent)
    marks(hall, id, reply)
    [entry] = messages(hall, id)
    assert entry.text == "I did"


def test_a_message_of_another_public_channel_can_be_marked(hall):
    id = an_incident(hall)
    ts = hall.guest.person("dana").says("Customers complain", in_="general").ts
    marks(hall, id, ts, channel="C0GENERAL")
    [entry] = messages(hall, id)
    assert entry.author_name == "Dana Ruiz"


def test_a_message_that_is_gone_adds_nothing_and_stops_nothing(hall):
    id = an_incident(hall)
    marks(hall, id, "1772452800.000100")
    hall.does(incidents.note, id, "Still here")
    hall.carry()
    assert messages(hall, id) == []
    assert hall.said(id) == ["*Ada Lovelace* noted: Still here"]


def test_a_repeated_run_adds_it_once(hall):
    id = an_incident(hall)
    ts = says(hall, id, "Once")
    marks(hall, id, ts)
    with hall.courier.transaction() as session:
        ear = session.get(hall.ear, ("pins", id))
        ear.heard = 0
        session.add(ear)
    hall.carry(again=True)
    assert len(messages(hall, id)) == 1


def test_a_mark_taken_away_before_the_words_came_adds_nothing(hall):
    id = an_incident(hall)
    ts = says(hall, id, "Never mind")
    place = f"{hall.room(id).channel_id}/{ts}"
    hall.does(incidents.mark_message, id, place, marked_at=hall.now)
    with hall.as_("ada") as (session, ada):
        later = hall.now + timedelta(seconds=1)
        incidents.unmark_message(session, place, by=ada, now=later, marked_at=later)
    hall.carry()
    assert messages(hall, id) == []


def test_a_message_that_came_with_its_words_takes_us_into_no_channel(hall):
    id = an_incident(hall)
    ts = hall.guest.person("dana").says("Customers complain", in_="random").ts
    place = f"C0RANDOM/{ts}"
    hall.does(incidents.mark_message, id, place, by="dana", marked_at=hall.now)
    with hall.as_("dana") as (session, dana):
        fact = MessageAdded(
            incident_id=id, by=dana.id, place=place, author=dana.id, author_name=dana.name, text="Complain"
        )
        assert incidents.add_message(session, fact, now=hall.now)
    hall.guest.forget_traffic()
    hall.carry()
    assert not {"conversations.join", "conversations.history"} & set(hall.calls())
