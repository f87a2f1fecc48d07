"""Recurrences: the same service and the same factor once more, and which promise would have prevented it."""

from bot.domain.recurrences.model import Factor, Recurrence

__all__ = ["Factor", "Recurrence"]
