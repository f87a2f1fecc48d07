"""What every tracker does alike, whoever sells it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.domain.trackers.following import Far, Following
from bot.domain.trackers.hearing import hear
from bot.domain.trackers.sides import Seen
from bot.lib.courier import Courier
from bot.lib.letters import Letter

SWEEP_MINUTES = 5  # a webhook that was missed is made good within that


class Vendor:
    """One tracker: its letters are opened, and it is swept. It hears facts under its own name."""

    def __init__(self, far: Far, courier: Courier, clock: Callable[[], datetime]) -> None:
        self.kept, self.clock = far.kept, clock
        self.following = Following(far, courier, clock)

    def read(self, body: str) -> Seen | None:
        """What a letter says about one issue; None: nothing that is meant for us."""
        raise NotImplementedError

    @property
    def openers(self) -> dict[str, Callable[[Session, list[Letter]], None]]:
        return {self.kept.name: self.open_letters}

    @property
    def jobs(self) -> tuple[tuple[int, str, Any], ...]:
        return ((SWEEP_MINUTES, f"{self.kept.name}-sweep", self.sweep),)

    def open_letters(self, session: Session, letters: list[Letter]) -> None:
        """What changed there, in the order in which we were told."""
        for letter in letters:
            if seen := self.read(letter.body):
                hear(session, self.kept, seen, now=self.clock())

    async def sweep(self, at: datetime) -> None:
        await self.following.sweep(at)
