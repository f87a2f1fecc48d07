"""Trackers: an action item has a twin in GitHub Issues or Jira, and both sides follow each other."""

from bot.domain.actions.facts import (
    ActionAssigned,
    ActionBlocked,
    ActionChanged,
    ActionCreated,
    ActionDeclined,
    ActionDone,
    ActionDuplicated,
    ActionMoved,
    ActionReopened,
    ActionStarted,
    ActionVerified,
)
from bot.domain.trackers.facts import (
    ActionTracked,
    ActionUntracked,
    TrackerBack,
    TrackerBroke,
    TrackingAsked,
    TrackingRefused,
)
from bot.domain.trackers.following import Far, Following, Gone, Rejected
from bot.domain.trackers.hearing import hear
from bot.domain.trackers.model import FarState, Tracker, TrackerLink, TrackerPerson
from bot.domain.trackers.sides import Errand, Kept, Seen, Wanted
from bot.domain.trackers.vendor import Vendor
from bot.domain.trackers.verbs import links_of

# What a tracker wants to hear of.
FOLLOWED = (
    ActionCreated,
    ActionAssigned,
    ActionMoved,
    ActionChanged,
    ActionStarted,
    ActionBlocked,
    ActionDone,
    ActionVerified,
    ActionReopened,
    ActionDeclined,
    ActionDuplicated,
    TrackingAsked,
    TrackingRefused,
)

__all__ = [
    "FOLLOWED",
    "ActionTracked",
    "ActionUntracked",
    "Errand",
    "Far",
    "FarState",
    "Following",
    "Gone",
    "Kept",
    "Rejected",
    "Seen",
    "Tracker",
    "TrackerBack",
    "TrackerBroke",
    "TrackerLink",
    "TrackerPerson",
    "TrackingAsked",
    "TrackingRefused",
    "Vendor",
    "Wanted",
    "hear",
    "links_of",
]
