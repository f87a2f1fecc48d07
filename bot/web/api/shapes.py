"""What goes in and out of the REST interface. Unknown fields are refused; every moment carries its zone."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from bot.domain import incidents, people
from bot.domain.company import company_of
from bot.domain.incidents import Entry, Incident, Milestone
from bot.domain.people import Person
from bot.web.api.desk import At

Text = Annotated[str, Field(max_length=10_000)]
Word = Annotated[str, Field(max_length=300)]


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # at either end of what a clock can say
        raise ValueError("it is out of range") from None


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Who(BaseModel):
    id: int
    name: str
    email: str | None


class Check(BaseModel):
    """A line of the closing checklist; `remedy` says what to do while it is open."""

    name: str
    done: bool
    remedy: str


class Milestones(BaseModel):
    """The moments from which all times are computed."""

    impact_started: datetime | None
    detected: datetime | None
    declared: datetime | None
    acknowledged: datetime | None
    mitigated: datetime | None
    resolved: datetime | None
    closed: datetime | None


class IncidentLine(BaseModel):
    """An incident in a list."""

    ref: str
    id: int
    title: str
    severity: str | None
    status: str
    private: bool
    drill: bool
    sample: bool
    services: list[str]
    commander: Who | None
    declared_at: datetime
    resolved_at: datetime | None
    url: str


class IncidentWhole(IncidentLine):
    """An incident with all that is known of it."""

    description: str
    source: str
    declared_by: Who
    merged_into: str | None
    milestones: Milestones
    roles: dict[str, Who]
    checklist: list[Check]


class TimelineEntry(BaseModel):
    """`trace` says what the entry was before it was corrected, the oldest first."""

    id: int
    at: datetime
    kind: str
    by: Who
    author: str
    text: str
    permalink: str
    images: list[str]
    trace: list[str]
    deleted: bool


class NewIncident(Input):
    """Nothing is required: who is in a hurry declares first and says more later."""

    title: Word = ""
    severity: Word | None = None
    description: Text = ""
    services: list[Word] = Field(default=[], max_length=100)
    commander: Word | None = Field(
        default=None, description="An e-mail address or a name; by default who declares it."
    )
    private: bool = False
    drill: bool = False
    detected_at: Moment | None = None
    impact_started_at: Moment | None = None


class IncidentChange(Input):
    """What is left out stays as it is."""

    title: Word | None = None
    severity: Word | None = None
    why: Text = Field(default="", description="The reason for a new severity or milestone.")
    status: Word | None = Field(
        default=None, description="investigating, identified, monitoring or resolved."
    )
    note: Text = Field(default="", description="Said with a new status.")
    services: list[Word] | None = Field(default=None, max_length=100)
    milestones: dict[Milestone, Moment] | None = None


class Noted(Input):
    """A sentence that goes with a step; it may be empty."""

    note: Text = ""


class Reason(Input):
    reason: Text


class Into(Input):
    into: Word = Field(description="The reference of the incident that goes on, for example INC-3.")


class RoleGiven(Input):
    role: Word
    person: Word | None = Field(default=None, description="An e-mail address or a name; left out: oneself.")


class HandOff(Input):
    """The brief is for whoever takes over."""

    person: Word
    state: Text = ""
    open_questions: Text = ""
    last_customer_update: Text = ""
    next_step: Text = ""


class NewNote(Input):
    text: Text
    at: Moment | None = Field(default=None, description="When it happened, if that was not now.")


class Correction(Input):
    text: Text | None = None
    at: Moment | None = None
    why: Text = ""


class Paging(Input):
    target: Word = Field(description="A service's key, or a person's e-mail address.")
    text: Text = ""


def who(person: Person) -> Who:
    return Who(id=person.id, name=person.name, email=person.email)


def who_is(at: At, id: int | None) -> Who | None:
    return who(people.get(at.session, id)) if id else None


def line(at: At, incident: Incident) -> IncidentLine:
    return IncidentLine(
        ref=incident.ref,
        id=incident.id,
        title=incident.title,
        severity=incident.severity,
        status=incident.status,
        private=incident.private,
        drill=incident.drill,
        sample=incident.sample,
        services=list(incidents.services_of(at.session, incident)),
        commander=who_is(at, incidents.commander(at.session, incident)),
        declared_at=incident.declared_at,
        resolved_at=incident.resolved_at,
        url=f"/incidents/{incident.ref}",
    )


def whole(at: At, incident: Incident) -> IncidentWhole:
    at.session.flush()
    seats = incidents.seats(at.session, incident)
    order = [role.key for role in company_of(at.session).roles]
    roles = sorted(seats, key=lambda role: order.index(role) if role in order else len(order))
    return IncidentWhole(
        **line(at, incident).model_dump(),
        description=incident.description,
        source=incident.source,
        declared_by=who(people.get(at.session, incident.declared_by)),
        merged_into=_merged_into(at, incident),
        milestones=Milestones(**{each.value: incident.moment(each) for each in Milestone}),
        roles={role: who(people.get(at.session, seats[role])) for role in roles},
        checklist=[
            Check(name=loop.name, done=loop.done, remedy="" if loop.done else loop.remedy)
            for loop in incidents.loops(at.session, incident)
        ],
    )


def _merged_into(at: At, incident: Incident) -> str | None:
    """A reference, unless the reader may not know of that incident."""
    if incident.merged_into is None:
        return None
    into = incidents.get(at.session, incident.merged_into)
    return into.ref if incidents.visible(at.session, into, at.by) else None


def entry(at: At, said: Entry) -> TimelineEntry:
    by = people.get(at.session, said.by)
    return TimelineEntry(
        id=said.id,
        at=said.at,
        kind=said.kind,
        by=who(by),
        author=said.author_name or by.name,
        text=people.spell(at.session, said.text),
        permalink=said.permalink,
        images=list(said.images),
        trace=[people.spell(at.session, words) for words in said.trace],
        deleted=said.deleted,
    )
