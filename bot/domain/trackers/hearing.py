"""What changed on the other side becomes verbs here, by the person who did it there, or by Closeout."""

from datetime import datetime

from sqlmodel import Session, select

from bot.domain import actions, incidents, people
from bot.domain.actions import STILL_DUE, ActionItem, ItemStatus, Wording, parse_due
from bot.domain.people import Person
from bot.domain.trackers.facts import ActionUntracked, TrackingRefused
from bot.domain.trackers.model import FarState, TrackerLink
from bot.domain.trackers.persons import person_of
from bot.domain.trackers.sides import Kept, Seen, differing, in_order, is_stale, mine
from bot.domain.trackers.telling import tell
from bot.lib.cleaning import clean
from bot.lib.errors import Refused
from bot.lib.facts import line_up
from bot.lib.words import cut

ENDED = (ItemStatus.DONE, ItemStatus.VERIFIED, ItemStatus.DECLINED, ItemStatus.DUPLICATE)
NAME_MAX = 80


def hear(session: Session, kept: Kept, seen: Seen, *, now: datetime, swept: bool = False) -> bool:
    """Take over what is new in it. False where it is nothing of ours, known already, or older than that."""
    found = TrackerLink.tracker == kept.name, TrackerLink.far_id == seen.far_id
    link = session.exec(select(TrackerLink).where(*found)).first()
    if link is None:
        return False
    item = actions.get(session, link.item_id)
    line_up(session, item.incident_id)
    session.refresh(link)
    session.refresh(item)
    if link.gone_at is not None or incidents.get(session, item.incident_id).private:
        return False
    if seen.gone:
        return _lose(session, kept, link, item, now)
    if is_stale(link, seen, swept=swept):
        return False
    link.key, link.url = seen.key or link.key, seen.url or link.url
    link.far_at, link.sent_last = seen.at, False
    return apply(session, kept, link, item, seen, now=now)


def _lose(session: Session, kept: Kept, link: TrackerLink, item: ActionItem, now: datetime) -> bool:
    link.gone_at, link.owed_at = now, None
    link.note = f"{link.key} was deleted or moved in {kept.label}; nothing follows any more."
    session.add(link)
    more = {"tracker": kept.name, "label": kept.label, "key": link.key}
    tell(session, ActionUntracked, item, people.closeout(session), now, **more)
    return True


def apply(
    session: Session, kept: Kept, link: TrackerLink, item: ActionItem, seen: Seen, *, now: datetime
) -> bool:
    """One verb for each word that differs from what was last seen there. What a rule refuses is put back."""
    side = seen.side(link.theirs)
    news = in_order(differing(side, link.theirs), side)
    link.theirs = link.theirs | {name: side[name] for name in news}
    refusals: dict[str, str] = {}
    for name in news:
        try:
            with session.begin_nested():
                _take_over(session, kept, link, item, name, seen, now)
        except Refused as error:
            session.refresh(item)
            refusals[name] = str(error)
        link.ours = link.ours | {name: None if name in refusals else mine(kept, item)[name]}
    session.add(link)
    if refusals:
        _put_back(session, kept, link, item, refusals, now)
    session.flush()
    return bool(news)


def _put_back(
    session: Session,
    kept: Kept,
    link: TrackerLink,
    item: ActionItem,
    refusals: dict[str, str],
    now: datetime,
) -> None:
    link.owed_at = now
    session.add(link)
    said = " ".join(dict.fromkeys(refusals.values()))
    more = {"tracker": kept.name, "label": kept.label, "key": link.key, "said": said}
    tell(session, TrackingRefused, item, people.closeout(session), now, **more)


def _take_over(
    session: Session, kept: Kept, link: TrackerLink, item: ActionItem, name: str, seen: Seen, now: datetime
) -> None:
    if name in ("title", "due") and getattr(seen, name) == mine(kept, item)[name]:
        return  # our own change, heard before it was noted as sent
    by = _agent(session, kept, item, seen)
    who = f"in {kept.label} by {_name(seen, by)}"
    match name:
        case "title":
            actions.describe(session, item, Wording(title=seen.title), by=by, now=now)
        case "due":
            _move(session, item, seen, f"moved {who}", by, now)
        case "owner":
            _give(session, kept, link, item, seen, by, now)
        case _:
            _step(session, kept, item, seen, who, by, now)


def _agent(session: Session, kept: Kept, item: ActionItem, seen: Seen) -> Person:
    """Whoever did it there, if we know them; else Closeout, which says their name."""
    person = person_of(session, kept.name, seen.agent, seen.emails)
    if person is None:
        return people.closeout(session)
    if not incidents.visible(session, incidents.get(session, item.incident_id), person):
        raise Refused(f"{person.name} does not take part in INC-{item.incident_id}. Nothing was changed.")
    return person


def _name(seen: Seen, by: Person) -> str:
    if not by.is_system:
        return by.name
    return cut(clean(" ".join((seen.agent_name or seen.agent).split())), NAME_MAX) or "somebody"


def _move(session: Session, item: ActionItem, seen: Seen, why: str, by: Person, now: datetime) -> None:
    if not seen.due:
        raise Refused(f"{item.ref} has promised a day and keeps one; name another instead of none.")
    actions.move(session, item, parse_due(seen.due), by=by, now=now, why=why)


def _give(
    session: Session,
    kept: Kept,
    link: TrackerLink,
    item: ActionItem,
    seen: Seen,
    by: Person,
    now: datetime,
) -> None:
    account = str(link.theirs["owner"])
    owner = person_of(session, kept.name, account, seen.emails)
    if account and owner is None:
        link.note = (
            f"{account} is assigned in {kept.label}, and is nobody known here, so the owner stays. "
            f"Name them under [{kept.name}.people] in closeout.toml."
        )
        return
    if owner is not None and not owner.is_active:
        raise Refused(f"{owner.name} has left the workspace. Name someone else. Nothing was changed.")
    actions.assign(session, item, owner, by=by, now=now)
    link.note = ""


def _step(
    session: Session, kept: Kept, item: ActionItem, seen: Seen, who: str, by: Person, now: datetime
) -> None:
    """Closed there is done here, and never verified: somebody else says that, here."""
    match seen.state:
        case FarState.DONE if item.status in STILL_DUE:
            actions.done(session, item, f"{seen.url} (closed {who})", by=by, now=now)
        case FarState.DROPPED if item.status in STILL_DUE:
            raise Refused(
                f"{item.ref} is not given up without a reason and somebody who agrees. "
                "Decline it in Closeout, or close this as done."
            )
        case FarState.OPEN | FarState.DOING if item.status in ENDED:
            actions.reopen(session, item, f"reopened {who}", by=by, now=now)
    if seen.state == FarState.DOING and item.status in (ItemStatus.OPEN, ItemStatus.BLOCKED):
        actions.start(session, item, by=by, now=now)
