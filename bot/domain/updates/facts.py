"""What can become true of customer updates."""

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from bot.domain.incidents.facts import ended
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

    def __str__(self) -> str:
        told = "told customers" if self.public else "wrote a customer update that stays inside"
        what = f"{self.phase}, a correction" if self.correction_of else self.phase
        said = f"{told} ({what}): {self.message}"
        if self.next_update_by is None:
            return said
        return f"{ended(said)} Next word by {self.next_update_by:%Y-%m-%d %H:%M} UTC"
