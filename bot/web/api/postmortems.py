"""Postmortems over REST: read in four forms, written section by section, published."""

from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from pydantic import AwareDatetime, BaseModel, Field
from starlette.responses import JSONResponse, Response

from bot.domain import postmortems
from bot.domain.incidents import Incident
from bot.domain.postmortems import Comment, Question, Revision
from bot.web.api.desk import At, Caller, Guarded
from bot.web.api.paging import Page
from bot.web.api.problems import Mistaken
from bot.web.api.shapes import Input, Who, Word, who_is
from bot.web.guard import with_styles

router = APIRouter(route_class=Guarded, tags=["Postmortems"])
OFFERS = {"application/json": "json", "text/markdown": "md", "text/html": "html", "application/pdf": "pdf"}


class Form(StrEnum):
    JSON = "json"
    MD = "md"
    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"


class Section(BaseModel):
    """A question of the template; `text` is empty until somebody answers it."""

    key: str
    question: str
    text: str
    by: Who | None
    at: datetime | None


class FindingOut(BaseModel):
    """What a reviewer would ask. `place` is a section, a milestone, an entry (e17) or an item (A-3)."""

    kind: str
    place: str
    said: str
    remedy: str


class RevisionOut(BaseModel):
    """One version of one section; `diff` are lines that begin with "+ ", "- " or two blanks."""

    number: int
    section: str
    text: str
    by: Who | None
    at: datetime
    diff: list[str]


class CommentOut(BaseModel):
    id: int
    section: str
    quote: str
    text: str
    by: Who | None
    at: datetime
    settled_by: Who | None
    settled_at: datetime | None


class Reader(BaseModel):
    who: Who | None
    first_at: datetime
    last_at: datetime


class Review(BaseModel):
    """What people and the checklist say of it before, and after, it is published."""

    reviewer: Who | None = None
    submitted_at: datetime | None = None
    approved_by: Who | None = None
    approved_at: datetime | None = None
    meeting_at: datetime | None = None
    git_path: str = ""
    findings: list[FindingOut]
    revisions: list[RevisionOut]
    comments: list[CommentOut]
    readers: list[Reader]


class PostmortemOut(Review):
    """`status` is null before anything opened it; `owed` says whether closing waits for it."""

    incident: str
    status: str | None
    owed: bool
    done: bool
    owner: Who | None
    due_at: datetime | None
    published_at: datetime | None
    template: str
    templates: list[str]
    sections: list[Section]
    markdown: str


class PostmortemLine(BaseModel):
    incident: str
    title: str
    status: str
    owner: Who | None
    due_at: datetime | None
    published_at: datetime | None


class Written(Input):
    text: Annotated[str, Field(max_length=50_000)]


class Submission(Input):
    reviewer: Word | None = None


class SentBack(Input):
    reason: Annotated[str, Field(max_length=4000)]


class Remark(Input):
    """`quote` are the words of the section that it is about."""

    section: Word
    text: Annotated[str, Field(max_length=4000)]
    quote: Annotated[str, Field(max_length=400)] = ""


class MeetingTime(Input):
    at: AwareDatetime


class PostmortemChange(Input):
    """What is left out stays as it is."""

    owner: Word | None = None
    template: Word | None = None


FORMS: dict[str, Any] = {kind: {} for kind in OFFERS if kind != "application/json"}
DOCUMENTED: dict[int | str, dict[str, Any]] = {200: {"model": PostmortemOut, "content": FORMS}}


@router.get("/postmortems", summary="Postmortems, the newest incident first")
def list_postmortems(desk: Caller, limit: Annotated[int, Query(ge=1, le=1000)] = 200) -> Page[PostmortemLine]:
    with desk.reading() as at:
        lines = [
            PostmortemLine(
                incident=incident.ref,
                title=incident.title,
                status=each.status,
                owner=who_is(at, each.owner_id),
                due_at=each.due_at,
                published_at=each.published_at,
            )
            for incident, each in postmortems.all(at.session, as_=at.by, limit=limit)
        ]
        return Page(items=lines)


@router.get(
    "/incidents/{ref}/postmortem",
    summary="The postmortem, in the form that format or Accept asks for",
    responses=DOCUMENTED,
)
def get_postmortem(
    ref: str,
    desk: Caller,
    format: Annotated[Form | None, Query(description="json, md, html or pdf; it wins over Accept.")] = None,
    template: Annotated[
        str | None, Query(description="Drawn with another template; nothing is kept.")
    ] = None,
    accept: Annotated[str, Header()] = "*/*",
) -> Response:
    with desk.reading() as at:
        incident = at.incident(ref)
        match format or _offered(accept):
            case "md" | "markdown":
                text = postmortems.render_markdown(at.session, incident, template)
                return Response(text, media_type="text/markdown")
            case "html":
                page = postmortems.render_html(at.session, incident, template)
                return Response(page, media_type="text/html", headers=with_styles(page))
            case "pdf":
                printed = postmortems.render_pdf(at.session, incident, template)
                return Response(printed, media_type="application/pdf")
            case _:
                return JSONResponse(_postmortem(at, incident, template).model_dump(mode="json"))


def _offered(accept: str) -> str:
    """The first kind in Accept that we have; JSON for whoever takes anything."""
    kinds = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    return next((OFFERS[kind] for kind in kinds if kind in OFFERS), "json")


@router.patch("/incidents/{ref}/postmortem", summary="Choose who writes it, or another template")
def change(ref: str, new: PostmortemChange, desk: Caller) -> PostmortemOut:
    if new.owner is None and new.template is None:
        raise Mistaken("Name what to change: owner or template. Nothing was changed.")
    with desk.writing() as at:
        incident = at.incident(ref)
        if new.template is not None:
            postmortems.choose_template(at.session, incident, new.template, by=at.by, now=at.now)
        if new.owner is not None:
            postmortems.assign(at.session, incident, at.person(new.owner), by=at.by, now=at.now)
        return _postmortem(at, incident)


@router.put(
    "/incidents/{ref}/postmortem/sections/{section}",
    summary="Answer a question of the template",
)
def write(ref: str, section: str, new: Written, desk: Caller) -> PostmortemOut:
    """An empty text takes the answer back."""
    with desk.writing() as at:
        incident = at.incident(ref)
        postmortems.write(at.session, incident, section, new.text, by=at.by, now=at.now)
        return _postmortem(at, incident)


@router.post("/incidents/{ref}/postmortem/publish", summary="Publish it: the loop is closed")
def publish(ref: str, desk: Caller) -> PostmortemOut:
    with desk.writing() as at:
        incident = at.incident(ref)
        postmortems.publish(at.session, incident, by=at.by, now=at.now)
        return _postmortem(at, incident)


@router.post("/incidents/{ref}/postmortem/submit", summary="Hand it in for review")
def submit(ref: str, desk: Caller, new: Submission | None = None) -> PostmortemOut:
    with desk.writing() as at:
        incident = at.incident(ref)
        reviewer = at.person(new.reviewer) if new and new.reviewer else None
        postmortems.submit(at.session, incident, by=at.by, now=at.now, reviewer=reviewer)
        return _postmortem(at, incident)


@router.post("/incidents/{ref}/postmortem/approve", summary="Approve it; none of its authors may")
def approve(ref: str, desk: Caller) -> PostmortemOut:
    with desk.writing() as at:
        incident = at.incident(ref)
        postmortems.approve(at.session, incident, by=at.by, now=at.now)
        return _postmortem(at, incident)


@router.post("/incidents/{ref}/postmortem/back", summary="Send it back to its author")
def send_back(ref: str, new: SentBack, desk: Caller) -> PostmortemOut:
    with desk.writing() as at:
        incident = at.incident(ref)
        postmortems.send_back(at.session, incident, new.reason, by=at.by, now=at.now)
        return _postmortem(at, incident)


@router.post("/incidents/{ref}/postmortem/comments", summary="Comment on a section", status_code=201)
def comment(ref: str, new: Remark, desk: Caller) -> CommentOut:
    with desk.writing() as at:
        incident = at.incident(ref)
        row = postmortems.remark(
            at.session, incident, new.section, new.text, quote=new.quote, by=at.by, now=at.now
        )
        return _comment(at, row)


@router.post("/incidents/{ref}/postmortem/comments/{id}/settle", summary="Settle a comment")
def settle(ref: str, id: int, desk: Caller) -> PostmortemOut:
    with desk.writing() as at:
        incident = at.incident(ref)
        postmortems.settle(at.session, incident, id, by=at.by, now=at.now)
        return _postmortem(at, incident)


@router.post(
    "/incidents/{ref}/postmortem/revisions/{number}/restore",
    summary="Let a section say what a version of it said; a new version is written",
)
def restore(ref: str, number: int, desk: Caller) -> PostmortemOut:
    with desk.writing() as at:
        incident = at.incident(ref)
        postmortems.restore(at.session, incident, number, by=at.by, now=at.now)
        return _postmortem(at, incident)


@router.put("/incidents/{ref}/postmortem/meeting", summary="Set when people talk about it")
def meet(ref: str, new: MeetingTime, desk: Caller) -> PostmortemOut:
    with desk.writing() as at:
        incident = at.incident(ref)
        postmortems.set_meeting(at.session, incident, new.at.astimezone(UTC), by=at.by, now=at.now)
        return _postmortem(at, incident)


@router.delete("/incidents/{ref}/postmortem/meeting", summary="Call the meeting off")
def call_off(ref: str, desk: Caller) -> PostmortemOut:
    with desk.writing() as at:
        incident = at.incident(ref)
        postmortems.call_off(at.session, incident, by=at.by, now=at.now)
        return _postmortem(at, incident)


def _postmortem(at: At, incident: Incident, template: str | None = None) -> PostmortemOut:
    state = postmortems.state(at.session, incident)
    asked = postmortems.questions(at.session, incident, template)
    return PostmortemOut(
        incident=incident.ref,
        status=state.status,
        owed=state.owed,
        done=state.done,
        owner=who_is(at, state.owner_id),
        due_at=state.due_at,
        published_at=state.published_at,
        template=template or state.template,
        templates=postmortems.templates(at.session),
        sections=[_section(at, each) for each in asked],
        markdown=postmortems.render_markdown(at.session, incident, template),
        **_review(at, incident),
    )


def _review(at: At, incident: Incident) -> dict[str, Any]:
    draft = postmortems.of(at.session, incident)
    stage = (
        {
            "reviewer": who_is(at, draft.reviewer_id),
            "submitted_at": draft.submitted_at,
            "approved_by": who_is(at, draft.approved_by),
            "approved_at": draft.approved_at,
            "meeting_at": draft.meeting_at,
            "git_path": draft.git_path,
        }
        if draft
        else {}
    )
    return {
        **stage,
        "findings": [FindingOut(**asdict(one)) for one in postmortems.findings(at.session, incident)],
        "revisions": [_revision(at, one) for one in postmortems.revisions(at.session, incident)],
        "comments": [_comment(at, one) for one in postmortems.comments(at.session, incident)],
        "readers": [
            Reader(who=who_is(at, one.person_id), first_at=one.first_at, last_at=one.last_at)
            for one in postmortems.readers(at.session, incident)
        ],
    }


def _revision(at: At, one: Revision) -> RevisionOut:
    return RevisionOut(**asdict(one) | {"by": who_is(at, one.by), "diff": list(one.diff)})


def _comment(at: At, one: Comment) -> CommentOut:
    return CommentOut(
        id=one.id,
        section=one.section,
        quote=one.quote,
        text=one.text,
        by=who_is(at, one.by),
        at=one.at,
        settled_by=who_is(at, one.settled_by),
        settled_at=one.settled_at,
    )


def _section(at: At, asked: Question) -> Section:
    said = {"key": asked.key, "question": asked.question, "text": asked.answer, "at": asked.at}
    return Section(**said, by=who_is(at, asked.by))
