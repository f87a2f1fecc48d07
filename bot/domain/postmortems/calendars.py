"""The review meeting as every calendar understands it (RFC 5545, 5546). Pure."""

from datetime import timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vCalAddress, vText

from bot.domain.incidents import Incident
from bot.domain.postmortems.outside import Meeting

LASTS = timedelta(minutes=45)


def calendar(incident: Incident, meeting: Meeting, here: str) -> bytes:
    """The same UID for ever, and a greater SEQUENCE each time: calendars move the entry they have."""
    made = Calendar()
    made.add("prodid", "-//Closeout//Postmortem review//EN")
    made.add("version", "2.0")
    made.add("method", method(meeting))
    made.add_component(_event(incident, meeting, here.rstrip("/")))
    return bytes(made.to_ical())


def method(meeting: Meeting) -> str:
    return "CANCEL" if meeting.is_off else "REQUEST"


def page_of(incident: Incident, here: str) -> str:
    return f"{here.rstrip('/')}/incidents/{incident.ref}/postmortem"


def _event(incident: Incident, meeting: Meeting, here: str) -> Event:
    event, page = Event(), page_of(incident, here)
    host = urlsplit(here).hostname or "localhost"
    event.add("uid", f"postmortem-{incident.ref}@{host}")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", meeting.set_at)
    event.add("dtstart", meeting.at)
    event.add("dtend", meeting.at + LASTS)
    event.add("summary", f"Postmortem of {incident.ref}: {incident.title}")
    event.add("description", f"Read it first, and comment in its margin: {page}")
    event.add("url", page)
    event.add("status", "CANCELLED" if meeting.is_off else "CONFIRMED")
    event.add("organizer", _address(meeting.set_by.name, meeting.set_by.email or f"closeout@{host}"))
    for person in meeting.invited:
        if person.id != meeting.set_by.id:
            one = _address(person.name, person.email or "")
            one.params["RSVP"] = vText("TRUE")
            one.params["PARTSTAT"] = vText("NEEDS-ACTION")
            event.add("attendee", one)
    return event


def _address(name: str, email: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = vText(name.replace('"', "'"))
    return address
