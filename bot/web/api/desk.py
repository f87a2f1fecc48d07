"""Who calls, and the transaction in which the call is done."""

import hmac
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from bot.domain import incidents, people
from bot.domain.incidents import Incident
from bot.domain.people import NotAllowed, Person, tokens
from bot.lib.clock import Clock
from bot.lib.courier import Courier
from bot.web.api.problems import Mistaken, Unknown

AS = "Closeout-As"  # an administrator's script says for whom it speaks, by e-mail address


@dataclass(frozen=True)
class At:
    """One call: its transaction, who makes it, when."""

    session: Session
    by: Person
    now: datetime

    def incident(self, ref: str) -> Incident:
        return incidents.find(self.session, ref, as_=self.by)

    def person(self, text: str) -> Person:
        """Somebody named in a body: known by name, or by an address that becomes known now."""
        return people.named(self.session, text)

    def known(self, text: str) -> Person:
        """Somebody named in a question: whoever is unknown stays so."""
        return people.find(self.session, text) or people.meant(self.session, text)


@dataclass(frozen=True)
class Desk:
    """What a path function is given; it opens exactly one of the two."""

    courier: Courier
    clock: Clock
    person_id: int

    @contextmanager
    def writing(self) -> Iterator[At]:
        with self.courier.transaction() as session:
            yield At(session, people.get(session, self.person_id), self.clock())

    @contextmanager
    def reading(self) -> Iterator[At]:
        with self.courier.reading() as session:
            yield At(session, people.get(session, self.person_id), self.clock())


@dataclass(frozen=True)
class Door:
    """It lets in who shows a token that opens it."""

    courier: Courier
    clock: Clock
    api_token: str

    def admit(self, authorization: str, as_: str) -> Desk:
        scheme, _, secret = authorization.partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise Unknown
        with self.courier.reading() as session:
            person = self._known(session, secret.strip())
            if person is None:
                raise Unknown(
                    "This token opens nothing: it is unknown or revoked. Make one: closeout token create NAME"
                )
            return Desk(self.courier, self.clock, self._speaks_for(session, person, as_).id)

    def _known(self, session: Session, secret: str) -> Person | None:
        if self.api_token and hmac.compare_digest(secret.encode(), self.api_token.encode()):
            return people.closeout(session)
        return tokens.find(session, secret)

    def _speaks_for(self, session: Session, person: Person, as_: str) -> Person:
        if not as_:
            return person
        if not person.is_system:  # else an administrator could see through a member's eyes
            raise NotAllowed(f"Only CLOSEOUT_API_TOKEN may speak for others ({AS}).")
        if found := people.find(session, as_):
            return found
        raise Mistaken(f"{AS} names {as_!r}, who is nobody I know. Introduce them: POST /api/v1/people")


class Guarded(APIRoute):
    """A route that looks at the token before it looks at anything else, the body included."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        inner = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            door: Door = request.scope["door"]
            said = request.headers.get("authorization", ""), request.headers.get(AS, "")
            request.state.desk = await run_in_threadpool(door.admit, *said)
            return await inner(request)

        return guarded


def _desk(request: Request, _scheme: Annotated[Any, Depends(HTTPBearer(auto_error=False))]) -> Desk:
    desk = request.state.desk
    assert isinstance(desk, Desk)
    return desk


Caller = Annotated[Desk, Depends(_desk)]
