"""Names inside sentences: facts hold people as @{p:ID}, and whoever renders puts the names there."""

import re
from collections.abc import Callable

from sqlmodel import Session

from bot.domain.people.model import Person
from bot.domain.people.verbs import NoSuchPerson, get

HOLE = re.compile(r"@\{p:(\d{1,9})\}")


def spell(session: Session, text: str, show: Callable[[Person], str] = lambda person: person.name) -> str:
    """The sentence with each person shown; an unknown id is somebody, so that user text cannot break it."""

    def one(found: re.Match[str]) -> str:
        try:
            return show(get(session, int(found[1])))
        except NoSuchPerson:
            return "somebody"

    return HOLE.sub(one, text)
