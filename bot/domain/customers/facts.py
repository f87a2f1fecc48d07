"""What can become true of customers. No address ever stands in a fact."""

from datetime import datetime
from typing import ClassVar

from bot.domain.incidents.facts import person, tail
from bot.domain.people.facts import NO_INCIDENT
from bot.lib.facts import Fact
from bot.lib.words import plural


class RegisterFact(Fact):
    """It belongs to no incident."""

    shown: ClassVar[bool] = False
    drawn: ClassVar[bool] = False
    incident_id: int = NO_INCIDENT

    def __str__(self) -> str:
        return "changed the register of customers"


class CustomerSaved(RegisterFact):
    """Fields by name, and never what stands in them."""

    key: str
    name: str
    fields: tuple[str, ...]
    is_new: bool = False

    def __str__(self) -> str:
        if self.is_new:
            return f"added the customer {self.name} ({self.key})"
        return f"changed {', '.join(self.fields)} of the customer {self.name} ({self.key})"


class CustomerRemoved(RegisterFact):
    needs: ClassVar[str] = "manager"
    key: str
    name: str

    def __str__(self) -> str:
        return f"removed the customer {self.name} ({self.key})"


class CustomersImported(RegisterFact):
    added: int
    changed: int

    def __str__(self) -> str:
        return f"imported {plural(self.added, 'new customer')} and changed {self.changed}"


class CustomerFact(Fact):
    """All that is said of one customer carries who it is."""

    customer: int
    name: str

    def __str__(self) -> str:
        return f"touched {self.name}"


class CustomersCounted(Fact):
    """Who uses what fails, found by itself."""

    count: int
    names: str

    def __str__(self) -> str:
        return f"counted who uses what fails: {self.names}" if self.count else "found no customer affected"


class CustomerAffected(CustomerFact):
    def __str__(self) -> str:
        return f"counted {self.name} among those affected"


class CustomerSpared(CustomerFact):
    def __str__(self) -> str:
        return f"said that {self.name} is not affected"


class CustomerReported(CustomerFact):
    """They told us; when that was is what the measure counts from."""

    at: datetime
    words: str = ""

    def __str__(self) -> str:
        return f"noted that {self.name} told us at {self.at:%Y-%m-%d %H:%M} UTC{tail(self.words)}"


class WordFact(CustomerFact):
    """About a private word of an incident."""

    word: int
    owner: int | None = None  # who approves
    text: str = ""


class WordDrafted(WordFact):
    def __str__(self) -> str:
        waits = f"; it waits for {person(self.owner)}" if self.owner and self.owner != self.by else ""
        return f"drafted a private word to {self.name}{waits}"


class WordChanged(WordFact):
    def __str__(self) -> str:
        return f"changed the private word to {self.name}"


class WordSent(WordFact):
    sent_to: int = 0

    def __str__(self) -> str:
        went = (
            plural(self.sent_to, "contact") if self.sent_to else "nobody, for nothing of it leaves the house"
        )
        return f"approved the private word to {self.name} ({went}): {self.text}"


class WordDiscarded(WordFact):
    def __str__(self) -> str:
        return f"discarded the private word to {self.name}"


class QuietWord(WordFact):
    """The same about a case that is no incident."""

    shown: ClassVar[bool] = False
    drawn: ClassVar[bool] = False
    incident_id: int = NO_INCIDENT


class QuietWordDrafted(QuietWord, WordDrafted):
    pass


class QuietWordChanged(QuietWord, WordChanged):
    pass


class QuietWordSent(QuietWord, WordSent):
    pass


class QuietWordDiscarded(QuietWord, WordDiscarded):
    pass


class QuietReported(CustomerReported):
    """A customer told us of what is no incident."""

    shown: ClassVar[bool] = False
    drawn: ClassVar[bool] = False
    incident_id: int = NO_INCIDENT
