"""A form is data: its word in the address, the verb that takes it, and where a wrong word is said.

Its labels and hints lie in templates/pages/forms/<word>.html.j2. What the rules refuse is shown in the same
form once more, beside its field, with all that was typed; who may do what is decided by the domain alone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypedDict, TypeVar

from sqlmodel import Session
from starlette.responses import Response
from starlette.routing import Route

from bot.domain import actions, people
from bot.domain.incidents.moments import parse_moment
from bot.domain.people import NotAllowed, Person
from bot.lib.errors import Refused
from bot.web.api.problems import status_of
from bot.web.look import Look
from bot.web.spoken import on_page
from bot.web.visits import Doorman, NotAllowedForm, Visit, see

T = TypeVar("T")
WRONG_WORDS = 422


class Wrong(Refused):
    """Something in the form is not right; the sentence stands beside the field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@contextmanager
def beside(name: str, *only: type[Refused]) -> Iterator[None]:
    """What is refused in here, or these refusals only, is said beside this field."""
    try:
        yield
    except (Wrong, NotAllowed):
        raise  # no other words would be taken
    except Refused as refusal:
        if only and not isinstance(refusal, only):
            raise
        raise Wrong(name, str(refusal)) from None


class Who(TypedDict):
    """The end of every verb's call."""

    by: Person
    now: datetime


@dataclass(frozen=True)
class Filled:
    """What a person sent, field by field."""

    visit: Visit

    @property
    def session(self) -> Session:
        return self.visit.session

    @property
    def who(self) -> Who:
        return {"by": self.visit.by, "now": self.visit.now}

    def text(self, name: str) -> str:
        return self.visit.form.get(name, "")

    def many(self, name: str) -> tuple[str, ...]:
        """All values of the boxes that are ticked, or the parts of a line with commas."""
        said = self.visit.form.getlist(name)
        return tuple(part.strip() for value in said for part in value.split(",") if part.strip())

    def day(self, name: str) -> date | None:
        with beside(name):
            return actions.parse_due(self.text(name)) if self.text(name).strip() else None

    def moment(self, name: str) -> datetime | None:
        """A time of day or a date with it, in the person's own zone."""
        with beside(name):
            said = self.text(name).strip()
            return parse_moment(said, now=self.visit.now, zone=self.visit.by.timezone) if said else None

    def someone(self, name: str) -> Person | None:
        """The person named there; someone unknown, or who has left, is refused beside the field."""
        with beside(name):
            return people.meant(self.session, self.text(name)) if self.text(name).strip() else None

    def needed(self, name: str) -> Person:
        with beside(name):
            return people.meant(self.session, self.text(name))


def nothing(_visit: Visit, _about: Any) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Form(Generic[T]):
    """`submit` calls the verb; it answers False when it was so already."""

    word: str
    submit: Callable[[Filled, T], object]
    main: str = ""  # the field beside which the verb's own complaint about words stands
    offers: Callable[[Visit, T], Mapping[str, Any]] = nothing  # choices, and first values under "values"
    anchor: str = ""  # where on the page the result is seen
    group: str = ""  # the folder of its template, where it is not the incident's

    @property
    def template(self) -> str:
        return "/".join(["forms", *([self.group] if self.group else []), f"{self.word}.html.j2"])

    @property
    def name(self) -> str:
        """By which the page says that it is done."""
        return f"{self.group}-{self.word}" if self.group else self.word


@dataclass(frozen=True)
class Values:
    """What stands in the fields, and what is wrong with it: templates ask here."""

    first: Mapping[str, Any] = field(default_factory=dict)
    sent: Visit | None = None
    wrong: Mapping[str, str] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """What was typed, else what was offered."""
        if self.sent:
            return self.sent.form.get(name, "")
        return str(self.first.get(name) or "")

    def has(self, name: str, value: str) -> bool:
        """Is this box ticked, this choice chosen?"""
        if self.sent:
            return value in self.sent.form.getlist(name)
        known = self.first.get(name) or ()
        return value == known if isinstance(known, str) else value in known

    def error(self, name: str = "") -> str:
        return self.wrong.get(name, "")


@dataclass(frozen=True)
class Place(Generic[T]):
    """What forms are about, and where one is when they are done."""

    path: str
    find: Callable[[Visit], T]
    home: Callable[[Visit, T], str]
    words: Callable[[Visit, T], Mapping[str, Any]] = nothing


class Forms:
    """Turns forms into doors: GET shows one, POST takes it."""

    def __init__(self, doorman: Doorman, look: Look) -> None:
        self.doorman, self.look = doorman, look

    def routes(self, place: Place[T], forms: Iterable[Form[T]]) -> list[Route]:
        return [route for form in forms for route in self._pair(place, form)]

    def _pair(self, place: Place[T], form: Form[T]) -> list[Route]:
        def show(visit: Visit) -> Response:
            return self._draw(visit, place, form, None)

        def take(visit: Visit) -> Response:
            about = place.find(visit)
            changed = form.submit(Filled(visit), about)
            same = "&same=1" if changed is False else ""
            anchor = f"#{form.anchor}" if form.anchor else ""
            home = place.home(visit, about)
            return see(f"{home}{'&' if '?' in home else '?'}said={form.name}{same}{anchor}")

        def again(visit: Visit, refusal: Refused) -> Response:
            return self._draw(visit, place, form, refusal)

        path = f"{place.path}/{form.word}"
        return [self.doorman.get(path, show), self.doorman.post(path, take, again)]

    def _draw(self, visit: Visit, place: Place[T], form: Form[T], refusal: Refused | None) -> Response:
        about = place.find(visit)
        offered = dict(form.offers(visit, about))
        first = {**offered.pop("values", {}), **visit.query}
        status = 200 if refusal is None else status_for(refusal)
        wrong = {} if refusal is None else {_where(refusal, form.main): on_page(str(refusal))}
        words = visit.words(
            form=Values(first, visit if refusal else None, wrong),
            action=f"{place.path.format(**visit.path)}/{form.word}",
            home=place.home(visit, about),
            zone=visit.by.timezone,
            **place.words(visit, about),
            **offered,
        )
        return self.look.page(form.template, words, status)


def status_for(refusal: Refused) -> int:
    """The status of a form that is shown once more."""
    if isinstance(refusal, Wrong):
        return WRONG_WORDS
    return 403 if isinstance(refusal, NotAllowedForm) else status_of(refusal)


def _where(refusal: Refused, main: str) -> str:
    """The field that is wrong; nothing when it is not a matter of words."""
    if isinstance(refusal, Wrong):
        return refusal.field
    return main if status_for(refusal) == WRONG_WORDS else ""
