"""Subscribers over REST: how many, who, taking over, erasing; and how far mailings are."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from bot.domain import mailings, people, subscribers
from bot.domain.people import Access
from bot.web.api import paging
from bot.web.api.desk import Caller, Guarded
from bot.web.api.paging import Cursor, Limit, Page

router = APIRouter(route_class=Guarded, tags=["Subscribers"])


class SubscriberOut(BaseModel):
    """`components` is empty for who hears of everything."""

    id: int
    way: str
    address: str
    standing: str
    pace: str
    timezone: str
    components: list[str]
    asked_at: datetime
    confirmed_at: datetime | None
    stopped_at: datetime | None
    reason: str


class CountOut(BaseModel):
    way: str
    standing: str
    count: int


class MailingOut(BaseModel):
    """`counts`: state (queued, sending, sent, failed, dropped, unsure) -> deliveries."""

    key: str
    kind: str
    subject: str
    at: datetime
    counts: dict[str, int]


class BringIn(BaseModel):
    """Addresses whose owners have confirmed elsewhere; you vouch for it."""

    addresses: list[str] = Field(min_length=1, max_length=5000, description="Mail addresses.")


class BroughtIn(BaseModel):
    new: int


@router.get("/subscribers/counts", summary="How many subscribe to the status")
def counts(desk: Caller) -> list[CountOut]:
    with desk.reading() as at:
        people.require(at.by, Access.RESPONDER)
        found = subscribers.counts(at.session)
    return [
        CountOut(way=way, standing=standing, count=many) for (way, standing), many in sorted(found.items())
    ]


@router.get("/subscribers", summary="Who subscribes, for administrators")
def everyone(
    desk: Caller,
    request: Request,
    response: Response,
    standing: Annotated[str, Query(description="active, pending or stopped.")] = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[SubscriberOut]:
    with desk.reading() as at:
        after = paging.before(cursor) or 0
        found = subscribers.listed(at.session, as_=at.by, after=after, limit=limit + 1, standing=standing)
    following = str(found[limit - 1][0].id) if len(found) > limit else None
    paging.link(request, response, following)
    return Page(items=[_out(*each) for each in found[:limit]], next_cursor=following)


def _out(one: subscribers.Subscriber, wished: tuple[str, ...]) -> SubscriberOut:
    return SubscriberOut(**one.model_dump(include=set(SubscriberOut.model_fields)), components=list(wished))


@router.post("/subscribers", status_code=201, summary="Take over who has confirmed elsewhere")
def bring_in(desk: Caller, body: BringIn) -> BroughtIn:
    with desk.writing() as at:
        return BroughtIn(new=subscribers.bring_in(at.session, body.addresses, by=at.by, now=at.now))


@router.delete("/subscribers/{id}", status_code=204, summary="Erase a subscriber for good")
def remove(desk: Caller, id: int) -> None:
    with desk.writing() as at:
        subscribers.remove(at.session, id, by=at.by, now=at.now)


@router.get("/mailings", summary="How far the last mailings to subscribers are")
def sent(desk: Caller, limit: Limit = 20) -> list[MailingOut]:
    with desk.reading() as at:
        people.require(at.by, Access.RESPONDER)
        return [MailingOut(**vars(one)) for one in mailings.recent(at.session, limit)]
