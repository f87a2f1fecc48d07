"""What customers write, over REST: taken in, tied, tagged, answered, explained, decided on; the pack."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from bot.domain import actions, customers, feedback, incidents
from bot.domain.company import company_of
from bot.domain.feedback import Cluster, Feedback, Filter, Source, TagRule, Voice, pack
from bot.web.api import paging
from bot.web.api.desk import At, Caller, Guarded
from bot.web.api.paging import Cursor, Limit, Page
from bot.web.api.shapes import Input, Text, Who, Word, who_is

router = APIRouter(route_class=Guarded, tags=["Feedback"])


class ClusterOut(BaseModel):
    """Feedback that says the same. `size` is how many do."""

    id: int
    title: str
    size: int


class FeedbackOut(BaseModel):
    """`name` and `address` are null for whoever may not see them. `waits`: nobody has dealt with it yet."""

    ref: str
    id: int
    at: datetime
    source: str
    words: str
    name: str | None
    address: str | None
    customer: str | None
    component: str | None
    incident: str | None
    item: str | None
    cluster: ClusterOut | None
    tags: list[str]
    high: bool
    waits: bool
    answered_at: datetime | None
    answered_by: Who | None
    explained_at: datetime | None
    mended_at: datetime | None
    decision: str | None
    why: str
    decided_by: Who | None
    decided_at: datetime | None
    helped: str | None
    works_again: bool | None
    said_back: str
    erased_at: datetime | None
    url: str


class FeedbackIn(Input):
    """Only `words` is needed. Without an incident, the one that can be meant is found by itself."""

    words: Text
    name: Word = ""
    address: Word = Field(default="", description="By which they can be answered.")
    component: Word = Field(default="", description="Its key or name.")
    customer: Word | None = Field(default=None, description="A key of the register.")
    incident: Word | None = Field(default=None, description="As INC-7.")
    id: Word | None = Field(default=None, description="Yours; the same one is taken once.")


class FeedbackChange(Input):
    """What is left out stays as it is; an empty text unties."""

    incident: Word | None = Field(default=None, description="As INC-7; empty: about none.")
    item: Word | None = Field(default=None, description="The action item that answers it, as A-3.")
    tags: list[Word] | None = Field(default=None, max_length=20)
    high: bool | None = None
    cluster: int | None = Field(default=None, description="The cluster it belongs to; 0: one of its own.")


class SaidIn(Input):
    words: Text


class DecisionIn(Input):
    decision: Word = Field(description="will do, later or will not.")
    why: Text


class ToldOut(BaseModel):
    """How many a mail is on its way to."""

    told: int


class RuleOut(BaseModel):
    """Feedback with one of these words gets the tag; `pay*` is every word that begins so."""

    tag: str
    words: str
    component: str | None
    high: bool


class RuleIn(Input):
    words: Text = Field(description="Comma-separated: pay*, card declined.")
    component: Word = ""
    high: bool = False


class GroupOut(BaseModel):
    """A cluster in a month, and what is done about it."""

    cluster: ClusterOut
    count: int
    month_before: int
    quote: str
    incidents: list[str]
    items: list[str]
    waits: int


class PackOut(BaseModel):
    """The monthly review. `works_again` counts those of `surveyed` who said so."""

    month: date
    headline: str
    count: int
    month_before: int
    answered: int
    high: list[FeedbackOut]
    groups: list[GroupOut]
    waiting: list[FeedbackOut]
    aged_out: list[FeedbackOut]
    decided: list[FeedbackOut]
    surveyed: int
    helped: dict[str, int]
    works_again: int


@router.get("/feedback", summary="What customers wrote, the newest first")
def list_feedback(
    desk: Caller,
    request: Request,
    response: Response,
    waiting: bool = False,
    high: bool = False,
    tag: Annotated[str, Query(max_length=40)] = "",
    text: Annotated[str, Query(max_length=200)] = "",
    cluster: int | None = None,
    incident: Annotated[str | None, Query(description="As INC-7.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[FeedbackOut]:
    with desk.reading() as at:
        about = at.incident(incident).id if incident else None
        wanted = Filter(tag=tag, text=text, cluster=cluster, incident=about, high=high, waiting=waiting)
        start = paging.before(cursor)
        found = feedback.page(at.session, wanted, as_=at.by, before=start, limit=limit + 1)
        following = str(found[limit - 1].id) if len(found) > limit else None
        paging.link(request, response, following)
        return Page(items=[feedback_out(at, one) for one in found[:limit]], next_cursor=following)


@router.post("/feedback", status_code=201, summary="Take in what a customer wrote or said")
def take(said: FeedbackIn, desk: Caller) -> FeedbackOut:
    with desk.writing() as at:
        voice = Voice(
            words=said.words,
            source=Source.API,
            name=said.name,
            address=said.address,
            component=said.component,
            customer=customers.find(at.session, said.customer, as_=at.by) if said.customer else None,
            incident=at.incident(said.incident) if said.incident else None,
            delivery=f"api/{at.by.id}/{said.id}" if said.id else None,
        )
        return feedback_out(at, feedback.take(at.session, voice, by=at.by, now=at.now))


@router.get("/feedback/rules", summary="The words of each tag")
def list_rules(desk: Caller) -> Page[RuleOut]:
    with desk.reading() as at:
        return Page(items=[_rule(one) for one in feedback.tag_rules(at.session)])


@router.put("/feedback/rules/{tag}", summary="Set the words of a tag, for what comes from now on")
def put_rule(tag: str, said: RuleIn, desk: Caller) -> RuleOut:
    with desk.writing() as at:
        rule = feedback.set_rule(
            at.session,
            tag,
            said.words,
            component=said.component,
            high=said.high,
            by=at.by,
            now=at.now,
        )
        return _rule(rule)


@router.delete("/feedback/rules/{tag}", status_code=204, summary="Drop a tag; what has it keeps it")
def drop_rule(tag: str, desk: Caller) -> None:
    with desk.writing() as at:
        feedback.drop_rule(at.session, tag, by=at.by, now=at.now)


@router.get(
    "/feedback/pack", summary="The review pack of a month, as JSON or as Markdown", response_model=None
)
def get_pack(
    desk: Caller,
    request: Request,
    month: Annotated[str, Query(description="As 2026-10; left out: the last one that is over.")] = "",
    format: Literal["json", "markdown"] | None = None,
) -> PackOut | Response:
    with desk.reading() as at:
        found = pack.pack(at.session, _month(at, month), as_=at.by, now=at.now)
        if format == "markdown" or (format is None and "text/markdown" in request.headers.get("accept", "")):
            return Response(pack.markdown(at.session, found), media_type="text/markdown")
        return _pack(at, found)


@router.get("/feedback/{id}", summary="One voice")
def get_feedback(id: str, desk: Caller) -> FeedbackOut:
    with desk.reading() as at:
        return feedback_out(at, _found(at, id))


@router.patch("/feedback/{id}", summary="Tie it to an incident or action item, tag it, group it")
def change(id: str, said: FeedbackChange, desk: Caller) -> FeedbackOut:
    with desk.writing() as at:
        one = _found(at, id)
        if said.incident is not None:
            about = at.incident(said.incident) if said.incident else None
            feedback.tie(at.session, one, about, by=at.by, now=at.now)
        if said.item is not None:
            item = actions.find(at.session, said.item, as_=at.by) if said.item else None
            feedback.tie_to_item(at.session, one, item, by=at.by, now=at.now)
        if said.tags is not None or said.high is not None:
            tags = one.tags if said.tags is None else said.tags
            high = one.high if said.high is None else said.high
            feedback.tag(at.session, one, tags, high=high, by=at.by, now=at.now)
        if said.cluster is not None:
            to = feedback.cluster(at.session, said.cluster, as_=at.by) if said.cluster else None
            feedback.regroup(at.session, one, to, by=at.by, now=at.now)
        return feedback_out(at, one)


@router.post("/feedback/{id}/answer", summary="Write a mail to the one who wrote")
def answer(id: str, said: SaidIn, desk: Caller) -> FeedbackOut:
    with desk.writing() as at:
        one = _found(at, id)
        feedback.answer(at.session, one, said.words, by=at.by, now=at.now)
        return feedback_out(at, one)


@router.post("/feedback/{id}/decide", summary="Say what becomes of it, with the reason")
def decide(id: str, said: DecisionIn, desk: Caller) -> FeedbackOut:
    with desk.writing() as at:
        one = _found(at, id)
        feedback.decide(at.session, [one], said.decision, said.why, by=at.by, now=at.now)
        return feedback_out(at, one)


@router.delete("/feedback/{id}", status_code=204, summary="Forget who wrote it, and what")
def erase(id: str, desk: Caller) -> None:
    with desk.writing() as at:
        feedback.erase(at.session, _found(at, id), by=at.by, now=at.now)


@router.post("/incidents/{ref}/feedback/explain", summary="Explain the end to all who wrote about it")
def explain(ref: str, said: SaidIn, desk: Caller) -> ToldOut:
    with desk.writing() as at:
        return ToldOut(told=feedback.explain(at.session, at.incident(ref), said.words, by=at.by, now=at.now))


@router.put("/actions/{ref}/outcome", summary="What those who wrote are told once the item is verified")
def put_outcome(ref: str, said: SaidIn, desk: Caller) -> SaidIn:
    with desk.writing() as at:
        item = actions.find(at.session, ref, as_=at.by)
        return SaidIn(words=feedback.say_outcome(at.session, item, said.words, by=at.by, now=at.now).words)


def _found(at: At, id: str) -> Feedback:
    return feedback.find(at.session, id, as_=at.by)


def _month(at: At, text: str) -> date:
    return pack.month_of(text, at.now, company_of(at.session).workspace.timezone)


def feedback_out(at: At, one: Feedback) -> FeedbackOut:
    at.session.flush()
    seen, cluster = customers.sees_contacts(at.by), at.session.get(Cluster, one.cluster_id or 0)
    return FeedbackOut(
        **one.model_dump(include={"id", "at", "source", "words", "component", "tags", "high", "why"}),
        **one.model_dump(include={"answered_at", "explained_at", "mended_at", "decision", "decided_at"}),
        **one.model_dump(include={"helped", "said_back", "erased_at"}),
        ref=one.ref,
        name=one.name if seen else None,
        address=one.address if seen else None,
        customer=customers.get(at.session, one.customer_id).key if seen and one.customer_id else None,
        incident=f"INC-{one.incident_id}" if one.incident_id else None,
        item=_item(at, one),
        cluster=_cluster(cluster) if cluster else None,
        waits=one.waits,
        answered_by=who_is(at, one.answered_by),
        decided_by=who_is(at, one.decided_by),
        works_again=one.is_fine,
        url=f"/feedback/{one.id}",
    )


def _item(at: At, one: Feedback) -> str | None:
    """Not what belongs to an incident that the caller may not know."""
    if one.item_id is None:
        return None
    item = actions.get(at.session, one.item_id)
    is_seen = incidents.visible(at.session, incidents.get(at.session, item.incident_id), at.by)
    return item.ref if is_seen else None


def _cluster(one: Cluster) -> ClusterOut:
    return ClusterOut(id=one.id, title=one.title, size=one.size)


def _rule(one: TagRule) -> RuleOut:
    return RuleOut(tag=one.tag, words=one.words, component=one.component, high=one.high)


def _pack(at: At, found: pack.Pack) -> PackOut:
    lists = {
        name: [feedback_out(at, one) for one in getattr(found, name)]
        for name in ("high", "waiting", "aged_out", "decided")
    }
    return PackOut(
        month=found.month,
        headline=found.headline,
        count=found.count,
        month_before=found.before,
        answered=found.answered,
        groups=[_group(each) for each in found.groups],
        surveyed=found.surveyed,
        helped=found.helped,
        works_again=found.fine,
        **lists,
    )


def _group(each: pack.Voices) -> GroupOut:
    return GroupOut(
        cluster=_cluster(each.cluster),
        count=each.count,
        month_before=each.before,
        quote=each.quote,
        incidents=[one.ref for one in each.incidents],
        items=[one.ref for one in each.items],
        waits=each.waits,
    )
