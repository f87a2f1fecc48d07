"""The review meeting as an invitation that every calendar understands (RFC 5545, 5546)."""

from datetime import timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vCalAddress, vText
from starlette.responses import Response

from bot.domain.incidents import Incident
from bot.domain.postmortems import Meeting

LASTS = timedelta(minutes=45)


def invitation(incident: Incident, meeting: Meeting, here: str) -> Response:
    """The same UID for ever, and a greater SEQUENCE each time: calendars move the entry they have."""
    calendar = Calendar()
    calendar.add("prodid", "-//Closeout//Postmortem review//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "REQUEST")
    calendar.add_component(_event(incident, meeting, here.rstrip("/")))
    headers = {
        "Content-Disposition": f'attachment; filename="{incident.ref}-review.ics"',
        "Cache-Control": "no-store",
    }
    kind = "text/calendar; charset=utf-8; method=REQUEST"
    return Response(calendar.to_ical(), 200, headers, media_type=kind)


def _event(incident: Incident, meeting: Meeting, here: str) -> Event:
    event, page = Event(), f"{here}/incidents/{incident.ref}/postmortem"
    host = urlsplit(here).hostname or "localhost"
    event.add("uid", f"postmortem-{incident.ref}@{host}")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", meeting.set_at)
    event.add("dtstart", meeting.at)
    event.add("dtend", meeting.at + LASTS)
    event.add("summary", f"Postmortem of {incident.ref}: {incident.title}")
    event.add("description", f"Read it first, and comment in its margin: {page}")
    event.add("url", page)
    event.add("status", "CONFIRMED")
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
