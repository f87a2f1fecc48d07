"""Whether letters pour in. While they do, whoever takes them in goes before those who open them."""

import time
from collections.abc import Callable

WINDOW, MANY = 0.5, 100  # seconds, and how many letters within them make a flood
LASTING = (
    30.0  # seconds of a flood in which what it says may come a little late; after that it has to be read
)
FEW, PAUSE = 100, 0.6  # letters that are opened at once meanwhile, and the seconds in between


class Tide:
    """Counts what comes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._window = 0
        self._now = self._before = 0  # letters of this window, and of the one before
        self._since: float | None = None

    def came(self, count: int) -> None:
        self._look()
        self._now += count

    @property
    def is_high(self) -> bool:
        self._look()
        if max(self._now, self._before) < MANY:
            self._since = None
            return False
        if self._since is None:
            self._since = self.clock()
        return self.clock() - self._since < LASTING

    def _look(self) -> None:
        window = int(self.clock() / WINDOW)
        if window != self._window:
            self._before = self._now if window == self._window + 1 else 0
            self._now, self._window = 0, window
