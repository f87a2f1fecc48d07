"""Web API methods that put modals and home tabs before people."""

from __future__ import annotations

from bot.sandbox.answers import ApiError, Json
from bot.sandbox.args import Args, missing
from bot.sandbox.methods import method
from bot.sandbox.people import BOT_USER
from bot.sandbox.views import View
from bot.sandbox.workspace import Workspace

DEEPEST = 3


def _wanted(args: Args) -> Json:
    view = args.data("view")
    if not isinstance(view, dict):
        raise missing("view")
    return view


def _user(workspace: Workspace, args: Args) -> str:
    """Uses up the trigger; whose click made it is who sees the view."""
    return workspace.triggers.use(args.text("trigger_id")).user


def opened(workspace: Workspace, user: str, body: Json, *, on: View | None = None) -> View:
    """Puts a new view before a person: on top of another, or alone."""
    _check_external_id(workspace, body, None)
    id = workspace.next_id("V")
    view = View(id, user, {}, on.root_view_id if on else id, on.id if on else None)
    view.replace(body, str(int(workspace.now())))
    workspace.views[id] = view
    workspace.stacks[user] = [*(workspace.stacks.get(user, []) if on else []), view]
    workspace.happened({"type": "sandbox_view", "user": user})
    return view


def _check_external_id(workspace: Workspace, body: Json, view: View | None) -> None:
    wanted = body.get("external_id")
    for other in _on_screen(workspace):
        if wanted and other is not view and other.body.get("external_id") == wanted:
            raise ApiError("duplicate_external_id")


def _on_screen(workspace: Workspace) -> list[View]:
    return [*workspace.homes.values(), *(view for stack in workspace.stacks.values() for view in stack)]


@method("views.open")
def views_open(workspace: Workspace, args: Args) -> Json:
    view = _wanted(args)
    return {"view": opened(workspace, _user(workspace, args), view).shown()}


@method("views.push")
def views_push(workspace: Workspace, args: Args) -> Json:
    body = _wanted(args)
    user = _user(workspace, args)
    stack = workspace.stacks.get(user, [])
    if not stack:
        raise ApiError("not_found")
    if len(stack) >= DEEPEST:
        raise ApiError("push_limit_reached")
    return {"view": opened(workspace, user, body, on=stack[-1]).shown()}


@method("views.update")
def views_update(workspace: Workspace, args: Args) -> Json:
    body = _wanted(args)
    view = _found(workspace, args)
    renewed(workspace, view, body, hash=args.text("hash"))
    return {"view": view.shown()}


def renewed(workspace: Workspace, view: View, body: Json, *, hash: str = "") -> None:
    """Replaces a view's content; a stale hash means that someone was faster."""
    if hash and hash != view.hash:
        raise ApiError("hash_conflict")
    _check_external_id(workspace, body, view)
    view.replace(body, str(int(workspace.now())))
    kind = "sandbox_home" if workspace.homes.get(view.user) is view else "sandbox_view"
    workspace.happened({"type": kind, "user": view.user})


def _found(workspace: Workspace, args: Args) -> View:
    """Returns a view that is still on somebody's screen."""
    wanted = args.text("view_id"), args.text("external_id")
    if not any(wanted):
        raise missing("view_id")
    for view in _on_screen(workspace):
        if view.id == wanted[0] or (wanted[1] and view.body.get("external_id") == wanted[1]):
            return view
    raise ApiError("not_found")


@method("views.publish")
def views_publish(workspace: Workspace, args: Args) -> Json:
    body = _wanted(args)
    user = args.need("user_id")
    if user not in workspace.people or user == BOT_USER:
        raise ApiError("invalid_arguments", response_metadata={"messages": ["invalid user_id"]})
    view = workspace.homes.get(user)
    if view is None:
        id = workspace.next_id("V")
        view = workspace.homes[user] = workspace.views[id] = View(id, user, {}, id)
    renewed(workspace, view, body, hash=args.text("hash"))
    return {"view": view.shown()}
