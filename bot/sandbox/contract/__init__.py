"""Slack's contract as pure functions: what it takes, what it refuses, and with which words."""

from bot.sandbox.contract.acks import check_response, check_submission_answer
from bot.sandbox.contract.blocks import check_blocks, check_message, check_view, cut_text
from bot.sandbox.contract.content import decoded
from bot.sandbox.contract.methods import COMMON_ERRORS, METHODS, Method, allows, check_call, taken_args
from bot.sandbox.contract.names import check_channel_name, check_topic
from bot.sandbox.contract.problem import Problem
from bot.sandbox.contract.rates import Rates
from bot.sandbox.contract.submission import NotOffered, check_submission, fields_of, state_of, with_ids

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
