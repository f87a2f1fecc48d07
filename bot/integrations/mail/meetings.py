"""The review meeting as mail: one letter to all who take part, with the invitation that calendars read."""

from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from bot.domain import incidents, postmortems
from bot.domain.incidents import Incident
from bot.domain.postmortems import Meeting, PostmortemMeetingCalledOff, PostmortemMeetingSet
from bot.integrations.mail.letter import SUBJECT_MAX, Letter
from bot.integrations.mail.post import Post
from bot.lib.courier import Courier
from bot.lib.effects import Door, effect
from bot.lib.facts import Event, on
from bot.lib.templates import environment, folder
from bot.lib.words import cut

Written = tuple[Letter, str, bytes]  # with the method and the calendar


class Meetings:
    """What a mail server does for meetings; the rest of it is in `Mail`."""

    post: Post
    courier: Courier
    public_url: str
    host: str
    door: Door

    @on(PostmortemMeetingSet, PostmortemMeetingCalledOff, name="mail-meetings")
    async def invite(self, event: Event) -> None:
        """Always one effect. What was moved before it went out is left to the fact that moved it."""

        async def act() -> str:
            written = await self.courier.ask(self._invitation, event)
            if written is None:
                return "nothing to say"
            return await self.post.send(self._message(event, *written))

        await effect(self.door, f"{event.key}/mail-meeting", act)

    def _message(self, event: Event, letter: Letter, method: str, calendar: bytes) -> Any:
        id = f"<{event.key.replace('/', '.')}.meeting@{self.host}>"
        message = self.post.message(letter, id=id, at=event.at)
        # Some programs read the part, others the file.
        message.add_alternative(calendar.decode(), subtype="calendar", params={"method": method})
        name = f"INC-{event.incident_id}-review.ics"
        message.add_attachment(calendar, maintype="application", subtype="ics", filename=name)
        return message

    def _invitation(self, session: Session, event: Event) -> Written | None:
        incident = incidents.get(session, event.incident_id)
        meeting = postmortems.told_of_meeting(session, incident)
        if meeting is None or not meeting.invited or not _is_newest(event, meeting):
            return None
        calendar = postmortems.calendar(incident, meeting, self.public_url)
        return _letter(session, incident, meeting, self.public_url), postmortems.method(meeting), calendar


def _is_newest(event: Event, meeting: Meeting) -> bool:
    fact = event.fact
    if isinstance(fact, PostmortemMeetingSet):
        return not meeting.is_off and meeting.at == fact.meeting_at
    return meeting.is_off


def _letter(session: Session, incident: Incident, meeting: Meeting, public_url: str) -> Letter:
    words = {
        "ref": incident.ref,
        "title": incident.title,
        "by": meeting.set_by.name,
        "at": f"{meeting.at:%Y-%m-%d %H:%M} UTC",
        "is_off": meeting.is_off,
        "is_moved": meeting.sequence > 0,
        "url": postmortems.page_of(incident, public_url),
    }
    what = "Called off" if meeting.is_off else "Moved" if meeting.sequence else "Invitation"
    subject = f"{what}: postmortem of {incident.ref} {incident.title}"
    where = folder(session, "mails")
    render: Callable[[str, bool], str] = lambda name, html: (  # noqa: E731
        environment(where, html=html).get_template(name).render(words)
    )
    return Letter(
        to=", ".join(one.email for one in meeting.invited if one.email),
        subject=cut(" ".join(subject.split()), SUBJECT_MAX),
        plain=render("meeting.txt.j2", False),
        html=render("meeting.html.j2", True),
    )
