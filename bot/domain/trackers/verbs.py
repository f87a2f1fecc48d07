"""What goes out, and what was sent. Each side is held against what was last agreed, so nothing echoes."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, or_, select

from bot.domain import actions, incidents, people
from bot.domain.actions import ActionItem
from bot.domain.incidents import Incident
from bot.domain.trackers.facts import ActionTracked, ActionUntracked
from bot.domain.trackers.hearing import apply
from bot.domain.trackers.model import FarState, TrackerLink
from bot.domain.trackers.persons import account_of
from bot.domain.trackers.sides import FIELDS, Errand, Kept, Seen, Wanted, differing, mine
from bot.domain.trackers.telling import tell
from bot.lib.facts import line_up
from bot.lib.words import cut

NOTE_MAX = 300


def stays_here(session: Session, incident: Incident) -> bool:
    """What is private, practice or made up never leaves the house."""
    return incident.private or incident.drill or incident.sample or bool(session.info.get("practice"))


def errand(session: Session, kept: Kept, item_id: int, *, now: datetime) -> Errand | None:
    """What has to be sent for the item now; None where both sides agree. Kept before anything is sent."""
    item = actions.get(session, item_id)
    line_up(session, item.incident_id)
    session.refresh(item)
    link = session.get(TrackerLink, (item_id, kept.name), populate_existing=True)
    is_over = link is None and item.is_settled
    if is_over or stays_here(session, incidents.get(session, item.incident_id)):
        return None
    found = _errand(session, kept, item, link, now)
    session.flush()
    return found


def _errand(
    session: Session, kept: Kept, item: ActionItem, link: TrackerLink | None, now: datetime
) -> Errand | None:
    tried = link is not None
    if link is None:
        link = TrackerLink(item_id=item.id, tracker=kept.name, created_at=now)
    wanted = wanted_of(session, kept, item)
    fields = differing(wanted.side, link.ours) if link.far_id else list(FIELDS)
    is_refused = bool(link.refused) and link.refused == wanted.side
    link.owed_at = None if not fields or is_refused or link.gone_at else link.owed_at or now
    session.add(link)
    if link.owed_at is None:
        return None
    return Errand(wanted, tuple(fields), link.far_id, link.key, tried, link.created_at)


def wanted_of(session: Session, kept: Kept, item: ActionItem) -> Wanted:
    """The item as the tracker should show it."""
    owner = people.get(session, item.owner_id) if item.owner_id else None
    side = mine(kept, item)
    found = Wanted(
        item_id=item.id,
        incident_id=item.incident_id,
        title=item.title,
        state=FarState(side["state"]),
        owner=side["owner"],
        due=side["due"],
        outcome=item.outcome,
        kind=item.kind,
        priority=item.priority,
    )
    if owner is None:
        return found
    account = account_of(session, kept.name, owner)
    return replace(found, owner_name=owner.name, owner_email=owner.email or "", account=account)


def sent(session: Session, kept: Kept, errand: Errand, seen: Seen, *, now: datetime) -> None:
    """They took it. What else has changed there meanwhile is heard at once."""
    link = held(session, kept, errand.wanted.item_id)
    wanted, is_new = errand.wanted, not link.far_id
    link.far_id, link.key, link.url = seen.far_id, seen.key, seen.url
    side = seen.side({"owner": wanted.account or link.theirs.get("owner")})
    link.ours = link.ours | {name: wanted.side[name] for name in errand.fields}
    link.theirs = link.theirs | {name: side[name] for name in errand.fields}
    link.far_at, link.sent_last, link.owed_at, link.refused = seen.at, True, None, {}
    if "owner" in errand.fields:
        link.note = _unassigned(kept, wanted, side["owner"])
    session.add(link)
    item = actions.get(session, link.item_id)
    if is_new:
        more = {"tracker": kept.name, "label": kept.label, "key": link.key, "url": link.url}
        tell(session, ActionTracked, item, people.closeout(session), now, **more)
    apply(session, kept, link, item, seen, now=now)


def _unassigned(kept: Kept, wanted: Wanted, got: str) -> str:
    if not wanted.owner or (wanted.account and got.lower() == wanted.account.lower()):
        return ""
    if wanted.account:
        return f"{kept.label} does not let {wanted.account} be assigned there, so nobody is."
    return (
        f"{wanted.owner_name} has no known account in {kept.label}, so nobody is assigned there. "
        f"Name it under [{kept.name}.people] in closeout.toml."
    )


def refused(session: Session, kept: Kept, errand: Errand, reason: str) -> None:
    """They do not take this, whoever asks; it is not tried again before it changes here."""
    link = held(session, kept, errand.wanted.item_id)
    link.refused, link.owed_at = errand.wanted.side, None
    link.note = cut(f"{kept.label} did not take the last change: {reason}", NOTE_MAX)
    session.add(link)


def lost(session: Session, kept: Kept, item_id: int, *, now: datetime) -> None:
    """Its twin was deleted, or moved out of sight: the item goes on here alone."""
    link = held(session, kept, item_id)
    if link.gone_at is not None:
        return
    link.gone_at, link.owed_at = now, None
    link.note = f"{link.key} was deleted or moved in {kept.label}; nothing follows any more."
    session.add(link)
    item = actions.get(session, item_id)
    more = {"tracker": kept.name, "label": kept.label, "key": link.key}
    tell(session, ActionUntracked, item, people.closeout(session), now, **more)


def held(session: Session, kept: Kept, item_id: int) -> TrackerLink:
    """The link as it stands now, waiting in the incident's line."""
    line_up(session, actions.get(session, item_id).incident_id)
    link = session.get(TrackerLink, (item_id, kept.name), populate_existing=True)
    assert link is not None
    return link


def links_of(session: Session, item_id: int) -> list[TrackerLink]:
    """Where the item is tracked, or where that failed and a note says why."""
    there = or_(col(TrackerLink.far_id) != "", col(TrackerLink.note) != "")
    asked = select(TrackerLink).where(TrackerLink.item_id == item_id, there)
    return list(session.exec(asked.order_by(col(TrackerLink.tracker))))
