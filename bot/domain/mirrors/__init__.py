"""Mirrors: other pages on which our customers read, and what stands there of an incident."""

from bot.domain.mirrors.facts import Mirrored, MirrorRefused
from bot.domain.mirrors.model import Mirror
from bot.domain.mirrors.queries import Words, at, words_of
from bot.domain.mirrors.verbs import gone, refused, stands

__all__ = ["Mirror", "MirrorRefused", "Mirrored", "Words", "at", "gone", "refused", "stands", "words_of"]
