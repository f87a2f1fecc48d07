"""Web API methods: tiers, scopes and arguments, and what Slack refuses before it looks at the workspace."""

import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from bot.sandbox.contract.content import check_content
from bot.sandbox.contract.data import load
from bot.sandbox.contract.problem import Problem, missing
from bot.sandbox.contract.values import check_values

Args = Mapping[str, Any]


@dataclass(frozen=True)
class Method:
    """One Web API method as Slack documents it; scopes are alternatives, any one of them will do."""

    name: str
    tier: str
    json_ok: bool
    required: tuple[str, ...]
    args: Mapping[str, str]
    scopes: tuple[str, ...]
    errors: frozenset[str]
    warnings: frozenset[str]


def _read() -> dict[str, Method]:
    return {
        name: Method(
            name,
            row["tier"],
            row["json_ok"],
            tuple(row["required"]),
            row["args"],
            tuple(row["scopes"]),
            frozenset(row["errors"]),
            frozenset(row["warnings"]),
        )
        for name, row in load("methods.json").items()
    }


METHODS: dict[str, Method] = _read()
COMMON_ERRORS: frozenset[str] = frozenset(load("common_errors.json"))


def check_call(
    method: str, args: Args, *, content_type: str, scopes: Set[str] | None, strict: bool = True
) -> Problem | None:
    """The first thing that Slack would refuse, or None; `scopes` None means a token that may do all."""
    if method not in METHODS:
        return Problem("unknown_method")
    known = METHODS[method]
    taken = taken_args(method, args, content_type)
    checks: tuple[Callable[[], Problem | None], ...] = (
        lambda: _check_scope(known, taken, scopes),
        lambda: _check_required(known, taken, args),
        lambda: _check_lost(taken, args) if strict else None,
        lambda: _check_names(known, taken) if strict else None,
        lambda: _check_types(known, taken),
        lambda: check_values(method, taken),
        lambda: check_content(method, taken),
    )
    return next((problem for check in checks if (problem := check())), None)


def taken_args(method: str, args: Args, content_type: str) -> dict[str, Any]:
    """The arguments that reach the method: a JSON body is lost where Slack takes only forms."""
    if _is_json(content_type) and not METHODS[method].json_ok:
        return {}
    return {name: value for name, value in args.items() if name != "token" and value is not None}


def allows(method: str, code: str) -> bool:
    """Whether Slack documents this error code for this method."""
    return code in METHODS[method].errors or code in COMMON_ERRORS


def _is_json(content_type: str) -> bool:
    return content_type.split(";")[0].strip().lower() == "application/json"


def _check_scope(method: Method, args: Args, scopes: Set[str] | None) -> Problem | None:
    wanted = _scopes_wanted(method, args)
    if scopes is None or not wanted or scopes & set(wanted):
        return None
    return Problem("missing_scope", needed=",".join(wanted), provided=",".join(sorted(scopes)))


def _scopes_wanted(method: Method, args: Args) -> tuple[str, ...]:
    if method.name != "conversations.create":
        return method.scopes
    private = str(args.get("is_private", "")).lower() in ("true", "1")
    return ("groups:write",) if private else ("channels:manage", "channels:write")


def _check_required(method: Method, taken: Args, sent: Args) -> Problem | None:
    for field in method.required:
        if field not in taken:
            problem = missing(field)
            code = MISSING_CODES.get((method.name, field), problem.code)
            return Problem(code, problem.messages + _lost(taken, sent))
    return None


def _check_lost(taken: Args, sent: Args) -> Problem | None:
    lost = _lost(taken, sent)
    return Problem("invalid_arguments", lost) if lost else None


def _lost(taken: Args, sent: Args) -> tuple[str, ...]:
    if taken or not (names := [name for name in sent if name != "token"]):
        return ()
    if all(sent[name] is None for name in names):
        return ()
    return (f"[ERROR] this method takes no JSON body, so these arguments are lost: {', '.join(names)}",)


def _check_names(method: Method, args: Args) -> Problem | None:
    if method.name == "api.test":
        return None
    strange = [name for name in args if name not in method.args]
    if not strange:
        return None
    return Problem("invalid_arguments", tuple(f"[ERROR] unknown argument: {name}" for name in strange))


def _check_types(method: Method, args: Args) -> Problem | None:
    for name, value in args.items():
        kind = method.args.get(name, "any")
        if not TYPES[kind](value):
            return _wrong_type(name, kind, value)
    return None


def _wrong_type(name: str, kind: str, value: Any) -> Problem:
    message = f"[ERROR] must be a {kind} [json-pointer:/{name}]"
    listed = kind == "string" and isinstance(value, list)
    return Problem("invalid_array_arg" if listed else "invalid_arguments", (message,))


def _is_string(value: Any) -> bool:
    # Numbers are let through, since in a form they are strings anyway.
    return isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool))


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool) or str(value).lower() in ("true", "false", "1", "0")


def _is_integer(value: Any) -> bool:
    return not isinstance(value, bool) and re.fullmatch(r"-?[0-9]{1,18}", str(value)) is not None


TYPES: dict[str, Callable[[Any], bool]] = {
    "string": _is_string,
    "boolean": _is_boolean,
    "integer": _is_integer,
    "json": lambda value: isinstance(value, str | list | dict),
    "any": lambda value: True,
}

# Where a method has a code of its own for what is missing, Slack prefers it to invalid_arguments.
MISSING_CODES: dict[tuple[str, str], str] = {
    ("conversations.create", "name"): "invalid_name_required",
    ("conversations.rename", "name"): "invalid_name_required",
    ("conversations.invite", "users"): "no_user",
    ("reactions.add", "timestamp"): "no_item_specified",
    ("files.getUploadURLExternal", "length"): "missing_argument",
    ("files.getUploadURLExternal", "filename"): "missing_argument",
}
