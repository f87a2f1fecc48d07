"""Mailings: the one way by which words to people outside leave the house, each once for each of them."""

from bot.domain.mailings.model import (
    HERE,
    MAIL,
    NAME,
    TOKEN,
    WEBHOOK,
    Delivery,
    Mailing,
    Recipient,
    State,
)
from bot.domain.mailings.rules import BadAddress, address, recipient
from bot.domain.mailings.verbs import erase, forget, queue, queue_for, write

__all__ = [
    "HERE",
    "MAIL",
    "NAME",
    "TOKEN",
    "WEBHOOK",
    "BadAddress",
    "Delivery",
    "Mailing",
    "Recipient",
    "State",
    "address",
    "erase",
    "forget",
    "queue",
    "queue_for",
    "recipient",
    "write",
]
