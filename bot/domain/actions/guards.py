"""An incident ends when each of its action items is verified, or declined with reason and approver."""

from sqlmodel import Session

from bot.domain import incidents
from bot.domain.actions.model import ItemStatus
from bot.domain.actions.queries import of
from bot.domain.incidents import Incident, Loop


@incidents.before_closing
def actions_verified(session: Session, incident: Incident) -> Loop | None:
    items = of(session, incident)
    if not items:
        return None
    given_up = (ItemStatus.DECLINED, ItemStatus.DUPLICATE)
    wanted = [item for item in items if item.status not in given_up]
    verified = [item for item in wanted if item.status == ItemStatus.VERIFIED]
    left = [item for item in items if not item.is_settled]
    refs = ", ".join(f"{item.ref} ({ItemStatus(item.status).words})" for item in left)
    name = f"{len(verified)} of {len(wanted)} actions verified"
    return Loop(name, not left, f"{refs}. Finish and verify them, or decline them: /incident actions", 30)
