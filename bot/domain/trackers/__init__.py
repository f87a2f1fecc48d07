"""Trackers: action items that are kept in step with an issue tracker."""

from bot.domain.trackers.model import TrackerLink

__all__ = ["TrackerLink"]
