"""Trackers: an action item has a twin in GitHub Issues or Jira, and both sides follow each other."""

from bot.domain.trackers.model import FarState, Tracker, TrackerLink, TrackerPerson

__all__ = ["FarState", "Tracker", "TrackerLink", "TrackerPerson"]
