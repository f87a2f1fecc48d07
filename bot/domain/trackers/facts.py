"""What can become true of an item's twin in a tracker, and of the tracker itself."""

from typing import ClassVar

from bot.domain.actions import ActionFact
from bot.domain.incidents.facts import tail
from bot.lib.facts import Fact


class ActionTracked(ActionFact):
    """It stands there from now on."""

    shown: ClassVar[bool] = False
    tracker: str
    label: str
    key: str
    url: str

    def __str__(self) -> str:
        return f"follows {self.named()} as {self.key} in {self.label}"


class ActionUntracked(ActionFact):
    """Its twin is gone; the item goes on here."""

    shown: ClassVar[bool] = False
    tracker: str
    label: str
    key: str

    def __str__(self) -> str:
        return (
            f"no longer finds {self.key} in {self.label}: it was deleted or moved. "
            f"{self.named()} goes on without it"
        )


class TrackingRefused(ActionFact):
    """Somebody asked for something there that cannot be; it is put back, and a comment says why."""

    shown: ClassVar[bool] = False
    tracker: str
    label: str
    key: str
    said: str

    def __str__(self) -> str:
        return f"put {self.key} in {self.label} back as it was for {self.named()}{tail(self.said)}"


class TrackingAsked(Fact):
    """Something of ours is not there yet: try again."""

    shown: ClassVar[bool] = False
    drawn: ClassVar[bool] = False
    item: int
    tracker: str

    def __str__(self) -> str:
        return f"sends A-{self.item} to {self.tracker} again"


class TrackerBroke(Fact):
    """Said once, until it works again."""

    shown: ClassVar[bool] = False
    loud: ClassVar[bool] = True
    drawn: ClassVar[bool] = False
    tracker: str
    label: str
    reason: str

    def __str__(self) -> str:
        return (
            f"cannot reach {self.label}{tail(self.reason.rstrip('.'))}. Action items go on here; "
            "what is missed there is caught up by itself. An administrator sees more with closeout check"
        )


class TrackerBack(Fact):
    shown: ClassVar[bool] = False
    loud: ClassVar[bool] = True
    drawn: ClassVar[bool] = False
    tracker: str
    label: str

    def __str__(self) -> str:
        return f"reaches {self.label} again, and catches up"
