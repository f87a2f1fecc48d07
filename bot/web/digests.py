"""The page on which somebody chooses when the digest comes: /me/digest."""

from collections.abc import Mapping
from typing import Any

from starlette.routing import Route

from bot.domain import reminding
from bot.domain.company import company_of
from bot.domain.people import Person
from bot.domain.reminding import Wish
from bot.web.forms import Filled, Form, Forms, Place
from bot.web.look import Look
from bot.web.visits import Doorman, Visit


class DigestPages:
    def __init__(self, doorman: Doorman, look: Look) -> None:
        self.doorman, self.look = doorman, look

    def routes(self) -> list[Route]:
        return Forms(self.doorman, self.look).routes(PLACE, FORMS)


def choose(filled: Filled, person: Person) -> bool:
    off, by_mail = not filled.many("on"), bool(filled.many("mail"))
    wish = reminding.wish_of(filled.session, person)
    at = filled.text("at").strip()
    chosen = None if at == _at(wish) else at
    return reminding.choose(
        filled.session, person, now=filled.who["now"], at=chosen, off=off, by_mail=by_mail
    )


def _at(wish: Wish) -> str:
    return wish.at if wish.is_own else ""


def _wish(visit: Visit, person: Person) -> dict[str, Any]:
    wish = reminding.wish_of(visit.session, person)
    values = {
        "at": _at(wish),
        "on": () if wish.is_off else ("on",),
        "mail": ("mail",) if wish.by_mail else (),
    }
    return {"values": values, "company_at": company_of(visit.session).digest.weekly}


def _about(_visit: Visit, _person: Person) -> Mapping[str, Any]:
    return {"at": "me"}


PLACE = Place("/me", lambda visit: visit.by, lambda _visit, _person: "/me/digest", _about)
FORMS = (Form("digest", choose, main="at", offers=_wish, group="me"),)
