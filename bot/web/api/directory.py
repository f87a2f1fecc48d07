"""Who and what there is, over REST: people and services."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from sqlmodel import col, select

from bot.domain import people
from bot.domain.company import company_of
from bot.domain.people import Person
from bot.web.api import paging
from bot.web.api.desk import Caller, Guarded
from bot.web.api.paging import Cursor, Limit, Page
from bot.web.api.shapes import Input, Word

router = APIRouter(route_class=Guarded, tags=["Company"])


class PersonOut(BaseModel):
    id: int
    name: str
    email: str | None
    slack_id: str | None
    timezone: str
    is_admin: bool
    is_guest: bool
    is_active: bool


class NewPerson(Input):
    """Slack introduces people by itself; this is for those who are not there."""

    email: Word
    name: Word = ""
    is_admin: bool | None = Field(default=None, description="Left out: stays as it is.")


class ServiceOut(BaseModel):
    key: str
    name: str
    team: str | None
    component: str | None = Field(description="What it is called on the status page.")


@router.get("/people", summary="The people whom Closeout knows")
def list_people(
    desk: Caller, request: Request, response: Response, limit: Limit = 50, cursor: Cursor = None
) -> Page[PersonOut]:
    with desk.reading() as at:
        known = select(Person).where(col(Person.same_as).is_(None), col(Person.is_system).is_(False))
        after = col(Person.id) > (paging.before(cursor) or 0)
        found = at.session.exec(known.where(after).order_by(col(Person.id)).limit(limit + 1)).all()
        following = str(found[limit - 1].id) if len(found) > limit else None
        paging.link(request, response, following)
        return Page(items=[_person(each) for each in found[:limit]], next_cursor=following)


@router.get("/people/me", summary="Who this token speaks for")
def me(desk: Caller) -> PersonOut:
    with desk.reading() as at:
        return _person(at.by)


@router.post("/people", status_code=201, summary="Introduce someone, or say who administrates")
def introduce(new: NewPerson, desk: Caller) -> PersonOut:
    with desk.writing() as at:
        people.require_admin(at.by)
        person = people.of_email(at.session, new.email, new.name)
        person.name = new.name or person.name
        if new.is_admin is not None:
            people.give(at.session, person, "admin" if new.is_admin else "responder", by=at.by, now=at.now)
        at.session.add(person)
        at.session.flush()
        return _person(person)


def _person(person: Person) -> PersonOut:
    return PersonOut(**{name: getattr(person, name) for name in PersonOut.model_fields})


@router.get("/services", summary="The company's services, as closeout.toml names them")
def list_services(desk: Caller) -> Page[ServiceOut]:
    with desk.reading() as at:
        services = company_of(at.session).services
        return Page(
            items=[ServiceOut(key=s.key, name=s.name, team=s.team, component=s.component) for s in services]
        )
