"""What can become true of a maintenance. It belongs to no incident."""

from datetime import datetime
from typing import ClassVar

from bot.domain.people.facts import NO_INCIDENT
from bot.lib.facts import Fact


class OfMaintenance(Fact):
    """What all of them say: which one it is, and what customers were told with it."""

    shown: ClassVar[bool] = False
    drawn: ClassVar[bool] = False
    incident_id: int = NO_INCIDENT
    maintenance: int
    title: str
    message: str = ""

    @property
    def name(self) -> str:
        return f"the maintenance M-{self.maintenance} ({self.title})"

    def __str__(self) -> str:
        return f"changed {self.name}"


class MaintenanceScheduled(OfMaintenance):
    starts_at: datetime
    ends_at: datetime
    components: tuple[str, ...] = ()

    def __str__(self) -> str:
        return (
            f"planned {self.name} from {self.starts_at:%Y-%m-%d %H:%M} to {self.ends_at:%Y-%m-%d %H:%M} UTC"
        )


class MaintenanceBegan(OfMaintenance):
    def __str__(self) -> str:
        return f"began {self.name}"


class MaintenanceMoved(OfMaintenance):
    starts_at: datetime
    ends_at: datetime
    old_starts_at: datetime
    old_ends_at: datetime

    def __str__(self) -> str:
        return (
            f"moved {self.name} to {self.starts_at:%Y-%m-%d %H:%M} until {self.ends_at:%Y-%m-%d %H:%M} UTC, "
            f"before {self.old_starts_at:%Y-%m-%d %H:%M} until {self.old_ends_at:%Y-%m-%d %H:%M} UTC"
        )


class MaintenanceTold(OfMaintenance):
    def __str__(self) -> str:
        return f"told customers about {self.name}: {self.message}"


class MaintenanceCompleted(OfMaintenance):
    def __str__(self) -> str:
        return f"completed {self.name}"


class MaintenanceCancelled(OfMaintenance):
    def __str__(self) -> str:
        return f"cancelled {self.name}"
