"""A year of plausible history for a small company: forty incidents, made by a seeded generator.

They are marked as sample data wherever they are shown, and gone with one command.
"""

from bot.sample.clearing import clear
from bot.sample.loading import COMPANY, SEED, Loaded, find, load, load_first

__all__ = ["COMPANY", "SEED", "Loaded", "clear", "find", "load", "load_first"]
