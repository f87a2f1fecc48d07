"""Insights: what a stretch of time looked like, counted from the rows."""

from bot.domain.insights.weekly import Week, week

__all__ = ["Week", "week"]
