"""A year of plausible history for a small company: forty incidents, made by a seeded generator.

They are marked as sample data wherever they are shown, and gone with one command.
"""

from bot.sample.clearing import clear
from bot.sample.loading import COMPANY, SEED, Loaded, find, load, load_first
from bot.sample.practice import PracticeDatabase, RealDatabase, begin_practice, check_real

__all__ = [
    "COMPANY",
    "SEED",
    "Loaded",
    "PracticeDatabase",
    "RealDatabase",
    "begin_practice",
    "check_real",
    "clear",
    "find",
    "load",
    "load_first",
]
