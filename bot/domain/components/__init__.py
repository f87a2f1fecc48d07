"""Components: the parts of the product as customers know them, and how each of them does and did."""

from bot.domain.company import Component
from bot.domain.components.model import WORST_LAST, ComponentChange, ComponentState
from bot.domain.components.queries import Stretch, held, history, now
from bot.domain.components.rules import (
    NoSuchComponent,
    find,
    known,
    name_of,
    of_services,
    parse_states,
    worst,
)
from bot.domain.components.verbs import set_states

__all__ = [
    "WORST_LAST",
    "Component",
    "ComponentChange",
    "ComponentState",
    "NoSuchComponent",
    "Stretch",
    "find",
    "held",
    "history",
    "known",
    "name_of",
    "now",
    "of_services",
    "parse_states",
    "set_states",
    "worst",
]
