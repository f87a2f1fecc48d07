"""An incident about which customers wrote is not over before they know how it ended."""

from sqlmodel import Session

from bot.domain import incidents
from bot.domain.feedback import queries
from bot.domain.incidents import Incident, Loop
from bot.lib.words import plural


@incidents.before_closing
def reporters_told(session: Session, incident: Incident) -> Loop | None:
    """Owed to everyone who wrote and left an address, or was decided on."""
    written = [one for one in queries.of(session, incident) if one.address]
    if not written:
        return None
    left = [one for one in written if one.waits or (one.item_id is not None and one.mended_at is None)]
    remedy = f"{plural(len(left), 'customer')} who wrote: /incident feedback explain how it ended"
    return Loop("those who wrote were told", not left, remedy, rank=15)
