"""What can become true of customer updates."""

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from bot.domain.incidents.facts import ended, person, tail
from bot.domain.updates.model import Audience, Phase
from bot.lib.facts import Fact


class UpdatePublished(Fact):
    """Customers were told; where it is not public, only the text was written."""

    loud: ClassVar[bool] = True
    update: int
    phase: Phase
    message: str
    next_update_by: datetime | None = None
    correction_of: int | None = None
    public: bool = True
    components: dict[str, str] = Field(default_factory=dict)
    audience: Audience = Audience.EVERYONE
    approved_by: int | None = None
    headline: str = ""
    author: int | None = None  # who wrote it, where another said yes

    def __str__(self) -> str:
        told = "told customers" if self.public else "wrote a customer update that stays inside"
        what = f"{self.phase}, a correction" if self.correction_of else self.phase
        by = f", written by {person(self.author)}" if self.author else ""
        said = f"{told} ({what}{by}): {self.message}"
        if self.next_update_by is None:
            return said
        return f"{ended(said)} Next word by {self.next_update_by:%Y-%m-%d %H:%M} UTC"


class UpdateDrafted(Fact):
    """Somebody wants to tell customers something, and waits for a yes."""

    draft: int
    phase: Phase
    message: str
    instead_of: int | None = None  # an earlier draft, which somebody changed

    def __str__(self) -> str:
        asks = "changed what customers are to be told, and asks" if self.instead_of else "asks"
        return f"{asks} for a yes to tell customers ({self.phase}): {self.message}"


class UpdateDiscarded(Fact):
    """What waited for a yes is not told."""

    loud: ClassVar[bool] = True
    draft: int
    why: str = ""

    def __str__(self) -> str:
        return f"discarded what customers were to be told{tail(self.why)}"
