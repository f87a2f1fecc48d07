"""What can become true of an incident on a page that is not ours."""

from typing import ClassVar

from bot.lib.facts import Fact


class Mirrored(Fact):
    """It stands there from now on."""

    page: str
    url: str = ""

    def __str__(self) -> str:
        return f"put it on {self.page}{f': {self.url}' if self.url else ''}"


class MirrorRefused(Fact):
    """An update is not there, and will not come by itself."""

    loud: ClassVar[bool] = True
    page: str
    update: int
    reason: str

    def __str__(self) -> str:
        return f"could not tell customers on {self.page}: {self.reason} Our own page has the update."
