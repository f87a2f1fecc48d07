"""What can become true of an incident's factors, and of what it repeats."""

from datetime import date
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from bot.domain.actions import ActionFact
from bot.lib.facts import Fact
from bot.lib.words import plural


class FactorNamed(Fact):
    factor: str

    def __str__(self) -> str:
        return f"named a contributing factor: {self.factor}"


class FactorDropped(Fact):
    factor: str

    def __str__(self) -> str:
        return f"took {self.factor} off the contributing factors"


class EarlierItem(BaseModel):
    """An action item of an earlier incident, as it stood when that happened again."""

    model_config = ConfigDict(frozen=True)

    ref: str
    title: str
    state: str

    def __str__(self) -> str:
        return f"{self.ref} {self.title} ({self.state})"


class EarlierIncident(BaseModel):
    """An incident that was like this one."""

    model_config = ConfigDict(frozen=True)

    ref: str
    title: str
    on: date
    service: str
    factor: str
    items: tuple[EarlierItem, ...] = ()

    def __str__(self) -> str:
        promised = "; ".join(str(item) for item in self.items)
        head = f"{self.ref} {self.title} ({self.on}; {self.service}, {self.factor})"
        return f"{head}. Its action items: {promised}" if promised else f"{head}. It left no action item"


class RecurrenceSeen(Fact):
    """Said once for each earlier incident."""

    loud: ClassVar[bool] = True
    earlier: tuple[EarlierIncident, ...]
    more: int = 0  # that are not named here

    def __str__(self) -> str:
        told = "\n".join(f"\u2022 {one}" for one in self.earlier)
        left = f"\n\u2026and {plural(self.more, 'earlier one', 'earlier ones')}" if self.more else ""
        return f"found that this happened before, with the same service and factor:\n{told}{left}"


class ActionRecurred(ActionFact):
    """It was overdue when what it should have prevented happened again. A private incident is not named."""

    again: int | None = None
    days_late: int

    def __str__(self) -> str:
        where = f"INC-{self.again}" if self.again else "an incident that is private"
        late = plural(self.days_late, "day")
        return f"saw happen again, in {where}, what {self.named()} should have prevented; it was {late} late"
