from bot.domain import incidents


def seen(hall, id, name):
    messages = hall.guest.messages(hall.room(id).channel_name, as_=name)
    return [one["text"] for one in messages if one.get("ephemeral_to")]


def joins(hall, id, name, *, late=True):
    hall.guest.person(name).joins(hall.room(id).channel_name)
    hall.does(incidents.enter, id, f"@{name}", by=name, late=late)
    hall.carry()


def test_who_comes_late_is_briefed_and_nobody_else_sees_it(hall):
    id = hall.declare(severity="sev1")
    hall.carry()
    hall.does(incidents.note, id, "The pool is empty")
    joins(hall, id, "ben")
    [brief] = seen(hall, id, "ben")
    assert brief.startswith("*INC-1* Checkout is down\n● SEV1 Critical · investigating · declared ")
    assert "Incident commander: Ada Lovelace" in brief
    assert "Ada Lovelace noted: The pool is empty" in brief
    assert "*Customers*  promised next by" in brief
    assert "joined" not in brief
    assert seen(hall, id, "ada") == []


def test_who_was_there_from_the_start_is_not_briefed(hall):
    id = hall.declare()
    hall.carry()
    joins(hall, id, "ben", late=False)
    assert seen(hall, id, "ben") == []


def test_who_left_at_once_is_let_go(hall):
    id = hall.declare()
    hall.carry()
    hall.does(incidents.enter, id, "@ben", by="ben", late=True)
    hall.carry()
    hall.does(incidents.note, id, "Still here")
    hall.carry()
    assert hall.said(id) == ["*Ada Lovelace* noted: Still here"]


def test_a_long_timeline_is_a_short_brief(hall):
    id = hall.declare()
    hall.carry()
    for number in range(20):
        hall.does(incidents.note, id, f"Look {number}. " + "x" * 2000)
    joins(hall, id, "ben")
    [brief] = seen(hall, id, "ben")
    assert len(brief) < 3000
    assert "Look 19." in brief
    assert "Look 3." not in brief
