"""Contributing factors over REST, and the earlier incidents that share them."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from bot.domain import incidents, recurrences
from bot.web.api.desk import At, Caller, Guarded
from bot.web.api.shapes import Input, Word

router = APIRouter(route_class=Guarded, tags=["Recurrences"], prefix="/incidents/{ref}/factors")


class Before(BaseModel):
    """An earlier incident with the same service and factor."""

    incident: str
    title: str
    service: str
    factor: str


class FactorsOut(BaseModel):
    factors: list[str]
    before: list[Before]


class FactorsIn(Input):
    factors: list[Word] = Field(max_length=10, description="Exactly these, each a word or two.")


@router.get("", summary="What contributed, and what happened before")
def get_factors(ref: str, desk: Caller) -> FactorsOut:
    with desk.reading() as at:
        return _shown(at, ref)


@router.put("", summary="Name what contributed: exactly these words")
def put_factors(ref: str, said: FactorsIn, desk: Caller) -> FactorsOut:
    with desk.writing() as at:
        recurrences.set_factors(at.session, at.incident(ref), said.factors, by=at.by, now=at.now)
        return _shown(at, ref)


def _shown(at: At, ref: str) -> FactorsOut:
    incident = at.incident(ref)
    return FactorsOut(
        factors=list(recurrences.factors_of(at.session, incident)),
        before=[
            Before(
                incident=one.incident.ref,
                title=one.incident.title,
                service=one.service,
                factor=one.factor,
            )
            for one in recurrences.earlier(at.session, incident)
            if incidents.visible(at.session, one.incident, at.by)
        ],
    )
