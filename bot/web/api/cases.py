"""Quiet cases over REST: what is unusual about a customer's signals, and what becomes of it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from bot.domain import customers, signals
from bot.domain.signals import Case
from bot.web.api import paging
from bot.web.api.customers import WordOut, word_out
from bot.web.api.desk import At, Caller, Guarded
from bot.web.api.paging import Cursor, Limit, Page
from bot.web.api.shapes import IncidentLine, Input, Reason, Word, line

router = APIRouter(route_class=Guarded, tags=["Customers"], prefix="/cases")


class Point(BaseModel):
    at: datetime
    value: float


class CaseOut(BaseModel):
    """`kind` is spike, drift or missing; `points` are the evidence, the oldest first."""

    ref: str
    customer: str
    signal: str
    unit: str
    kind: str
    says: str
    value: float
    usual: float
    began_at: datetime
    opened_at: datetime
    ended_at: datetime | None
    why: str
    incident: str | None
    points: list[Point]
    word: WordOut | None


class Declaring(Input):
    severity: Word | None = None


@router.get("", summary="Quiet cases, the newest first; by default those that are open")
def list_cases(
    desk: Caller,
    request: Request,
    response: Response,
    all: Annotated[bool, Query(description="Also those that are over.")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[CaseOut]:
    with desk.reading() as at:
        if not all:
            return Page(items=[_case(at, one) for one in signals.open_cases(at.session, as_=at.by)])
        start = paging.before(cursor) or 0
        found = signals.recent_cases(at.session, as_=at.by, limit=limit + 1, before=start)
        following = str(found[limit - 1].id) if len(found) > limit else None
        paging.link(request, response, following)
        return Page(items=[_case(at, one) for one in found[:limit]], next_cursor=following)


@router.get("/{ref}", summary="One case, with its evidence")
def get_case(ref: str, desk: Caller) -> CaseOut:
    with desk.reading() as at:
        return _case(at, signals.named(at.session, ref, as_=at.by))


@router.post("/{ref}/declare", status_code=201, summary="Make it an incident")
def declare(ref: str, said: Declaring, desk: Caller) -> IncidentLine:
    with desk.writing() as at:
        case = signals.named(at.session, ref, as_=at.by)
        made = signals.declare(at.session, case, severity=said.severity, by=at.by, now=at.now)
        return line(at, made)


@router.post("/{ref}/dismiss", summary="Say what it was; it stays quiet until it is like usual again")
def dismiss(ref: str, said: Reason, desk: Caller) -> CaseOut:
    with desk.writing() as at:
        case = signals.named(at.session, ref, as_=at.by)
        signals.dismiss(at.session, case, said.reason, by=at.by, now=at.now)
        return _case(at, case)


@router.post("/{ref}/accept", summary="Take it as usual from now on, and learn anew")
def accept(ref: str, desk: Caller) -> CaseOut:
    with desk.writing() as at:
        case = signals.named(at.session, ref, as_=at.by)
        signals.accept(at.session, case, by=at.by, now=at.now)
        return _case(at, case)


def _case(at: At, one: Case) -> CaseOut:
    word, incident = customers.of_case(at.session, one.id), signals.incident_of(at.session, one, as_=at.by)
    return CaseOut(
        ref=one.ref,
        customer=customers.get(at.session, one.customer_id).key,
        signal=one.signal,
        unit=one.unit,
        kind=one.kind,
        says=signals.sentence(at.session, one),
        value=one.value,
        usual=one.usual,
        began_at=one.began_at,
        opened_at=one.opened_at,
        ended_at=one.ended_at,
        why=one.why,
        incident=incident.ref if incident else None,
        points=[
            Point(at=datetime.fromtimestamp(at_, one.opened_at.tzinfo), value=v) for at_, v in one.points
        ],
        word=word_out(at, word) if word else None,
    )
