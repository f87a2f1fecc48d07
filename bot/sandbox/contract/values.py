"""What Slack refuses in single values of arguments, method by method."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from bot.sandbox.contract.names import check_channel_name, check_topic
from bot.sandbox.contract.problem import Problem, invalid, missing

Args = Mapping[str, Any]
Rule = Callable[[Args], Problem | None]

MOST_INVITED: Final = 100
MOST_IN_A_GROUP_MESSAGE: Final = 8
MOST_CHANNELS_OF_A_FILE: Final = 100
LONGEST_ALT_TEXT: Final = 1000
CHANNEL_TYPES: Final = frozenset({"public_channel", "private_channel", "mpim", "im"})
MESSAGE_TS: Final = r"\d{10}\.\d{6}"
MOMENT: Final = r"\d+(\.\d{1,6})?"
EMOJI: Final = r"[^\s:A-Z]+(::skin-tone-[2-6])?"


def check_values(method: str, args: Args) -> Problem | None:
    """The first value that Slack would refuse without a look at the workspace, or None."""
    rules = RULES.get(method, ())
    return next((problem for rule in rules if (problem := rule(args))), None)


def _coded(name: str, check: Callable[[str], str | None]) -> Rule:
    def rule(args: Args) -> Problem | None:
        code = check(str(args[name])) if name in args else None
        return Problem(code) if code else None

    return rule


def _needs(name: str, code: str) -> Rule:
    """An argument that the reference does not call required, though nothing works without it."""
    return lambda args: None if args.get(name) else Problem(code, missing(name).messages)


def _needs_one(*names: str) -> Rule:
    return lambda args: None if any(args.get(name) for name in names) else missing(names[0])


def _fits(name: str, pattern: str, code: str = "") -> Rule:
    def rule(args: Args) -> Problem | None:
        if name not in args or re.fullmatch(pattern, str(args[name])):
            return None
        return Problem(code) if code else invalid(name, f"{args[name]!r} has not the form that Slack gives")

    return rule


def _limit(most: int, code: str = "") -> Rule:
    def rule(args: Args) -> Problem | None:
        if "limit" not in args or 1 <= int(args["limit"]) <= most:
            return None
        return Problem(code) if code else invalid("limit", f"must be between 1 and {most}")

    return rule


def _types(args: Args) -> Problem | None:
    wanted = split(args.get("types"))
    return None if set(wanted) <= CHANNEL_TYPES else Problem("invalid_types")


def split(listed: Any) -> list[str]:
    """The items of an argument such as `U1,U2`."""
    return [item.strip() for item in str(listed or "").split(",") if item.strip()]


def _invited(args: Args) -> Problem | None:
    users = split(args.get("users"))
    if not users:
        return Problem("no_user")
    return (
        None if len(users) <= MOST_INVITED else invalid("users", f"no more than {MOST_INVITED} items allowed")
    )


def _opened(args: Args) -> Problem | None:
    users = split(args.get("users"))
    if not users and not args.get("channel"):
        return Problem("users_list_not_supplied")
    return Problem("too_many_users") if len(users) > MOST_IN_A_GROUP_MESSAGE else None


def _bookmark_type(args: Args) -> Problem | None:
    return None if args.get("type") == "link" else Problem("invalid_bookmark_type")


def _upload_length(args: Args) -> Problem | None:
    return None if int(args["length"]) > 0 else invalid("length", "must be more than 0")


def _most(name: str, most: int, code: str, count: Callable[[Any], int]) -> Rule:
    return lambda args: Problem(code) if count(args.get(name) or "") > most else None


def _rules(*groups: Iterable[Rule]) -> tuple[Rule, ...]:
    return tuple(rule for group in groups for rule in group)


NAME = (_coded("name", check_channel_name),)
ITEM = (_needs("timestamp", "no_item_specified"), _fits("timestamp", MESSAGE_TS, "bad_timestamp"))
EMOJI_NAME = (_fits("name", EMOJI, "invalid_name"),)
WINDOW = (_fits("oldest", MOMENT, "invalid_ts_oldest"), _fits("latest", MOMENT, "invalid_ts_latest"))
THREAD = (_fits("thread_ts", MESSAGE_TS),)
PAGE = (_limit(999, "invalid_limit"),)
TRIGGER = (_needs_one("trigger_id", "interactivity_pointer"),)
ON_CHANNEL = (_needs("channel_id", "channel_not_found"),)
BOOKMARK = (_needs("bookmark_id", "not_found"),)
LINK = (_fits("link", r"https?://\S+", "invalid_link"), _fits("emoji", r":[^\s:]+:", "invalid_emoji"))

RULES: dict[str, tuple[Rule, ...]] = {
    "conversations.create": NAME,
    "conversations.rename": NAME,
    "conversations.setTopic": (_coded("topic", check_topic),),
    "conversations.setPurpose": (_coded("purpose", check_topic),),
    "conversations.invite": (_invited,),
    "conversations.open": (_opened,),
    "conversations.kick": (_needs("user", "user_not_found"),),
    "conversations.list": _rules(PAGE, (_types,)),
    "conversations.members": PAGE,
    "users.conversations": _rules(PAGE, (_types,)),
    "users.list": (_limit(1000),),
    "conversations.history": _rules((_limit(999),), WINDOW),
    "conversations.replies": _rules((_limit(1000),), WINDOW),
    "chat.postMessage": THREAD,
    "chat.postEphemeral": THREAD,
    "chat.scheduleMessage": THREAD,
    "pins.add": ITEM,
    "pins.remove": ITEM,
    "reactions.add": _rules(ITEM, EMOJI_NAME),
    "reactions.remove": _rules(ITEM, EMOJI_NAME),
    "reactions.get": ITEM,
    "bookmarks.add": _rules(ON_CHANNEL, (_bookmark_type, _needs("link", "invalid_link")), LINK),
    "bookmarks.edit": _rules(ON_CHANNEL, BOOKMARK, LINK),
    "bookmarks.list": ON_CHANNEL,
    "bookmarks.remove": _rules(ON_CHANNEL, BOOKMARK),
    "views.open": TRIGGER,
    "views.push": TRIGGER,
    "views.update": (_needs_one("view_id", "external_id"),),
    "files.getUploadURLExternal": (
        _upload_length,
        _most("alt_txt", LONGEST_ALT_TEXT, "alt_txt_too_large", len),
    ),
    "files.completeUploadExternal": _rules(
        THREAD,
        (_most("channels", MOST_CHANNELS_OF_A_FILE, "channels_limit_exceeded", lambda v: len(split(v))),),
    ),
}
