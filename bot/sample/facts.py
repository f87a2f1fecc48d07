"""What is true of sample data: that it was loaded, with which seed, and whom it made known."""

from typing import ClassVar

from bot.lib.facts import Fact


class SampleLoaded(Fact):
    """Kept with the first sample incident, and gone with it."""

    shown: ClassVar[bool] = False
    seed: int
    people: tuple[int, ...] = ()  # who was not known before

    def __str__(self) -> str:
        return f"loaded sample data (seed {self.seed})"
