"""The trail: every change in order, each entry bound to the one before, readable and not alterable."""

from bot.domain.trail.chain import Break, Head, head, seal, verify
from bot.domain.trail.model import Seal
from bot.domain.trail.queries import Entry, entries

__all__ = ["Break", "Entry", "Head", "Seal", "entries", "head", "seal", "verify"]
