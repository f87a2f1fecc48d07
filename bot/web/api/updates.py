"""Customer updates over REST: what was told, telling, what waits for a yes, how well it was done."""

from datetime import datetime

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from bot.domain import people, updates
from bot.domain.incidents import Incident
from bot.domain.updates import Update, UpdateDraft, Wording
from bot.web.api import paging
from bot.web.api.desk import At, Caller, Guarded
from bot.web.api.paging import Cursor, Limit, Page
from bot.web.api.shapes import Input, Text, Who, Word, who

router = APIRouter(route_class=Guarded, tags=["Customer updates"], prefix="/incidents/{ref}/updates")


class UpdateOut(BaseModel):
    """`public` is false where nothing left the house: private incidents, drills, words for colleagues."""

    id: int
    phase: str
    message: str
    by: Who
    at: datetime
    next_update_by: datetime | None
    correction_of: int | None
    public: bool
    headline: str
    components: dict[str, str] = Field(description="Component key to its state, as customers know it.")
    audience: str
    approved_by: Who | None


class DraftOut(BaseModel):
    """What waits for a yes, or did. `update` is the id under which it was told."""

    id: int
    state: str
    phase: str
    message: str
    headline: str
    components: dict[str, str] | None
    audience: str
    next_in: str
    correction_of: int | None
    by: Who
    at: datetime
    decided_by: Who | None
    decided_at: datetime | None
    update: int | None


class ScoreOut(BaseModel):
    """How well customers were told so far. Times in seconds; `first_due` is what the policy allows."""

    told: int
    first_after: float | None
    first_due: float | None
    promises: int
    kept: int
    longest_silence: float | None


class ProposalOut(BaseModel):
    """What the next update could say."""

    phase: str
    message: str
    components: dict[str, str]
    next_in: str


class NewUpdate(Input):
    message: Text
    phase: Word | None = Field(default=None, description="By default the incident's status.")
    next_in: Word | None = Field(
        default=None, description="When customers hear again: 30m or 2h, or a moment as 2026-03-02T14:30Z."
    )
    components: dict[str, str] | None = Field(
        default=None,
        description="Component, by key or name, to its state: operational, degraded_performance, "
        "partial_outage, major_outage or under_maintenance. By default as it is proposed.",
    )
    audience: Word | None = Field(default=None, description="everyone, page (nobody gets a mail) or inside.")
    headline: str = Field(default="", max_length=200, description="By default `Trouble with` and what.")
    correction_of: int | None = Field(
        default=None, description="The id of the update that this one corrects."
    )


class Why(Input):
    why: str = Field(default="", max_length=3000)


class Told(Page[UpdateOut]):
    promised_by: datetime | None = Field(description="Until when customers must hear again.")
    owed: str | None = Field(description="What customers do not know yet, though it happened.")
    score: ScoreOut


@router.get("", summary="What customers were told, the oldest first, and what they were promised")
def list_updates(
    ref: str, desk: Caller, request: Request, response: Response, limit: Limit = 50, cursor: Cursor = None
) -> Told:
    with desk.reading() as at:
        incident = at.incident(ref)
        told = updates.of(at.session, incident)
        shown, following = paging.paged(told, lambda each: each.id, limit, cursor)
        paging.link(request, response, following)
        owing = updates.owed(at.session, incident)
        return Told(
            items=[_update(at, each) for each in shown],
            next_cursor=following,
            promised_by=updates.promised_by(at.session, incident),
            owed=owing.sentence if owing else None,
            score=_score(at, incident),
        )


@router.post(
    "",
    status_code=201,
    summary="Tell customers",
    description="Where the severity asks for a second pair of eyes, the answer is 202 and what waits.",
    responses={202: {"model": DraftOut, "description": "It waits for a yes."}},
)
def publish(ref: str, new: NewUpdate, desk: Caller, response: Response) -> UpdateOut | DraftOut:
    with desk.writing() as at:
        told = updates.tell(at.session, at.incident(ref), _wording(new), by=at.by, now=at.now)
        return _either(at, told, response)


@router.post("/first", status_code=201, summary="Tell customers that we know, in prepared words, once")
def tell_first(ref: str, desk: Caller, response: Response) -> UpdateOut:
    """Who was told already is not told again: the answer is then 200 and the newest update."""
    with desk.writing() as at:
        incident = at.incident(ref)
        told = updates.tell_first(at.session, incident, by=at.by, now=at.now)
        if told is None:
            response.status_code = 200
        newest = told or updates.last(at.session, incident)
        assert newest is not None
        return _update(at, newest)


@router.get("/proposal", summary="What the next update could say")
def propose(ref: str, desk: Caller, phase: str | None = Query(default=None, max_length=200)) -> ProposalOut:
    with desk.reading() as at:
        meant = updates.proposal(at.session, at.incident(ref), phase)
        said = {"message": meant.message, "components": meant.components, "next_in": meant.next_in}
        return ProposalOut.model_validate({"phase": meant.phase, **said})


@router.get("/drafts", summary="What waits for a yes, or did, the oldest first")
def list_drafts(ref: str, desk: Caller) -> list[DraftOut]:
    with desk.reading() as at:
        return [_draft(at, each) for each in updates.drafts(at.session, at.incident(ref))]


@router.post("/drafts/{draft}/approve", status_code=201, summary="Say yes: customers are told at once")
def approve(ref: str, draft: int, desk: Caller) -> UpdateOut:
    with desk.writing() as at:
        return _update(at, updates.approve(at.session, at.incident(ref), draft, by=at.by, now=at.now))


@router.post("/drafts/{draft}/discard", status_code=204, summary="Say no")
def discard(ref: str, draft: int, said: Why, desk: Caller) -> None:
    with desk.writing() as at:
        updates.discard(at.session, at.incident(ref), draft, said.why, by=at.by, now=at.now)


@router.put("/drafts/{draft}", summary="Other words; from one who may say yes they are told at once")
def change(ref: str, draft: int, new: NewUpdate, desk: Caller, response: Response) -> UpdateOut | DraftOut:
    with desk.writing() as at:
        incident = at.incident(ref)
        told = updates.change(at.session, incident, draft, _wording(new), by=at.by, now=at.now)
        return _either(at, told, response)


def _wording(new: NewUpdate) -> Wording:
    said = new.model_dump()
    return Wording(**{**said, "audience": said["audience"] or updates.Audience.EVERYONE})


def _either(at: At, told: Update | UpdateDraft, response: Response) -> UpdateOut | DraftOut:
    if isinstance(told, Update):
        return _update(at, told)
    response.status_code = 202
    return _draft(at, told)


def _update(at: At, update: Update) -> UpdateOut:
    said = update.model_dump(exclude={"by", "incident_id", "approved_by"})
    return UpdateOut(
        **said, by=who(people.get(at.session, update.by)), approved_by=_who(at, update.approved_by)
    )


def _draft(at: At, draft: UpdateDraft) -> DraftOut:
    said = draft.model_dump(exclude={"by", "incident_id", "decided_by", "update_id"})
    by, decided_by = who(people.get(at.session, draft.by)), _who(at, draft.decided_by)
    return DraftOut(**said, by=by, decided_by=decided_by, update=draft.update_id)


def _who(at: At, id: int | None) -> Who | None:
    return who(people.get(at.session, id)) if id else None


def _score(at: At, incident: Incident) -> ScoreOut:
    score = updates.scoring.of(at.session, incident, at.now)
    seconds = {
        name: None if span is None else span.total_seconds()
        for name, span in (
            ("first_after", score.first),
            ("first_due", score.due),
            ("longest_silence", score.silence),
        )
    }
    return ScoreOut(told=score.told, promises=score.promises, kept=score.kept, **seconds)
