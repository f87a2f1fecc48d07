"""Subscribers: who outside asked to hear of us, how, and of what."""

from bot.domain.subscribers import daily
from bot.domain.subscribers.model import Pace, Standing, Subscriber, SubscriberComponent
from bot.domain.subscribers.queries import chosen, counts, listed
from bot.domain.subscribers.rules import BadTarget, BadZone
from bot.domain.subscribers.verbs import (
    NoSuchSubscriber,
    TooMany,
    answered,
    ask,
    ask_webhook,
    awaiting,
    bounced,
    bring_in,
    challenge_again,
    change,
    confirm,
    failing,
    forget,
    leave,
    of_recipient,
    of_token,
    remove,
    took,
    unanswered,
)

__all__ = [
    "BadTarget",
    "BadZone",
    "NoSuchSubscriber",
    "Pace",
    "Standing",
    "Subscriber",
    "SubscriberComponent",
    "TooMany",
    "answered",
    "ask",
    "ask_webhook",
    "awaiting",
    "bounced",
    "bring_in",
    "challenge_again",
    "change",
    "chosen",
    "confirm",
    "counts",
    "daily",
    "failing",
    "forget",
    "leave",
    "listed",
    "of_recipient",
    "of_token",
    "remove",
    "took",
    "unanswered",
]
