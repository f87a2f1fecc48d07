"""A PagerDuty on loopback: as strict as its OpenAPI, with users, incidents, and the faults of a bad day.

It sends its documented webhooks, signed. Tests and the practice workspace share it.
"""

from bot.sandbox.pager.account import ROUTING_KEY, SECRET, SENDER, TOKEN, Account, Change, user
from bot.sandbox.pager.door import METHODS, PagerDuty
from bot.sandbox.pager.hooks import signature
from bot.sandbox.pager.rules import No

__all__ = [
    "METHODS",
    "ROUTING_KEY",
    "SECRET",
    "SENDER",
    "TOKEN",
    "Account",
    "Change",
    "No",
    "PagerDuty",
    "signature",
    "user",
]
