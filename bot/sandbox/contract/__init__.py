"""Slack's contract as pure functions: what it takes, what it refuses, and with which words."""

from .acks import check_response, check_submission_answer
from .blocks import check_blocks, check_message, check_view, cut_text
from .content import decoded
from .methods import COMMON_ERRORS, METHODS, Method, allows, check_call, taken_args
from .names import check_channel_name, check_topic
from .problem import Problem
from .rates import Rates
from .submission import NotOffered, check_submission, fields_of, state_of, with_ids

__all__ = [
    "COMMON_ERRORS",
    "METHODS",
    "Method",
    "NotOffered",
    "Problem",
    "Rates",
    "allows",
    "check_blocks",
    "check_call",
    "check_channel_name",
    "check_message",
    "check_response",
    "check_submission",
    "check_submission_answer",
    "check_topic",
    "check_view",
    "cut_text",
    "decoded",
    "fields_of",
    "state_of",
    "taken_args",
    "with_ids",
]
