"""What can become true of feedback. No fact holds a name, an address, or what was written."""

from typing import ClassVar

from bot.domain.people.facts import NO_INCIDENT
from bot.lib.facts import Fact
from bot.lib.words import plural


class FeedbackFact(Fact):
    """About one voice. Of no incident, as long as nobody has tied it to one."""

    shown: ClassVar[bool] = False
    drawn: ClassVar[bool] = False
    incident_id: int = NO_INCIDENT
    feedback: int

    def named(self) -> str:
        return f"F-{self.feedback}"

    def __str__(self) -> str:
        return f"touched {self.named()}"


class FeedbackKept(FeedbackFact):
    """A customer wrote, and nobody knows yet about which incident."""

    source: str
    tags: tuple[str, ...] = ()
    high: bool = False

    def __str__(self) -> str:
        return f"took in {self.named()}, what a customer wrote"


class FeedbackReceived(FeedbackKept):
    """A customer wrote about this incident. The card counts them; the timeline names round numbers."""

    drawn: ClassVar[bool] = True


class FeedbackTied(FeedbackFact):
    """It is about this incident, about another one than before, or about none."""

    drawn: ClassVar[bool] = True
    old: int | None = None
    new: int | None = None

    def __str__(self) -> str:
        return f"tied {self.named()} to INC-{self.new}" if self.new else f"untied {self.named()}"


class FeedbackTiedToItem(FeedbackFact):
    item: int | None = None

    def __str__(self) -> str:
        return (
            f"tied {self.named()} to A-{self.item}" if self.item else f"untied {self.named()} from its item"
        )


class FeedbackTagged(FeedbackFact):
    tags: tuple[str, ...]
    high: bool

    def __str__(self) -> str:
        return f"tagged {self.named()}: {', '.join(self.tags) or 'nothing'}{', high' if self.high else ''}"


class FeedbackRegrouped(FeedbackFact):
    cluster: int

    def __str__(self) -> str:
        return f"put {self.named()} beside what says the same"


class FeedbackAnswered(FeedbackFact):
    def __str__(self) -> str:
        return f"answered {self.named()}"


class FeedbackDecided(FeedbackFact):
    decision: str
    why: str

    def __str__(self) -> str:
        return f"decided on {self.named()}: {self.decision}. {self.why}"


class FeedbackErased(FeedbackFact):
    needs: ClassVar[str] = "manager"

    def __str__(self) -> str:
        return f"erased {self.named()}: who wrote it, and what"


class FeedbackSurveyed(FeedbackFact):
    helped: str

    def __str__(self) -> str:
        return f"heard back from {self.named()}: explained {self.helped}"


class TagRuleChanged(Fact):
    """The words of a tag, or that it is gone."""

    shown: ClassVar[bool] = False
    drawn: ClassVar[bool] = False
    incident_id: int = NO_INCIDENT
    tag: str
    words: str = ""

    def __str__(self) -> str:
        return f"set the tag {self.tag}: {self.words}" if self.words else f"dropped the tag {self.tag}"


class CustomersWrote(Fact):
    """So many have written by now. Said at round numbers, so that a flood is a few lines."""

    loud: ClassVar[bool] = True
    count: int
    newest: int

    def __str__(self) -> str:
        return f"counted {plural(self.count, 'customer')} who {'has' if self.count == 1 else 'have'} written"


class ReportersTold(Fact):
    """Those who wrote were told how it ended, or that what was behind it is mended."""

    loud: ClassVar[bool] = True
    count: int
    item: int | None = None

    def __str__(self) -> str:
        whom = plural(self.count, "customer")
        if self.item:
            return f"told {whom} who had written that A-{self.item} is done and verified"
        return f"explained to {whom} who had written how it ended, and asked whether that helped"
