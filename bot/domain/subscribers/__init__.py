"""Subscribers: who outside asked to hear of us, how, and of what."""

from bot.domain.subscribers.model import Pace, Standing, Subscriber, SubscriberComponent
from bot.domain.subscribers.verbs import bounced

__all__ = ["Pace", "Standing", "Subscriber", "SubscriberComponent", "bounced"]
