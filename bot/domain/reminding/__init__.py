"""Reminders and digests: what somebody owes reaches them, once a day and once a week, until it is settled."""

from bot.domain.reminding.daily import Due, answer, awake, before_now, forget, put_off, remind, waiting, words
from bot.domain.reminding.digests import MONTH, WEEK, Slot, due, hours, pass_over, send
from bot.domain.reminding.facts import Addressed, DigestChosen, Digested, Reminded
from bot.domain.reminding.rules import BadWeekly, bars
from bot.domain.reminding.wishes import Wish, choose, gets_mail, wish_of
from bot.domain.reminding.writing import Composer, Digest, Line, compose

__all__ = [
    "MONTH",
    "WEEK",
    "Addressed",
    "BadWeekly",
    "Composer",
    "Digest",
    "DigestChosen",
    "Digested",
    "Due",
    "Line",
    "Reminded",
    "Slot",
    "Wish",
    "answer",
    "awake",
    "bars",
    "before_now",
    "choose",
    "compose",
    "due",
    "forget",
    "gets_mail",
    "hours",
    "pass_over",
    "put_off",
    "remind",
    "send",
    "waiting",
    "wish_of",
    "words",
]
