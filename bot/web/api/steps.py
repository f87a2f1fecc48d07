"""The steps of an incident over REST: each a POST in the words of the slash command."""

from fastapi import APIRouter

from bot.domain import incidents
from bot.domain.incidents import BRIEF
from bot.domain.people import Person
from bot.web.api.desk import At, Caller, Guarded
from bot.web.api.problems import Mistaken
from bot.web.api.shapes import HandOff, IncidentWhole, Into, Noted, Reason, RoleGiven, whole

router = APIRouter(route_class=Guarded, tags=["Steps of an incident"], prefix="/incidents/{ref}")


@router.post("/acknowledge", summary="Say that someone is on it")
def acknowledge(ref: str, desk: Caller) -> IncidentWhole:
    with desk.writing() as at:
        incident = at.incident(ref)
        incidents.acknowledge(at.session, incident, by=at.by, now=at.now)
        return whole(at, incident)


@router.post("/resolve", summary="Resolve it")
def resolve(ref: str, desk: Caller, said: Noted | None = None) -> IncidentWhole:
    with desk.writing() as at:
        incident = at.incident(ref)
        incidents.resolve(at.session, incident, by=at.by, now=at.now, note=said.note if said else "")
        return whole(at, incident)


@router.post("/reopen", summary="Reopen it: it was not over")
def reopen(ref: str, said: Reason, desk: Caller) -> IncidentWhole:
    with desk.writing() as at:
        incident = at.incident(ref)
        incidents.reopen(at.session, incident, said.reason, by=at.by, now=at.now)
        return whole(at, incident)


@router.post("/cancel", summary="Cancel it: it was none")
def cancel(ref: str, said: Reason, desk: Caller) -> IncidentWhole:
    with desk.writing() as at:
        incident = at.incident(ref)
        incidents.cancel(at.session, incident, said.reason, by=at.by, now=at.now)
        return whole(at, incident)


@router.post("/close", summary="Close it, when every loop is closed")
def close(ref: str, desk: Caller) -> IncidentWhole:
    with desk.writing() as at:
        incident = at.incident(ref)
        incidents.close(at.session, incident, by=at.by, now=at.now)
        return whole(at, incident)


@router.post("/merge", summary="Merge it into another incident; both references keep working")
def merge(ref: str, said: Into, desk: Caller) -> IncidentWhole:
    with desk.writing() as at:
        incident, into = at.incident(ref), at.incident(said.into)
        incidents.merge(at.session, incident, into, by=at.by, now=at.now)
        return whole(at, incident)


@router.post("/roles", summary="Give someone a role, or take it")
def give_role(ref: str, said: RoleGiven, desk: Caller) -> IncidentWhole:
    with desk.writing() as at:
        incident = at.incident(ref)
        person = at.person(said.person) if said.person else _self(at)
        incidents.set_role(at.session, incident, said.role, person, by=at.by, now=at.now)
        return whole(at, incident)


def _self(at: At) -> Person:
    if at.by.is_system:
        raise Mistaken("This token is nobody's. Say who takes the role: 'person'. Nothing was changed.")
    return at.by


@router.post("/handoff", summary="Hand one's role over, with a brief")
def hand_off(ref: str, said: HandOff, desk: Caller) -> IncidentWhole:
    with desk.writing() as at:
        incident = at.incident(ref)
        brief = dict(
            zip(
                BRIEF,
                (said.state, said.open_questions, said.last_customer_update, said.next_step),
                strict=True,
            )
        )
        incidents.hand_off(at.session, incident, at.person(said.person), brief, by=at.by, now=at.now)
        return whole(at, incident)
