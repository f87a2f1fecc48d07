"""What can become true of subscribers by the hand of a colleague. Addresses are never in it."""

from typing import ClassVar

from bot.domain.people.facts import NO_INCIDENT
from bot.domain.people.model import Access
from bot.lib.facts import Fact
from bot.lib.words import plural


class SubscriberRemoved(Fact):
    shown: ClassVar[bool] = False
    drawn: ClassVar[bool] = False
    needs: ClassVar[str] = Access.ADMIN
    incident_id: int = NO_INCIDENT
    subscriber: int

    def __str__(self) -> str:
        return f"erased subscriber {self.subscriber}"


class SubscribersImported(Fact):
    shown: ClassVar[bool] = False
    drawn: ClassVar[bool] = False
    needs: ClassVar[str] = Access.ADMIN
    incident_id: int = NO_INCIDENT
    count: int

    def __str__(self) -> str:
        return f"brought in {plural(self.count, 'subscriber')} who had confirmed elsewhere"
