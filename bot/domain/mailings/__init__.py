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
from bot.domain.mailings.queries import Sent, filled, recent, unsure, waiting
from bot.domain.mailings.rules import BadAddress, address, recipient
from bot.domain.mailings.sending import (
    Parcel,
    batch,
    begin,
    doubt,
    fail,
    is_due,
    put_off,
    sent,
    take_up,
)
from bot.domain.mailings.verbs import drop, erase, forget, queue, queue_for, queue_one, write

__all__ = [
    "HERE",
    "MAIL",
    "NAME",
    "TOKEN",
    "WEBHOOK",
    "BadAddress",
    "Delivery",
    "Mailing",
    "Parcel",
    "Recipient",
    "Sent",
    "State",
    "address",
    "batch",
    "begin",
    "doubt",
    "drop",
    "erase",
    "fail",
    "filled",
    "forget",
    "is_due",
    "put_off",
    "queue",
    "queue_for",
    "queue_one",
    "recent",
    "recipient",
    "sent",
    "take_up",
    "unsure",
    "waiting",
    "write",
]
