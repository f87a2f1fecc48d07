"""The review meeting by mail: each who takes part is invited, told when it moves, and when it is off."""

from icalendar import Calendar

from bot.domain import incidents, people, postmortems
from bot.domain.incidents import Report
from tests.conftest import NOON, carry_all
from tests.domain.conftest import later
from tests.integrations.test_mail import courier, mailbox  # noqa: F401 - fixtures


def meet(courier, *times, private=False):  # noqa: F811
    """Ana calls a meeting, and moves it; None calls it off."""
    with courier.transaction() as session:
        ana, ben = (people.of_email(session, f"{name}@example.com", name) for name in ("ana", "ben"))
        people.of_email(session, "cy@example.com", "cy")
        incident = incidents.page(session, as_=ana)
        if not incident:
            incident = [incidents.declare(session, Report("Down & out", private=private), by=ana, now=NOON)]
            incidents.enter(session, incident[0], ben, by=ana, now=NOON)
        for at in times:
            if at:
                postmortems.set_meeting(session, incident[0], at, by=ana, now=NOON)
            else:
                postmortems.call_off(session, incident[0], by=ana, now=NOON)


def event_in(mail):
    """What a calendar reads of the mail: the part, which is the same as the file."""
    [part] = [one for one in mail.walk() if one.get_content_type() == "text/calendar"]
    [file] = [one for one in mail.iter_attachments()]
    assert part.get_content().encode().split() == file.get_content().split()
    calendar = Calendar.from_ical(file.get_content())
    assert part.get_param("method") == calendar["METHOD"]
    [event] = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), event


def test_each_who_takes_part_is_invited_once(courier, mailbox):  # noqa: F811
    meet(courier, later(days=1))
    carry_all(courier)
    carry_all(courier)
    [mail] = mailbox.mails
    assert mail["To"] == "ana@example.com, ben@example.com"
    assert mail["Subject"] == "Invitation: postmortem of INC-1 Down & out"
    assert "2026-03-03 12:00 UTC" in mail.get_body(("plain",)).get_content()
    assert "Down &amp; out" in mail.get_body(("html",)).get_content()
    method, event = event_in(mail)
    assert (method, event["SEQUENCE"], event["STATUS"]) == ("REQUEST", 0, "CONFIRMED")
    assert "mailto:ben@example.com" in str(event["ATTENDEE"])
    assert mail.get_filename() is None
    assert [one.get_filename() for one in mail.iter_attachments()] == ["INC-1-review.ics"]


def test_moved_and_called_off_it_stays_one_entry_of_the_calendar(courier, mailbox):  # noqa: F811
    for at in (later(days=1), later(days=2), None):
        meet(courier, at)
        carry_all(courier)
    found = [event_in(mail) for mail in mailbox.mails]
    assert [(method, event["SEQUENCE"]) for method, event in found] == [
        ("REQUEST", 0),
        ("REQUEST", 1),
        ("CANCEL", 2),
    ]
    assert len({str(event["UID"]) for _, event in found}) == 1
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 3
    heads = [mail["Subject"].partition(":")[0] for mail in mailbox.mails]
    assert heads == ["Invitation", "Moved", "Called off"]


def test_what_was_moved_before_it_went_out_is_sent_once(courier, mailbox):  # noqa: F811
    meet(courier, later(days=1), later(days=2))
    carry_all(courier)
    [mail] = mailbox.mails
    assert event_in(mail)[1].decoded("dtstart") == later(days=2)
