"""What can become true of a person's rights. It belongs to no incident."""

from typing import ClassVar

from bot.lib.facts import Fact

NO_INCIDENT = 0


class AccessChanged(Fact):
    """Somebody may do more or less from now on."""

    shown: ClassVar[bool] = False
    drawn: ClassVar[bool] = False
    needs: ClassVar[str] = "admin"
    incident_id: int = NO_INCIDENT
    person: int
    old: str
    new: str
    why: str = ""

    def __str__(self) -> str:
        return f"made @{{p:{self.person}}} {self.new}, before {self.old}{f'. {self.why}' if self.why else ''}"
