"""Slack's contract as pure functions: what it takes, what it refuses, and with which words."""

from .blocks import check_blocks, check_message, check_view
from .methods import COMMON_ERRORS, METHODS, Method, allows, check_call, taken_args
from .names import check_channel_name, check_topic
from .problem import Problem
from .rates import Rates
from .submission import check_submission, state_of, with_ids

__all__ = [
    "COMMON_ERRORS",
    "METHODS",
    "Method",
    "Problem",
    "Rates",
    "allows",
    "check_blocks",
    "check_call",
    "check_channel_name",
    "check_message",
    "check_submission",
    "check_topic",
    "check_view",
    "state_of",
    "taken_args",
    "with_ids",
]
