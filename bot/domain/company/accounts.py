"""The tables of closeout.toml about customers, and about the signals by which they are watched."""

from typing import Annotated, Literal

from pydantic import Field

from bot.domain.company.parts import SHAPES, Key, Part, SpanText

EVERY = r"^\d{1,3}(m|min|h)$"
SHAPES[EVERY] = "write it like 1m or 1h"


class CustomerRules(Part):
    """How customers are looked after."""

    tiers: tuple[str, ...] = ()  # the most important first; others come after these
    channel: str | None = None  # where quiet cases are said; without one, to the account owner alone
    approve_within: SpanText = "15m"  # then a private word is said again, to the owner and in the channel


class SignalRules(Part):
    """A signal: which way is bad, and where it is read, if it is not posted to us."""

    key: Key
    name: str = ""  # as people say it: the lag of the pipeline
    unit: str = ""
    worse: Literal["up", "down", "both"] = "up"
    service: str | None = None
    query: str | None = None  # PromQL; each series of its answer is one customer's
    customer: str = "customer"  # the label that names the customer
    every: Annotated[str, Field(pattern=EVERY)] = "1m"

    @property
    def words(self) -> str:
        return self.name or self.key.replace("_", " ").replace("-", " ")
