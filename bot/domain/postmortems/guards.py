"""An incident that owes a postmortem stays open until it is published."""

from sqlmodel import Session

from bot.domain import incidents
from bot.domain.company import company_of
from bot.domain.incidents import Incident, Loop
from bot.domain.postmortems import rules
from bot.domain.postmortems.queries import of


@incidents.before_closing
def postmortem_published(session: Session, incident: Incident) -> Loop | None:
    """The rule is asked, not the row: a reaction writes that one a moment later."""
    if not rules.owed(company_of(session), incident):
        return None
    done = rules.is_done(incident, of(session, incident))
    return Loop("postmortem", done, "Write and publish it: /incident postmortem", rank=20)
