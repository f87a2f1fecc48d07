"""The register of customers over REST, who is affected, and what is said to one of them alone."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from bot.domain import customers, signals
from bot.domain.customers import Customer, Entry, Hit, PrivateWord, Story, Wording
from bot.web.api import paging
from bot.web.api.desk import At, Caller, Guarded
from bot.web.api.paging import Limit, Page
from bot.web.api.shapes import Input, Moment, Text, Who, Word, who, who_is

router = APIRouter(route_class=Guarded, tags=["Customers"])
YEAR = timedelta(days=365)


class ContactOut(BaseModel):
    address: str
    name: str


class CustomerOut(BaseModel):
    """`contacts` is null for whoever may not see them."""

    key: str
    name: str
    tier: str
    owner: Who | None
    services: list[str]
    contacts: list[ContactOut] | None
    note: str
    url: str


class CustomerIn(Input):
    """What is left out stays as it is."""

    name: Word = ""
    tier: Word | None = None
    owner: Word | None = Field(default=None, description="Who looks after the account; empty: nobody.")
    contacts: list[Word] | None = Field(
        default=None, max_length=50, description="Addresses, or `Ada <ada@example.com>`."
    )
    services: list[Word] | None = Field(default=None, max_length=200)
    note: Text | None = None


class FileIn(Input):
    csv: str = Field(max_length=8_000_000, description="key,name,tier,owner,contacts,services,note")


class ImportedOut(BaseModel):
    added: int
    changed: int
    same: int


class WordOut(BaseModel):
    """`sent_to` is how many contacts it went to; of a drill it is 0."""

    id: int
    customer: str
    incident: str | None
    case: str | None
    subject: str
    text: str
    state: str
    drafted_by: Who | None
    drafted_at: datetime
    decided_by: Who | None
    decided_at: datetime | None
    sent_to: int


class WordIn(Input):
    text: Text = Field(default="", description="Empty: prepared words, from the latest update.")
    subject: Word = ""


class HitOut(BaseModel):
    """`how` is services, hand or report."""

    customer: str
    name: str
    tier: str
    owner: Who | None
    how: str
    since: datetime
    told_privately_at: datetime | None
    reported_at: datetime | None
    word: WordOut | None


class AffectedIn(Input):
    affected: bool = True


class ReportIn(Input):
    at: Moment | None = Field(default=None, description="When they told us; left out: now.")
    words: Text = ""
    incident: Word | None = Field(
        default=None, description="Left out: the live one that hurts them, else their open case."
    )


class ReportOut(BaseModel):
    customer: str
    incident: str | None
    case: str | None
    at: datetime


class StoryOut(BaseModel):
    """`ahead_minutes` is negative where they told us first."""

    customer: str
    incident: str | None
    case: str | None
    told_at: datetime | None
    reported_at: datetime | None
    ahead_minutes: float | None


class FirstsOut(BaseModel):
    """Who told whom first. Minutes are medians."""

    told_first: int
    of_those_never_asked: int
    they_were_first: int
    never_told: int
    ahead_minutes: float | None
    behind_minutes: float | None
    stories: list[StoryOut]


@router.get("/customers", summary="The register, by key")
def list_customers(
    desk: Caller,
    request: Request,
    response: Response,
    text: Annotated[str, Query(max_length=100, description="Part of the name or key.")] = "",
    tier: Annotated[str, Query(max_length=40)] = "",
    limit: Limit = 50,
    cursor: Annotated[str, Query(max_length=40)] = "",
) -> Page[CustomerOut]:
    with desk.reading() as at:
        found = customers.page(at.session, as_=at.by, text=text, tier=tier, limit=limit + 1, after=cursor)
        following = found[limit - 1].key if len(found) > limit else None
        paging.link(request, response, following)
        return Page(items=[customer_out(at, one) for one in found[:limit]], next_cursor=following)


@router.get("/customers/{key}", summary="One customer")
def get_customer(key: str, desk: Caller) -> CustomerOut:
    with desk.reading() as at:
        return customer_out(at, customers.find(at.session, key, as_=at.by))


@router.put("/customers/{key}", summary="Add a customer, or change what is known of one")
def put_customer(key: str, said: CustomerIn, desk: Caller) -> CustomerOut:
    with desk.writing() as at:
        entry = Entry(
            key=key,
            name=said.name,
            tier=said.tier,
            owner=said.owner,
            contacts=tuple(said.contacts) if said.contacts is not None else None,
            services=tuple(said.services) if said.services is not None else None,
            note=said.note,
        )
        return customer_out(at, customers.save(at.session, entry, by=at.by, now=at.now)[0])


@router.post("/customers/import", summary="Take over a CSV file: all of it, or nothing")
def import_customers(said: FileIn, desk: Caller) -> ImportedOut:
    with desk.writing() as at:
        done = customers.load(at.session, said.csv, by=at.by, now=at.now)
        return ImportedOut(added=done.added, changed=done.changed, same=done.same)


@router.delete("/customers/{key}", status_code=204, summary="Forget a customer's contacts; history stays")
def remove_customer(key: str, desk: Caller) -> None:
    with desk.writing() as at:
        customers.remove(at.session, customers.find(at.session, key, as_=at.by), by=at.by, now=at.now)


@router.post("/customers/{key}/reports", status_code=201, summary="Note that a customer told us")
def report(key: str, said: ReportIn, desk: Caller) -> ReportOut:
    with desk.writing() as at:
        customer = customers.find(at.session, key, as_=at.by)
        incident = at.incident(said.incident) if said.incident else None
        row = signals.note_report(
            at.session,
            customer,
            at=said.at or at.now,
            by=at.by,
            now=at.now,
            words=said.words,
            incident=incident,
        )
        return ReportOut(
            customer=customer.key,
            incident=f"INC-{row.incident_id}" if row.incident_id else None,
            case=f"C-{row.case_id}" if row.case_id else None,
            at=row.at,
        )


@router.get("/incidents/{ref}/customers", summary="Who is affected by an incident")
def list_affected(ref: str, desk: Caller) -> Page[HitOut]:
    with desk.reading() as at:
        customers.check_sees(at.by)
        return Page(items=[_hit(at, hit) for hit in customers.affected(at.session, at.incident(ref))])


@router.put("/incidents/{ref}/customers/{key}", summary="Say that a customer is affected, or is not")
def put_affected(ref: str, key: str, said: AffectedIn, desk: Caller) -> Page[HitOut]:
    with desk.writing() as at:
        incident, customer = at.incident(ref), customers.find(at.session, key, as_=at.by)
        customers.set_affected(at.session, incident, customer, said.affected, by=at.by, now=at.now)
        return Page(items=[_hit(at, hit) for hit in customers.affected(at.session, incident)])


@router.post("/incidents/{ref}/customers/{key}/word", status_code=201, summary="Draft a private word")
def draft(ref: str, key: str, said: WordIn, desk: Caller) -> WordOut:
    with desk.writing() as at:
        incident, customer = at.incident(ref), customers.find(at.session, key, as_=at.by)
        wanted = Wording(text=said.text, subject=said.subject)
        return word_out(at, customers.draft(at.session, incident, customer, wanted, by=at.by, now=at.now))


@router.get("/words", summary="Private words that wait for a yes, the oldest first")
def list_words(desk: Caller, mine: bool = False) -> Page[WordOut]:
    with desk.reading() as at:
        customers.check_sees(at.by)
        return Page(items=[word_out(at, one) for one in customers.waiting(at.session, as_=at.by, mine=mine)])


@router.get("/words/{id}", summary="One private word")
def get_word(id: int, desk: Caller) -> WordOut:
    with desk.reading() as at:
        return word_out(at, customers.word(at.session, id, as_=at.by))


@router.patch("/words/{id}", summary="Say it better, while it waits")
def change_word(id: int, said: WordIn, desk: Caller) -> WordOut:
    with desk.writing() as at:
        word = customers.word(at.session, id, as_=at.by)
        customers.change(at.session, word, Wording(said.text, said.subject), by=at.by, now=at.now)
        return word_out(at, word)


@router.post("/words/{id}/approve", summary="Send it, as the account owner or a manager")
def approve_word(id: int, desk: Caller) -> WordOut:
    with desk.writing() as at:
        word = customers.word(at.session, id, as_=at.by)
        return word_out(at, customers.approve(at.session, word, by=at.by, now=at.now))


@router.post("/words/{id}/discard", summary="Do not say it")
def discard_word(id: int, desk: Caller) -> WordOut:
    with desk.writing() as at:
        word = customers.word(at.session, id, as_=at.by)
        return word_out(at, customers.discard(at.session, word, by=at.by, now=at.now))


@router.get("/told-first", summary="How often, and by how much, customers heard from us before they told us")
def told_first(desk: Caller, since: Moment | None = None, until: Moment | None = None) -> FirstsOut:
    with desk.reading() as at:
        customers.check_sees(at.by)
        start, end = since or at.now - YEAR, until or at.now + timedelta(seconds=1)
        found = customers.stories(at.session, as_=at.by, since=start, until=end)
        seen = customers.figures(found)
        return FirstsOut(
            told_first=seen.told_first,
            of_those_never_asked=seen.spared,
            they_were_first=seen.second,
            never_told=seen.silent,
            ahead_minutes=_minutes(seen.ahead),
            behind_minutes=_minutes(seen.behind),
            stories=[_story(one) for one in found],
        )


def customer_out(at: At, one: Customer) -> CustomerOut:
    seen = customers.sees_contacts(at.by)
    known = customers.contacts(at.session, one) if seen else None
    return CustomerOut(
        key=one.key,
        name=one.name,
        tier=one.tier,
        owner=who_is(at, one.owner_id),
        services=list(customers.services(at.session, one)),
        contacts=[ContactOut(address=each.address, name=each.name) for each in known]
        if known is not None
        else None,
        note=one.note,
        url=f"/customers/{one.key}",
    )


def word_out(at: At, one: PrivateWord) -> WordOut:
    return WordOut(
        id=one.id,
        customer=customers.get(at.session, one.customer_id).key,
        incident=f"INC-{one.incident_id}" if one.incident_id else None,
        case=f"C-{one.case_id}" if one.case_id else None,
        subject=one.subject,
        text=one.text,
        state=one.state,
        drafted_by=who_is(at, one.drafted_by),
        drafted_at=one.drafted_at,
        decided_by=who_is(at, one.decided_by),
        decided_at=one.decided_at,
        sent_to=one.sent_to,
    )


def _hit(at: At, hit: Hit) -> HitOut:
    owner, word = customers.owner(at.session, hit.customer), hit.word
    return HitOut(
        customer=hit.customer.key,
        name=hit.customer.name,
        tier=hit.customer.tier,
        owner=who(owner) if owner else None,
        how=hit.row.how,
        since=hit.row.since,
        told_privately_at=word.decided_at if word and not word.is_open else None,
        reported_at=hit.report.at if hit.report else None,
        word=word_out(at, word) if word else None,
    )


def _story(one: Story) -> StoryOut:
    return StoryOut(
        customer=one.customer.key,
        incident=one.incident.ref if one.incident else None,
        case=f"C-{one.case_id}" if one.case_id else None,
        told_at=one.told_at,
        reported_at=one.reported_at,
        ahead_minutes=_minutes(one.lead),
    )


def _minutes(span: timedelta | None) -> float | None:
    return round(span.total_seconds() / 60, 1) if span is not None else None
