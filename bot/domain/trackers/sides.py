"""The two sides of a tracked item in the same four words: title, state, owner, due. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.actions import ActionItem, ItemStatus
from bot.domain.trackers.model import FarState, TrackerLink

FIELDS = ("title", "state", "owner", "due")
STATES = {
    ItemStatus.OPEN: FarState.OPEN,
    ItemStatus.IN_PROGRESS: FarState.DOING,
    ItemStatus.BLOCKED: FarState.DOING,
    ItemStatus.DONE: FarState.DONE,
    ItemStatus.VERIFIED: FarState.DONE,
    ItemStatus.DECLINED: FarState.DROPPED,
    ItemStatus.DUPLICATE: FarState.DROPPED,
}


@dataclass(frozen=True)
class Kept:
    """A tracker as the rules see it."""

    name: str  # kept in the database, so it never changes
    label: str  # as people call it
    tells_doing: bool = True  # whether it knows a state between open and done


@dataclass(frozen=True)
class Seen:
    """An issue as its tracker shows it. `due` is None where it cannot be read."""

    far_id: str
    key: str
    url: str
    at: datetime  # when it last changed there
    title: str = ""
    state: str = FarState.OPEN
    owners: tuple[str, ...] = ()  # accounts
    due: str | None = None  # a day, or empty
    agent: str = ""  # the account that changed it, where that is known
    agent_name: str = ""
    emails: tuple[tuple[str, str], ...] = ()  # account and address, where the tracker shows it
    gone: bool = False

    def side(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """One owner of several: whoever it was before, if they are still among them."""
        was = before.get("owner")
        same = [one for one in self.owners if was and one.lower() == str(was).lower()]
        owner = (same or list(self.owners) or [""])[0]
        return {"title": self.title, "state": str(self.state), "owner": owner, "due": self.due}


@dataclass(frozen=True)
class Wanted:
    """An item as a tracker should show it."""

    item_id: int
    incident_id: int
    title: str
    state: FarState
    owner: int  # a person's id; 0: nobody
    due: str  # a day; empty: none
    outcome: str = ""
    kind: str = ""
    priority: str = ""
    owner_name: str = ""
    owner_email: str = ""
    account: str = ""  # of the owner there, where it is known

    @property
    def ref(self) -> str:
        return f"A-{self.item_id}"

    @property
    def side(self) -> dict[str, Any]:
        return {"title": self.title, "state": str(self.state), "owner": self.owner, "due": self.due}


@dataclass(frozen=True)
class Errand:
    """What is to be sent for one item. Without `far_id` it is not there yet, as far as we know."""

    wanted: Wanted
    fields: tuple[str, ...]
    far_id: str
    key: str
    tried: bool  # an earlier try may have created it
    since: datetime


def mine(kept: Kept, item: ActionItem) -> dict[str, Any]:
    """Our side as it stands."""
    state = STATES[ItemStatus(item.status)]
    if state == FarState.DOING and not kept.tells_doing:
        state = FarState.OPEN
    due = item.due.isoformat() if item.due else ""
    return {"title": item.title, "state": str(state), "owner": item.owner_id or 0, "due": due}


def differing(new: Mapping[str, Any], old: Mapping[str, Any]) -> list[str]:
    """Which words differ; what cannot be read (None) is no news."""
    return [name for name in FIELDS if new.get(name) is not None and new.get(name) != old.get(name)]


def in_order(fields: list[str], side: Mapping[str, Any]) -> list[str]:
    """An item that ends is changed before it ends; one that begins again, afterwards."""
    ends = side.get("state") in (FarState.DONE, FarState.DROPPED)
    return sorted(fields, key=lambda name: (name == "state") is ends)


def is_stale(link: TrackerLink, seen: Seen, *, swept: bool) -> bool:
    """What we know is newer. In the very second of our own sending only what was read afresh is believed."""
    if link.far_at is None or seen.at > link.far_at:
        return False
    return seen.at < link.far_at or (link.sent_last and not swept)
