"""Subscribers: who outside asked to hear of us, how, and of what."""

from bot.domain.subscribers.model import Pace, Standing, Subscriber, SubscriberComponent

__all__ = ["Pace", "Standing", "Subscriber", "SubscriberComponent"]
