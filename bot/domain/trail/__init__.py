"""The trail: every change in order, each entry bound to the one before, readable and not alterable."""

from bot.domain.trail.model import Seal

__all__ = ["Seal"]
