"""The audit over REST: figures, the items behind them, files of all of them, and the trail."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from bot.domain import audit, incidents, people, trail
from bot.domain.audit import TYPES
from bot.domain.people import Access
from bot.lib.choices import one_of
from bot.web.api import paging
from bot.web.api.actions import ActionOut, action
from bot.web.api.desk import At, Caller, Guarded
from bot.web.api.paging import Cursor, Limit, Page
from bot.web.audit import download_of

router = APIRouter(route_class=Guarded, tags=["Audit"])


def _filters(
    request: Request,
    period: Annotated[str, Query(description="month, quarter (13 weeks), year or all.")] = "",
    from_: Annotated[str, Query(alias="from", description="The first day, instead of a period.")] = "",
    to: Annotated[str, Query(description="The last day.")] = "",
    team: Annotated[str, Query(description="A team's key, or none.")] = "",
    owner: Annotated[str, Query(description="An e-mail address, a name, me, any or none.")] = "",
    severity: Annotated[str, Query(description="A severity's key, or none.")] = "",
    kind: Annotated[str, Query(description="prevent, detect, mitigate or process.")] = "",
    priority: Annotated[str, Query(description="high, medium or low.")] = "",
    state: Annotated[str, Query(description=f"One of: {', '.join(audit.STATES)}.")] = "",
    incident: Annotated[str, Query(description="A reference like INC-7.")] = "",
    samples: Annotated[str, Query(description="`with` counts sample data too.")] = "",
) -> Mapping[str, str]:
    return request.query_params


Filters = Annotated[Mapping[str, str], Depends(_filters)]


class CountsOut(BaseModel):
    """Promised are all items but those declined and duplicates. Shares are null where nothing is."""

    model_config = ConfigDict(from_attributes=True)
    promised: int
    done: int
    on_time: int
    done_late: int
    done_undated: int
    open: int
    late: int
    declined: int
    duplicate: int
    verified: int
    first_kept: int
    moved: int
    moves: int
    reopened: int
    completion: float | None
    kept: float | None
    checked: float | None


class LineOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    key: str
    label: str
    counts: CountsOut


class SpreadOut(BaseModel):
    """Whole numbers, mostly of days; by nearest rank."""

    model_config = ConfigDict(from_attributes=True)
    count: int
    median: int | None
    p90: int | None
    longest: int | None


class PerOwnerOut(BaseModel):
    """How many owners have how many such items; `each` is of the items of one owner. Filled by `by=owner`."""

    what: str
    owners: dict[str, int]
    each: SpreadOut


class StepOut(BaseModel):
    """`promised` and `done` count all up to the end of the step."""

    model_config = ConfigDict(from_attributes=True)
    begins: date
    on_time: int
    other: int
    promised: int
    done: int


class ReportOut(BaseModel):
    """Figures of the items that were promised in the period and pass the filters."""

    counts: CountsOut
    by: str
    owners: list[PerOwnerOut]
    lines: list[LineOut]
    age_of_open: SpreadOut
    days_until_done: SpreadOut
    days_late: SpreadOut
    ages: dict[str, int]
    step: str
    course: list[StepOut]


class ChangeOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    at: datetime
    by: str
    kind: str
    said: str


class AuditedOut(ActionOut):
    """An action item, with how it fared."""

    days_late: int
    severity: str | None
    sample: bool
    changes: list[ChangeOut]


class EntryOut(BaseModel):
    """A change. `seal` is null until it is sealed; sample data never is."""

    model_config = ConfigDict(from_attributes=True)
    event_id: int
    at: datetime
    by: str
    ref: str
    kind: str
    said: str
    seal: int | None
    hash: str


@router.get("/audit", summary="What became of what was promised")
def report(
    desk: Caller,
    filters: Filters,
    by: Annotated[str, Query(description=f"Breakdown: {', '.join(audit.BREAKDOWNS)}.")] = "team",
) -> ReportOut:
    with desk.reading() as at:
        scope = _scope(at, filters)
        found = audit.report(at.session, scope, as_=at.by, today=at.now.date())
        return ReportOut(
            counts=CountsOut.model_validate(found.counts),
            by=scope.by,
            owners=[_spread_over(each) for each in found.owners],
            lines=[LineOut.model_validate(line) for line in found.lines],
            age_of_open=SpreadOut.model_validate(found.age),
            days_until_done=SpreadOut.model_validate(found.taken),
            days_late=SpreadOut.model_validate(found.lateness),
            ages=dict(found.ages),
            step=found.series.unit,
            course=[StepOut.model_validate(step) for step in found.series.steps],
        )


def _spread_over(found: audit.PerOwner) -> PerOwnerOut:
    return PerOwnerOut(what=found.what, owners=dict(found.owners), each=SpreadOut.model_validate(found.each))


def _scope(at: At, filters: Mapping[str, str]) -> audit.Scope:
    return audit.read(at.session, filters, as_=at.by, today=at.now.date())


@router.get("/audit/items", summary="The action items behind the figures, those promised last first")
def items(
    desk: Caller,
    request: Request,
    response: Response,
    filters: Filters,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[AuditedOut]:
    with desk.reading() as at:
        found = audit.items(
            at.session,
            _scope(at, filters),
            as_=at.by,
            today=at.now.date(),
            before=paging.before(cursor),
            limit=limit + 1,
        )
        following = str(found[limit - 1].item.id) if len(found) > limit else None
        paging.link(request, response, following)
        return Page(items=[_item(at, each) for each in found[:limit]], next_cursor=following)


def _item(at: At, listed: audit.Listed) -> AuditedOut:
    return AuditedOut(
        **action(at, listed.item).model_dump(),
        days_late=listed.days_late,
        severity=listed.incident.severity,
        sample=listed.incident.sample,
        changes=[ChangeOut.model_validate(change) for change in listed.changes],
    )


@router.get(
    "/audit/export",
    summary="All of them as one file: CSV, JSON or XLSX",
    response_class=Response,
    responses={200: {"content": {form: {} for form in TYPES.values()}}},
)
def export(
    desk: Caller, filters: Filters, format: Annotated[str, Query(description="csv, json or xlsx.")] = "csv"
) -> Any:
    form = one_of("format", format, {each: each for each in TYPES})
    with desk.reading() as at:
        return download_of(desk.courier, form, _scope(at, filters), at)


@router.get("/audit/trail", summary="Every change, the newest first; for managers")
def changes(
    desk: Caller,
    request: Request,
    response: Response,
    incident: Annotated[str, Query(description="A reference like INC-7.")] = "",
    by: Annotated[str, Query(description="An e-mail address or a name.")] = "",
    kind: Annotated[str, Query(description="The kind of a change, like ActionMoved.")] = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[EntryOut]:
    with desk.reading() as at:
        people.require(at.by, Access.MANAGER)
        found = trail.entries(
            at.session,
            as_=at.by,
            before=paging.before(cursor),
            ref=incidents.find(at.session, incident, as_=at.by) if incident else None,
            by=at.known(by) if by else None,
            kind=kind or None,
            limit=limit + 1,
        )
        following = str(found[limit - 1].event_id) if len(found) > limit else None
        paging.link(request, response, following)
        return Page(items=[EntryOut.model_validate(entry) for entry in found[:limit]], next_cursor=following)


class HeadOut(BaseModel):
    """Note it elsewhere: `closeout audit verify --head` compares the trail with it."""

    model_config = ConfigDict(from_attributes=True)
    number: int
    hash: str


@router.get("/audit/head", summary="The newest seal of the trail; for managers")
def newest_seal(desk: Caller) -> HeadOut:
    with desk.reading() as at:
        people.require(at.by, Access.MANAGER)
        return HeadOut.model_validate(trail.head(at.session))
