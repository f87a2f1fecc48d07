"""The trail: every change in order, each entry bound to the one before, readable and not alterable."""

from bot.domain.trail.chain import BadHead, Break, Head, NotThatChain, head, seal, verify
from bot.domain.trail.model import Seal
from bot.domain.trail.queries import Entry, entries

__all__ = ["BadHead", "Break", "Entry", "Head", "NotThatChain", "Seal", "entries", "head", "seal", "verify"]
