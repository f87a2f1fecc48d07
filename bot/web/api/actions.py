"""Action items over REST: promised, done, verified or declined."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from bot.domain import actions
from bot.domain.actions import ActionItem, ItemStatus
from bot.lib.choices import one_of
from bot.web.api import paging
from bot.web.api.desk import At, Caller, Guarded
from bot.web.api.paging import Cursor, Limit, Page
from bot.web.api.shapes import Input, Text, Who, Word, who_is

router = APIRouter(route_class=Guarded, tags=["Action items"])


class ActionOut(BaseModel):
    ref: str
    incident: str
    title: str
    owner: Who | None
    due: date | None
    is_late: bool
    kind: str
    priority: str
    status: str
    created_by: Who | None
    created_at: datetime
    done_at: datetime | None
    done_by: Who | None
    evidence: str
    verified_at: datetime | None
    verified_by: Who | None
    declined_at: datetime | None
    decline_reason: str
    approver: Who | None


class NewAction(Input):
    title: Word
    owner: Word | None = Field(default=None, description="An e-mail address or a name.")
    due: date | None = Field(default=None, description="By default the policy of the severity sets it.")
    kind: Word = Field(default="mitigate", description="prevent, detect, mitigate or process.")
    priority: Word = Field(default="medium", description="high, medium or low.")


class ActionChange(Input):
    """What is left out stays as it is."""

    owner: Word | None = Field(default=None, description="An e-mail address or a name; null: nobody.")
    due: date | None = None
    why: Text = Field(default="", description="The reason for another day.")


class Evidence(Input):
    evidence: Text = Field(description="A link or a sentence by which others can see it.")


class Declined(Input):
    reason: Text
    approver: Word = Field(description="Who agrees: an e-mail address or a name, not the owner's.")


class ReopenReason(Input):
    reason: Text


@router.get("/actions", summary="List action items, by reference")
def list_actions(
    desk: Caller,
    request: Request,
    response: Response,
    status: Annotated[str | None, Query(description="open, in_progress, done, verified or declined.")] = None,
    overdue: bool = False,
    owner: Annotated[str | None, Query(description="An e-mail address or a name; `me` is oneself.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ActionOut]:
    with desk.reading() as at:
        found = actions.all(
            at.session,
            as_=at.by,
            overdue_on=at.now.date() if overdue else None,
            status=one_of("status", status, {each.value: each.value for each in ItemStatus})
            if status
            else None,
            owner=(at.by if owner == "me" else at.known(owner)) if owner else None,
            limit=limit + 1,
            after=paging.before(cursor) or -1,  # 0 would mean: not by reference
        )
        following = str(found[limit - 1].id) if len(found) > limit else None
        paging.link(request, response, following)
        return Page(items=[action(at, item) for item in found[:limit]], next_cursor=following)


@router.get("/incidents/{ref}/actions", summary="The action items of an incident")
def actions_of(ref: str, desk: Caller) -> Page[ActionOut]:
    with desk.reading() as at:
        return Page(items=[action(at, item) for item in actions.of(at.session, at.incident(ref))])


@router.post("/incidents/{ref}/actions", status_code=201, summary="Create an action item")
def create(ref: str, new: NewAction, desk: Caller) -> ActionOut:
    with desk.writing() as at:
        item = actions.create(
            at.session,
            at.incident(ref),
            new.title,
            by=at.by,
            now=at.now,
            owner=at.person(new.owner) if new.owner else None,
            due=new.due,
            kind=new.kind,
            priority=new.priority,
        )
        return action(at, item)


@router.get("/actions/{ref}", summary="Look at an action item")
def get_action(ref: str, desk: Caller) -> ActionOut:
    with desk.reading() as at:
        return action(at, actions.find(at.session, ref, as_=at.by))


@router.patch("/actions/{ref}", summary="Give it to someone, or move the day by which it is due")
def change(ref: str, new: ActionChange, desk: Caller) -> ActionOut:
    def both(at: At, item: ActionItem) -> None:
        if "owner" in new.model_fields_set:
            owner = at.person(new.owner) if new.owner else None
            actions.assign(at.session, item, owner, by=at.by, now=at.now)
        if new.due is not None:
            actions.move(at.session, item, new.due, by=at.by, now=at.now, why=new.why)

    return _with(desk, ref, both)


@router.post("/actions/{ref}/start", summary="Someone works on it")
def start(ref: str, desk: Caller) -> ActionOut:
    return _with(desk, ref, lambda at, item: actions.start(at.session, item, by=at.by, now=at.now))


@router.post("/actions/{ref}/done", summary="It is finished; someone else has yet to verify it")
def done(ref: str, said: Evidence, desk: Caller) -> ActionOut:
    return _with(
        desk, ref, lambda at, item: actions.done(at.session, item, said.evidence, by=at.by, now=at.now)
    )


@router.post("/actions/{ref}/verify", summary="Someone other than the owner has seen that it works")
def verify(ref: str, desk: Caller) -> ActionOut:
    return _with(desk, ref, lambda at, item: actions.verify(at.session, item, by=at.by, now=at.now))


@router.post("/actions/{ref}/decline", summary="It will not be done; someone else agrees")
def decline(ref: str, said: Declined, desk: Caller) -> ActionOut:
    def agreed(at: At, item: ActionItem) -> None:
        approver = at.person(said.approver)
        actions.decline(at.session, item, said.reason, approver=approver, by=at.by, now=at.now)

    return _with(desk, ref, agreed)


@router.post("/actions/{ref}/reopen", summary="It does not hold, or was declined too early")
def reopen(ref: str, said: ReopenReason, desk: Caller) -> ActionOut:
    return _with(
        desk, ref, lambda at, item: actions.reopen(at.session, item, said.reason, by=at.by, now=at.now)
    )


def _with(desk: Caller, ref: str, step: Callable[[At, ActionItem], object]) -> ActionOut:
    """Find the item, do one step, show what became of it."""
    with desk.writing() as at:
        item = actions.find(at.session, ref, as_=at.by)
        step(at, item)
        return action(at, item)


def action(at: At, item: ActionItem) -> ActionOut:
    same = ("ref", "title", "due", "kind", "priority", "status", "created_at", "done_at", "evidence")
    return ActionOut(
        **{name: getattr(item, name) for name in (*same, "verified_at", "declined_at", "decline_reason")},
        incident=f"INC-{item.incident_id}",
        owner=who_is(at, item.owner_id),
        is_late=item.is_late(at.now.date()),
        created_by=who_is(at, item.created_by),
        done_by=who_is(at, item.done_by),
        verified_by=who_is(at, item.verified_by),
        approver=who_is(at, item.approver_id),
    )
