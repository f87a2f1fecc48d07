"""The trail, for managers: every change with who and when, the newest first, and whether it is whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session
from starlette.responses import Response
from starlette.routing import Route

from bot.domain import incidents, people, trail
from bot.domain.incidents import Incident
from bot.domain.people import Access, Person
from bot.domain.trail import Break, Head, NotThatChain
from bot.lib.db import LARGEST
from bot.lib.facts import Fact
from bot.web.audit import link_of
from bot.web.look import Look
from bot.web.visits import Doorman, Visit

PATH = "/admin/trail"
ROWS = 100
FILTERS = ("incident", "by", "kind", "head")


@dataclass(frozen=True)
class Looked:
    """What came of a walk through the whole chain."""

    broken: Break | None
    said: str = ""


class TrailPage:
    def __init__(self, doorman: Doorman, look: Look) -> None:
        self.doorman, self.look = doorman, look

    def routes(self) -> list[Route]:
        return [self.doorman.get(PATH, self.show)]

    def show(self, visit: Visit) -> Response:
        people.require(visit.by, Access.MANAGER)
        asked = {key: visit.query[key].strip() for key in FILTERS if visit.query.get(key, "").strip()}
        text = visit.query.get("before", "")
        before = int(text) if text.isascii() and text.isdigit() and int(text) <= LARGEST else None
        found = trail.entries(
            visit.session,
            as_=visit.by,
            before=before,
            limit=ROWS + 1,
            **wanted(visit.session, asked, visit.by),
        )
        words = visit.words(
            at="trail",
            rows=found[:ROWS],
            following=str(found[ROWS - 1].event_id) if len(found) > ROWS else "",
            is_first=before is None,
            asked=asked,
            kinds=sorted(Fact.kinds),
            head=trail.head(visit.session),
            looked=looked(visit.session, asked.get("head", "")) if "verify" in visit.query else None,
            link=link_of(asked, PATH),
        )
        return self.look.page("trail.html.j2", words)


def wanted(session: Session, asked: Mapping[str, str], as_: Person) -> dict[str, Any]:
    """The filters of `trail.entries` that these words mean. Raises Refused."""
    incident: Incident | None = None
    if "incident" in asked:
        incident = incidents.find(session, asked["incident"], as_=as_)
    by = None
    if "by" in asked:
        by = people.find(session, asked["by"]) or people.meant(session, asked["by"])
    return {"ref": incident, "by": by, "kind": asked.get("kind")}


def looked(session: Session, noted: str) -> Looked:
    """Walk the chain, and compare it with a head that was noted elsewhere."""
    try:
        return Looked(trail.verify(session, Head.parse(noted) if noted else None))
    except NotThatChain as refusal:
        return Looked(None, str(refusal))
