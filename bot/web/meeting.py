"""The review meeting as an invitation to download."""

from starlette.responses import Response

from bot.domain import postmortems
from bot.domain.incidents import Incident
from bot.domain.postmortems import Meeting


def invitation(incident: Incident, meeting: Meeting, here: str) -> Response:
    """The same file as the mail brings."""
    headers = {
        "Content-Disposition": f'attachment; filename="{incident.ref}-review.ics"',
        "Cache-Control": "no-store",
    }
    kind = "text/calendar; charset=utf-8; method=REQUEST"
    return Response(postmortems.calendar(incident, meeting, here), 200, headers, media_type=kind)
