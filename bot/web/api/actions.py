"""Action items over REST: promised, done, verified or declined."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from bot.domain import actions, recurrences, trackers
from bot.domain.actions import ActionItem, ItemStatus, Wording
from bot.lib.choices import one_of
from bot.web.api import paging
from bot.web.api.desk import At, Caller, Guarded
from bot.web.api.paging import Cursor, Limit, Page
from bot.web.api.shapes import Input, Text, Who, Word, who_is

router = APIRouter(route_class=Guarded, tags=["Action items"])


class Recurred(BaseModel):
    """It happened again while the item was late."""

    incident: str
    days_late: int


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
    outcome: str
    team: str | None
    first_due: date | None
    moved: int
    snoozed: int
    snoozed_until: date | None
    reopened: int
    blocked_reason: str
    duplicate_of: str | None
    ask_again_on: date | None
    effect: str | None
    effect_note: str
    effect_at: datetime | None
    effect_by: Who | None
    recurred: list[Recurred] = Field(description="Where it happened again while this was late.")


class ChangeOut(BaseModel):
    """One change: the word for what changed, what it was before and after, and why."""

    at: datetime
    by: str
    what: str
    before: str
    after: str
    why: str


class Tracked(BaseModel):
    """Its twin in a tracker. `key` and `url` are empty while it is not there; `note` says what is wrong."""

    tracker: str
    key: str
    url: str
    note: str


class ActionWhole(ActionOut):
    """`doubts` are questions about vague words; `facts` stand beside the question whether it worked."""

    tracked: list[Tracked]
    doubts: list[str]
    facts: list[str]
    history: list[ChangeOut]


class NewAction(Input):
    title: Word
    outcome: Text = Field(default="", description="What will be true when it is done.")
    team: Word | None = Field(default=None, description="A key of closeout.toml; by default the service's.")
    owner: Word | None = Field(default=None, description="An e-mail address or a name.")
    due: date | None = Field(default=None, description="By default the policy of the severity sets it.")
    kind: Word = Field(default="mitigate", description="prevent, detect, mitigate or process.")
    priority: Word = Field(default="medium", description="high, medium or low.")


class ActionChange(Input):
    """What is left out stays as it is."""

    owner: Word | None = Field(default=None, description="An e-mail address or a name; null: nobody.")
    due: date | None = None
    why: Text = Field(default="", description="The reason for another day.")
    title: Word | None = None
    outcome: Text | None = None
    team: Word | None = Field(default=None, description="A key of closeout.toml; empty: none.")
    kind: Word | None = None
    priority: Word | None = None


class Evidence(Input):
    evidence: Text = Field(description="A link or a sentence by which others can see it.")


class Declined(Input):
    reason: Text
    approver: Word = Field(description="Who agrees: an e-mail address or a name, not the owner's.")


class ReopenReason(Input):
    reason: Text


class Snoozed(Input):
    until: date
    reason: Text


class SameAs(Input):
    of: Word = Field(description="The reference of the item that goes on, for example A-31.")


class EffectSeen(Input):
    effect: Word = Field(description="holds, failed or unclear.")
    note: Text = Field(default="", description="What is seen; needed when it failed.")


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
def create(ref: str, new: NewAction, desk: Caller) -> ActionWhole:
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
            outcome=new.outcome,
            team=new.team,
        )
        return whole(at, item)


@router.get("/actions/{ref}", summary="Look at an action item with its whole history")
def get_action(ref: str, desk: Caller) -> ActionWhole:
    with desk.reading() as at:
        return whole(at, actions.find(at.session, ref, as_=at.by))


@router.patch("/actions/{ref}", summary="Word it better, give it to someone, or move its day")
def change(ref: str, new: ActionChange, desk: Caller) -> ActionOut:
    def all_of_it(at: At, item: ActionItem) -> None:
        words = Wording(new.title, new.outcome, new.team, new.kind, new.priority)
        if words != Wording():
            actions.describe(at.session, item, words, by=at.by, now=at.now)
        if "owner" in new.model_fields_set:
            owner = at.person(new.owner) if new.owner else None
            actions.assign(at.session, item, owner, by=at.by, now=at.now)
        if new.due is not None:
            actions.move(at.session, item, new.due, by=at.by, now=at.now, why=new.why)

    return _with(desk, ref, all_of_it)


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


@router.post("/actions/{ref}/block", summary="It cannot go on; it stays due")
def block(ref: str, said: ReopenReason, desk: Caller) -> ActionOut:
    return _with(
        desk, ref, lambda at, item: actions.block(at.session, item, said.reason, by=at.by, now=at.now)
    )


@router.post("/actions/{ref}/snooze", summary="Let its reminders rest; the promise stands")
def snooze(ref: str, said: Snoozed, desk: Caller) -> ActionOut:
    def rest(at: At, item: ActionItem) -> None:
        actions.snooze(at.session, item, said.until, said.reason, by=at.by, now=at.now)

    return _with(desk, ref, rest)


@router.post("/actions/{ref}/duplicate", summary="Another item stands for it")
def duplicate(ref: str, said: SameAs, desk: Caller) -> ActionOut:
    def leave(at: At, item: ActionItem) -> None:
        other = actions.find(at.session, said.of, as_=at.by)
        actions.duplicate(at.session, item, other, by=at.by, now=at.now)

    return _with(desk, ref, leave)


@router.post("/actions/{ref}/effect", summary="Some time after it was verified: did it work?")
def effect(ref: str, said: EffectSeen, desk: Caller) -> ActionOut:
    def judge(at: At, item: ActionItem) -> None:
        actions.judge(at.session, item, said.effect, said.note, by=at.by, now=at.now)

    return _with(desk, ref, judge)


def _with(desk: Caller, ref: str, step: Callable[[At, ActionItem], object]) -> ActionOut:
    """Find the item, do one step, show what became of it."""
    with desk.writing() as at:
        item = actions.find(at.session, ref, as_=at.by)
        step(at, item)
        return action(at, item)


SAME = (
    *("ref", "title", "due", "kind", "priority", "status", "created_at", "done_at", "evidence"),
    *("verified_at", "declined_at", "decline_reason", "outcome", "team", "first_due", "moved", "snoozed"),
    *("snoozed_until", "reopened", "blocked_reason", "ask_again_on", "effect", "effect_note", "effect_at"),
)


def action(at: At, item: ActionItem) -> ActionOut:
    return ActionOut(
        **{name: getattr(item, name) for name in SAME},
        incident=f"INC-{item.incident_id}",
        owner=who_is(at, item.owner_id),
        is_late=item.is_late(at.now.date()),
        created_by=who_is(at, item.created_by),
        done_by=who_is(at, item.done_by),
        verified_by=who_is(at, item.verified_by),
        approver=who_is(at, item.approver_id),
        duplicate_of=f"A-{item.duplicate_of}" if item.duplicate_of else None,
        effect_by=who_is(at, item.effect_by),
        recurred=[
            Recurred(incident=f"INC-{one.incident_id}", days_late=one.days_late)
            for one in recurrences.recurred(at.session, item, as_=at.by)
        ],
    )


def whole(at: At, item: ActionItem) -> ActionWhole:
    """Also what became of it, and what a colleague would ask."""
    found = actions.doubts(item.title, item.outcome)
    verified = item.status == ItemStatus.VERIFIED
    return ActionWhole(
        **action(at, item).model_dump(),
        tracked=[
            Tracked(tracker=one.tracker, key=one.key, url=one.address, note=one.note)
            for one in trackers.links_of(at.session, item.id)
        ],
        doubts=[f"{doubt.said} For example: {doubt.example}" for doubt in found],
        facts=recurrences.question(at.session, item, as_=at.by).facts if verified else [],
        history=[
            ChangeOut(**{name: getattr(one, name) for name in ChangeOut.model_fields})
            for one in actions.changes(at.session, item)
        ],
    )
